// Goal:   with the defaults of a scenario, one set of parameters for all, the cluster does what was published of it:
//         SIGMOD 2017, Table 1 (network I/Os of the database node for each transaction) and Table 4 (replica lag
//         against the rate of writes).
// Method: Poisson commits at a writer in one zone of a measured region and a replica in another. Tolerance: 25 %, what
//         the project asks of these tables; the simulated means have standard errors below 2 %.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "engine/statistics/tally.hpp"
#include "models/cluster/cluster.hpp"
#include "planning/cluster_shape.hpp"
#include "scenarios/problem.hpp"
#include "scenarios/read_scenario.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::oracles {
namespace {

using namespace models;
using namespace std::chrono_literals;

constexpr double tolerance = 0.25;

// What a scenario gets that says nothing of storage and replication: 100 GB, as in the paper.
scenarios::Database database_of_defaults() {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(R"({
        "name": "Sysbench", "run": { "warm_up": "1s", "measured": "1s" },
        "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
        "offices": { "boston": { "city": "Boston, US" } },
        "databases": { "orders": { "kind": "aurora-mysql", "region": "us-east-1", "data": "100GB",
            "writer": { "class": "db.r6g.4xlarge", "zone": "a" }, "replicas": [{ "zone": "b" }] } },
        "workload": { "arrivals": { "rate": "1/s" }, "classes": {
            "update": { "kind": "update", "share": 1.0, "route": ["orders/writer"], "deadline": "2s" } } },
        "requirements": { "fast": { "measure": "latency p99", "of": "update", "at_most": "1s" } }
    })",
                                                   "sysbench.json", "", problems);
    for (const auto& problem : problems.sorted()) ADD_FAILURE() << scenarios::to_text(problem);
    return scenario->databases.front();
}

struct Found {
    double commits_per_s, operations_per_commit, commits_per_batch, latency_ms, lag_ms, lag_ms_max;
};

class Recorder : public ClusterObserver {
public:
    void on_commit(const ToldCommit& commit) override {
        latency_ms.record(engine::in_milliseconds(commit.storage_latency));
        if (replica != nullptr && replica->lag(simulation->now()) > Duration::zero())
            lag_ms.record(engine::in_milliseconds(replica->lag(simulation->now())));
    }
    void on_recovered(const RecoveredLog&) override {}
    void on_stage(const char*) override {}
    void on_whole(bool) override {}

    const engine::Simulation* simulation = nullptr;
    const Instance* replica = nullptr;  // its lag of the commit before this one
    engine::Tally latency_ms;
    engine::Tally lag_ms;
};

engine::Process<> arrivals(engine::Simulation& simulation, Instance& writer, double rate_per_s) {
    engine::RandomStream draws = simulation.stream("clients", "arrivals");
    const auto gap = engine::Distribution::exponential(1.0 / rate_per_s);
    const Statement commit{.writes = true, .commits = true};
    for (;;) {
        const Duration wait = gap.sample_duration(draws);
        co_await simulation.delay(wait);
        simulation.spawn(writer.component(), writer.execute(RequestRef{}, commit, Duration::zero()));
    }
}

Found run(double rate_per_s, int groups_per_commit = 1, Duration length = 20s) {
    SmallRegion region;
    Transfers transfers(region.simulation, region.network.topology);
    scenarios::Database database = database_of_defaults();
    database.storage.groups_per_commit = groups_per_commit;
    Recorder recorder;
    recorder.simulation = &region.simulation;
    Cluster cluster(region.simulation, region.transport, &transfers,
                    {.path = "orders",
                     .zones = region.zones(),
                     .zone_names = region.zone_names(),
                     .volume = planning::volume_shape_of(database),
                     .replica_stream = planning::replication_shape_of(database),
                     .control_plane = region.network.regions[0]},
                    recorder);
    Instance& writer = cluster.add_instance(region.zone(0), {"db.r6g.8xlarge", 32});
    recorder.replica = &cluster.add_instance(region.zone(1), {"db.r6g.8xlarge", 32});
    cluster.begin();
    engine::Component clients(region.simulation, "clients");
    region.simulation.spawn(clients, arrivals(region.simulation, writer, rate_per_s));
    region.simulation.run_until(engine::start_of_time + length);
    const LogBatches& log = cluster.storage().log();
    const auto commits = static_cast<double>(cluster.storage().commits_acknowledged());
    const Found found{commits / engine::in_seconds(length),
                      static_cast<double>(log.network_operations()) / commits,
                      static_cast<double>(log.records()) / static_cast<double>(log.batches()),
                      recorder.latency_ms.mean(),
                      recorder.lag_ms.mean(),
                      recorder.lag_ms.max()};
    std::printf(
        "%7.0f commits/s: %.2f I/Os a commit, %.2f records a batch, commit %.2f ms, lag %.2f ms, at most %.1f\n",
        found.commits_per_s, found.operations_per_commit, found.commits_per_batch, found.latency_ms, found.lag_ms,
        found.lag_ms_max);
    region.simulation.close();
    return found;
}

// Table 1: 27,378,000 transactions in 30 minutes, 0.95 I/Os for each, the send to six copies included.
TEST(AuroraPublishedTest, NetworkOperationsOfATransactionAtThePapersRate) {
    constexpr double paper_rate_per_s = 27'378'000.0 / 1800.0;
    const Found found = run(paper_rate_per_s);
    EXPECT_NEAR(found.commits_per_s, paper_rate_per_s, 0.02 * paper_rate_per_s) << "it keeps up";
    EXPECT_NEAR(found.operations_per_commit, 0.95, tolerance * 0.95);
    EXPECT_LT(found.operations_per_commit, 1.0) << "under one network I/O a transaction";
    EXPECT_NEAR(found.commits_per_batch, 6.0 / 0.95, tolerance * 6.0 / 0.95) << "about six transactions in a batch";
    EXPECT_LT(found.latency_ms, 12.0);
    EXPECT_LT(found.lag_ms, 20.0) << "section 4.2.4: 20 ms or less";
    EXPECT_NEAR(run(paper_rate_per_s, 4).operations_per_commit, 0.95, tolerance * 0.95)
        << "a transaction over four groups as well: the sender is what is scarce";
}

// Batches are made by load and by nothing else.
TEST(AuroraPublishedTest, ALoneTransactionIsABatchOfItsOwn) {
    const Found alone = run(20.0, 1, 200s);
    EXPECT_LT(alone.commits_per_batch, 1.005);
    EXPECT_NEAR(alone.operations_per_commit, 6.0, 0.03);
    double before = alone.commits_per_batch;
    for (const double rate : {2000.0, 4000.0, 8000.0, 16000.0}) {
        const Found found = run(rate, 1, 5s);
        EXPECT_GT(found.commits_per_batch, before) << rate;
        before = found.commits_per_batch;
    }
}

// Table 4, Aurora.
TEST(AuroraPublishedTest, ReplicaLagAgainstTheRateOfWrites) {
    const std::map<double, double> published_ms{{1000.0, 2.62}, {2000.0, 3.42}, {5000.0, 3.94}, {10'000.0, 5.38}};
    double before = 0.0;
    for (const auto& [rate, lag_ms] : published_ms) {
        const Found found = run(rate);
        EXPECT_NEAR(found.lag_ms, lag_ms, tolerance * lag_ms) << rate << " writes/s";
        EXPECT_GT(found.lag_ms, before);
        before = found.lag_ms;
    }
}

// Table 4, MySQL: how far a binlog replica of one thread is behind after some time of load. The two rows that diverge,
// 60 s and 300 s, give both unknowns: with capacity c, after a time T of load r > c it shows what is T (1 - c / r) old,
// so T = 540 s and c = 4,444 a second. Neither was published; that the other two rows, and hence the divergence between
// 2,000 and 5,000, follow is what is tested.
// The capacity is that of a scenario's default, binlog.apply_time.
double behind_s(double rate_per_s, int threads) {
    const double capacity_per_s = 1.0 / engine::in_seconds(database_of_defaults().binlog.apply_time);
    constexpr Instant end = engine::start_of_time + 540s;
    engine::RandomStream draws{engine::stream_key(engine::Seed{1}, 1, "binlog", "work")};
    const auto gap = engine::Distribution::exponential(1.0 / rate_per_s);
    const auto work = engine::Distribution::exponential(1.0 / capacity_per_s);
    LogicalApply replica(threads);
    Instant shown = engine::start_of_time;
    for (Instant now = engine::start_of_time; now < end; now += gap.sample_duration(draws)) {
        const Instant seen = replica.apply(now + 500us, work.sample_duration(draws));
        if (seen <= end) shown = now;
    }
    return engine::in_seconds(end - shown);
}

TEST(AuroraPublishedTest, ABinlogReplicaOfOneThreadDivergesBetween2000And5000WritesASecond) {
    EXPECT_LT(behind_s(1000.0, 1), 1.0);
    EXPECT_LE(behind_s(2000.0, 1), 1.0) << "measured in whole seconds";
    EXPECT_NEAR(behind_s(5000.0, 1), 60.0, tolerance * 60.0);
    EXPECT_NEAR(behind_s(10'000.0, 1), 300.0, tolerance * 300.0);
    const int threads = database_of_defaults().binlog.apply_threads;
    EXPECT_EQ(threads, LogicalApply::default_threads);
    EXPECT_LT(behind_s(10'000.0, threads), 1.0) << "four threads keep up";
}

}  // namespace
}  // namespace faultline::oracles
