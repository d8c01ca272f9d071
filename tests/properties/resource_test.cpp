// Goal:   what a result says of its queues and links is what theory, and the queues themselves, say.
// Method: a station against Erlang's formula; whole systems against their own counters; a link against the bytes on it.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>

#include "engine/queueing/erlang.hpp"
#include "planning/replication.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

const scenarios::ResourceResult& resource_named(const scenarios::ReplicationResult& result, std::string_view name) {
    for (const auto& one : result.resources) {
        if (one.name == name) return one;
    }
    ADD_FAILURE() << "no resource " << name;
    return result.resources.front();
}

constexpr double rate_per_s = 80.0;

// Four servers of 40 ms: busy for 80 %.
scenarios::Scenario station(const std::string& faults) {
    return read(R"({
  "name": "One queue",
  "run": { "warm_up": "20s", "measured": "1500s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "hall": { "access": "none" } },
  "stations": { "counter": { "servers": 4 } },
  "workload": {
    "arrivals": { "rate": "80/s" },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "4s", "timeout": "4s",
                           "demand": { "exponential": "40ms" } } },
    "canary": { "enabled": false }
  },
  "faults": { )" +
                faults +
                R"( }
})");
}

// Over 120,000 arrivals the means of M/M/4 at 80 % are within a tenth; the queue needs the wider bound, its mean being
// that of a long-tailed length that is correlated over some seconds.
TEST(ResourceTest, AStationIsAsBusyAsErlangSays) {
    test::in_child([] {
        const auto result = run(station(""));
        const auto& servers = resource_named(result, "stations/counter/servers");
        const engine::MmcMeans theory =
            engine::means(engine::Mmc{.arrivals_per_s = rate_per_s, .completions_per_s = 25.0, .servers = 4});
        EXPECT_EQ(servers.steady.seconds, 1500);
        EXPECT_EQ(servers.capacity, 4.0);
        EXPECT_EQ(servers.words, "counter: servers");
        EXPECT_NEAR(servers.steady.mean, theory.utilisation, 0.02);
        EXPECT_NEAR(servers.steady.waiting, theory.in_queue, 0.2 * theory.in_queue);
        EXPECT_GE(servers.steady.worst_minute, servers.steady.mean);
        EXPECT_GE(servers.steady.worst_second, servers.steady.worst_minute);
        EXPECT_LE(servers.steady.worst_second, 1.0 + 1e-9);
    });
}

// All that a phase does not have another one has.
TEST(ResourceTest, AnIncidentIsAPhaseOfItsOwn) {
    test::in_child([] {
        const auto result =
            run(station(R"("slow": { "kind": "brown-out", "target": "counter", "at": "300s", "lasts": "20s",)"
                        R"( "speed": "50%" })"));
        const auto& servers = resource_named(result, "stations/counter/servers");
        ASSERT_EQ(servers.incidents.size(), 1U);
        EXPECT_EQ(servers.steady.seconds + servers.incidents[0].seconds, 1500);
        EXPECT_GE(servers.incidents[0].seconds, 20);
        EXPECT_GE(servers.incidents[0].worst_second, 1.0 - 1e-9) << "at half the speed there is more than all to do";
        EXPECT_EQ(servers.aftermaths[0].seconds, servers.incidents[0].seconds - 20);
    });
}

// In a system of everything: as the queues themselves say at the end, to a rounding.
TEST(ResourceTest, TheyAgreeWithTheQueues) {
    test::in_child([] {
        const auto result = run(read(small_system("")));
        int compared = 0;
        for (const auto& queue : result.queues) {
            const bool card = queue.name.ends_with("/network");
            const bool node = queue.name.starts_with("caches/");
            const std::string path = card ? queue.name.substr(0, queue.name.rfind('/')) : queue.name;
            const auto& one = resource_named(result, path + (card ? "/network card" : node ? "/thread" : "/CPU"));
            EXPECT_NEAR(one.steady.mean, queue.utilisation, 1e-6) << queue.name;
            ++compared;
        }
        EXPECT_EQ(compared, 2 * 3 + 2 * 3 + 3);
        const auto& pool = resource_named(result, "services/shop/us-east-1/1/pools/orders/writer/connections");
        EXPECT_EQ(pool.of, "shop");
        EXPECT_EQ(pool.words, "shop, us-east-1a, to orders/writer: connections");
        EXPECT_GT(pool.steady.mean, 0.0);
        EXPECT_EQ(resource_named(result, "orders/instance-1/CPU").words, "orders/instance-1 (writer), us-east-1a: CPU");
        const auto disks = std::count_if(result.resources.begin(), result.resources.end(),
                                         [](const auto& one) { return one.kind == scenarios::resource_log_disks; });
        EXPECT_GE(disks, 6);
    });
}

// A replica's thread takes what has arrived, and nothing of the way there: on a line with spikes of tens of
// milliseconds no second has more than a second's work. By the utilisation law it is a little more busy than its
// primary is with writes alone.
TEST(ResourceTest, NoServerIsBusyForLongerThanASecondInASecond) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().replicas = 1;
            scenario.run.measured = std::chrono::minutes{20};
            scenario.network.spike_multiplier = 5.0;
        }));
        for (const auto& one : result.resources) EXPECT_LE(one.steady.worst_second, 1.0 + 1e-6) << one.name;
        const auto& replica = resource_named(result, "caches/hot/1/node-2/thread");
        EXPECT_GT(replica.steady.mean, 0.0);
        EXPECT_LT(replica.steady.worst_second, 10.0 * replica.steady.mean);
    });
}

// Utilisation law: rate times service. A replica applies what the writer commits, whoever asked for it; canaries
// commit, too, which is within the tolerance: 2 a second beside 180.
TEST(ResourceTest, AReplicaIsBusyWithWhatTheWriterCommits) {
    test::in_child([] {
        std::string text = small_system("");
        replace_in(text, R"("kind": "aurora-mysql", "version")",
                   R"("kind": "aurora-mysql", "replica_stream": { "apply_time": "2ms" }, "version")");
        const auto result = run(read(text));
        const scenarios::Outcomes updates = all_outcomes(class_named(result, "update"));
        const double expected = static_cast<double>(updates.answered) / 300.0 * 0.002;
        const auto& replay = resource_named(result, "orders/instance-2/log replay");
        EXPECT_GT(expected, 0.3);
        EXPECT_NEAR(replay.steady.mean, expected, 0.03 * expected);
        EXPECT_EQ(replay.words, "orders/instance-2, us-east-1b: log replay");
        EXPECT_EQ(resource_named(result, "orders/instance-1/log replay").steady.mean, 0.0) << "it is the writer";
    });
}

// Utilisation law: an update answers five statements with 64 KiB each, and its 1 KiB of log goes to six copies and two
// replicas, over 2.5 Gbit/s. Canaries commit, too: 2 a second beside 180, and send nothing else.
TEST(ResourceTest, AWritersCardIsAsBusyAsLoadTimesBytesByBandwidth) {
    test::in_child([] {
        std::string text = small_system("");
        replace_in(text, R"("kind": "update",)", R"("kind": "update", "response": "64KiB",)");
        const auto result = run(read(text));
        const double updates_per_s = static_cast<double>(all_outcomes(class_named(result, "update")).answered) / 300.0;
        const double expected = updates_per_s * (5 * 65536 + 8 * 1024) * 8.0 / 2.5e9;
        const auto& card = resource_named(result, "orders/instance-1/network card");
        EXPECT_GT(expected, 0.15);
        EXPECT_NEAR(card.steady.mean, expected, 0.005 * expected);
        EXPECT_EQ(card.words, "orders/instance-1, us-east-1a: network card");
    });
}

// Two readers of 256 Mbit/s that are asked for 1 MiB at a time: 30 a second each leave, whatever their processors could
// do, and their clients wait for the network.
TEST(ResourceTest, ASmallClassIsFullOfLargeAnswers) {
    test::in_child([] {
        std::string text = small_system("");
        replace_in(text, "db.r6g.2xlarge", "db.t3.medium");
        replace_in(
            text, R"("route": ["hot", "orders/reader"],)",
            R"("route": ["orders/reader"], "response": "1MiB", "timeout": "900ms", "retry": { "attempts": 1 },)");
        replace_in(text, R"("rate": "600/s")", R"("rate": "200/s")");
        const auto result = run(read(text));
        const auto& lookups = class_named(result, "lookup");
        for (const char* reader : {"2", "3"}) {
            const auto& card = resource_named(result, std::string("orders/instance-") + reader + "/network card");
            EXPECT_GT(card.steady.mean, 0.99);
            EXPECT_GT(card.steady.waiting, 1.0);
        }
        const auto stage = [&](scenarios::Stage one) { return lookups.stage_ns[static_cast<std::size_t>(one)]; };
        for (const auto other : {scenarios::Stage::cpu, scenarios::Stage::queue, scenarios::Stage::storage}) {
            EXPECT_GT(stage(scenarios::Stage::network), stage(other));
        }
    });
}

// Each standby and the primary have a log disk. All write the same log; what is promoted goes on with its own.
TEST(ResourceTest, PrimaryAndStandbysHaveLogDisks) {
    test::in_child([] {
        std::string text = small_system(writers_zone_lost);
        replace_in(text, R"("aurora-mysql", "version": "3.08")", R"("postgresql", "version": "15")");
        const auto result =
            run(read(text, [](scenarios::Scenario& changed) { changed.databases.front().storage.persist = {}; }));
        const auto& first = resource_named(result, "orders/instance-1/log disk");
        const auto& standby = resource_named(result, "orders/instance-2/log disk");
        EXPECT_GT(first.steady.mean, 0.01);
        EXPECT_LT(first.steady.mean, 1.0);
        EXPECT_GT(standby.steady.mean, 0.01);
        EXPECT_EQ(resource_named(result, "orders/instance-1/log replay").steady.mean, 0.0) << "it was the primary";
        EXPECT_GT(resource_named(result, "orders/instance-2/log replay").steady.mean, 0.0);
    });
}

std::string with_analysts(std::string_view queues) {
    std::string text = small_system("");
    replace_in(text, R"("workload": {)",
               R"("warehouses": { "reports": { "region": "us-east-1", "zone": "a", "class": "ra3.xlplus",
                    "commit": "2s", "tables": { "sales": { "source": "orders", "load": "copy", "interval": "10s",
                                                           "data": "10GB" } }, )" +
                   std::string{queues} + R"( } },
                  "workload": {)");
    replace_in(text, R"("share": 0.7,)", R"("share": 0.69,)");
    replace_in(text, R"("update": {)",
               R"("by branch": { "share": 0.01, "route": ["reports"], "deadline": "60s", "timeout": "60s" },
                  "update": {)");
    return text;
}

// Each load commits for 2 s; one that is begun in the measured part and not ended there, or the other way round, is 2 s
// of 300.
TEST(ResourceTest, TheCommitQueueOfAWarehouseIsBusyForRateTimesService) {
    test::in_child([] {
        const auto result = run(read(with_analysts(R"("queues": { "default": { "slots": 5 } })")));
        const auto& commits = resource_named(result, "reports/commit queue");
        const double loads = static_cast<double>(result.warehouses.front().tables.front().loads);
        EXPECT_GT(loads, 15.0);
        EXPECT_NEAR(commits.steady.mean, loads * 2.0 / 300.0, 2.0 / 300.0);
        EXPECT_EQ(commits.of, "reports");
        EXPECT_EQ(commits.words, "reports: commit queue");
    });
}

// The same queries are the same work, by whichever cluster it is done: 5 slots of the main one, or one slot and
// clusters that come when somebody waits. Nobody gives up; what runs at the end is the difference, a query or two of
// some 1,800.
TEST(ResourceTest, WhatScalingTakesOverIsSeenThere) {
    auto* const busy = static_cast<double*>(
        mmap(nullptr, 2 * sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(busy, MAP_FAILED);
    test::in_child([busy] {
        const auto result = run(read(with_analysts(R"("queues": { "default": { "slots": 5 } })")));
        busy[0] = resource_named(result, "reports/compute-1/slices").steady.mean;
    });
    test::in_child([busy] {
        const auto result = run(read(with_analysts(
            R"("queues": { "default": { "slots": 1, "concurrency_scaling": true } },
               "concurrency_scaling": { "limit": 2, "start_up": "5s" })")));
        const double main = resource_named(result, "reports/compute-1/slices").steady.mean;
        const double first = resource_named(result, "reports/scaling-1/slices").steady.mean;
        const double second = resource_named(result, "reports/scaling-2/slices").steady.mean;
        EXPECT_GT(first, 0.02);
        EXPECT_GT(resource_named(result, "reports/scaling-1/slots").steady.mean, 0.02);
        busy[1] = main + first + second;
    });
    EXPECT_NEAR(busy[1], busy[0], 0.03 * busy[0]);
    munmap(busy, 2 * sizeof(double));
}

// Little's law at an office's line: what it brings in is the answers' bytes.
TEST(ResourceTest, AnOfficesLineCarriesWhatItsQueriesAnswer) {
    test::in_child([] {
        const scenarios::Scenario scenario = read(small_system(""));
        const auto result = run(scenario);
        double bytes = 0.0;
        for (const auto& query_class : scenario.workload.classes) {
            const auto& seen = class_named(result, query_class.name);
            for (const auto* phase : {&seen.steady, &seen.degraded, &seen.recovering}) {
                if (phase->empty()) continue;
                bytes += static_cast<double>(phase->at(1).outcomes.answered) *
                         static_cast<double>(query_class.response.count);
            }
        }
        const auto& line = resource_named(result, "network/denver's exchange to denver/link");
        EXPECT_NEAR(line.steady.mean * line.capacity / 8.0 * 300.0, bytes, 0.02 * bytes);
    });
}

// Who was promoted, and who was not.
TEST(ResourceTest, InstancesAreCalledByWhatTheyWereAndAre) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        EXPECT_EQ(resource_named(result, "orders/instance-1/CPU").words,
                  "orders/instance-1 (first writer), us-east-1a: CPU");
        const auto later = std::count_if(result.resources.begin(), result.resources.end(), [](const auto& one) {
            return one.words.find("(later writer)") != std::string::npos;
        });
        EXPECT_EQ(later, 1);
    });
}

// A cache that writes for its clients asks by itself.
TEST(ResourceTest, ATraceShowsACachesOwnTransactionsAsItsOwn) {
    test::in_child([] {
        const auto scenario = read(small_system(""), [](scenarios::Scenario& changed) {
            scenarios::QueryClass& update = changed.workload.classes.back();
            update.route.insert(update.route.begin(), {scenarios::TargetRole::cache, "hot"});
            update.keys = changed.workload.classes.front().keys;
            changed.caches.front().writes = scenarios::CacheWrites::write_behind;
        });
        const auto result = planning::run_replication(scenario, 1, {}, 1'000'000);
        std::size_t of_nodes = 0;
        for (const auto& query : result.traced) {
            if (query.by.empty()) continue;
            ++of_nodes;
            EXPECT_TRUE(query.by.starts_with("caches/hot/")) << query.by;
            EXPECT_EQ(query.query_class, 1U) << "the class that writes";
            EXPECT_FALSE(query.stages.empty()) << "it has a length";
        }
        const auto transactions = result.caches.front().writes_behind_transactions;
        EXPECT_GT(of_nodes, transactions * 7 / 10) << "those of the warm-up are not traced";
        EXPECT_LE(of_nodes, transactions + 24);
    });
}

}  // namespace
}  // namespace faultline::tests
