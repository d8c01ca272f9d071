#include "models/services/standby_capacity.hpp"

namespace faultline::models {

namespace {
constexpr Duration asked_again_each = std::chrono::seconds{1};
}

StandbyCapacity::StandbyCapacity(engine::Simulation& simulation, const std::string& path, ServiceRegion& region,
                                 StartUpShape shape)
    : simulation_(simulation),
      component_(simulation, path),
      region_(region),
      shape_(shape),
      draws_(simulation.stream(component_.path(), "start-ups")) {
    component_.enter("standing by");
}

void StandbyCapacity::give_up(PlaceId region) {
    if (ordered_ || region == region_.balancer()) return;
    ordered_ = true;
    stood_by_.clear();
    for (std::size_t i = 0; i < region_.instances().size(); ++i) {
        if (!region_.instances()[i]->launched()) stood_by_.push_back(i);
    }
    to_launch_ = stood_by_.size();
    simulation_.spawn(component_, deploy());
}

void StandbyCapacity::stand_down() {
    if (!at_full_strength()) return;
    for (const std::size_t instance : stood_by_) region_.stand_down(instance);
    ordered_ = false;
    component_.enter("standing by");
}

engine::Process<> StandbyCapacity::deploy() {
    component_.enter("deploying");
    co_await simulation_.delay(shape_.deployment.sample_duration(draws_));
    while (region_.control_plane_ill()) {
        co_await simulation_.delay(asked_again_each);
    }
    component_.enter("launching");
    const auto& instances = region_.instances();
    for (std::size_t i = 0; i < instances.size(); ++i) {
        if (instances[i]->launched()) continue;
        simulation_.spawn(component_, launch(i, shape_.start_up.sample_duration(draws_)));
    }
}

engine::Process<> StandbyCapacity::launch(std::size_t instance, Duration start_up) {
    co_await simulation_.delay(start_up);
    region_.launch(instance);
    if (--to_launch_ == 0) component_.enter("at full strength");
}

}  // namespace faultline::models
