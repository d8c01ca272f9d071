// Cluster: a failover, from the decision to the new writer's published name, and instances that restart.
#include <algorithm>
#include <array>

#include "models/cluster/cluster.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {

// Of a rescue's doings, in their order: the cluster's state, and the stage of the recovery.
struct RescueWords {
    const char* state;
    const char* stage;
};
// Between two looks whether one that was out of reach answers again. Source: an assumption, as of the heartbeats.
constexpr Duration rejoin_asked_every = std::chrono::seconds{1};

constexpr std::array<RescueWords, 6> rescue_words{{{"promoting", "promotion"},
                                                   {"restarting", "restart"},
                                                   {"rebuilding", "rebuild"},
                                                   {"without a zone", "alarm"},
                                                   {"deciding", "decision"},
                                                   {"adding an instance", "instance"}}};

// Taken back with the frame that holds it.
class Counted {
public:
    explicit Counted(int& count) : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

private:
    int& count_;
};

}  // namespace

engine::Process<> Cluster::fail_over() {
    Instance& lost = *instances_[writer_];
    const bool stuck = gets_stuck();
    if (stuck) co_await operator_orders();
    component_.enter("promoting");
    observer_.on_stage("promotion");
    const Successor next = co_await promoted(lost);
    co_await recover_log(next.instance->place());
    Instance& successor = *next.instance;
    if (!next.in_place) hand_over_memory(lost, successor);
    successor.start(Role::writer);
    writer_ = index_of(successor);
    answering_[writer_] = true;
    missed_since_[writer_] = engine::end_of_time;
    if (shape_.failover.readers_restart && !next.in_place) restart_readers();

    if (!next.in_place) {
        component_.enter("publishing");
        observer_.on_stage("dns");
        while (control_plane_ill()) {
            co_await simulation_.delay(retry_pause);
        }
        co_await simulation_.delay(drawn(shape_.failover.dns_update));
    }
    writer_endpoint_.publish({&successor});
    publish_readers();
    failing_over_ = false;
    can_write_ = true;  // until the next round of heartbeats has found it otherwise
    component_.enter("serving");
    observer_.on_stage("reconnection");
    if (&lost != &successor && lost.component().up()) {
        simulation_.spawn(component_, rejoin(lost));
    } else if (&lost != &successor && stands(lost)) {
        simulation_.spawn(component_, restart(lost));
    }
    tell_whole();
}

// One that goes on by itself, behind a cut or because nobody's question reached it: fenced, if it was the writer. When
// it answers again it is made a replica, and those connected to it see a reset.
engine::Process<> Cluster::rejoin(Instance& instance) {
    const std::uint32_t incarnation = instance.incarnation();
    bool answered = false;
    while (!answered) {
        co_await simulation_.delay(rejoin_asked_every);
        const bool asked = co_await heartbeat(instance, rejoin_asked_every);
        if (instance.incarnation() != incarnation) co_return;  // somebody else has seen to it
        answered = asked && !control_plane_ill();
    }
    instance.crash(engine::Health::crash);
    tell_whole();
    co_await restart(instance);
}

// A promotion that its host did not survive is begun again with another.
engine::Process<Cluster::Successor> Cluster::promoted(Instance& lost) {
    for (;;) {
        Successor next;
        next.instance = elect();
        if (next.instance == nullptr) {
            const Successor found = co_await rescued(lost);
            next = found;
            if (!next.in_place) tell_what_rescues(WriterRescue::Doing::nothing);
        }
        if (!next.in_place) co_await simulation_.delay(drawn(shape_.failover.promotion));
        const bool there = next.instance == &lost ? alive(lost.place()) : next.instance->component().up();
        if (there) co_return next;
    }
}

engine::Process<Cluster::Successor> Cluster::rescued(Instance& lost) {
    WriterRescue rescue(shape_.failover, failover_draws_, rescue_draws_);
    WriterRescue::Doing told = WriterRescue::Doing::nothing;
    Successor next;
    while (next.instance == nullptr) {
        const Instant now = simulation_.now();
        const WriterRescue::Seen seen{stands(lost), alive(lost.place()) && !out_of_reach(lost.place()),
                                      !control_plane_ill()};
        const WriterRescue::Way way = rescue.look(seen, now);
        if (rescue.doing() != told) tell_what_rescues(rescue.doing());
        told = rescue.doing();
        next.instance = rescued_by(way, lost);
        next.in_place = way == WriterRescue::Way::restart;
        if (next.instance == nullptr) next.instance = elect();
        if (next.instance != nullptr) continue;
        const Instant end = rescue.next_end();
        const Duration pause = end > now ? std::min(retry_pause, end - now) : retry_pause;
        co_await simulation_.delay(pause);
    }
    co_return next;
}

void Cluster::tell_what_rescues(WriterRescue::Doing doing) {
    const RescueWords& words = rescue_words[static_cast<std::size_t>(doing)];
    component_.enter(words.state);
    observer_.on_stage(words.stage);
}

// Null: nobody yet. The instance of the class of the one that is lost, in the first zone that stands.
Instance* Cluster::rescued_by(WriterRescue::Way way, Instance& lost) {
    if (way == WriterRescue::Way::restart || way == WriterRescue::Way::rebuild) return &lost;
    const auto stands_at = [this](PlaceId zone) { return alive(zone) && !out_of_reach(zone) && !has_left(zone); };
    const auto zone = std::find_if(shape_.zones.begin(), shape_.zones.end(), stands_at);
    if (way == WriterRescue::Way::none || zone == shape_.zones.end()) return nullptr;
    Instance& added = add_instance(*zone, lost.shape());
    added.start(Role::replica);
    return &added;
}

// Also those that answered a moment ago: their clients see a reset, and find nobody until they have begun anew.
void Cluster::restart_readers() {
    for (const auto& instance : instances_) {
        const bool reads = instance->is_member() && instance->component().up();
        if (!reads || instance.get() == instances_[writer_].get()) continue;
        if (out_of_reach(instance->place())) {
            if (instance->role() == Role::replica) simulation_.spawn(component_, rejoin(*instance));
            continue;
        }
        instance->lose_memory();
        instance->crash(engine::Health::crash);
        simulation_.spawn(component_, restart(*instance));
    }
    tell_whole();
}

// By an instance there.
engine::Process<> Cluster::recover_log(PlaceId at) {
    RecoveredLog log = storage_->recover(at);
    if (!log.readable) observer_.on_stage("read quorum");
    while (!log.readable) {
        component_.enter("waiting for a read quorum");
        co_await simulation_.delay(retry_pause);
        log = storage_->recover(at);
    }
    observer_.on_recovered(log);
}

// Lowest tier first, then the largest by CPUs and by memory, then the oldest.
Instance* Cluster::elect() const {
    const auto comes_first = [](const InstanceShape& a, const InstanceShape& b) {
        if (a.promotion_tier != b.promotion_tier) return a.promotion_tier < b.promotion_tier;
        if (a.vcpus != b.vcpus) return a.vcpus > b.vcpus;
        return a.pool_pages > b.pool_pages;
    };
    Instance* best = nullptr;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i == writer_ || !can_be_published(i)) continue;
        Instance* const candidate = instances_[i].get();
        if (best == nullptr || comes_first(candidate->shape(), best->shape())) best = candidate;
    }
    return best;
}

// While it fails over the writer is left to that: without a successor it sees by itself that the host is back.
void Cluster::host_restored(Instance& instance) {
    if (instance.component().up() || !instance.is_member() || instance.host_away()) return;
    if (index_of(instance) != writer_) {
        simulation_.spawn(component_, restart(instance));
    } else if (!failing_over_ && writer_restarts_ == 0) {
        simulation_.spawn(component_, restart_writer(instance));
    }
}

bool Cluster::writer_restarts_first() const {
    return writer_restarts_ > 0 && (shape_.failover.restart_is_faster() || elect() == nullptr);
}

engine::Process<> Cluster::restart(Instance& instance) {
    while (control_plane_ill()) {
        co_await simulation_.delay(retry_pause);
    }
    co_await simulation_.delay(drawn(shape_.failover.restart));
    if (instance.component().up() || !stands(instance) || index_of(instance) == writer_) co_return;
    instance.start(Role::replica);
    tell_whole();
}

// The process goes on as the writer, unless somebody else is promoted meanwhile.
engine::Process<> Cluster::restart_writer(Instance& instance) {
    const Counted under_way(writer_restarts_);
    while (control_plane_ill()) {
        co_await simulation_.delay(retry_pause);
    }
    co_await simulation_.delay(drawn(shape_.failover.restart));
    const auto in_vain = [&] {
        return instance.component().up() || !stands(instance) || failing_over_ || index_of(instance) != writer_;
    };
    if (in_vain()) co_return;
    co_await recover_log(instance.place());
    if (in_vain()) co_return;
    instance.start(Role::writer);
    tell_whole();
}

}  // namespace faultline::models
