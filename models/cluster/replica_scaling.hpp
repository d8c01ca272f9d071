// Replicas that come and go with the load of the readers: target tracking on their mean CPU, as Aurora Auto Scaling
// does.
//
// A data point a minute. Three in a row above the target: as many replicas as would bring it to the target, less those
// that are there or on their way. Fifteen in a row below nine tenths of it: one less. After each change a cooldown. A
// new replica is there after `start_up`, with empty memory, and joins the reader endpoint; only replicas that were
// added so are taken away again. They have the writer's class and are promoted last. Sources: Aurora User Guide, Using
// Amazon Aurora Auto Scaling (mean of all readers, class, tier 15, removes its own only); Application Auto Scaling API
// Reference (cooldowns). 3 and 15 data points and nine tenths are assumptions. Leaves out: tracking of connections,
// scheduled scaling, requests for capacity that are refused.
#pragma once

#include "engine/random/distributions.hpp"
#include "models/cluster/instance.hpp"

namespace faultline::models {

struct ReplicaScalingShape {
    int replicas_min = 1;
    int replicas_max = 15;
    double target = 0.6;  // mean busy share of the readers' CPUs
    Duration cooldown_out{};
    Duration cooldown_in{};
    engine::Distribution start_up = engine::Distribution::constant(0.0);  // seconds
    Duration drain{};                                                     // unpublished, until it is taken away
    InstanceShape instance{};
};

class ReplicaScaling {
public:
    ReplicaScaling(engine::Simulation& simulation, Cluster& cluster, ReplicaScalingShape shape);

    // Belongs to the control plane; begun anew with it.
    engine::Process<> run();

    int added() const { return added_; }  // ever
    int removed() const { return removed_; }

private:
    double load_of_readers() const;
    int replicas() const;  // that serve or are on their way
    void judge(double load);
    void scale_out(double load);
    void scale_in();
    engine::Process<> add_one();
    engine::Process<> remove_one(Instance& instance);
    PlaceId emptiest_zone() const;

    engine::Simulation& simulation_;
    Cluster& cluster_;
    ReplicaScalingShape shape_;
    engine::RandomStream draws_;
    int above_ = 0;  // data points in a row
    int below_ = 0;
    int starting_ = 0;
    int added_ = 0;
    int removed_ = 0;
    Instant out_again_{};
    Instant in_again_{};
};

}  // namespace faultline::models
