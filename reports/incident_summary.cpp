#include "reports/incident_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "reports/text_layout.hpp"
#include "scenarios/incidents_of.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

constexpr double not_recovered = std::numeric_limits<double>::infinity();
constexpr double without_bound = std::numeric_limits<double>::infinity();

template <typename Thing, typename Matches>
Thing& found_or_new(std::vector<Thing>& things, Matches matches) {
    const auto found = std::find_if(things.begin(), things.end(), matches);
    return found != things.end() ? *found : things.emplace_back();
}

// A summary that is still growing.
struct Growing {
    RecoverySummary summary;
    std::vector<double> rtos_s;
};

// Whose recovery it is: of clients who connect anew, or of those with pooled connections, by their driver.
std::string clients_of(const scenarios::Recovery& recovery) {
    if (!recovery.canary) return recovery.driver.empty() ? "" : " (driver " + recovery.driver + ")";
    const bool direct = recovery.driver.empty() && recovery.of.find(" via ") == std::string::npos;
    return direct ? " (canary: service RTO)" : " (canary)";
}

void add(std::vector<Growing>& all, const scenarios::Recovery& recovery) {
    const std::string of = recovery.of + clients_of(recovery);
    Growing& one = found_or_new(all, [&](const Growing& g) { return g.summary.of == of; });
    const double rto_s = recovery.recovered ? static_cast<double>(recovery.rto_ns) * 1e-9 : not_recovered;
    if (one.rtos_s.empty() || rto_s > one.summary.worst_s) {
        one.summary.worst_s = rto_s;
        one.summary.worst_office = recovery.office;
    }
    one.summary.of = of;
    one.summary.not_recovered += recovery.recovered ? 0U : 1U;
    one.rtos_s.push_back(rto_s);
}

RecoverySummary finished(Growing growing) {
    std::sort(growing.rtos_s.begin(), growing.rtos_s.end());
    growing.summary.seen = growing.rtos_s.size();
    growing.summary.median_s = growing.rtos_s[(growing.rtos_s.size() - 1) / 2];
    return growing.summary;
}

void add(std::vector<LossSummary>& all, const scenarios::DataLoss& loss) {
    LossSummary& one = found_or_new(all, [&](const LossSummary& l) { return l.database == loss.database; });
    one.database = loss.database;
    one.worst_s = std::max(one.worst_s, loss.unbounded ? without_bound : static_cast<double>(loss.gap_ns) * 1e-9);
    one.unbounded += loss.unbounded ? 1U : 0U;
    one.estimated += loss.commits_estimated;
    one.commits_lost += loss.commits_lost;
    one.unknown += loss.unknown_durable + loss.unknown_absent;
    for (const scenarios::LostAtOffice& at : loss.lost_at) {
        auto& office = found_or_new(one.lost_at, [&](const auto& other) { return other.office == at.office; });
        office.office = at.office;
        office.commits += at.commits;
    }
}

// "; told to clients at denver (12), boston (9), miami (8) and 20 more offices"
std::string offices_text(const std::vector<scenarios::LostAtOffice>& lost_at) {
    constexpr std::size_t named_most = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(named_most, lost_at.size()); ++i) {
        text +=
            fmt::format("{}{} ({})", i == 0 ? ", told to clients at " : ", ", lost_at[i].office, lost_at[i].commits);
    }
    if (lost_at.size() > named_most) text += " and " + counted(lost_at.size() - named_most, "more office");
    return text;
}

}  // namespace

std::string cause_of(const scenarios::IncidentResult& incident) {
    std::string cause;
    for (const std::string& fault : incident.faults) cause += (cause.empty() ? "" : " + ") + fault;
    return cause;
}

std::string loss_text(const LossSummary& loss, std::size_t incidents) {
    std::string text = fmt::format("{}: RPO {} at worst", loss.database, scenarios::seconds_text(loss.worst_s));
    if (loss.unbounded > 0) {
        text = fmt::format("{}: RPO without bound in {} of {}: nothing that is left, or that backups keep, has it",
                           loss.database, loss.unbounded, counted(incidents, "incident"));
    }
    if (loss.unbounded < incidents) {
        text +=
            fmt::format(", {} lost", counted(loss.commits_lost, "acknowledged commit")) + offices_text(loss.lost_at);
    }
    if (loss.estimated > 0) {
        text += fmt::format(" ({} of them in hours that were not simulated, at the rate of the run)", loss.estimated);
    }
    if (loss.unknown > 0) text += fmt::format("; {} timed out", counted(loss.unknown, "write"));
    return text;
}

std::vector<IncidentSummary> summaries(const std::vector<scenarios::ReplicationResult>& replications) {
    struct Cause {
        IncidentSummary summary;
        std::vector<Growing> recoveries;
    };
    std::vector<Cause> causes;
    for (const auto& replication : replications) {
        scenarios::visit_incidents_of(replication, [&](const scenarios::IncidentResult& incident, const auto&) {
            const std::string name = cause_of(incident);
            Cause& cause = found_or_new(causes, [&](const Cause& c) { return c.summary.cause == name; });
            cause.summary.cause = name;
            cause.summary.planned = incident.planned;
            ++cause.summary.incidents;
            for (const auto& recovery : incident.recoveries) add(cause.recoveries, recovery);
            for (const auto& loss : incident.losses) add(cause.summary.losses, loss);
        });
    }
    std::vector<IncidentSummary> all;
    for (Cause& cause : causes) {
        for (Growing& one : cause.recoveries) cause.summary.recoveries.push_back(finished(std::move(one)));
        for (LossSummary& loss : cause.summary.losses) {
            std::stable_sort(loss.lost_at.begin(), loss.lost_at.end(),
                             [](const auto& a, const auto& b) { return a.commits > b.commits; });
        }
        all.push_back(std::move(cause.summary));
    }
    return all;
}

}  // namespace faultline::reports
