// Parts that have nothing to stand in for them.
#include <fmt/format.h>

#include "planning/checks/finder.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {

std::vector<std::string> multi_az_names(const scenarios::Database& database) {
    if (scenarios::has_standbys(database.kind)) return {"CKV_AWS_157", "RDS.5"};
    return {"RDS.15"};
}

void check_redundancy(Finder& finder) {
    for (const scenarios::Database& database : finder.scenario.databases) {
        if (!database.replicas.empty()) continue;
        finder.add(
            "no-replica", check_warning,
            {"/databases/" + database.name + "/replicas",
             fmt::format("no instance of its region can take over from the writer of {}: it is built anew in its "
                         "own zone, which takes minutes, and if that zone is gone somebody has to act",
                         database.name),
             "\"replicas\": [{ \"zone\": \"<another zone>\" }]", multi_az_names(database)});
    }
    for (const scenarios::Cache& cache : finder.scenario.caches) {
        if (cache.replicas > 0) continue;
        finder.add(
            "cache-without-replica", check_warning,
            {"/caches/" + cache.name + "/replicas",
             fmt::format("a lost node of {} takes {} with it: its reads go to the database until it is warm again",
                         cache.name, cache.shards == 1 ? "the cache" : fmt::format("1/{} of the keys", cache.shards)),
             "\"replicas\": 1",
             {"CKV2_AWS_50", "ElastiCache.3"}});
    }
}

}  // namespace faultline::planning
