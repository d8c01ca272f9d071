#include "planning/target_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::Verdict;

constexpr std::size_t replications_least = 2;  // fewer give no interval

int verdict_rank(Verdict verdict) {
    return verdict == Verdict::violated ? 2 : verdict == Verdict::undecided ? 1 : 0;
}

// Larger is worse; what was not observed is the worst of the undecided.
double distance_of(const Requirement& requirement, const RequirementResult& one) {
    if (one.observations == 0 || std::isnan(one.estimate)) return std::numeric_limits<double>::infinity();
    return requirement.at_most ? one.estimate : -one.estimate;
}

bool is_worse(const Requirement& requirement, const RequirementResult& a, const RequirementResult& b) {
    if (a.verdict != b.verdict) return verdict_rank(a.verdict) > verdict_rank(b.verdict);
    return distance_of(requirement, a) > distance_of(requirement, b);
}

// Of the same fault, this one included.
std::size_t equals_of(const JudgedTarget& one, const std::vector<JudgedTarget>& all) {
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const JudgedTarget& other) { return other.target.fault == one.target.fault; }));
}

std::string too_few(const JudgedTarget& one, std::size_t targets, std::size_t replications) {
    return fmt::format("\"{}\" hit {} in {} of {} replications, and each of its {} targets needs {}: {} in all",
                       one.target.fault, one.target.target, one.replications, replications, targets, replications_least,
                       replications_least * targets);
}

// "2 met, 1 violated"
std::string verdicts_text(const std::vector<const JudgedTarget*>& targets) {
    std::string text;
    const auto add = [&](Verdict verdict, const char* word) {
        const auto count = std::count_if(targets.begin(), targets.end(),
                                         [&](const JudgedTarget* one) { return one->result.verdict == verdict; });
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
    };
    add(Verdict::met, "met");
    add(Verdict::violated, "violated");
    add(Verdict::undecided, "undecided");
    return text;
}

std::string of_the_worst(const JudgedTarget& worst, const std::vector<JudgedTarget>& all) {
    std::vector<const JudgedTarget*> equals;
    std::string too_rare;
    for (const JudgedTarget& one : all) {
        if (one.target.fault != worst.target.fault) continue;
        equals.push_back(&one);
        if (one.replications < replications_least) too_rare += (too_rare.empty() ? "" : ", ") + one.target.target;
    }
    std::string why = fmt::format("{} is the worst of {} targets of \"{}\" ({}): {}", worst.target.target,
                                  equals.size(), worst.target.fault, verdicts_text(equals), worst.result.why);
    if (worst.result.replications_needed) {
        why += fmt::format("; replications are those of this target, one in {}", equals.size());
    }
    if (!too_rare.empty()) {
        why += fmt::format("; fewer than {} replications hit {}: {} in all are needed", replications_least, too_rare,
                           replications_least * equals.size());
    }
    return why;
}

}  // namespace

std::vector<HitTarget> targets_judged(const scenarios::Scenario& scenario, const Requirement& requirement) {
    std::vector<HitTarget> all, after;
    if (scenarios::is_of_security(requirement.measure)) return all;
    for (const scenarios::Fault& fault : scenario.faults) {
        if (!fault.each) continue;
        for (const std::string& target : fault.targets) {
            all.push_back({fault.name, target});
            if (fault.name == requirement.after) after.push_back(all.back());
        }
    }
    return after.empty() ? all : after;
}

std::uint32_t replications_a_turn(const scenarios::Scenario& scenario) {
    std::uint32_t turn = 1;
    for (const scenarios::Fault& fault : scenario.faults) {
        if (fault.each) turn = std::lcm(turn, static_cast<std::uint32_t>(fault.targets.size()));
    }
    return turn;
}

RequirementResult worst_target_of(const Requirement& requirement, const std::vector<JudgedTarget>& targets,
                                  std::size_t replications) {
    std::vector<JudgedTarget> all = targets;
    for (JudgedTarget& one : all) {
        if (one.replications >= replications_least) continue;
        one.result.verdict = Verdict::undecided;
        one.result.replications_needed.reset();
        one.result.why = too_few(one, equals_of(one, all), replications);
    }
    const JudgedTarget* worst = &all.front();
    for (const JudgedTarget& one : all) {
        if (is_worse(requirement, one.result, worst->result)) worst = &one;
    }
    RequirementResult result = worst->result;
    result.worst_target = worst->target.target;
    const std::size_t equals = equals_of(*worst, all);
    if (worst->replications >= replications_least) result.why = of_the_worst(*worst, all);
    // Each target has one turn in as many replications as there are targets.
    if (result.replications_needed) *result.replications_needed *= static_cast<int>(equals);
    for (const JudgedTarget& one : all) {
        result.targets.push_back({.fault = one.target.fault,
                                  .target = one.target.target,
                                  .verdict = one.result.verdict,
                                  .estimate = one.result.estimate,
                                  .low = one.result.low,
                                  .high = one.result.high,
                                  .replications = one.replications});
    }
    return result;
}

}  // namespace faultline::planning
