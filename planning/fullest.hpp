// Which queue or link had the least room, of those on the way of some classes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "planning/observations.hpp"

namespace faultline::planning {

struct Fullest {
    std::string words;   // "shop, us-east-1b, to orders/writer: connections"
    std::string kind;    // scenarios::resource_cpu, ...
    double share = 0.0;  // in use, over its phase, on average over the replications
    double waiting = 0.0;
    bool in_incidents = false;  // else in steady state
};

// What the classes that a requirement is about pass: their services, databases, caches, stations and warehouses, and
// the endpoints of databases that they use, "orders/writer".
std::vector<std::string> passed_by(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement);

// Of these kinds, and of these owners; a link has none, and always counts. In the requirement's phase. None: nothing is
// in use for `least` of the time.
std::optional<Fullest> fullest(const scenarios::Requirement& requirement, const std::vector<std::string>& owners,
                               std::span<const char* const> kinds, double least, Results results);

// "; fullest is shop, us-east-1b, to orders/writer: connections (98 % in use during incidents)"; empty: none is.
std::string fullest_text(const std::optional<Fullest>& found);

}  // namespace faultline::planning
