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

// Reads it (a problem fails the test) and lets `change` alter it.
scenarios::Scenario read(const std::string& text, const std::function<void(scenarios::Scenario&)>& change = {});

scenarios::ReplicationResult run(const scenarios::Scenario& scenario, std::uint32_t replication = 1);

const scenarios::ClassResult& class_named(const scenarios::ReplicationResult& result, std::string_view name);
scenarios::Outcomes all_outcomes(const scenarios::ClassResult& query_class);

inline constexpr std::string_view writers_zone_lost =
    R"("zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "60s", "lasts": "90s" })";

}  // namespace faultline::tests
