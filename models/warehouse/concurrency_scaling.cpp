#include "models/warehouse/concurrency_scaling.hpp"

#include <utility>

namespace faultline::models {

ConcurrencyScaling::ConcurrencyScaling(engine::Simulation& simulation, engine::Component& control,
                                       const std::string& path, PlaceId zone, const ComputeShape& like,
                                       ScalingShape shape, WorkloadQueues& queues)
    : simulation_(simulation),
      control_(control),
      shape_(std::move(shape)),
      queues_(queues),
      draws_(simulation.stream(path, "concurrency scaling")) {
    for (int i = 1; i <= shape_.limit; ++i) {
        clusters_.push_back(std::make_unique<Compute>(simulation, path + "/scaling-" + std::to_string(i), zone, like));
        clusters_.back()->stop("not there");
        queues_.add_scaling(*clusters_.back());
    }
}

void ConcurrencyScaling::wanted(PlaceId zone) {
    Compute* const next = unused();
    if (starting_ || next == nullptr) return;
    starting_ = true;
    simulation_.spawn(control_, serve(*next, zone));
}

engine::Process<> ConcurrencyScaling::serve(Compute& cluster, PlaceId zone) {
    const std::uint64_t stops = stops_;
    cluster.component().enter("starting");
    co_await simulation_.delay(shape_.start_up.sample_duration(draws_));
    if (stops == stops_) {
        starting_ = false;
        ++started_;
        cluster.start(zone);
        queues_.dispatch();
        if (queues_.waiting_to_scale() > 0) wanted(zone);
    }
    while (stops == stops_) {
        const Instant until = cluster.idle_since() + shape_.idle;
        const bool idle = cluster.busy() == 0;
        if (idle && simulation_.now() >= until) break;
        const Duration next_look = idle ? until - simulation_.now() : shape_.idle;
        co_await simulation_.delay(next_look);
    }
    if (stops == stops_) cluster.stop("not there");
}

void ConcurrencyScaling::stop_all() {
    ++stops_;
    starting_ = false;
    for (const auto& cluster : clusters_) cluster->stop("not there");
}

Compute* ConcurrencyScaling::unused() const {
    for (const auto& cluster : clusters_) {
        if (cluster->component().state() == "not there") return cluster.get();
    }
    return nullptr;
}

}  // namespace faultline::models
