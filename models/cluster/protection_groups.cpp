#include "models/cluster/protection_groups.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace faultline::models {

ProtectionGroups::ProtectionGroups(engine::Simulation& simulation, const std::string& path,
                                   const std::vector<PlaceId>& zones, const std::vector<std::string>& zone_names,
                                   const GroupShape& shape)
    : shape_(shape),
      zones_(zones.size()),
      copies_(static_cast<std::size_t>(shape.copies_per_zone) * zones.size()),
      placement_(simulation.stream(path + "/storage", "placement")),
      order_(zones.size()) {
    SIM_CHECK(copies_ <= copies_max);
    SIM_CHECK(shape.nodes_per_zone >= shape.copies_per_zone);
    for (std::size_t zone = 0; zone < zones.size(); ++zone) {
        for (int i = 1; i <= shape.nodes_per_zone; ++i) {
            const std::string name = path + "/storage/" + zone_names[zone] + "/" + std::to_string(i);
            nodes_.push_back(std::make_unique<StorageNode>(simulation, name, zones[zone]));
        }
    }
}

void ProtectionGroups::grow_to(Bytes size) {
    size_ = std::max(size_, size);
    const std::int64_t needed = std::max<std::int64_t>(1, (size_.count + group_size.count - 1) / group_size.count);
    while (static_cast<std::int64_t>(groups_.size()) < needed) add_group();
}

Bytes ProtectionGroups::bytes_in(std::uint32_t group) const {
    const std::int64_t before = group_size.count * group;
    return Bytes{std::clamp<std::int64_t>(size_.count - before, 1, group_size.count)};
}

// Copy i stands in zone i / copies_per_zone.
void ProtectionGroups::add_group() {
    ProtectionGroup group;
    const auto per_zone = static_cast<std::size_t>(shape_.copies_per_zone);
    for (std::size_t copy = 0; copy < copies_; ++copy) group.segments[copy].node = deal(copy / per_zone, group);
    group.alive = static_cast<std::uint16_t>((1U << copies_) - 1U);
    groups_.push_back(group);
    const auto added = static_cast<std::uint32_t>(groups_.size() - 1);
    for (std::size_t copy = 0; copy < copies_; ++copy) {
        StorageNode& node = node_of(groups_.back().segments[copy]);
        ++node.segments;
        if (!node.component.up()) lose_segment(added, copy, engine::start_of_time);
    }
}

// The next node of the zone's deck that the group has not got; one that is up, if there is one. A deck that has none is
// put on top of a new one, so that all nodes hold about as many segments.
std::uint32_t ProtectionGroups::deal(std::size_t zone, const ProtectionGroup& group) {
    auto& deck = order_[zone];
    const auto is_new = [&group](std::uint32_t node) {
        return std::none_of(group.segments.begin(), group.segments.end(),
                            [node](const Segment& segment) { return segment.node == node; });
    };
    const auto is_new_and_up = [&](std::uint32_t node) { return is_new(node) && nodes_[node]->component.up(); };
    if (std::none_of(deck.begin(), deck.end(), is_new)) {
        std::vector<std::uint32_t> fresh(static_cast<std::size_t>(shape_.nodes_per_zone));
        std::iota(fresh.begin(), fresh.end(), static_cast<std::uint32_t>(zone * fresh.size()));
        for (std::size_t i = fresh.size() - 1; i > 0; --i) {
            std::swap(fresh[i], fresh[static_cast<std::size_t>(placement_.uniform() * static_cast<double>(i + 1))]);
        }
        deck.insert(deck.begin(), fresh.begin(), fresh.end());
    }
    auto dealt = std::find_if(deck.rbegin(), deck.rend(), is_new_and_up);
    if (dealt == deck.rend()) dealt = std::find_if(deck.rbegin(), deck.rend(), is_new);
    const std::uint32_t node = *dealt;
    deck.erase(std::next(dealt).base());
    return node;
}

void ProtectionGroups::lose_segment(std::uint32_t group, std::size_t copy, Instant now) {
    Segment& segment = groups_[group].segments[copy];
    if (segment.died < engine::end_of_time) return;
    segment.died = now;
    --node_of(segment).segments;
    set_alive(groups_[group], copy, false);
}

std::uint32_t ProtectionGroups::candidate_for(std::uint32_t group, std::size_t copy) const {
    const auto per_zone = static_cast<std::size_t>(shape_.copies_per_zone);
    const auto in_zone = static_cast<std::uint32_t>(shape_.nodes_per_zone);
    const auto first = static_cast<std::uint32_t>(copy / per_zone) * in_zone;
    std::uint32_t best = no_node;
    for (std::uint32_t node = first; node < first + in_zone; ++node) {
        if (!nodes_[node]->component.up() || nodes_[node]->receiving) continue;
        bool in_group = false;
        for (std::size_t other = 0; other < copies_; ++other) {
            const Segment& segment = groups_[group].segments[other];
            in_group =
                in_group || segment.replacement == node || (alive(groups_[group], other) && segment.node == node);
        }
        if (in_group || (best != no_node && nodes_[best]->segments <= nodes_[node]->segments)) continue;
        best = node;
    }
    return best;
}

void ProtectionGroups::begin_replacement(std::uint32_t group, std::size_t copy, std::uint32_t node) {
    groups_[group].segments[copy].replacement = node;
    ++groups_[group].epoch;
    ++nodes_[node]->segments;
}

void ProtectionGroups::cancel_replacement(std::uint32_t group, std::size_t copy) {
    Segment& segment = groups_[group].segments[copy];
    --nodes_[segment.replacement]->segments;
    segment.replacement = no_node;
    ++groups_[group].epoch;
}

void ProtectionGroups::finish_replacement(std::uint32_t group, std::size_t copy) {
    Segment& segment = groups_[group].segments[copy];
    segment.node = segment.replacement;
    segment.replacement = no_node;
    segment.died = engine::end_of_time;
    ++groups_[group].epoch;
    set_alive(groups_[group], copy, true);
}

void ProtectionGroups::set_alive(ProtectionGroup& group, std::size_t copy, bool alive) {
    const auto count = [&](int step) {
        const int living = std::popcount(group.alive);
        if (living < shape_.write_quorum) groups_without_write_ += static_cast<std::uint32_t>(step);
        if (living < shape_.read_quorum) groups_without_read_ += static_cast<std::uint32_t>(step);
    };
    count(-1);
    const auto bit = static_cast<std::uint16_t>(1U << copy);
    group.alive = static_cast<std::uint16_t>(alive ? group.alive | bit : group.alive & ~bit);
    segments_lost_ += alive ? -1U : 1U;
    count(1);
}

int ProtectionGroups::fewest_alive() const {
    int fewest = static_cast<int>(copies_);
    for (const ProtectionGroup& group : groups_) fewest = std::min(fewest, std::popcount(group.alive));
    return fewest;
}

std::uint32_t ProtectionGroups::groups_lost() const {
    return static_cast<std::uint32_t>(
        std::count_if(groups_.begin(), groups_.end(), [](const ProtectionGroup& group) { return group.alive == 0; }));
}

}  // namespace faultline::models
