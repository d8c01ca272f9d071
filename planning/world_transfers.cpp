// World's bulk transfers at fixed times.
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

// Only in a run with faults: a pilot run must not begin any flow.
void World::schedule_transfers() {
    const auto place_named = [&](const std::string& name) {
        const auto& places = name.find('/') == std::string::npos ? regions_ : zones_;
        for (const auto& [known, place] : places) {
            if (known == name) return place;
        }
        SIM_CHECK(false);
        return PlaceId{};
    };
    for (const scenarios::BulkTransfer& transfer : scenario_.transfers) {
        TransferSpec spec{place_named(transfer.from), place_named(transfer.to), transfer.size};
        spec.options.window.count *= transfer.streams;
        spec.options.connections = transfer.streams;
        spec.options.rate_most = transfer.rate.value_or(unlimited_bandwidth);
        scheduled_transfers_.push_back(std::make_unique<ScheduledTransfer>(
            simulation_, *transfers_,
            TransferSchedule{transfer.name, spec, warm_up_end_ + transfer.first, transfer.every}));
    }
}

void World::describe_transfers(scenarios::ReplicationResult& result) const {
    for (const auto& transfer : scheduled_transfers_) {
        const TransferCounts& counts = transfer->counts();
        scenarios::TransferResult& into = result.transfers.emplace_back();
        into = {transfer->name(), counts.due, counts.completed, counts.failed, counts.overlapped, transfer->moving()};
        for (const Duration duration : counts.durations) into.durations_ns.push_back(duration.count());
    }
}

}  // namespace faultline::planning
