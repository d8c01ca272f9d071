// What still works when some zones are gone, by where everything stands: no failover, scaling or operator is waited
// for, but for the promotion of a replica that is there. The one model of it, for cuts and for what is left to carry a
// load.
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

using ZoneName = std::string;  // "us-east-1/a"

class Survival {
public:
    Survival(const scenarios::Scenario& scenario, std::vector<ZoneName> lost)
        : scenario_(scenario), lost_(std::move(lost)) {}

    bool stands(const std::string& region, const std::string& zone) const;
    // Why it does not work, for an architect; empty: it works.
    std::string stopped(const scenarios::QueryClass& query) const;

    // How many are left, of those that run without being launched.
    int instances_of(const scenarios::Service& service) const;
    // In the database's own region, the writer among them; and in all regions that serve reads.
    std::vector<const scenarios::DatabaseInstance*> writers_of(const scenarios::Database& database) const;
    std::vector<const scenarios::DatabaseInstance*> all_of(const scenarios::Database& database) const;
    // Share of the shards whose nodes are all gone, over its regions.
    double lost_share_of(const scenarios::Cache& cache) const;

private:
    bool volume_takes(const scenarios::Database& database, int quorum) const;
    std::string stopped_at(const scenarios::RouteStep& step) const;

    const scenarios::Scenario& scenario_;
    std::vector<ZoneName> lost_;
};

// "us-east-1/a", of all regions.
std::vector<ZoneName> zones_of(const scenarios::Scenario& scenario);
std::vector<ZoneName> zones_of(const scenarios::Region& region);

}  // namespace faultline::planning
