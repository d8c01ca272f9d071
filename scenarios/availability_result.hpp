// What years of failures came to: for reports, and for the result file of `faultline availability`. Plain structs.
// Times are minutes of a year; a share that is away for a minute counts as that share of a minute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline constexpr int availability_schema_version = 1;

struct MeanInterval {
    double mean = 0.0, low = 0.0, high = 0.0;
};

// Why, and how much of it: kinds of faults, "zone-outage + instance-crash" where it took several.
struct OutageCause {
    std::string kinds;
    bool overlapping = false, planned = false;
    double minutes = 0.0;         // a year
    double share = 0.0;           // of all that is not planned, or of all that is
    double times_per_year = 0.0;  // that it stopped anybody
};

struct YearsOf {
    std::string of;       // a class; "all operations"
    std::string offices;  // empty: all of them
    MeanInterval minutes, availability;
    MeanInterval minutes_with_planned, availability_with_planned;
    double p50 = 0.0, p95 = 0.0, p99 = 0.0;  // minutes, of the years
    double planned_minutes = 0.0;
    double years_without = 0.0;       // share of the years with no unplanned minute at all
    std::vector<OutageCause> causes;  // the greatest first
};

// The writer of a database alone, simulated, and by the Markov chain of its cluster.
struct ClosedForm {
    std::string database;
    MeanInterval simulated;  // minutes
    double low = 0.0, high = 0.0;
    std::uint64_t states = 0;
    std::string differs;  // what the chain leaves out; empty: nothing
};

struct RareLoss {
    std::string what;
    MeanInterval per_year;
    double counted_per_year = 0.0;  // in the years themselves, without biasing
};

struct FailureRate {
    std::string what;
    std::uint64_t targets = 0;
    double years_between = 0.0;  // of one target
    double lasts_s = 0.0;        // mean; 0: what the repair of its kind takes
    std::string source, confidence;
    bool planned = false;
};

// What the years are expected to cost, at the scenario's price of an hour in which no office is served.
struct DowntimeCost {
    double per_h = 0.0;    // dollars
    MeanInterval minutes;  // in which any class is away at an office, by its weight
    double planned_minutes = 0.0;
    MeanInterval a_year;  // dollars, of what is not planned
    double planned_a_year = 0.0;
};

struct AvailabilityResult {
    int schema_version = availability_schema_version;
    std::string tool_version, scenario_name, variant, question;
    std::uint64_t seed = 0, years = 0, events = 0;
    double confidence = 0.95;
    std::vector<YearsOf> classes;  // all operations first
    std::vector<YearsOf> places;   // classes at offices that prefer the same regions, where there are several
    std::vector<ClosedForm> closed_forms;
    std::vector<RareLoss> rare;
    std::string rare_left_out;  // why there are none
    std::vector<FailureRate> rates;
    std::vector<std::string> measured;  // a line each: which incidents stand for which kind of fault
    std::vector<std::string> not_modelled;
    std::vector<std::string> not_counted;  // faults that stop nobody here, for no run has measured them
    std::optional<DowntimeCost> downtime_cost;
    std::vector<RequirementResult> requirements;
};

// As a JSON document with a line end.
std::string availability_text(const AvailabilityResult& result);

}  // namespace faultline::scenarios
