// A small system with all that the first models have: two offices, a service, a cache, a cluster over three zones.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::tests {

// The text of the scenario; `faults` is the inside of its "faults" object.
std::string small_system(std::string_view faults);

// The same with a second region, us-west-2, and the service in both.
std::string in_two_regions(std::string_view faults);

// Replaces what must be there (a failure of the test else).
void replace_in(std::string& text, std::string_view what, std::string_view with);

// Reads it (a problem fails the test) and lets `change` alter it.
scenarios::Scenario read(const std::string& text, const std::function<void(scenarios::Scenario&)>& change = {});

scenarios::ReplicationResult run(const scenarios::Scenario& scenario, std::uint32_t replication = 1);

const scenarios::ClassResult& class_named(const scenarios::ReplicationResult& result, std::string_view name);
scenarios::Outcomes all_outcomes(const scenarios::ClassResult& query_class);
// Good operations due in these seconds of the run.
std::uint64_t good_between(const scenarios::ClassResult& query_class, std::size_t from_s, std::size_t to_s);
// Whether a component was ever in this state.
bool reached(const scenarios::ReplicationResult& result, std::string_view component, std::string_view state);
// When it first was, in seconds of the run; -1: never.
double entered_at_s(const scenarios::ReplicationResult& result, std::string_view component, std::string_view state);
// By the processors of all whose path begins so.
double served(const scenarios::ReplicationResult& result, std::string_view prefix);
scenarios::RandomDuration constant(double seconds);
// The cache stands in one region: without it, reads show where they go.
void leave_cache_out(scenarios::Scenario& scenario);

inline constexpr std::string_view writers_zone_lost =
    R"("zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "60s", "lasts": "90s" })";

}  // namespace faultline::tests
