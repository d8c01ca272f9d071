#include "planning/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::planning {

std::optional<Baseline> read_baseline(const std::string& path, scenarios::Problems& problems) {
    auto result = scenarios::read_result(path, problems);
    if (!result) return std::nullopt;
    scenarios::Problems of_scenario;
    auto scenario = scenarios::read_scenario(result->scenario_source, path, "", of_scenario);
    if (!scenario) {
        problems.add(path, "/scenario_source",
                     fmt::format("program version {} ran a scenario that this program does not read: {}",
                                 result->tool_version, scenarios::to_text(of_scenario.sorted().front())));
        return std::nullopt;
    }
    if (result->replications.empty()) {
        problems.add(path, "/replications", "none of its replications ended: there is nothing to compare with");
        return std::nullopt;
    }
    return Baseline{result->variant, std::move(*result), std::move(*scenario)};
}

Measured measured_then(const Baseline& baseline, const std::string& path, const std::vector<Measure>& measures) {
    Measured then = measured(baseline.scenario, baseline.result, measures);
    then.system.name = "baseline";
    then.system.file = path;
    then.system.variant = baseline.variant;
    return then;
}

std::vector<std::string> notes_on(const Baseline& baseline, const scenarios::Comparison& comparison) {
    constexpr std::size_t hash_shown = 12;  // digits
    const scenarios::ComparedSystem& then = comparison.systems.front();
    const scenarios::ComparedSystem& now = comparison.systems.back();
    std::vector<std::string> notes;
    notes.push_back(
        then.tool_version == now.tool_version
            ? fmt::format("Both are of program version {}.", now.tool_version)
            : fmt::format("The baseline is of program version {}, this of {}.", then.tool_version, now.tool_version));
    notes.push_back(then.model_hash == now.model_hash
                        ? fmt::format("The scenario is the same ({}).", now.model_hash.substr(0, hash_shown))
                        : fmt::format("The scenario has changed ({}, now {}).", then.model_hash.substr(0, hash_shown),
                                      now.model_hash.substr(0, hash_shown)));
    if (baseline.result.numeric_fingerprint != comparison.numeric_fingerprint) {
        notes.emplace_back("The machines compute logarithms and powers differently in the last bits.");
    }
    const bool paired = std::any_of(comparison.measures.begin(), comparison.measures.end(),
                                    [](const auto& measure) { return measure.systems.back().paired; });
    if (then.seed != now.seed) {
        notes.push_back(fmt::format("Seeds {} and {}: independent samples (Welch).", then.seed, now.seed));
    } else if (!paired) {
        notes.emplace_back("Other operations were due than then: independent samples (Welch).");
    }
    return notes;
}

}  // namespace faultline::planning
