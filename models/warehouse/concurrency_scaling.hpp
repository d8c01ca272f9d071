// Concurrency scaling: while queries of a queue that may scale wait, one cluster after the other is made, as large as
// the main one, up to a limit. Each comes after its start-up, takes who waits, and goes when it has been idle for long
// enough. Sources: docs/models/warehouse.md. Leaves out: the disks of a new cluster, which are filled in its start-up.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/random/distributions.hpp"
#include "models/warehouse/workload_queues.hpp"

namespace faultline::models {

struct ScalingShape {
    int limit = 0;
    engine::Distribution start_up = engine::Distribution::constant(0.0);  // seconds
    Duration idle{};                                                      // above 0
};

class ConcurrencyScaling {
public:
    // `control`: who makes the clusters. Paths: "<path>/scaling-<n>", n from 1.
    ConcurrencyScaling(engine::Simulation& simulation, engine::Component& control, const std::string& path,
                       PlaceId zone, const ComputeShape& like, ScalingShape shape, WorkloadQueues& queues);

    // A query waits.
    void wanted(PlaceId zone);
    void stop_all();  // with the warehouse
    // A zone is lost with what stands there; clusters that are on their way come to `other`.
    void leave(PlaceId zone, PlaceId other);
    const std::vector<std::unique_ptr<Compute>>& clusters() const { return clusters_; }
    std::uint64_t started() const { return started_; }
    void reset_statistics() { started_ = 0; }

private:
    engine::Process<> serve(std::size_t number);
    void stop(std::size_t number);
    std::optional<std::size_t> unused() const;

    engine::Simulation& simulation_;
    engine::Component& control_;
    ScalingShape shape_;
    WorkloadQueues& queues_;
    engine::RandomStream draws_;
    std::vector<std::unique_ptr<Compute>> clusters_;
    std::uint64_t started_ = 0;
    std::vector<std::uint64_t> stops_;       // by cluster
    std::optional<std::size_t> starting_{};  // its number
    PlaceId zone_;                           // where it will stand
};

}  // namespace faultline::models
