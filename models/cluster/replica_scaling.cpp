#include "models/cluster/replica_scaling.hpp"

#include <algorithm>
#include <cmath>

#include "models/cluster/cluster.hpp"

namespace faultline::models {

namespace {
constexpr Duration sampled_every = std::chrono::seconds{1};
constexpr int samples_a_point = 60;
constexpr int points_to_grow = 3;
constexpr int points_to_shrink = 15;
constexpr double shrink_below = 0.9;  // of the target
}  // namespace

ReplicaScaling::ReplicaScaling(engine::Simulation& simulation, Cluster& cluster, ReplicaScalingShape shape)
    : simulation_(simulation),
      cluster_(cluster),
      shape_(std::move(shape)),
      draws_(simulation.stream(cluster.component().path(), "replica scaling")) {
    shape_.instance.promotion_tier = 15;
}

engine::Process<> ReplicaScaling::run() {
    above_ = below_ = starting_ = 0;
    for (;;) {
        double sum = 0.0;
        for (int sample = 0; sample < samples_a_point; ++sample) {
            co_await simulation_.delay(sampled_every);
            sum += load_of_readers();
        }
        if (!cluster_.control_plane_ill()) judge(sum / samples_a_point);
    }
}

double ReplicaScaling::load_of_readers() const {
    double busy = 0.0;
    double servers = 0.0;
    for (const auto& instance : cluster_.instances()) {
        if (instance->role() != Role::replica || !instance->component().up()) continue;
        busy += static_cast<double>(instance->cpus_busy());
        servers += instance->cpus();
    }
    return servers > 0.0 ? busy / servers : 0.0;
}

int ReplicaScaling::replicas() const {
    int count = starting_;
    for (const auto& instance : cluster_.instances()) {
        if (instance->is_member() && instance.get() != &cluster_.writer()) ++count;
    }
    return count;
}

void ReplicaScaling::judge(double load) {
    above_ = load > shape_.target ? above_ + 1 : 0;
    below_ = load < shrink_below * shape_.target ? below_ + 1 : 0;
    const Instant now = simulation_.now();
    if (replicas() < shape_.replicas_min) {
        simulation_.spawn(cluster_.component(), add_one());
    } else if (above_ >= points_to_grow && now >= out_again_) {
        scale_out(load);
    } else if (below_ >= points_to_shrink && now >= in_again_) {
        scale_in();
    }
}

void ReplicaScaling::scale_out(double load) {
    const int there = replicas();
    const int wanted = std::min(shape_.replicas_max, static_cast<int>(std::ceil(there * load / shape_.target)));
    if (wanted <= there) return;
    for (int i = there; i < wanted; ++i) simulation_.spawn(cluster_.component(), add_one());
    above_ = 0;
    out_again_ = simulation_.now() + shape_.cooldown_out;
    in_again_ = simulation_.now() + shape_.cooldown_in;
}

// The one added last.
void ReplicaScaling::scale_in() {
    if (replicas() <= shape_.replicas_min) return;
    const auto& instances = cluster_.instances();
    for (std::size_t i = instances.size(); i-- > 0;) {
        Instance& instance = *instances[i];
        if (!instance.added_by_scaling() || !instance.is_member() || instance.role() == Role::writer) continue;
        in_again_ = simulation_.now() + shape_.cooldown_in;
        simulation_.spawn(cluster_.component(), remove_one(instance));
        return;
    }
}

engine::Process<> ReplicaScaling::add_one() {
    ++starting_;
    co_await simulation_.delay(shape_.start_up.sample_duration(draws_));
    while (cluster_.control_plane_ill()) {
        co_await simulation_.delay(sampled_every);
    }
    --starting_;
    const PlaceId zone = emptiest_zone();
    if (!cluster_.alive(zone)) co_return;  // nothing can be started there; the next data point asks again
    ++added_;
    cluster_.admit(zone, shape_.instance);
}

engine::Process<> ReplicaScaling::remove_one(Instance& instance) {
    ++removed_;
    cluster_.withdraw(instance);
    co_await simulation_.delay(shape_.drain);
    cluster_.retire(instance);
}

PlaceId ReplicaScaling::emptiest_zone() const {
    PlaceId best{};
    std::size_t fewest = static_cast<std::size_t>(-1);
    for (const PlaceId zone : cluster_.zones()) {
        if (!cluster_.alive(zone)) continue;
        const auto here = static_cast<std::size_t>(
            std::count_if(cluster_.instances().begin(), cluster_.instances().end(),
                          [zone](const auto& instance) { return instance->place() == zone && instance->is_member(); }));
        if (here >= fewest) continue;
        fewest = here;
        best = zone;
    }
    return best;
}

}  // namespace faultline::models
