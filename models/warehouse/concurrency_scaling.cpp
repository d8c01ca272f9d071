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
      draws_(simulation.stream(path, "concurrency scaling")),
      stops_(static_cast<std::size_t>(shape_.limit)),
      zone_(zone) {
    for (int i = 1; i <= shape_.limit; ++i) {
        clusters_.push_back(std::make_unique<Compute>(simulation, path + "/scaling-" + std::to_string(i), zone, like));
        clusters_.back()->stop("not there");
        queues_.add_scaling(*clusters_.back());
    }
}

void ConcurrencyScaling::wanted(PlaceId zone) {
    const std::optional<std::size_t> next = unused();
    if (starting_ || !next) return;
    starting_ = next;
    zone_ = zone;
    simulation_.spawn(control_, serve(*next));
}

engine::Process<> ConcurrencyScaling::serve(std::size_t number) {
    Compute& cluster = *clusters_[number];
    const std::uint64_t stops = stops_[number];
    cluster.component().enter("starting");
    co_await simulation_.delay(shape_.start_up.sample_duration(draws_));
    if (stops == stops_[number]) {
        starting_.reset();
        ++started_;
        cluster.start(zone_);
        queues_.dispatch();
        if (queues_.waiting_to_scale() > 0) wanted(zone_);
    }
    while (stops == stops_[number]) {
        const Instant until = cluster.idle_since() + shape_.idle;
        const bool idle = cluster.busy() == 0;
        if (idle && simulation_.now() >= until) break;
        const Duration next_look = idle ? until - simulation_.now() : shape_.idle;
        co_await simulation_.delay(next_look);
    }
    if (stops == stops_[number]) cluster.stop("not there");
}

void ConcurrencyScaling::stop(std::size_t number) {
    ++stops_[number];
    if (starting_ == number) starting_.reset();
    clusters_[number]->stop("not there");
}

void ConcurrencyScaling::stop_all() {
    for (std::size_t i = 0; i < clusters_.size(); ++i) stop(i);
}

void ConcurrencyScaling::leave(PlaceId zone, PlaceId other) {
    if (zone_ == zone) zone_ = other;
    for (std::size_t i = 0; i < clusters_.size(); ++i) {
        if (clusters_[i]->up() && clusters_[i]->place() == zone) stop(i);
    }
}

std::optional<std::size_t> ConcurrencyScaling::unused() const {
    for (std::size_t i = 0; i < clusters_.size(); ++i) {
        if (clusters_[i]->component().state() == "not there") return i;
    }
    return std::nullopt;
}

}  // namespace faultline::models
