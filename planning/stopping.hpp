// When a run that goes on until its requirements are decided may stop, without erring more often than it says.
//
// It looks when 5, 10, 20, 40, ... replications are there: always at the first ones in the order of their numbers, so
// that neither workers nor their speed change the answer. It stops at the first look that decides every requirement.
// Looking often must not pay: each look spends half of the error that a requirement has left (1 - confidence, at the
// beginning), and the last one, at the most replications that there may be, all of it. So the error of all looks
// together is no more than that of one (Bonferroni over looks).
//
// Where a fault hits each of a domain in turn, it looks when all have had as many turns: at 6, 12, 24, ... of three.
//
// "Met" and "violated" are wrong in different worlds: each has that error for itself. Where even incidents that all
// stay within the limit would be too few to show it, "met" cannot be said and spends nothing, and later looks have
// more.
//
// Source of the sharing: alpha spending, K. Lan, D. DeMets, Discrete sequential boundaries for clinical trials,
// Biometrika 70(3), 1983; here with geometric shares and without correlation between looks, which is safe and plain.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

class Stopping {
public:
    static constexpr std::uint32_t first_look = 5;  // replications (design, section 5)

    // Requires most >= 1 and first >= 1: at that many it looks first. The scenario outlives this.
    Stopping(const scenarios::Scenario& scenario, std::uint32_t most, std::uint32_t first = first_look);

    // How many replications the next look wants; as many as the last one had: it stopped.
    std::uint32_t next_look() const { return next_; }

    // At the results of the first next_look() replications, those that died left out.
    void look(std::span<const scenarios::ReplicationResult> replications);
    // The same, when time is up: at what is there, as the last look.
    void last_look(std::span<const scenarios::ReplicationResult> replications);

    // As the last look judged them.
    const std::vector<scenarios::RequirementResult>& requirements() const { return requirements_; }
    const std::vector<scenarios::Look>& looks() const { return looks_; }

private:
    struct Error {
        double met = 0.0, violated = 0.0;
    };
    void judge_at(std::span<const scenarios::ReplicationResult> replications, bool last);
    bool decided() const;

    const scenarios::Scenario& scenario_;
    std::uint32_t most_;
    std::uint32_t next_;
    std::vector<Error> left_;  // by requirement
    std::vector<scenarios::RequirementResult> requirements_;
    std::vector<scenarios::Look> looks_;
};

}  // namespace faultline::planning
