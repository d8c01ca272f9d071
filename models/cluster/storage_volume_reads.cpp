// How a page comes from the volume: which group has it, which segments are complete, and which of them is asked.
#include <algorithm>

#include "models/cluster/storage_volume.hpp"

namespace faultline::models {

namespace {
constexpr Bytes page_request{128};
// What recent reads of a node weigh in its mean, and when another node is asked for an answer that has not come.
// Source: assumptions; that the engine tracks latencies and may ask another: summaries of SIGMOD 2018.
constexpr double recent_weight = 0.1;
constexpr Duration asked_again_after = std::chrono::milliseconds{20};
// A node that gave no answer is asked last for so long, by all instances where the reader stands. Source: assumption.
constexpr Duration suspected_for = std::chrono::seconds{1};
constexpr std::size_t nobody = copies_max;

std::uint64_t spread(std::uint64_t key, std::uint64_t over) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(key * 0x9e3779b97f4a7c15U) * over >> 64U);
}
}  // namespace

std::uint64_t StorageVolume::page_of_key(std::uint64_t key, std::uint64_t behind) const {
    const std::uint64_t page = spread(key, first_pages_) + behind;
    return page < first_pages_ ? page : page % first_pages_;
}

std::uint32_t StorageVolume::group_of_page(std::uint64_t page) const {
    const auto group =
        page * static_cast<std::uint64_t>(shape_.page_size.count) / static_cast<std::uint64_t>(group_size.count);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(group, groups_.count() - 1));
}

// Those that have all of the group's log that is durable, as readers know from acknowledgements: a lost one among them,
// until the first batch that it does not acknowledge, or until its node is back and says so. Each batch names the one
// before it in its group, as a segment knows from its records what it lacks. Beyond a cut a reader is told of nothing
// new, and wants none of it.
std::uint16_t StorageVolume::complete_segments(Stand reader, std::uint32_t group) {
    const Instant now = simulation_.now();
    std::uint16_t complete = thought_alive(group);
    const LogBatch* batch = batches_.find(groups_[group].newest_batch);
    for (; batch != nullptr; batch = batches_.find(batch->previous)) {
        if (now > saturating_add(batch->departs, gossip_fills_gaps_within)) break;
        if (batch->durable > now) continue;  // beyond the VDL: no reader needs it yet
        const bool unheard =
            transport_.topology().any_cut() && !batches_.on_some_of(*batch, within_reach(group, reader.place), now);
        if (unheard) continue;
        for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
            if (batches_.acknowledged_by(*batch, copy, now)) continue;
            complete = static_cast<std::uint16_t>(complete & ~(1U << copy));
        }
    }
    return complete;
}

// Nobody tells readers of a segment's loss.
std::uint16_t StorageVolume::thought_alive(std::uint32_t group) const {
    std::uint16_t thought = groups_[group].alive;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        const Segment& segment = groups_[group].segments[copy];
        if (segment.died == engine::end_of_time || groups_.node_of(segment).component.up()) continue;
        if (groups_[group].newest_departs < segment.died) thought = static_cast<std::uint16_t>(thought | 1U << copy);
    }
    return thought;
}

std::size_t StorageVolume::fastest_complete(Stand reader, std::uint32_t group) {
    const std::uint16_t complete = complete_segments(reader, group);
    std::size_t best = nobody;
    double best_s = 0.0;
    bool best_suspected = true;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        if ((complete >> copy & 1U) == 0) continue;
        const StorageNode& node = groups_.node_of(groups_[group].segments[copy]);
        const Path& path = transport_.path(reader.place, node.place);
        const bool suspected = node.suspected(reader.place, simulation_.now());
        const double expected_s = engine::in_seconds(path.base_round_trip) + node.read_s_mean;
        if (best != nobody && (suspected != best_suspected ? suspected : best_s <= expected_s)) continue;
        best = copy;
        best_s = expected_s;
        best_suspected = suspected;
    }
    return best;
}

// What the way to a gray node took beyond that to its neighbours: readers learn it as they learn of slow disks.
Duration StorageVolume::beyond_its_path(Stand reader, const StorageNode& node, const Delays& legs) const {
    const Topology& topology = transport_.topology();
    if (!topology.any_gray_machine() || !topology.degradation_of(node.component.number()).any()) return {};
    const Duration usual = transport_.path(reader.place, node.place).base_round_trip;
    return std::max(Duration{}, legs.forward + legs.back - usual);
}

engine::Process<PageRead> StorageVolume::read_page(Stand reader, std::uint64_t page) {
    const Instant began = simulation_.now();
    const std::uint32_t group = group_of_page(page);
    for (;;) {
        const std::size_t copy = fastest_complete(reader, group);
        if (copy == nobody) {
            co_await simulation_.delay(asked_again_after);
            continue;
        }
        const std::uint32_t number = groups_[group].segments[copy].node;
        StorageNode& node = *groups_.nodes()[number];
        const Delays legs =
            transport_.round_trip(reader, node.stand(), Payload{page_request, shape_.page_size}, reads_);
        if (!legs.delivered) {
            co_await simulation_.delay(asked_again_after);
            node.suspect(reader.place, simulation_.now() + suspected_for);
            continue;
        }
        co_await simulation_.delay(legs.forward);
        const Instant arrived = simulation_.now();
        const std::uint32_t losses = node.losses;
        const Duration work = node.slowed(shape_.page_read.sample_duration(reads_));
        const Instant read = node.page_disk.serve(arrived, work);
        co_await simulation_.delay(read - arrived + legs.back);
        if (node.component.up() && node.losses == losses && groups_[group].segments[copy].node == number) {
            const Duration took = read - arrived + beyond_its_path(reader, node, legs);
            node.read_s_mean += recent_weight * (engine::in_seconds(took) - node.read_s_mean);
            co_return PageRead{simulation_.now() - began, number};
        }
        co_await simulation_.delay(asked_again_after);  // it was gone, or died with the read, and sent no answer
        node.suspect(reader.place, simulation_.now() + suspected_for);
    }
}

}  // namespace faultline::models
