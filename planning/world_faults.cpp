// World's construction, the part of faults and what cures them.
#include "planning/backup_shape.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

std::size_t region_named(const scenarios::Scenario& scenario, const std::string& name) {
    std::size_t i = 0;
    while (i < scenario.regions.size() && scenario.regions[i].name != name) ++i;
    SIM_CHECK(i < scenario.regions.size());
    return i;
}

}  // namespace

// Only in a run with faults: a pilot run must not begin any flow.
void World::build_backups(const scenarios::Database& database) {
    backups_.emplace_back();
    if (!options_.with_faults || !backups_matter(database, scenario_)) return;
    const auto region = region_named(scenario_, database.region);
    BackupPlaces places{network_->regions[region], network_->zones[region], std::nullopt};
    const std::string& copy_to = database.backups->copy_to;
    if (!copy_to.empty()) places.copy_to = network_->regions[region_named(scenario_, copy_to)];
    backups_.back() = std::make_unique<Backups>(simulation_, database.name, *transfers_, network_->topology,
                                                backup_shape_of(database, scenario_, places));
    recorders_.back()->set_backups(*backups_.back());
}

void World::schedule_faults() {
    std::vector<OperatorErrors::Site> sites;
    for (std::size_t i = 0; i < scenario_.databases.size(); ++i)
        sites.push_back({clusters_[i].get(), backups_[i].get()});
    operator_errors_ = std::make_unique<OperatorErrors>(simulation_, *measures_, classes_, std::move(sites));
    injector_ = std::make_unique<Injector>(
        simulation_, FaultTargets{network_->topology, *transfers_, *measures_, zones_, regions_, clusters_, globals_,
                                  caches_, service_regions_, stations_, *operator_errors_});
    for (std::size_t i = 0; i < scenario_.faults.size(); ++i) {
        if (scenario_.faults[i].kind == scenarios::FaultKind::operator_error) {
            operator_errors_->plan(i, operator_error_of(scenario_.faults[i], scenario_));
        }
        injector_->schedule(i, scenario_.faults[i], warm_up_end_);
    }
}

}  // namespace faultline::planning
