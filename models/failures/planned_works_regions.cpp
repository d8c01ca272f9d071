// Planned work on a database over several regions: which of them, in what order, and what waits meanwhile.
#include <algorithm>

#include "models/failures/planned_works.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

using scenarios::FaultKind;

namespace {
bool is_of_the_database(const RegionalCluster& cluster) {
    return cluster.region_role() == RegionRole::primary || cluster.region_role() == RegionRole::secondary;
}
}  // namespace

// Regions are named within their database ("orders", "orders/us-west-2"): the longest name that fits.
Cluster* PlannedWorks::cluster_named(const std::string& target) const {
    Cluster* found = nullptr;
    for (const auto& cluster : clusters_) {
        const std::string& path = cluster->path();
        if (path != target && !target.starts_with(path + "/")) continue;
        if (found == nullptr || path.size() > found->path().size()) found = cluster.get();
    }
    return found;
}

GlobalDatabase* PlannedWorks::global_of(const Cluster& cluster) const {
    for (const auto& global : globals_) {
        if (global == nullptr) continue;
        const auto& regions = global->regions();
        if (std::find(regions.begin(), regions.end(), &cluster) != regions.end()) return global.get();
    }
    return nullptr;
}

// The name of the database, and that of its writer, are the primary's; a region's own name, and those of instances,
// stay where they are.
engine::Process<> PlannedWorks::on_regions(Work& work, GlobalDatabase& database, Cluster& named) {
    while (database.busy()) {
        co_await simulation_.delay(retry_pause);
    }
    const GlobalDatabase::Hold hold(database);
    const std::string& name = database.regions().front()->path();
    const FaultKind kind = work.order.kind;
    const bool whole = work.order.target == name;
    if (whole && kind == FaultKind::upgrade && !database.logical()) {
        co_await upgrade_all(work, database);
    } else if (whole && (kind == FaultKind::patch || kind == FaultKind::upgrade)) {
        co_await region_by_region(work, database);
    } else {
        const bool of_primary = whole || work.order.target == name + "/writer";
        Cluster& cluster = of_primary ? static_cast<Cluster&>(database.primary()) : named;
        co_await on_database(work, cluster);
    }
}

engine::Process<> PlannedWorks::region_by_region(Work& work, GlobalDatabase& database) {
    const std::vector<RegionalCluster*> regions = database.regions();
    for (RegionalCluster* const cluster : regions) {
        if (cluster->region_role() == RegionRole::secondary) co_await on_database(work, *cluster);
        if (work.failed) co_return;  // nobody goes on with what has just failed
    }
    co_await on_database(work, database.primary());
}

// All at one instant. Those that follow are put back first: they need no quorum of the primary's volume.
engine::Process<> PlannedWorks::upgrade_all(Work& work, GlobalDatabase& database) {
    std::vector<RegionalCluster*> taken;
    for (RegionalCluster* const cluster : database.regions()) {
        if (is_of_the_database(*cluster)) taken.push_back(cluster);
    }
    std::stable_partition(taken.begin(), taken.end(),
                          [](const auto* one) { return one->region_role() == RegionRole::secondary; });
    while (!std::all_of(taken.begin(), taken.end(), [](const auto* one) { return can_begin(*one); })) {
        co_await simulation_.delay(retry_pause);
    }
    const std::size_t before = simulation_.processes();
    for (RegionalCluster* const cluster : taken) {
        cluster->take_out("upgrading");
        hit(work, *cluster);
    }
    measures_.fault_cut(work.fault, before - std::min(before, simulation_.processes()));
    stage("upgrading");
    co_await simulation_.delay(drawn(work, work.order.work));
    if (fails(work)) {
        const std::vector<Cluster*> all(taken.begin(), taken.end());
        co_await undo(work, all);
    }
    for (RegionalCluster* const cluster : taken) {
        co_await cluster->put_back(false);
    }
    stage("reconnection");
}

}  // namespace faultline::models
