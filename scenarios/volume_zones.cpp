#include "scenarios/volume_zones.hpp"

#include <algorithm>

namespace faultline::scenarios {

std::vector<std::string> volume_zones(const Database& database, const std::string& region,
                                      const std::vector<std::string>& zones) {
    if (zones.size() <= volume_zones_most) return zones;
    std::vector<std::string> taken;
    const auto take = [&](const std::string& zone) {
        const bool there = std::find(zones.begin(), zones.end(), zone) != zones.end();
        const bool is_new = std::find(taken.begin(), taken.end(), zone) == taken.end();
        if (there && is_new && taken.size() < volume_zones_most) taken.push_back(zone);
    };
    if (region == database.region) {
        take(database.writer.zone);
        for (const DatabaseInstance& replica : database.replicas) take(replica.zone);
    }
    for (const Secondary& secondary : database.secondaries) {
        if (secondary.region != region) continue;
        for (const DatabaseInstance& replica : secondary.replicas) take(replica.zone);
    }
    for (const std::string& zone : zones) take(zone);
    std::vector<std::string> in_order = zones;
    std::erase_if(in_order,
                  [&](const std::string& zone) { return std::find(taken.begin(), taken.end(), zone) == taken.end(); });
    return in_order;
}

}  // namespace faultline::scenarios
