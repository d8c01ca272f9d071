#include "models/cluster/backups/backups.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

Backups::Backups(engine::Simulation& simulation, const std::string& path, Transfers& transfers,
                 const Topology& topology, BackupShape shape)
    : shape_(std::move(shape)),
      component_(simulation, path + "/backups"),
      people_(simulation.stream(component_.path(), "people")),
      log_(simulation, component_, transfers, topology, shape_.log),
      snapshots_(simulation, component_, transfers, topology, shape_.snapshots),
      restore_(simulation, component_, transfers, topology, shape_.restore) {}

void Backups::begin() {
    log_.begin();
    snapshots_.begin(serving_, false);
}

void Backups::begin_restored(OfficeCommits serving) {
    serving_ = std::move(serving);
    made_at_ = first_made_at_ = component_.simulation().now();
    log_.begin();
    snapshots_.begin(serving_, true);
}

void Backups::begin_again() {
    made_at_ = component_.simulation().now();
    log_.begin_again();
    snapshots_.begin_again(serving());
}

void Backups::move_to(PlaceId region, const std::vector<PlaceId>& zones, Instant until, Bytes lacking) {
    log_.move_to(region, zones);
    log_.go_on_from(until, lacking);
    snapshots_.move_to(region);
    restore_.move_to(region, zones);
}

void Backups::end() {
    snapshots_.end();
    restore_.give_up();
}

std::optional<Restorable> Backups::restorable_in(PlaceId region) const {
    if (region == shape_.log.object_storage) {
        return Restorable{log_.arrived_until(), log_.commits() - log_.commits_arrived(), true};
    }
    if (!shape_.snapshots.copy_to || region != *shape_.snapshots.copy_to) return std::nullopt;
    const std::optional<Snapshot>& copy = snapshots_.newest_copied();
    if (!copy) return std::nullopt;
    return Restorable{copy->taken, serving() - std::min(copy->commits, serving()), false};
}

}  // namespace faultline::models
