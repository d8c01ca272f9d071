// The recovery time of one class at one office, or of one canary, from what happened second by second. No clock and no
// state: the definitions of docs/models/measures.md, sentence by sentence.
#pragma once

#include <cstdint>
#include <span>

#include "engine/time.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

// Good windows between two bad ones of a canary that still are one outage: a flapping service is out.
inline constexpr std::size_t cluster_gap = 10;

// What was normal: the operations due in steady time before the incident whose deadline had passed when it began. None
// at all stands for a service without fault, the strictest.
struct Baseline {
    std::uint64_t due = 0;
    std::uint64_t good = 0;
    engine::Duration time{};

    double share() const { return due == 0 ? 1.0 : static_cast<double>(good) / static_cast<double>(due); }
    // It answered nobody before the incident: nothing after it can be called recovered.
    bool dead() const { return due > 0 && good == 0; }
};

// Operations due in one window or second.
struct ShareCount {
    std::uint64_t due = 0;
    std::uint64_t good = 0;
};

// Under 99 % of the share that was normal, in whole numbers. Never for a window without operations.
bool is_bad(ShareCount seen, const Baseline& normal);

// So many were not good that chance explains it with a probability under 1e-7 (a Chernoff bound of the Poisson tail),
// were all still as it was before. Source: M. Mitzenmacher, E. Upfal, Probability and Computing, 2nd ed., Cambridge
// 2017, theorem 5.4.
bool beyond_chance(ShareCount seen, const Baseline& normal);

// One second after the incident's start.
struct IncidentSecond {
    ShareCount seen;
    bool closed = false;  // full recovery had been reached: a bad run counts only if it is beyond chance
};

struct RecoveryRule {
    std::uint64_t operations_min = 500;  // of a window
    std::int64_t seconds_max = 10;       // a window this long is judged on what it has
    // The windows are single probes of a canary, which now and then is lost for reasons of its own: bad ones no further
    // apart than cluster_gap good ones form a cluster, and one that chance explains at any time is no outage.
    bool single_probes = false;
    engine::Duration observed{};      // from the incident's start to the end of the run or the next incident
    engine::Duration quiet_needed{};  // from the last bad window, or the start, till then: 60 s or a client's timer
};

// A window without any operation says what the window before it said: no demand is no evidence of recovery. What is
// left over at the end is a window too. Fills all but the names; a recovery that is not one has no number: its rto_ns
// is the largest there is.
scenarios::Recovery judge_recovery(std::span<const IncidentSecond> seconds, const Baseline& normal,
                                   const RecoveryRule& rule);

// What may be expected of a canary's single probes. Nobody knows that one can never be lost: at least one in as many as
// were seen, and one more, will be.
Baseline of_single_probes(const Baseline& normal);

}  // namespace faultline::models
