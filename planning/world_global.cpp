// World's databases over several regions: a cluster for each region, and what joins them.
#include <algorithm>

#include "planning/backup_shape.hpp"
#include "planning/global_shape.hpp"
#include "planning/instance_shape.hpp"
#include "planning/region_recorder.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

// What the loss of the primary's zone, of its region, or of a cache ahead of it would leave behind now; and what
// readers miss.
engine::Process<> World::sample_global(std::size_t number) {
    GlobalDatabase& database = *globals_[number];
    for (;;) {
        co_await simulation_.delay(exposure_sampled_every);
        const Instant now = simulation_.now();
        const PlaceId zone = database.global_writer().place();
        const Duration of_writer = database.primary().log().exposure_to_loss_of(zone);
        const Duration of_zone = std::max(of_writer, behind_caches(number));
        measures_->exposure(number, std::max(of_zone, database.log().exposure()), of_zone, now);
        for (RegionalCluster* const cluster : database.regions()) {
            const RegionRole role = cluster->region_role();
            if (role != RegionRole::primary && role != RegionRole::secondary) continue;
            for (const auto& instance : cluster->instances()) {
                if (instance->role() != Role::replica || !instance->component().up()) continue;
                measures_->replica_lag(number, cluster->component().path(), instance->lag(now), now);
            }
        }
    }
}

// The first region's cluster stands at the database's own place among the clusters; the others follow them all.
void World::build_global_primary(const scenarios::Database& database, ClusterShape shape) {
    const std::size_t number = clusters_.size();
    GlobalShape global = global_shape(database, scenario_.workload.classes);
    global.operation.instance = instance_shape_of(database, database.writer);
    auto wholes = std::make_shared<RegionRecorder::Wholes>();
    recorders_.push_back(std::make_unique<RegionRecorder>(simulation_, *measures_, number, wholes));
    globals_[number] =
        std::make_unique<GlobalDatabase>(simulation_, *transport_, *transfers_, std::move(global), *recorders_.back());
    auto cluster = std::make_unique<RegionalCluster>(simulation_, *transport_, transfers_.get(), std::move(shape),
                                                     *recorders_.back(), globals_[number]->log(), 0);
    if (const auto consistency = forwarding_of(database)) cluster->forward_writes(*consistency);
    if (stops_without_stream(database)) cluster->stop_without_stream();
    globals_[number]->add_region(*cluster);
    region_wholes_[number] = std::move(wholes);
    clusters_.push_back(std::move(cluster));
}

void World::build_secondaries() {
    for (std::size_t d = 0; d < scenario_.databases.size(); ++d) {
        const scenarios::Database& database = scenario_.databases[d];
        for (std::size_t s = 0; s < database.secondaries.size(); ++s) {
            const scenarios::Secondary& secondary = database.secondaries[s];
            ClusterShape shape = cluster_shape(database, secondary.region);
            shape.path = database.name + "/" + secondary.region;
            recorders_.push_back(std::make_unique<RegionRecorder>(simulation_, *measures_, d, region_wholes_[d]));
            if (backups_[d] != nullptr) recorders_.back()->set_backups(*backups_[d]);
            auto cluster =
                std::make_unique<RegionalCluster>(simulation_, *transport_, transfers_.get(), std::move(shape),
                                                  *recorders_.back(), globals_[d]->log(), s + 1);
            if (const auto consistency = forwarding_of(database)) cluster->forward_writes(*consistency);
            if (stops_without_stream(database)) cluster->stop_without_stream();
            globals_[d]->add_region(*cluster);
            for (const scenarios::DatabaseInstance& replica : secondary.replicas) {
                cluster->add_instance(place_of(secondary.region, replica.zone), instance_shape_of(database, replica));
            }
            clusters_.push_back(std::move(cluster));
        }
        if (globals_[d] != nullptr && backups_[d] != nullptr) back_up_regions(d);
    }
}

void World::back_up_regions(std::size_t number) {
    const scenarios::Database& database = scenario_.databases[number];
    for (std::size_t i = 0; i < globals_[number]->regions().size(); ++i) {
        const RegionalCluster& cluster = *globals_[number]->regions()[i];
        const BackupPlaces places{cluster.region(), cluster.zones(), std::nullopt};
        globals_[number]->back_up(i, region_backup_shape_of(database, scenario_, places));
    }
}

// The database's backups are those of its primary from now on.
void World::take_backups_over(std::size_t number, const RegionalCluster& primary) {
    GlobalLog& log = globals_[number]->log();
    const RegionBackup& own = *globals_[number]->backup_of(log.primary());
    const Bytes lacking{static_cast<std::int64_t>(log.end() - std::min(log.end(), own.restorable()))};
    backups_[number]->move_to(primary.region(), primary.zones(), own.latest_restorable(), lacking);
}

void World::begin_globals() {
    for (std::size_t d = 0; d < globals_.size(); ++d) {
        if (globals_[d] == nullptr) continue;
        globals_[d]->on_given_up = [this](PlaceId region) { give_up_region(region); };
        globals_[d]->on_promoted = [this, d](RegionalCluster& cluster) {
            if (backups_[d] != nullptr) take_backups_over(d, cluster);
            if (operator_errors_ != nullptr) operator_errors_->taken_over(d, cluster);
        };
        globals_[d]->on_published = [this, d](RegionalCluster& cluster) { move_proxies(d, cluster); };
        globals_[d]->on_restored = [this, d](RegionalCluster&, Instant complete_until) {
            backups_[d]->begin_again();
            if (operator_errors_ != nullptr) operator_errors_->restored(d, complete_until);
        };
        globals_[d]->begin();
        simulation_.spawn(observers_, sample_global(d));
    }
}

}  // namespace faultline::planning
