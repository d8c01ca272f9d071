// Met, violated or undecided, by the interval and never by the estimate alone (design, section 5).
//
// Latency, availability, hit rate and offload: Student's t interval over the replications' own figures, never narrower
// than what as many independent operations would give (binomial), so that a share of 1 or a handful of queries proves
// nothing. Judged at each office at a joint confidence (Bonferroni): met if met at every office, violated if violated
// at any. A quantile of a class that fails too often for it is infinite, and is judged by the share within the limit.
//
// RTO and RPO: a quantile (p95, if nothing else is said) over all incidents of all replications, by exact binomial
// ranks: met if enough incidents of enough were within the limit at every office (59 of 59 for p95 at 95 %), violated
// if too many were not at any office. Where a replication has several futures their incidents are no independent ones:
// all count, and are worth as many as engine/statistics/grouped.hpp says. "Not recovered" is a miss. A requirement on
// RPO is judged on the exposure too.
//
// Where a fault hits each of a domain in turn, a requirement is judged for each target by the replications that it was
// the target of, and the verdict is the worst one's (target_groups.hpp).
//
// Fewer than two replications give no interval, and no observation gives nothing: both are undecided, never met.
//
// The confidence is of each requirement; with run.joint it is of all of them together (Bonferroni): each is then judged
// at 1 - (1 - confidence) / number of requirements.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// In the order of the scenario.
std::vector<scenarios::RequirementResult> judge_all(const scenarios::Scenario& scenario,
                                                    std::span<const scenarios::ReplicationResult> replications);

scenarios::RequirementResult judge(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                   std::span<const scenarios::ReplicationResult> replications);

// How often a verdict may be wrong: "met" where it is not, "violated" where it is met. 0: that verdict cannot be given.
struct Errors {
    double met = 0.05, violated = 0.05;
};
// Estimate and interval are those of the verdict; if it is undecided, of "met".
scenarios::RequirementResult judge(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                   std::span<const scenarios::ReplicationResult> replications, const Errors& errors);

// The estimate at the place that decides, of one replication or of many, without a verdict. NaN: no observation.
// Whatever their targets were.
double estimate_of(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                   std::span<const scenarios::ReplicationResult> replications);

// Of each of its requirements, by run.confidence and run.joint.
double confidence_of_each(const scenarios::Scenario& scenario);

// Whether as many incidents, if all were within the limit, would show it with this error. True of other measures.
bool could_be_met(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                  std::span<const scenarios::ReplicationResult> replications, double error);

// A limit and its interval: met when all of it is on the right side, violated when none is.
scenarios::Verdict judge(const scenarios::Requirement& requirement, const engine::Interval& interval);

// "p95" is 0.95; none for another text. `otherwise` for an empty one.
std::optional<double> quantile_of(const std::string& statistic, double otherwise);

// Faults that took no effect in some replication: a scenario that names one is wrong, whatever its verdicts.
// "zone lost (az-of: orders/writer) hit nothing in 2 of 5 replications".
std::vector<std::string> faults_without_effect(std::span<const scenarios::ReplicationResult> replications);

}  // namespace faultline::planning
