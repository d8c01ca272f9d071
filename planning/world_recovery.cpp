// World's part of recoveries that are told by the states of caches and warehouses (planning/part_waterfall.hpp).
#include <algorithm>

#include "planning/part_waterfall.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// A shard that has replicas, or the state of its own that full coverage needs, is told by that, and not by its nodes.
bool tells_of_a_shard(const CacheGroup& group, const std::string& path) {
    if (!group.sets().empty()) return path.ends_with("/shard");
    return std::any_of(group.nodes().begin(), group.nodes().end(),
                       [&](const auto& node) { return node->component().path() == path; });
}

}  // namespace

void World::note_stage(Instant now, const std::string& path, std::string_view state) {
    if (const std::string_view stage = cache_stage_of(state); !stage.empty() && path.starts_with("caches/")) {
        for (const auto& group : caches_) {
            const std::string prefix = "caches/" + group->name() + "/";
            if (!path.starts_with(prefix) || !tells_of_a_shard(*group, path)) continue;
            part_marks_.push_back({path, stage, now});
            return;
        }
        return;
    }
    const std::string_view stage = warehouse_stage_of(state);
    if (stage.empty()) return;
    for (const auto& warehouse : warehouses_) {
        for (const auto& compute : warehouse->mains()) {
            if (compute->component().path() != path) continue;
            part_marks_.push_back({path, stage, now});
            std::erase_if(catching_up_, [&](const CatchingUp& one) { return one.part == path; });
            if (stage == catch_up_stage) catching_up_.push_back({warehouse.get(), path, now});
        }
    }
}

// What is not visible has been committed since it is back.
void World::look_for_caught_up(Instant now) {
    std::erase_if(catching_up_, [&](const CatchingUp& one) {
        if (one.warehouse->freshness().now_is(now) > now - one.since) return false;
        part_marks_.push_back({one.part, caught_up, now});
        return true;
    });
}

void World::note_endpoint(const Endpoint& endpoint) {
    const auto same = [&](const AskedEndpoint& asked) { return asked.endpoint == &endpoint; };
    if (std::none_of(asked_endpoints_.begin(), asked_endpoints_.end(), same)) asked_endpoints_.push_back({&endpoint});
}

void World::look_for_misled_balancers(Instant now) {
    const auto misled = [](const auto& region) { return region->calls_the_lost(); };
    if (std::any_of(service_regions_.begin(), service_regions_.end(), misled)) measures_->balancer_misled(now);
}

// Once a second the last one of each endpoint: how long reconnection took is known to the second.
void World::look_for_lost_connections() {
    for (AskedEndpoint& asked : asked_endpoints_) {
        if (asked.endpoint->lost_connection() == asked.told) continue;
        asked.told = asked.endpoint->lost_connection();
        measures_->connection_lost(*asked.told);
    }
}

}  // namespace faultline::planning
