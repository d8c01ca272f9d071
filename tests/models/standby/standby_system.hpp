// A primary with standbys over the zones of one region, and a load of commits on whoever is the primary.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "models/standby/standby_cluster.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {

inline constexpr Lsn standby_record = 1000;

class StandbyWitness : public ClusterObserver {
public:
    void on_commit(const ToldCommit&) override {}
    void on_recovered(const RecoveredLog& found) override {
        recovered.push_back(found);
        ends.push_back(log->end());
    }
    void on_stage(const char*) override {}
    void on_whole(bool) override {}
    PrimaryLog* log = nullptr;
    std::vector<RecoveredLog> recovered;
    std::vector<Lsn> ends;  // where the log went on
};

inline StandbyShape standby_shape(CommitMode mode, int synchronous) {
    StandbyShape shape;
    shape.log.mode = mode;
    shape.log.synchronous = synchronous;
    shape.log.log_writer_delay = std::chrono::milliseconds{200};
    shape.log.flush = engine::Distribution::lognormal_from_mean_cv(0.001, 0.5);
    shape.log.stream = {unlimited_bandwidth, shape.log.flush, std::chrono::microseconds{50}};
    shape.log.record = Bytes{standby_record};
    shape.monitor = {std::chrono::milliseconds{500}, std::chrono::milliseconds{500}, 3};
    return shape;
}

// A primary in zone a and standbys in zones b and c, or where `zones` says.
struct StandbySystem {
    StandbySystem(const StandbyShape& shape, int standbys, std::uint64_t seed = 1, const StuckFailover& stuck = {},
                  std::array<std::size_t, 3> zones = {0, 1, 2})
        : region("aws-2025", seed) {
        ClusterShape cluster_shape;
        cluster_shape.path = "orders";
        cluster_shape.control_plane = region.network.regions[0];
        cluster_shape.keys = 10;
        cluster_shape.failover.promotion = engine::Distribution::constant(0.1);
        cluster_shape.failover.restart = engine::Distribution::constant(5.0);
        cluster_shape.failover.rebuild = engine::Distribution::constant(10.0);
        cluster_shape.failover.stuck = stuck;
        cluster.emplace(region.simulation, region.transport, cluster_shape, shape, witness);
        for (int i = 0; i <= standbys; ++i) {
            const std::size_t zone = zones[static_cast<std::size_t>(i)];
            cluster->add_instance(region.zone(zone), {.class_name = "server", .vcpus = 4});
        }
        witness.log = &cluster->primary_log();
        cluster->begin();
        load.emplace(region.simulation, "load");
    }
    ~StandbySystem() { region.simulation.close(); }

    PrimaryLog& log() { return cluster->primary_log(); }
    Instance& instance(std::size_t i) { return *cluster->instances()[i]; }
    void run_to(Duration at) { region.simulation.run_until(engine::start_of_time + at); }

    engine::Process<> commit_one() {
        const std::uint64_t number = ++begun;
        const Instant began = region.simulation.now();
        const RequestRef nobody;
        Instance& writer = cluster->writer();
        const bool told = co_await log().commit(writer.place(), log().epoch(), nobody);
        if (!told) co_return;
        told_ends.push_back(number * standby_record);
        told_at.push_back(region.simulation.now());
        latencies_ms.push_back(engine::in_milliseconds(region.simulation.now() - began));
        cluster->committed(writer, {.key = 0});
    }
    engine::Process<> commits(double rate_per_s) {
        engine::RandomStream draws = region.simulation.stream("load", "arrivals");
        const engine::Distribution gap = engine::Distribution::exponential(1.0 / rate_per_s);
        for (;;) {
            co_await region.simulation.delay(gap.sample_duration(draws));
            Instance& writer = cluster->writer();
            if (writer.component().up()) region.simulation.spawn(writer.component(), commit_one());
        }
    }
    void begin_load(double rate_per_s) { region.simulation.spawn(*load, commits(rate_per_s)); }

    SmallRegion region;
    StandbyWitness witness;
    std::optional<StandbyCluster> cluster;
    std::optional<engine::Component> load;
    std::uint64_t begun = 0;
    std::vector<Lsn> told_ends;  // until the first failover: the places in the log of what clients were told
    std::vector<Instant> told_at;
    std::vector<double> latencies_ms;
};

}  // namespace faultline::models
