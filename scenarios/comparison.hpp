// Several systems side by side, as a report shows them: what each measured, how much better or worse that is than what
// the first one measured, and what differs between their models. Plain structs; planning/comparison.hpp fills them,
// reports/ shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline constexpr int comparison_schema_version = 1;

// Of a value of a JSON document, as JSON text; none: it is not there.
struct ModelDifference {
    std::string pointer;
    std::optional<std::string> of_first, of_this;
};

struct ComparedSystem {
    std::string name;  // as the report calls it: a variant, "base", a file, "baseline"
    std::string file, variant;
    std::string model_hash;  // of the scenario as it was run: equal hashes, equal models
    std::string tool_version;
    std::uint64_t seed = 0;
    std::vector<std::uint32_t> replications{};  // their numbers
    std::vector<FailedReplication> failed{};
    std::vector<ModelDifference> differences{};
    bool same_work = true;  // each replication had the same operations due at the same seconds as the first system's
};

enum class Standing {
    first,      // the others are compared with it
    better,     // the interval of the difference is on one side of zero
    worse,      //
    no_winner,  // it contains zero
    equal,      // the same value in every replication
    unknown     // nothing to compare
};

struct ComparedValue {
    std::vector<double> values{};  // one a replication, as `replications` of the system; NaN: no observation
    double estimate = 0.0;         // their mean; their median if one is infinite; NaN: none
    std::optional<Verdict> verdict{};
    Standing standing = Standing::first;
    // To the first system, this - first. Unbounded where there is nothing to go by.
    double difference = 0.0, low = 0.0, high = 0.0;
    bool paired = false, of_medians = false;
    std::uint32_t pairs = 0;  // that had an observation in both
};

struct ComparedMeasure {
    std::string name, text;  // text: "latency p99 of update at worst office"
    std::string unit;        // "s", "$/month", or "" for a share
    bool less_is_better = true;
    std::optional<double> limit{};
    // Of the replications that hit one target of a fault with "each:", and whose measure that is; else both empty.
    std::string target{}, requirement{};
    std::vector<ComparedValue> systems{};  // as Comparison::systems
    // Those that are not significantly worse than the best estimate. One: it wins; several: no winner among them; none:
    // fewer than two were observed.
    std::vector<std::uint32_t> best{};
};

// A system that could not be compared, and why.
struct LeftOut {
    std::string name;
    std::vector<std::string> problems{};
};

struct Comparison {
    int schema_version = comparison_schema_version;
    std::string tool_version, scenario_name, question;
    double confidence = 0.95;  // of each difference; of all together if joint
    bool joint = false;
    bool with_baseline = false;  // the first system is an earlier result
    std::uint64_t numeric_fingerprint = 0;
    std::vector<ComparedSystem> systems{};
    std::vector<ComparedMeasure> measures{};
    std::vector<LeftOut> left_out{};
    std::vector<std::string> notes{};  // what a reader must know to trust it
};

}  // namespace faultline::scenarios
