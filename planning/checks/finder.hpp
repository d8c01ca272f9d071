// Where the checks put what they find. One function for each theme; each knows one or several ids.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/check_result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

inline constexpr const char* check_error = "error";      // it contradicts the scenario itself, or opens it to everybody
inline constexpr const char* check_warning = "warning";  // likely to cost availability, data or secrecy
inline constexpr const char* check_note = "note";        // a choice that one should have made on purpose

class Finder {
public:
    explicit Finder(const scenarios::Scenario& of) : scenario(of) {}

    struct Found {
        std::string where, why, mend;
        std::vector<std::string> also{};
    };
    void add(std::string_view id, const char* severity, Found found) {
        findings.push_back({std::string{id}, std::move(found.also), severity, std::move(found.where),
                            std::move(found.why), std::move(found.mend)});
    }

    const scenarios::Scenario& scenario;
    std::vector<scenarios::CheckFinding> findings;
};

void check_security(Finder& finder);
void check_backups(Finder& finder);
void check_redundancy(Finder& finder);
void check_cuts(Finder& finder);  // zones and regions whose loss stops a class
void check_network(Finder& finder);
void check_clients(Finder& finder);
void check_survivors(Finder& finder);

// What others call it if all of a database stands in one zone: they ask for Multi-AZ of an instance, or of a cluster.
std::vector<std::string> multi_az_names(const scenarios::Database& database);

// "a, b and c"; of many the first ones, "and 4 more".
std::string listed(const std::vector<std::string>& names, std::size_t most = 6);

}  // namespace faultline::planning
