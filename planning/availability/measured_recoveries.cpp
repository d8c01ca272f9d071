#include "planning/availability/measured_recoveries.hpp"

#include <algorithm>
#include <optional>

#include "scenarios/incidents_of.hpp"

namespace faultline::planning {
namespace {

using scenarios::FaultKind;
using scenarios::FaultResult;
using scenarios::Scenario;

std::optional<FaultKind> kind_named(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(FaultKind::zone_evacuation); ++i) {
        if (scenarios::fault_kind_name(static_cast<FaultKind>(i)) == name) return static_cast<FaultKind>(i);
    }
    return std::nullopt;
}

// "orders/writer" as its target, or the instance that is the writer when a run begins among what it hit.
bool took_writer(const FaultResult& fault, const Scenario& scenario) {
    if (fault.target.find("/writer") != std::string::npos) return true;
    return std::any_of(scenario.databases.begin(), scenario.databases.end(), [&](const scenarios::Database& one) {
        return std::find(fault.hit.begin(), fault.hit.end(), one.name + "/instance-1") != fault.hit.end();
    });
}

bool was_back_at_once(const FaultResult& fault) {
    return fault.ended && fault.end_ns - fault.start_ns < 1'000'000'000;
}

double weight_of(const Scenario& scenario, const std::string& office) {
    for (const scenarios::Office& one : scenario.offices) {
        if (one.name == office) return one.weight;
    }
    return 0.0;
}

// Of the class itself, or of its canary where it is too rare to be judged by itself.
double bad_s(const scenarios::IncidentResult& incident, const Scenario& scenario, const std::string& query_class) {
    double sum = 0.0, weights = 0.0;
    for (const bool canary : {false, true}) {
        for (const scenarios::Recovery& recovery : incident.recoveries) {
            if (recovery.of != query_class || recovery.canary != canary) continue;
            const double weight = weight_of(scenario, recovery.office);
            sum += weight * static_cast<double>(recovery.bad_time_ns) * 1e-9;
            weights += weight;
        }
        if (weights > 0.0) break;
    }
    return weights > 0.0 ? sum / weights : 0.0;
}

bool is_whole(const scenarios::IncidentResult& incident) {
    return std::all_of(incident.recoveries.begin(), incident.recoveries.end(),
                       [](const scenarios::Recovery& one) { return one.recovered; });
}

// Classes of which it is not known what the incident did to them.
std::vector<std::string> untold_in(const scenarios::IncidentResult& incident, const Scenario& scenario) {
    std::vector<std::string> untold;
    for (const scenarios::QueryClass& one : scenario.workload.classes) {
        const auto ends_at = [&](const scenarios::Database& database) {
            return one.route.back().name == database.name;
        };
        const auto tells = [&](const scenarios::Recovery& recovery) { return recovery.of == one.name; };
        const auto& databases = scenario.databases;
        if (std::none_of(databases.begin(), databases.end(), ends_at)) continue;
        if (std::none_of(incident.recoveries.begin(), incident.recoveries.end(), tells)) untold.push_back(one.name);
    }
    return untold;
}

}  // namespace

const MeasuredKind* MeasuredRecoveries::any_of(FaultKind kind) const {
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [kind](const MeasuredKind& one) { return one.kind == kind; });
    return found == kinds.end() ? nullptr : &*found;
}

const MeasuredKind* MeasuredRecoveries::of(FaultKind kind, bool took_writer, bool at_once) const {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const MeasuredKind& one) {
        return one.kind == kind && one.took_writer == took_writer && one.at_once == at_once;
    });
    return found == kinds.end() ? nullptr : &*found;
}

MeasuredRecoveries measured_in(const scenarios::RunResult& result, const Scenario& scenario) {
    MeasuredRecoveries measured;
    for (const scenarios::ReplicationResult& replication : result.replications) {
        scenarios::visit_incidents_of(replication, [&](const scenarios::IncidentResult& incident, const auto& faults) {
            const auto fault = std::find_if(faults.begin(), faults.end(), [&](const auto& one) {
                return incident.faults.size() == 1 && one.name == incident.faults.front();
            });
            const auto kind = fault == faults.end() ? std::nullopt : kind_named(fault->kind);
            if (!kind || !is_whole(incident)) {
                ++measured.left_out;
                return;
            }
            const std::vector<std::string> untold = untold_in(incident, scenario);
            for (const std::string& name : untold) {
                auto& all = measured.untold;
                if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
            }
            if (!untold.empty()) {
                ++measured.left_out;
                return;
            }
            const bool writer = took_writer(*fault, scenario), at_once = was_back_at_once(*fault);
            auto into = std::find_if(measured.kinds.begin(), measured.kinds.end(), [&](const MeasuredKind& one) {
                return one.kind == *kind && one.took_writer == writer && one.at_once == at_once;
            });
            if (into == measured.kinds.end())
                into = measured.kinds.insert(into, MeasuredKind{*kind, writer, at_once, {}});
            MeasuredIncident& seen = into->incidents.emplace_back();
            for (const scenarios::QueryClass& one : scenario.workload.classes) {
                seen.bad_s.push_back(bad_s(incident, scenario, one.name));
            }
        });
    }
    return measured;
}

}  // namespace faultline::planning
