// World's construction, the part of faults and what cures them.
#include "planning/backup_shape.hpp"
#include "planning/global_shape.hpp"
#include "planning/index_of.hpp"
#include "planning/instance_shape.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

// Only in a run with faults: a pilot run must not begin any flow.
void World::build_backups(const scenarios::Database& database) {
    backups_.emplace_back();
    region_restores_.emplace_back();
    if (!options_.with_faults || !backups_matter(database, scenario_)) return;
    const auto region = index_of(scenario_.regions, database.region);
    BackupPlaces places{network_->regions[region], network_->zones[region], std::nullopt};
    const std::string& copy_to = database.backups->copy_to;
    if (!copy_to.empty()) places.copy_to = network_->regions[index_of(scenario_.regions, copy_to)];
    backups_.back() = std::make_unique<Backups>(simulation_, database.name, *transfers_, network_->topology,
                                                backup_shape_of(database, scenario_, places));
    recorders_.back()->set_backups(*backups_.back());
    if (region_restore_matters(database, scenario_)) build_region_restore(database);
}

void World::build_region_restore(const scenarios::Database& database) {
    const std::size_t number = clusters_.size() - 1;
    const auto there = index_of(scenario_.regions, database.backups->copy_to);
    RegionRestoreShape shape =
        region_restore_shape(database, {network_->regions[there], network_->zones[there], std::nullopt});
    shape.database = number;
    for (std::size_t i = 0; i < scenario_.regions.size(); ++i) {
        if (scenario_.regions[i].name != database.region) shape.asked_from.push_back(network_->regions[i]);
    }
    shape.asked_from.insert(shape.asked_from.end(), network_->sites.begin(), network_->sites.end());
    region_restores_.back() = std::make_unique<RegionRestore>(simulation_, *transport_, *transfers_, *clusters_.back(),
                                                              *backups_.back(), *measures_, std::move(shape));
}

void World::begin_backups() {
    for (std::size_t i = 0; i < backups_.size(); ++i) {
        if (backups_[i] != nullptr) backups_[i]->begin();
        if (region_restores_[i] == nullptr) continue;
        region_restores_[i]->on_given_up = [this](PlaceId region) { give_up_region(region); };
        region_restores_[i]->begin([this, i]() -> Cluster& { return make_restored(i); });
    }
}

// A new cluster of a database in the region of its copies: instances as the old one had them, in turn over the zones.
Cluster& World::make_restored(std::size_t number) {
    const scenarios::Database& database = scenario_.databases[number];
    const std::string& region = database.backups->copy_to;
    const auto& zones = scenario_.regions[index_of(scenario_.regions, region)].zones;
    ClusterShape shape = cluster_shape(database, region);
    shape.path = database.name + "/" + region;
    recorders_.push_back(std::make_unique<ClusterRecorder>(simulation_, *measures_, number));
    for (TableFeed* const feed : recorders_[number]->feeds()) {
        recorders_.back()->add_feed(*feed);
        if (const auto kept = backups_[number]->restorable_in(network_->regions[index_of(scenario_.regions, region)]))
            feed->lost(kept->commits_lost);
    }
    clusters_.push_back(
        std::make_unique<Cluster>(simulation_, *transport_, transfers_.get(), std::move(shape), *recorders_.back()));
    Cluster& made = *clusters_.back();
    made.share_keys_of(*clusters_[number]);
    made.add_instance(place_of(region, zones.front()), instance_shape_of(database, database.writer));
    for (std::size_t i = 0; i < database.replicas.size(); ++i) {
        const std::string& zone = zones[(i + 1) % zones.size()];
        made.add_instance(place_of(region, zone), instance_shape_of(database, database.replicas[i]));
    }
    made.begin();
    recorders_[number]->retire();
    return made;
}

void World::schedule_faults() {
    std::vector<OperatorErrors::Site> sites;
    for (std::size_t i = 0; i < scenario_.databases.size(); ++i)
        sites.push_back({clusters_[i].get(), backups_[i].get()});
    operator_errors_ = std::make_unique<OperatorErrors>(simulation_, *measures_, classes_, std::move(sites));
    evacuations_ = std::make_unique<Evacuations>(simulation_, *measures_, offices_, globals_, standbys_);
    injector_ = std::make_unique<Injector>(
        simulation_, FaultTargets{network_->topology, *transfers_, *measures_, zones_, regions_, clusters_, globals_,
                                  caches_, service_regions_, stations_, warehouses_, *operator_errors_, *evacuations_});
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
        if (scenario_.faults[i].kind == scenarios::FaultKind::operator_error) {
            operator_errors_->plan(i, operator_error_of(scenario_.faults[i], scenario_),
                                   warm_up_end_ + scenario_.faults[i].at);
        }
        if (scenario_.faults[i].kind == scenarios::FaultKind::evacuation) {
            evacuations_->plan(i, scenario_.faults[i].name, runbook_of(scenario_.faults[i]));
        }
        injector_->schedule(i, scenario_.faults[i], warm_up_end_);
    }
    operator_errors_->begin();
}

}  // namespace faultline::planning
