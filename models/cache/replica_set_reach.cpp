// A shard whose nodes a cut keeps apart.
#include <algorithm>

#include "models/cache/group.hpp"

namespace faultline::models {

namespace {
// Source: an assumption, as of who waits for a control plane.
constexpr Duration reach_asked_every = std::chrono::seconds{1};
}  // namespace

bool ReplicaSet::out_of_reach(const CacheNode& node) const {
    const Topology& topology = transport_.topology();
    return topology.any_cut() && topology.apart(topology.region_of(node.place()), node.place());
}

void ReplicaSet::reach_changed() {
    if (state_ != State::serving || !out_of_reach(primary()) || !primary().component().up()) return;
    ++epoch_;
    cut_off_ = true;
    lost_at_ = simulation_.now();
    lost_how_ = engine::Health::silent;
    enter(State::detecting, "detecting");
    simulation_.spawn(component_, fail_over(epoch_));
}

// Nobody on the other side has the data: they stay where they are.
engine::Process<> ReplicaSet::wait_for_reach(std::uint32_t epoch) {
    component_.enter("out of reach");
    while (epoch == epoch_ && out_of_reach(primary())) {
        co_await simulation_.delay(reach_asked_every);
    }
    if (epoch != epoch_ || !primary().component().up()) co_return;
    cut_off_ = false;
    enter(State::serving, "serving");
    group_.serves(shard_, primary());
}

// Behind a cut it stays where it is, and is given the rest by the first write after it, unless that is more than the
// backlog has. What writes behind the cut is nobody's log who decides.
void ReplicaSet::leave_behind(Member& member) {
    if (!transport_.topology().apart(primary().place(), member.node->place())) return drop(number_of(*member.node));
    const auto lacks = static_cast<std::int64_t>(changes_.next() - std::max(member.received, changes_.first()));
    const std::int64_t bytes_each = member.node->shape_.value.count + command_bytes;
    if (!out_of_reach(primary()) && lacks * bytes_each > shape_.backlog.count) drop(number_of(*member.node));
}

}  // namespace faultline::models
