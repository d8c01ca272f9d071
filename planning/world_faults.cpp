// World's construction, the part of faults and what cures them.
#include <fmt/format.h>

#include "planning/backup_shape.hpp"
#include "planning/fault_shape.hpp"
#include "planning/global_shape.hpp"
#include "planning/index_of.hpp"
#include "planning/instance_shape.hpp"
#include "planning/stall.hpp"
#include "planning/world.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {

using namespace models;

// Only in a run with faults: a pilot run must not begin any flow.
void World::build_backups(const scenarios::Database& database) {
    backups_.emplace_back();
    region_restores_.emplace_back();
    serving_.push_back({recorders_.back().get(), database.region});
    if (!options_.with_faults || !backups_matter(database, scenario_)) return;
    const std::string copy_to = is_copied(database) ? database.backups->copy_to : "";
    backups_.back() = backups_of(database, database.name, database.region, copy_to);
    recorders_.back()->set_backups(*backups_.back());
    if (!region_restore_matters(database, scenario_)) return;
    const std::size_t number = clusters_.size() - 1;
    region_restores_.back() =
        std::make_unique<RegionRestore>(simulation_, *transport_, *transfers_, *clusters_.back(), *backups_.back(),
                                        *measures_, region_restore_of(number, database.region, copy_to));
}

// `there`: the region of the copies; empty: none.
std::unique_ptr<Backups> World::backups_of(const scenarios::Database& database, const std::string& path,
                                           const std::string& own, const std::string& there) {
    const auto region = index_of(scenario_.regions, own);
    BackupPlaces places{network_->regions[region], volume_places(database, own), std::nullopt};
    if (scenarios::has_standbys(database.kind)) {
        places.zones.clear();
        for (const auto& instance : clusters_.back()->instances()) places.zones.push_back(instance->place());
    }
    if (!there.empty()) places.copy_to = network_->regions[index_of(scenario_.regions, there)];
    return std::make_unique<Backups>(simulation_, path, *transfers_, network_->topology,
                                     backup_shape_of(database, scenario_, places));
}

RegionRestoreShape World::region_restore_of(std::size_t database, const std::string& own,
                                            const std::string& there) const {
    const auto copies = index_of(scenario_.regions, there);
    const scenarios::Database& restored = scenario_.databases[database];
    BackupPlaces places{network_->regions[copies], network_->zones[copies], std::nullopt};
    if (scenarios::has_standbys(restored.kind)) {
        // A host for each instance, as make_restored() deals them.
        const std::vector<PlaceId> zones = places.zones;
        places.zones.clear();
        for (std::size_t i = 0; i <= restored.replicas.size(); ++i) places.zones.push_back(zones[i % zones.size()]);
    }
    RegionRestoreShape shape = region_restore_shape(restored, places);
    shape.database = database;
    for (std::size_t i = 0; i < scenario_.regions.size(); ++i) {
        if (scenario_.regions[i].name != own) shape.asked_from.push_back(network_->regions[i]);
    }
    shape.asked_from.insert(shape.asked_from.end(), network_->sites.begin(), network_->sites.end());
    return shape;
}

void World::begin_backups() {
    for (std::size_t i = 0; i < backups_.size(); ++i) {
        if (backups_[i] != nullptr) backups_[i]->begin();
        if (region_restores_[i] == nullptr) continue;
        region_restores_[i]->on_given_up = [this](PlaceId region) { give_up_region(region); };
        region_restores_[i]->begin([this, i](const RegionCopy& copy) {
            const RegionRestore::Made made = make_restored(i, copy);
            move_proxies(i, made.cluster);
            return made;
        });
    }
}

// A new cluster of a database in the region of its copies: instances as the old one had them, in turn over the zones.
// Its own copies go to the region that the old one was in.
RegionRestore::Made World::make_restored(std::size_t number, const RegionCopy& copy) {
    const scenarios::Database& database = scenario_.databases[number];
    Serving& serving = serving_[number];
    const std::string lost = serving.region;
    const std::string region = lost == database.region ? database.backups->copy_to : database.region;
    const auto& zones = scenario_.regions[index_of(scenario_.regions, region)].zones;
    ClusterShape shape = cluster_shape(database, region);
    shape.path = database.name + "/" + region;
    if (++serving.restores > 2) shape.path = fmt::format("{}-{}", shape.path, serving.restores);
    const std::string path = shape.path;
    ClusterRecorder& before = *serving.recorder;
    before.retire();
    recorders_.push_back(std::make_unique<ClusterRecorder>(simulation_, *measures_, number));
    serving.recorder = recorders_.back().get();
    serving.region = region;
    const auto kept = backups_[number]->restorable_in(network_->regions[index_of(scenario_.regions, region)]);
    for (TableFeed* const feed : before.feeds()) {
        serving.recorder->add_feed(*feed);
        if (kept) feed->lost(kept->commits_lost);
    }
    clusters_.push_back(make_cluster(database, std::move(shape), *recorders_.back()));
    Cluster& made = *clusters_.back();
    made.share_keys_of(*clusters_[number]);
    made.add_instance(place_of(region, zones.front()), instance_shape_of(database, database.writer));
    for (std::size_t i = 0; i < database.replicas.size(); ++i) {
        const std::string& zone = zones[(i + 1) % zones.size()];
        made.add_instance(place_of(region, zone), instance_shape_of(database, database.replicas[i]));
    }
    made.begin();
    for (const auto& instance : made.instances()) {
        if (instance->pool() != nullptr) instance->pool()->clear();  // new machines
    }

    former_backups_.push_back(std::move(backups_[number]));
    backups_[number] = backups_of(database, path, region, lost);
    backups_[number]->begin_restored(former_backups_.back()->commits());
    serving.recorder->set_backups(*backups_[number]);
    operator_errors_->moved(number, {&made, backups_[number].get(), nullptr}, copy.taken);
    return {made, *backups_[number], region_restore_of(number, region, lost)};
}

// What people do, of each target: wrong, or as ordered.
void World::plan_people(std::size_t number, const scenarios::Fault& fault) {
    const std::vector<std::string> at_random = fault.at_random ? fault.at_random->targets : std::vector<std::string>{};
    for (const std::string& target : fault.at_random ? at_random : std::vector<std::string>{fault.target}) {
        scenarios::Fault one = fault;
        one.target = target;
        if (fault.kind == scenarios::FaultKind::operator_error) {
            const auto at = fault.at_random ? std::nullopt : std::optional<Instant>{warm_up_end_ + fault.at};
            operator_errors_->plan(number, operator_error_of(one, scenario_), at);
        }
        if (fault.kind < scenarios::FaultKind::patch) continue;
        const std::string draws = fault.at_random ? fault.name + "/" + target : fault.name;
        planned_works_->plan(number, draws, work_order_of(one, scenario_, zones_));
    }
}

void World::schedule_faults() {
    std::vector<OperatorErrors::Site> sites;
    for (std::size_t i = 0; i < scenario_.databases.size(); ++i)
        sites.push_back({clusters_[i].get(), backups_[i].get(), globals_[i].get()});
    operator_errors_ = std::make_unique<OperatorErrors>(simulation_, *measures_, classes_, std::move(sites));
    operator_errors_->on_rewound = [this](std::size_t database, std::uint64_t commits) {
        for (TableFeed* const feed : serving_[database].recorder->feeds()) feed->lost(commits);
    };
    evacuations_ = std::make_unique<Evacuations>(simulation_, *measures_, offices_, globals_, standbys_);
    planned_works_ = std::make_unique<PlannedWorks>(simulation_, *measures_, *transfers_, clusters_, globals_, caches_,
                                                    warehouses_, service_regions_);
    injector_ = std::make_unique<Injector>(
        simulation_, FaultTargets{network_->topology, *transfers_, *measures_, zones_, regions_, clusters_, globals_,
                                  region_restores_, caches_, service_regions_, stations_, warehouses_,
                                  *operator_errors_, *evacuations_, *planned_works_, proxy_components()});
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        const scenarios::Fault& fault = faults_[i];
        if (fault.kind == scenarios::FaultKind::evacuation) evacuations_->plan(i, fault.name, runbook_of(fault));
        plan_people(i, fault);
        injector_->schedule(i, fault, fault_times_of(fault), warm_up_end_);
    }
    operator_errors_->begin();
}

std::vector<const engine::Component*> World::proxy_components() const {
    std::vector<const engine::Component*> components;
    for (const Proxy& proxy : proxies_) components.push_back(proxy.component.get());
    return components;
}

// Before anything can break by the scenario, as far as it is known; none: nothing can, or nobody asks.
std::optional<Instant> World::last_calm_instant() const {
    if (!options_.branch || !options_.with_faults) return std::nullopt;
    std::optional<Instant> first;
    for (const scenarios::Fault& fault : scenario_.faults) {
        if (fault.follows) continue;
        const Instant at = fault.at_random ? warm_up_end_ : warm_up_end_ + fault.at;
        first = std::min(first.value_or(at), at);
    }
    if (first) *first = std::max(engine::start_of_time, *first - Duration{1});
    return first;
}

engine::StopReason World::run_to(Instant until) {
    if (branch_at_ && *branch_at_ < until) {
        const engine::StopReason reason = simulation_.run_until(*branch_at_);
        if (reason == engine::StopReason::stuck || reason == engine::StopReason::cancelled) return reason;
        branch_at_.reset();
        branch();
    }
    const engine::StopReason reason = simulation_.run_until(std::min(until, end_));
    if (until < end_) note_stall(reason, simulation_, stall_);
    return reason;
}

// In another future everything that is drawn from here on is drawn otherwise, and each fault has a start of its own and
// the target whose turn it is. It ends when its first incident has been watched for as long as is asked. Planned work,
// and what hits each of a domain in turn, keep the target of their replication; the clone for an operator error is made
// for the replication's own instant.
void World::branch() {
    const Instant now = simulation_.now();
    const std::uint32_t future = options_.branch(now, simulation_.events_run());
    if (future == 1) return;
    simulation_.branch(future);
    const std::vector<scenarios::Fault> others = faults_of(scenario_, simulation_, options_.replication + future - 2);
    Instant first = end_;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
        if (faults_[i].follows) continue;
        const bool by_chance = faults_[i].at_random.has_value();
        const Instant at = by_chance ? std::max(now, warm_up_end_) : warm_up_end_ + others[i].at;
        first = std::min(first, at);
        if (!by_chance && warm_up_end_ + faults_[i].at <= now) continue;  // it has come: nothing can be earlier
        const bool planned = faults_[i].kind >= scenarios::FaultKind::patch;
        faults_[i].at = others[i].at;
        if (!planned && !faults_[i].each) faults_[i].target = others[i].target;
        injector_->move(i, at);
        measures_->fault_moved(i, faults_[i].target);
    }
    end_ = std::min(end_, first + scenario_.run.futures.window);
}

}  // namespace faultline::planning
