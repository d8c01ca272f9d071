#include "planning/money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "engine/statistics/confidence.hpp"
#include "models/cost/bill.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/incidents_of.hpp"

namespace faultline::planning {
namespace {

using scenarios::CostLoss;
using scenarios::IncidentResult;
using scenarios::Scenario;
using ReplicationSpan = std::span<const scenarios::ReplicationResult>;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double ns_a_minute = 60e9;
constexpr double ns_an_hour = 3600e9;
constexpr double hours_a_year = 8760.0;

double downtime_h(const Scenario& scenario, const IncidentResult& incident) {
    double sum = 0.0, weights = 0.0;
    for (const scenarios::Office& office : scenario.offices) {
        double worst_ns = 0.0;
        for (const scenarios::Recovery& one : incident.recoveries) {
            if (one.office != office.name || !one.any_bad) continue;
            const double bad_ns = static_cast<double>(one.bad_time_ns) + static_cast<double>(incident.skipped_ns);
            worst_ns = std::max(worst_ns, one.recovered ? bad_ns : infinite);
        }
        sum += office.weight * worst_ns;
        weights += office.weight;
    }
    return weights > 0.0 ? sum / weights / ns_an_hour : 0.0;
}

double lost_min(const IncidentResult& incident) {
    double worst = 0.0;
    for (const scenarios::DataLoss& loss : incident.losses) {
        worst = std::max(worst, loss.unbounded ? infinite : static_cast<double>(loss.gap_ns) / ns_a_minute);
    }
    return worst;
}

// Of a fault that comes by chance, all its targets together.
std::optional<double> times_a_year(const Scenario& scenario, const std::string& fault) {
    for (const scenarios::Fault& one : scenario.faults) {
        if (one.name != fault || !one.at_random) continue;
        double every_h = distribution_of(one.at_random->every).mean() / 3600.0;
        // Of what is ordered there and back, each order is one; between them it stays.
        if (scenarios::moves_away(one.kind)) every_h += distribution_of(one.at_random->lasts).mean() / 3600.0;
        const double orders = scenarios::goes_back(one.kind) ? 2.0 : 1.0;
        return orders * static_cast<double>(one.at_random->targets.size()) * hours_a_year / every_h;
    }
    return std::nullopt;
}

// By the fault that began it; what follows or overlaps it is a part of it.
std::vector<CostLoss> losses_of(const Scenario& scenario, ReplicationSpan replications) {
    std::vector<CostLoss> losses;
    for (const scenarios::ReplicationResult& one : replications) {
        scenarios::visit_incidents_of(one, [&](const IncidentResult& incident, const auto&) {
            if (incident.faults.empty()) return;
            const std::string& name = incident.faults.front();
            auto loss =
                std::find_if(losses.begin(), losses.end(), [&](const auto& known) { return known.fault == name; });
            if (loss == losses.end()) loss = losses.insert(losses.end(), CostLoss{.fault = name});
            ++loss->incidents;
            loss->downtime_h += downtime_h(scenario, incident);
            loss->lost_min += lost_min(incident);
        });
    }
    const scenarios::CostRules& rules = scenario.cost;
    const auto times = [](double amount, double price) { return price == 0.0 ? 0.0 : amount * price; };
    for (CostLoss& loss : losses) {
        loss.downtime_h /= static_cast<double>(loss.incidents);
        loss.lost_min /= static_cast<double>(loss.incidents);
        loss.per_incident = times(loss.downtime_h, rules.downtime_per_h.value_or(0.0)) +
                            times(loss.lost_min, rules.loss_per_min.value_or(0.0));
        loss.incidents_a_year = times_a_year(scenario, loss.fault);
    }
    return losses;
}

}  // namespace

std::vector<scenarios::UnpricedPart> unpriced_in(const scenarios::CostResult& bill) {
    std::vector<scenarios::UnpricedPart> all;
    for (const scenarios::CostLine& line : bill.lines) {
        if (line.per_month || line.group == "incidents") continue;
        std::string what = line.what;
        for (const std::string_view times : {" x ", " instances of "}) {
            const std::size_t at = what.find(times);
            const bool counted = at != std::string::npos && at > 0 && what.find_first_not_of("0123456789") == at;
            if (counted) what = what.substr(at + times.size());
        }
        all.push_back({fmt::format("{} of {}, {}, {}", line.kind, line.of, what, line.region), line.amount});
    }
    return all;
}

bool has_all_of(const std::vector<scenarios::UnpricedPart>& others, const std::vector<scenarios::UnpricedPart>& these) {
    return std::all_of(these.begin(), these.end(), [&](const scenarios::UnpricedPart& own) {
        return std::any_of(others.begin(), others.end(), [&](const scenarios::UnpricedPart& one) {
            return one.part == own.part && one.amount >= own.amount;
        });
    });
}

MonthlyCosts monthly_costs(const Scenario& scenario, Results replications) {
    MonthlyCosts costs;
    for (const scenarios::ReplicationResult& one : replications) {
        const scenarios::CostResult bill = models::bill_of(scenario, {&one, 1});
        costs.dollars.push_back(bill.per_month);
        costs.unknown = std::max(costs.unknown, bill.unknown);
    }
    return costs;
}

scenarios::CostResult cost_of(const Scenario& scenario, ReplicationSpan replications) {
    scenarios::CostResult result = models::bill_of(scenario, replications);
    const MonthlyCosts costs = monthly_costs(scenario, replications);
    if (costs.dollars.size() > 1) {
        const engine::Interval interval = engine::confidence_interval(costs.dollars, scenario.run.confidence);
        result.low = interval.low;
        result.high = interval.high;
    }
    result.losses = losses_of(scenario, replications);
    if (!scenario.cost.downtime_per_h && !scenario.cost.loss_per_min) return result;
    for (const CostLoss& loss : result.losses) {
        if (!loss.incidents_a_year) continue;
        result.loss_a_year = result.loss_a_year.value_or(0.0) + *loss.incidents_a_year * loss.per_incident;
    }
    return result;
}

}  // namespace faultline::planning
