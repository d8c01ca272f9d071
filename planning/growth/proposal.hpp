// Month by month what the quick models say (resources.hpp): where a simulation should look first, and which resource
// fills up. They propose; they decide nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/growth/grown_model.hpp"
#include "planning/growth/resources.hpp"
#include "scenarios/growth_result.hpp"

namespace faultline::planning {

// One state of the system on the way: a month, or a multiple of today's load.
struct GrowthStep {
    double load = 1.0, data = 1.0;
    int offices = 0;
    scenarios::Scenario scenario;
    std::vector<ResourceEstimate> resources;  // of it
};

// Whether the quick models see a requirement broken there: a latency or hit rate beyond its limit, or a resource on the
// way of its queries that cannot keep up.
bool looks_broken(const GrowthStep& step, const scenarios::Requirement& requirement);

// Of the resources on the way of its queries, the one with the least room there: its words; empty: none is known.
std::string least_room(const GrowthStep& step, const scenarios::Requirement& requirement);

}  // namespace faultline::planning
