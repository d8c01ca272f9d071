#include "planning/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "engine/random/stream.hpp"
#include "models/cost/bill.hpp"
#include "planning/money.hpp"
#include "planning/requirement.hpp"
#include "planning/target_groups.hpp"
#include "scenarios/money.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;

constexpr const char* money_unit = "$/month";

const char* unit_of(const std::string& measure) {
    if (scenarios::is_money(measure)) return money_unit;
    return scenarios::is_duration(measure) ? "s" : "";
}

double bill_of_replication(const scenarios::Scenario& scenario, const scenarios::ReplicationResult& replication) {
    return monthly_costs(scenario, std::span{&replication, 1}).dollars.front();
}

// None: nothing of any of them has a price.
std::optional<Measure> cost_of_all(const std::vector<const scenarios::Scenario*>& all_scenarios) {
    bool priced = false;
    int unknown = 0;
    for (const scenarios::Scenario* const scenario : all_scenarios) {
        const scenarios::CostResult bill = models::bill_of(*scenario, {});
        priced = priced || !bill.lines.empty();
        unknown = std::max(unknown, bill.unknown);
    }
    if (!priced) return std::nullopt;
    Measure measure{
        .name = "cost", .text = "bill of a month", .unit = money_unit, .of_replication = bill_of_replication};
    if (unknown > 0) measure.text += fmt::format(", at least: {} price{} unknown", unknown, unknown == 1 ? "" : "s");
    return measure;
}

Measure measure_of(const Requirement& requirement, bool limited) {
    Measure measure{.name = requirement.name,
                    .text = text_without_limit(requirement),
                    .unit = unit_of(requirement.measure),
                    .less_is_better = requirement.at_most,
                    .of_replication = [requirement](const scenarios::Scenario& scenario,
                                                    const scenarios::ReplicationResult& replication) {
                        return estimate_of(scenario, requirement, std::span{&replication, 1});
                    }};
    if (scenarios::is_money(requirement.measure)) measure.of_replication = bill_of_replication;
    if (limited) measure.limit = requirement.limit;
    return measure;
}

Requirement over_all_offices(const std::string& measure, const std::string& statistic, const std::string& of) {
    Requirement requirement;
    requirement.name = fmt::format("{} of {}", measure, of);
    requirement.measure = measure;
    requirement.statistic = statistic;
    requirement.of = of;
    requirement.pooled = true;
    requirement.at_most = measure == "latency";
    return requirement;
}

}  // namespace

std::string text_without_limit(const Requirement& requirement) {
    const std::string text = scenarios::requirement_text(requirement);
    return text.substr(0, text.rfind(requirement.at_most ? " <= " : " >= "));
}

std::vector<Measure> measures_of(const scenarios::Scenario& scenario, bool all) {
    std::vector<Measure> measures;
    for (const Requirement& requirement : scenario.requirements) measures.push_back(measure_of(requirement, true));
    if (!all && !measures.empty()) return measures;
    for (const scenarios::QueryClass& query_class : scenario.workload.classes) {
        for (const Requirement& requirement : {over_all_offices("latency", "mean", query_class.name),
                                               over_all_offices("availability", "", query_class.name)}) {
            Measure measure = measure_of(requirement, false);
            const bool known = std::any_of(measures.begin(), measures.end(), [&](const Measure& other) {
                return other.text == measure.text || other.name == measure.name;
            });
            if (!known) measures.push_back(std::move(measure));
        }
    }
    return measures;
}

std::vector<Measure> measures_of(const std::vector<const scenarios::Scenario*>& all_scenarios, bool all) {
    std::vector<Measure> measures;
    for (const scenarios::Scenario* const scenario : all_scenarios) {
        for (Measure& measure : measures_of(*scenario, all)) {
            const bool known = std::any_of(measures.begin(), measures.end(),
                                           [&](const Measure& other) { return other.name == measure.name; });
            if (!known) measures.push_back(std::move(measure));
        }
    }
    const bool asked = std::any_of(measures.begin(), measures.end(),
                                   [](const Measure& one) { return one.unit == money_unit || one.name == "cost"; });
    if (asked) return measures;
    if (auto cost = cost_of_all(all_scenarios)) measures.push_back(std::move(*cost));
    return measures;
}

std::vector<Measure> with_targets(std::vector<Measure> measures,
                                  const std::vector<const scenarios::Scenario*>& all_scenarios) {
    std::vector<Measure> all;
    for (Measure& measure : measures) {
        all.push_back(std::move(measure));
        const Measure whole = all.back();
        for (const scenarios::Scenario* const scenario : all_scenarios) {
            for (const Requirement& requirement : scenario->requirements) {
                if (requirement.name != whole.name || !whole.limit) continue;
                for (const HitTarget& hit : targets_judged(*scenario, requirement)) {
                    Measure one = whole;
                    one.name = fmt::format("{}, {}: {}", whole.name, hit.fault, hit.target);
                    one.requirement = whole.name;
                    one.target = hit;
                    one.of_replication = [of_all = whole.of_replication, hit](const auto& of, const auto& replication) {
                        return was_target(replication, hit) ? of_all(of, replication)
                                                            : std::numeric_limits<double>::quiet_NaN();
                    };
                    const bool known = std::any_of(all.begin(), all.end(),
                                                   [&](const Measure& other) { return other.name == one.name; });
                    if (!known) all.push_back(std::move(one));
                }
            }
        }
    }
    return all;
}

std::uint64_t work_of(const scenarios::ReplicationResult& replication) {
    std::uint64_t hash = 0;
    for (const scenarios::ClassResult& one : replication.classes) {
        const std::string_view due{reinterpret_cast<const char*>(one.due_per_s.data()),
                                   one.due_per_s.size() * sizeof(one.due_per_s[0])};
        // Classes are added up in their order: each turns the sum before it.
        hash = (hash * 0x100000001b3U) ^ engine::stable_hash(one.name) ^ (engine::stable_hash(due) << 1U);
    }
    return hash;
}

}  // namespace faultline::planning
