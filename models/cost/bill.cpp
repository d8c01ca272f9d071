#include "models/cost/bill.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/cost/bill_lines.hpp"
#include "models/network/profile.hpp"

namespace faultline::models {
namespace {

using scenarios::Scenario;

constexpr double hour_s = 3600.0;
constexpr int hours_a_week = 168;

// Local hours of the week by solar time, the first office's as in a run (planning/world_offices).
class LocalTime {
public:
    explicit LocalTime(const Scenario& scenario) : scenario_(scenario) {
        if (scenario.network.profile == "zero") return;
        const Lookup<NetworkProfile> profile = NetworkProfile::named(scenario.network.profile);
        if (!profile) return;
        for (const scenarios::Office& office : scenario.offices) {
            double degrees = 0.0;
            for (const City& place : profile->city_places()) {
                if (place.name == office.city) degrees = place.location.longitude_deg;
            }
            longitudes_.push_back(degrees);
        }
    }
    // At the start of a run, in hours since the beginning of Monday.
    double start_h(std::size_t office) const {
        constexpr double degrees_an_hour = 15.0;
        const double first = 24.0 * scenario_.run.start_day + scenario_.run.start_of_day_s / hour_s;
        if (longitudes_.empty()) return first;
        return first + std::round((longitudes_[office] - longitudes_.front()) / degrees_an_hour);
    }

private:
    const Scenario& scenario_;
    std::vector<double> longitudes_;
};

double factor_at(const scenarios::Arrivals& arrivals, double hour) {
    const int h = ((static_cast<int>(std::floor(hour)) % hours_a_week) + hours_a_week) % hours_a_week;
    const double of_hour = arrivals.curve.empty() ? 1.0 : arrivals.curve[static_cast<std::size_t>(h % 24)];
    return of_hour * (arrivals.week.empty() ? 1.0 : arrivals.week[static_cast<std::size_t>(h / 24)]);
}

}  // namespace

double month_weight(const Scenario& scenario) {
    const double measured_h = engine::in_seconds(scenario.run.measured) / hour_s;
    const double time = scenarios::hours_a_month / measured_h;
    const scenarios::Arrivals& arrivals = scenario.workload.arrivals;
    if (arrivals.trace || (arrivals.curve.empty() && arrivals.week.empty())) return time;
    const LocalTime local(scenario);
    const double warm_up_h = engine::in_seconds(scenario.run.warm_up.value_or(engine::Duration{})) / hour_s;
    constexpr int parts_an_hour = 60;
    const int parts = std::max(1, static_cast<int>(measured_h * parts_an_hour));
    double week = 0.0, window = 0.0;
    for (std::size_t office = 0; office < scenario.offices.size(); ++office) {
        const double share = scenario.offices[office].weight;
        const double begin_h = local.start_h(office) + warm_up_h;
        for (int h = 0; h < hours_a_week; ++h) week += share * factor_at(arrivals, h) / hours_a_week;
        for (int i = 0; i < parts; ++i) {
            window += share * factor_at(arrivals, begin_h + (i + 0.5) * measured_h / parts) / parts;
        }
    }
    return window > 0.0 ? time * week / window : time;
}

double least_load_factor(const Scenario& scenario) {
    const scenarios::Arrivals& arrivals = scenario.workload.arrivals;
    if (arrivals.curve.empty() && arrivals.week.empty()) return 1.0;
    const LocalTime local(scenario);
    const double warm_up_h = engine::in_seconds(scenario.run.warm_up.value_or(engine::Duration{})) / hour_s;
    const int minutes = std::max(1, static_cast<int>(engine::in_seconds(scenario.run.measured) / 60.0));
    double weights = 0.0;
    for (const scenarios::Office& office : scenario.offices) weights += office.weight;
    double least = std::numeric_limits<double>::infinity();
    for (int minute = 0; minute <= minutes; ++minute) {
        double factor = 0.0;
        for (std::size_t office = 0; office < scenario.offices.size(); ++office) {
            factor += scenario.offices[office].weight / weights *
                      factor_at(arrivals, local.start_h(office) + warm_up_h + minute / 60.0);
        }
        least = std::min(least, factor);
    }
    return least;
}

void Bill::add(Item item, double amount, const scenarios::Price& price) {
    if (!(amount > 0.0)) return;
    scenarios::CostLine& line = lines.emplace_back();
    line.group = item.group, line.kind = item.kind;
    line.of = std::move(item.of), line.what = std::move(item.what), line.region = std::move(item.region);
    line.amount = amount, line.unit = price.unit;
    line.price = price.dollars;
    if (price.dollars) line.per_month = amount * *price.dollars;
    line.price_date = price.date, line.source = price.source, line.confidence = price.confidence;
}

MonthlySum sum_of(const std::vector<scenarios::CostLine>& lines) {
    MonthlySum sum;
    for (const scenarios::CostLine& line : lines) {
        if (line.group == "incidents") continue;
        sum.dollars += line.per_month.value_or(0.0);
        sum.unknown += line.per_month ? 0 : 1;
    }
    return sum;
}

scenarios::CostResult bill_of(const Scenario& scenario, Replications replications) {
    Bill bill{scenario, replications, month_weight(scenario)};
    bill_databases(bill);
    bill_others(bill);
    bill_traffic(bill);
    bill_drills(bill);
    scenarios::CostResult result;
    result.lines = std::move(bill.lines);
    const MonthlySum sum = sum_of(result.lines);
    result.per_month = result.low = result.high = sum.dollars;
    result.unknown = sum.unknown;
    result.weight = bill.weight;
    return result;
}

}  // namespace faultline::models
