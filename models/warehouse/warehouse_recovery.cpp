// What a warehouse does when it loses a node or a zone, and when it is told to sleep.
#include <algorithm>

#include "models/warehouse/warehouse.hpp"

namespace faultline::models {

namespace {
constexpr Duration zone_looked_at_each = std::chrono::seconds{1};
}

bool Warehouse::whole() const {
    return std::all_of(mains_.begin(), mains_.end(), [](const auto& compute) { return compute->up(); });
}

void Warehouse::lose_node(Compute& compute, engine::Health how) {
    lose(compute, how, "a node lost");
    simulation_.spawn(control_, mend(compute, Loss::node));
}

void Warehouse::lose_zone(Compute& compute, engine::Health how) {
    leave_zone(compute, how, "zone lost");
}

void Warehouse::reach_changed() {
    for (const auto& compute : mains_) {
        if (!compute->up() || usable(compute->place())) continue;
        const bool alone = std::none_of(mains_.begin(), mains_.end(),
                                        [&](const auto& other) { return other->up() && usable(other->place()); });
        if (!alone) leave_zone(*compute, engine::Health::silent, "cut off");
    }
}

void Warehouse::leave_zone(Compute& compute, engine::Health how, std::string_view state) {
    const PlaceId lost = compute.place();
    lose(compute, how, state);
    if (const Compute* const other = loading()) {
        // One name for both zones: who asks is answered where somebody is. The next ones find out by their slots.
        if (entrance_ == lost) entrance_ = other->place();
        scaling_->leave(lost, entrance_);
    }
    simulation_.spawn(control_, mend(compute, Loss::zone));
}

// Alive, and in reach of the region.
bool Warehouse::usable(PlaceId zone) const {
    return topology_.alive(zone) && !topology_.apart(topology_.region_of(zone), zone);
}

// Its queries end with it. While another compute serves, the endpoint does too.
void Warehouse::lose(Compute& compute, engine::Health how, std::string_view state) {
    compute.stop(state);
    if (loading() != nullptr) return;
    scaling_->stop_all();
    if (!component_.up()) return;
    component_.enter("down");
    component_.kill(how);
}

engine::Process<> Warehouse::mend(Compute& compute, Loss loss) {
    co_await simulation_.delay(drawn(shape_.recovery.detection));
    while (topology_.control_plane_ill(compute.place())) {
        co_await simulation_.delay(zone_looked_at_each);
    }
    compute.notice();
    if (loss == Loss::node && usable(compute.place())) {
        compute.component().enter("replacing a node");
        co_await simulation_.delay(drawn(shape_.recovery.node_replacement));
        if (usable(compute.place())) {
            serve(compute, compute.place(), 1.0 / shape_.compute.nodes);
            co_return;
        }
    }
    co_await come_back(compute);
}

// Into another zone, where it may and there is one that is alive; else when its own is.
engine::Process<> Warehouse::come_back(Compute& compute) {
    for (;;) {
        const std::optional<PlaceId> elsewhere = other_zone(compute);
        const PlaceId zone = elsewhere.value_or(compute.place());
        if (!usable(zone) || topology_.control_plane_ill(zone)) {
            co_await simulation_.delay(zone_looked_at_each);
            continue;
        }
        compute.component().enter(elsewhere ? "relocating" : "resuming");
        const Duration needed = drawn(elsewhere ? shape_.recovery.relocating : shape_.recovery.resume);
        co_await simulation_.delay(needed);
        if (!usable(zone)) continue;
        serve(compute, zone, 1.0);
        co_return;
    }
}

// none: its own is alive, or it has to wait for it.
std::optional<PlaceId> Warehouse::other_zone(const Compute& compute) const {
    if (usable(compute.place()) || !shape_.recovery.relocation) return std::nullopt;
    for (const PlaceId zone : shape_.zones) {
        const bool taken = std::any_of(mains_.begin(), mains_.end(), [&](const auto& other) {
            return other.get() != &compute && other->place() == zone;
        });
        if (!taken && usable(zone)) return zone;
    }
    return std::nullopt;
}

void Warehouse::serve(Compute& compute, PlaceId zone, double cold_share) {
    compute.start(zone);
    const auto cold = static_cast<std::int64_t>(cold_share * bytes());
    simulation_.spawn(control_, compute.warm(transfers_, shape_.storage, Bytes{cold}));
    if (!component_.up()) {
        entrance_ = zone;
        component_.revive();
        component_.enter("serving");
    }
    queues_.dispatch();
    available_.notify_all();
}

// As the cluster's control plane does it: what runs is dropped, and disks are filled in the background.
engine::Process<> Warehouse::resize(int nodes, Duration down) {
    std::vector<Compute*> resized;
    for (const auto& compute : mains_) {
        if (!compute->up()) continue;
        resized.push_back(compute.get());
        lose(*compute, engine::Health::crash, "resizing");
        compute->notice();
    }
    co_await simulation_.delay(down);
    for (Compute* const compute : resized) {
        const double new_share = std::max(0.0, 1.0 - static_cast<double>(compute->shape().nodes) / nodes);
        compute->resize(nodes);
        while (!topology_.alive(compute->place())) {
            co_await simulation_.delay(zone_looked_at_each);
        }
        serve(*compute, compute->place(), new_share);
    }
}

// Those that are down already come back by themselves.
engine::Process<> Warehouse::sleep() {
    for (const WarehousePauseShape& pause : shape_.pauses) {
        co_await simulation_.delay(std::max(Duration::zero(), pause.at - simulation_.now()));
        std::vector<Compute*> paused;
        for (const auto& compute : mains_) {
            if (!compute->up()) continue;
            paused.push_back(compute.get());
            lose(*compute, engine::Health::crash, "paused");
            compute->notice();
        }
        co_await simulation_.delay(pause.lasts);
        for (Compute* const compute : paused) simulation_.spawn(control_, come_back(*compute));
    }
}

}  // namespace faultline::models
