// Cluster: replicas that come and go, and capacity that follows the load.
#include <algorithm>

#include "models/cluster/cluster.hpp"

namespace faultline::models {

namespace {
// Source: capacity is looked at again every second (AWS, advice on Aurora serverless for agents).
constexpr Duration capacity_judged_every = std::chrono::seconds{1};
constexpr int follows_the_writer = 1;  // and tier 0. Source: Aurora User Guide, Serverless v2
}  // namespace

void Cluster::begin_scaling() {
    const auto serverless = [](const auto& instance) { return instance->capacity().has_value(); };
    if (std::any_of(instances_.begin(), instances_.end(), serverless)) simulation_.spawn(component_, follow_load());
    if (!shape_.scaling) return;
    if (!scaling_) scaling_.emplace(simulation_, *this, *shape_.scaling);
    simulation_.spawn(component_, scaling_->run());
}

engine::Process<> Cluster::follow_load() {
    for (;;) {
        co_await simulation_.delay(capacity_judged_every);
        double of_writer = 0.0;
        if (writer_ < instances_.size()) {
            instances_[writer_]->follow_load(0.0);
            if (const auto& capacity = instances_[writer_]->capacity()) of_writer = capacity->acu();
        }
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            if (i == writer_) continue;
            const bool may_take_over = instances_[i]->shape().promotion_tier <= follows_the_writer;
            instances_[i]->follow_load(may_take_over ? of_writer : 0.0);
        }
    }
}

Instance& Cluster::admit(PlaceId place, const InstanceShape& shape) {
    const auto fits = [place](const auto& instance) {
        return instance->membership() == Membership::retired && instance->place() == place;
    };
    const auto gone = std::find_if(instances_.begin(), instances_.end(), fits);
    Instance& instance = gone != instances_.end() ? **gone : add_instance(place, shape);
    instance.mark_as_added();
    instance.set_membership(Membership::member);
    instance.lose_memory();
    instance.start(Role::replica);
    const std::size_t number = index_of(instance);
    answering_[number] = true;
    missed_since_[number] = engine::end_of_time;
    publish_readers();
    return instance;
}

void Cluster::withdraw(Instance& instance) {
    instance.set_membership(Membership::leaving);
    publish_readers();
}

void Cluster::retire(Instance& instance) {
    instance.set_membership(Membership::retired);
    if (instance.component().up()) instance.crash(engine::Health::crash);
    instance.component().enter("retired");
    answering_[index_of(instance)] = false;
    tell_whole();
}

}  // namespace faultline::models
