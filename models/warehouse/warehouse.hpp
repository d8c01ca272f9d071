// A Redshift-style warehouse: computes that answer queries and load tables, the queues before them, the tables and
// their feeds, and the control plane of its region that mends it.
//
//   serving --node lost--> replacing a node --> serving, its disks cold
//   serving --zone lost--> relocating (or waiting for the zone) --> serving, its disks cold
//   serving --told to--> paused --> resuming --> serving, its disks cold
//
// All committed data are in managed storage, so nothing is lost with a machine. With computes in two zones each query
// runs in one of them, and one that is lost takes its queries along and no more. Sources: docs/models/warehouse.md.
// Leaves out: result cache, materialized views besides those of a stream, vacuum, classic resizes, data sharing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/statistics/latency_histogram.hpp"
#include "models/warehouse/concurrency_scaling.hpp"
#include "models/warehouse/snapshots.hpp"
#include "models/warehouse/table_feed.hpp"
#include "models/warehouse/warehouse_query.hpp"
#include "models/warehouse/workload_queues.hpp"

namespace faultline::models {

// Seconds.
struct WarehouseRecoveryShape {
    engine::Distribution detection = engine::Distribution::constant(0.0);
    engine::Distribution node_replacement = engine::Distribution::constant(0.0);
    engine::Distribution relocating = engine::Distribution::constant(0.0);
    engine::Distribution resume = engine::Distribution::constant(0.0);
    bool relocation = true;
};

struct WarehousePauseShape {
    Instant at{};
    Duration lasts{};
};

struct WarehouseShape {
    std::string path;             // "reports"
    PlaceId storage{};            // its region's border
    std::vector<PlaceId> zones;   // of the region; those of the computes first
    int computes = 1;             // 2: Multi-AZ
    ComputeShape compute;         // of each
    std::vector<bool> may_scale;  // by queue
    ScalingShape scaling;
    engine::Distribution commit = engine::Distribution::constant(0.0);  // seconds, of a load
    int connections_max = 0;
    std::size_t classes = 0;  // of queries, all of the scenario
    WarehouseRecoveryShape recovery;
    WarehouseSnapshotShape snapshots;
    std::vector<WarehousePauseShape> pauses;
};

class Warehouse : public Loader {
public:
    Warehouse(engine::Simulation& simulation, Transfers& transfers, const Topology& topology, WarehouseShape shape);

    // Building.
    void add_table(TableShape shape, std::function<FeedWay()> way);
    void begin();

    // A query of this class: `leader`, what the leader node needs for it besides what the slices read.
    engine::Process<Answer> execute(RequestRef request, const WarehouseQuery& query, Duration leader, Duration travel);
    PlaceId place() const { return entrance_; }  // of who answers, as its clients know it
    engine::Component& component() { return component_; }

    // For faults: the main computes; nodes are counted through them, from 1.
    const std::vector<std::unique_ptr<Compute>>& mains() const { return mains_; }
    void lose_node(Compute& compute, engine::Health how);
    void lose_zone(Compute& compute, engine::Health how);
    // A cut has begun or ended. Who is behind it is lost to the others; alone, it stays where it is.
    void reach_changed();
    bool whole() const;
    // Elastic resize of the computes that are up: down for so long, then with so many nodes. A child of the caller.
    engine::Process<> resize(int nodes, Duration down);

    Compute* loading() override;
    engine::Condition& available() override { return available_; }
    engine::ServerPool& commits() override { return commits_; }
    Duration drawn_commit() override { return shape_.commit.sample_duration(commit_draws_); }
    void oldest_hidden_changed() override;

    std::vector<std::unique_ptr<TableFeed>>& tables() { return tables_; }
    FreshnessTrack& freshness() { return freshness_; }  // of its worst table
    const engine::LatencyHistogram& answers(std::size_t query_class) const { return answers_[query_class]; }
    const WorkloadQueues& queues() const { return queues_; }
    const ConcurrencyScaling& scaling() const { return *scaling_; }
    WarehouseSnapshots& snapshots() { return *snapshots_; }
    std::uint64_t refused() const { return refused_; }
    double bytes() const;  // of all tables
    void reset_statistics(Instant now);

private:
    enum class Loss { node, zone };
    void lose(Compute& compute, engine::Health how, std::string_view state);
    engine::Process<> mend(Compute& compute, Loss loss);
    engine::Process<> come_back(Compute& compute);
    engine::Process<> sleep();
    void leave_zone(Compute& compute, engine::Health how, std::string_view state);
    bool usable(PlaceId zone) const;
    std::optional<PlaceId> other_zone(const Compute& compute) const;
    void serve(Compute& compute, PlaceId zone, double cold_share);
    Duration freshness_of(const WarehouseQuery& query, Instant now) const;
    ScanWork work_of(const WarehouseQuery& query) const;
    Duration drawn(const engine::Distribution& stage) { return stage.sample_duration(recovery_draws_); }

    engine::Simulation& simulation_;
    Transfers& transfers_;
    const Topology& topology_;
    WarehouseShape shape_;
    engine::Component component_;  // the endpoint, with the queries that wait
    engine::Component control_;    // the region's control plane
    engine::RandomStream commit_draws_;
    engine::RandomStream recovery_draws_;
    engine::ServerPool commits_;
    WorkloadQueues queues_;
    std::vector<std::unique_ptr<Compute>> mains_;
    std::unique_ptr<ConcurrencyScaling> scaling_;
    std::unique_ptr<WarehouseSnapshots> snapshots_;
    std::vector<std::unique_ptr<TableFeed>> tables_;
    engine::Condition available_;
    PlaceId entrance_;
    FreshnessTrack freshness_;
    std::vector<engine::LatencyHistogram> answers_;  // by class: freshness of what it was shown
    int open_ = 0;                                   // queries that wait or run
    std::uint64_t refused_ = 0;
};

}  // namespace faultline::models
