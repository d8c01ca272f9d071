// RegionalCluster: readers of the versions that stop serving when they hear nothing of the primary's writer.
//
// Each second the region asks the writer. Where it has not answered three times in a row, or is another one or has
// begun anew since, all readers stop; once it answers and the log stream is there, they begin anew. The time that this
// takes is that of a restart (failover.restart). Source: Aurora User Guide, Rebooting an Aurora cluster with read
// availability; the three questions are an assumption.
#include <algorithm>

#include "models/cluster/probe.hpp"
#include "models/global/regional_cluster.hpp"

namespace faultline::models {

namespace {
constexpr Duration asked_timeout = std::chrono::seconds{1};
constexpr int silent_most = 2;  // questions in a row without an answer that are borne
}  // namespace

engine::Process<> RegionalCluster::follow_writer() {
    Instance& writer = owner_->global_writer();
    const Question question{region(), writer.stand(), asked_timeout};
    const bool heard = co_await answers(simulation_, transport_, writer.component(), question, network_draws_);
    followed_.silent = heard ? 0 : followed_.silent + 1;
    if (followed_.writer == nullptr && heard) followed_ = {&writer, writer.incarnation(), 0, followed_.lost};
    const bool same = followed_.writer == &writer && followed_.incarnation == writer.incarnation();
    if (followed_.lost) {
        if (!heard || !global_log_.connected(region_)) co_return;
        followed_ = {&writer, writer.incarnation(), 0, false};
        component_.enter("secondary");
        start_those_down();
    } else if (followed_.silent > silent_most || (heard && !same)) {
        followed_.lost = true;
        component_.enter("without its stream");
        for (const auto& instance : instances_) {
            if (instance->component().up()) instance->crash(engine::Health::crash);
        }
    }
}

void RegionalCluster::start_those_down() {
    for (const auto& instance : instances_) {
        if (instance->component().up() || !instance->is_member()) continue;
        simulation_.spawn(component_, start_replica(*instance));
    }
}

// A region that follows needs no recovery: its readers begin anew over a volume that the stream has gone on filling.
// One whose place was taken meanwhile stays as that has left it.
engine::Process<> RegionalCluster::put_back(bool memory_kept) {
    if (region_role_ == RegionRole::primary) {
        co_await Cluster::put_back(memory_kept);
        co_return;
    }
    if (region_role_ != RegionRole::secondary || !component_.up()) co_return;
    failing_over_ = false;
    if (!memory_kept) lose_memories();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (!stands(*instances_[i]) || !instances_[i]->is_member() || followed_.lost) continue;
        instances_[i]->start(Role::replica);
        answering_[i] = true;
    }
    component_.enter("secondary");
    publish_readers();
    tell_whole();
}

// Of those that stopped for want of the stream each can begin anew as the writer: the lowest tier, then the oldest.
Instance* RegionalCluster::candidate() {
    Instance* best = elect();
    if (best != nullptr || !followed_.lost) return best;
    for (const auto& instance : instances_) {
        if (!instance->is_member() || !transport_.topology().alive(instance->place())) continue;
        const bool better = best == nullptr || instance->shape().promotion_tier < best->shape().promotion_tier;
        if (better) best = instance.get();
    }
    return best;
}

bool RegionalCluster::has_candidate() {
    Instance* const found = candidate();
    return found != nullptr && (found->component().up() || followed_.lost);
}

}  // namespace faultline::models
