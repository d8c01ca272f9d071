#include "planning/reason.hpp"

#include <fmt/format.h>

#include <cmath>

#include "planning/cause.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::seconds_text;
using scenarios::Verdict;

std::string nothing_seen(const Requirement& requirement) {
    const std::string of = requirement.of.empty() ? "what it is about" : requirement.of;
    if (scenarios::is_of_incidents(requirement.measure)) {
        return fmt::format("no incident {}was observed for {}, and what was not observed is never met",
                           requirement.after.empty() ? "" : "of \"" + requirement.after + "\" ", of);
    }
    return fmt::format("nothing was observed of {}, and what was not observed is never met", of);
}

std::string where(const scenarios::Scenario& scenario, const RequirementResult& result) {
    if (result.worst_at.empty()) return "";
    if (scenario.offices.size() < 2) return " at " + result.worst_at;
    return fmt::format(" at {}, the worst of {} offices", result.worst_at, scenario.offices.size());
}

std::string incidents_finding(const scenarios::Scenario& scenario, const Requirement& requirement,
                              const RequirementResult& result, const Estimate& at) {
    if (at.place == exposure_place) {
        return fmt::format("{} at any instant would lose up to {} of commits (p99 of the exposure)",
                           is_of_a_zone(scenario, requirement) ? "the loss of a zone" : "a loss",
                           seconds_text(result.estimate));
    }
    return fmt::format("{} of {} incidents stayed within {}", at.within, result.observations,
                       seconds_text(result.limit));
}

std::string margin(const RequirementResult& result) {
    if (result.unit.empty()) {  // points of percent
        return fmt::format("{:.3g} points", 100.0 * std::abs(result.limit - result.estimate));
    }
    return scenarios::amount_text(std::abs(result.limit - result.estimate), result.unit);
}

std::string finding(const scenarios::Scenario& scenario, const Requirement& requirement,
                    const RequirementResult& result, const Estimate& at) {
    if (scenarios::is_money(requirement.measure)) {
        const char* const side = result.estimate < result.limit ? "below" : "above";
        const std::string open = at.place.empty() ? "" : ", with " + at.place + ", which can only add to it";
        return fmt::format("{} {} the limit{}", margin(result), side, open);
    }
    if (scenarios::is_of_security(requirement.measure)) {
        const char* const what = requirement.measure == "encrypted" ? "encrypted at rest and in transit"
                                                                    : "in private subnets behind inbound rules";
        return fmt::format("{} of {} are {}{}", at.within, result.observations, what,
                           at.place.empty() ? "" : ", and " + at.place + " is not");
    }
    if (scenarios::is_of_incidents(requirement.measure)) {
        return incidents_finding(scenario, requirement, result, at) + where(scenario, result);
    }
    if (std::isinf(result.estimate)) {
        return "too many " + requirement.of + " queries are never answered" + where(scenario, result);
    }
    if (result.estimate == result.limit) return "exactly at the limit" + where(scenario, result);
    const char* const side = result.estimate < result.limit ? "below" : "above";
    return fmt::format("{} {} the limit{}", margin(result), side, where(scenario, result));
}

std::string open_question(const RequirementResult& result, std::size_t replications) {
    if (replications < 2) return "one replication gives no interval";
    if (result.replications_needed) {
        return fmt::format("the interval still holds the limit; about {} more {} would settle it",
                           *result.replications_needed,
                           *result.replications_needed == 1 ? "replication" : "replications");
    }
    return "the limit is too close to the estimate for any number of replications to settle";
}

}  // namespace

std::string reason(const scenarios::Scenario& scenario, const Requirement& requirement, const RequirementResult& result,
                   const Estimate& at, Results replications) {
    if (result.observations == 0) return nothing_seen(requirement);
    std::string text = finding(scenario, requirement, result, at);
    if (scenarios::is_money(requirement.measure) && !at.place.empty()) return text;  // no replication tells a price
    if (result.verdict == Verdict::undecided) text += "; " + open_question(result, replications.size());
    const std::string why = cause(scenario, requirement, result.worst_at, replications);
    if (!why.empty()) text += "; " + why;
    return text;
}

}  // namespace faultline::planning
