#include "models/cluster/segment_repair.hpp"

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
constexpr int pieces = 8;  // of a segment: one is under way when a source dies
}  // namespace

SegmentRepair::SegmentRepair(engine::Simulation& simulation, const std::string& path, Transfers& transfers,
                             const Transport& transport, StorageVolume& volume, RepairShape shape)
    : simulation_(simulation),
      transfers_(transfers),
      transport_(transport),
      volume_(volume),
      shape_(shape),
      component_(simulation, path + "/storage/repair"),
      unrestored_(volume.nodes().size()) {}

void SegmentRepair::node_lost(std::uint32_t node) {
    const ProtectionGroups& groups = volume_.groups();
    for (std::uint32_t group = 0; group < groups.count(); ++group) {
        for (std::size_t segment = 0; segment < groups.copies(); ++segment) {
            const Segment& lost = groups[group].segments[segment];
            if (lost.node != node || lost.died != simulation_.now()) continue;
            ++unrestored_[node];
            simulation_.spawn(component_, repair(group, segment, node));
        }
    }
    changed_.notify_all();
}

void SegmentRepair::node_back() {
    changed_.notify_all();
}

engine::Process<> SegmentRepair::all_restored(std::uint32_t node) {
    while (unrestored_[node] > 0) {
        engine::Condition::Wait change(changed_);
        co_await change;
    }
}

engine::Process<> SegmentRepair::repair(std::uint32_t group, std::size_t segment, std::uint32_t lost) {
    co_await simulation_.delay(shape_.noticed_after);
    ProtectionGroups& groups = volume_.groups();
    for (;;) {
        const std::uint32_t to = groups.candidate_for(group, segment);
        if (to == no_node || source_for(group, groups.nodes()[to]->place) == no_node) {
            engine::Condition::Wait change(changed_);
            engine::Timer patience(simulation_, retry_pause);  // the routers may have found a way
            co_await engine::any_of(change, patience);
            continue;
        }
        groups.begin_replacement(group, segment, to);
        groups.nodes()[to]->receiving = true;
        const std::uint32_t losses = groups.nodes()[to]->losses;
        co_await fill(group, to);
        groups.nodes()[to]->receiving = false;
        if (groups.nodes()[to]->losses == losses) break;
        groups.cancel_replacement(group, segment);
        changed_.notify_all();
    }
    volume_.restore(group, segment);
    --unrestored_[lost];
    ++restored_;
    changed_.notify_all();
    if (on_restored) on_restored();
}

// Piece by piece: when the source dies, another one goes on. Ends when the new node has died, too.
engine::Process<> SegmentRepair::fill(std::uint32_t group, std::uint32_t to) {
    const auto& nodes = volume_.nodes();
    const std::uint32_t losses = nodes[to]->losses;
    const Bytes piece{volume_.groups().bytes_in(group).count / pieces + 1};
    int filled = 0;
    while (filled < pieces && nodes[to]->losses == losses) {
        const std::uint32_t from = source_for(group, nodes[to]->place);
        if (from == no_node) {
            engine::Condition::Wait change(changed_);
            engine::Timer patience(simulation_, retry_pause);  // the routers may have found a way
            co_await engine::any_of(change, patience);
            continue;
        }
        StorageNode& source = *nodes[from];
        const std::uint32_t losses_there = source.losses;
        source.sending = true;
        bool failed = false;
        while (filled < pieces && !failed && nodes[to]->losses == losses && source.losses == losses_there) {
            engine::Call<Copied> copied(simulation_, component_, copy(from, to, piece), Duration::zero());
            while (!copied.over() && nodes[to]->losses == losses && source.losses == losses_there) {
                engine::Condition::Wait change(changed_);
                co_await engine::any_of(copied, change);
            }
            failed = copied.over() && !copied.value().completed;
            if (copied.over() && copied.value().completed && source.losses == losses_there) ++filled;
        }
        source.sending = false;
        changed_.notify_all();
        if (failed) co_await simulation_.delay(retry_pause);
    }
}

engine::Process<SegmentRepair::Copied> SegmentRepair::copy(std::uint32_t source, std::uint32_t target, Bytes size) {
    const auto& nodes = volume_.nodes();
    const TransferSpec spec{
        nodes[source]->place, nodes[target]->place, size, {.window = fleet_window, .rate_most = shape_.node_rate}};
    const FlowOutcome outcome = co_await transfers_.transfer(spec);
    Copied copied;
    copied.completed = outcome == FlowOutcome::Completed;
    co_return copied;
}

// Of the nodes that hold the group and send nothing now, the one with the widest path, the nearest of these.
std::uint32_t SegmentRepair::source_for(std::uint32_t group, PlaceId to) const {
    const ProtectionGroups& groups = volume_.groups();
    std::uint32_t best = no_node;
    const Path* best_path = nullptr;
    for (std::size_t segment = 0; segment < groups.copies(); ++segment) {
        const std::uint32_t node = groups[group].segments[segment].node;
        if (!ProtectionGroups::alive(groups[group], segment) || groups.nodes()[node]->sending) continue;
        const Path& path = transport_.path(groups.nodes()[node]->place, to);
        if (!path.usable) continue;
        const bool better =
            best_path == nullptr || path.bandwidth > best_path->bandwidth ||
            (path.bandwidth == best_path->bandwidth && path.base_round_trip < best_path->base_round_trip);
        if (!better) continue;
        best = node;
        best_path = &path;
    }
    return best;
}

}  // namespace faultline::models
