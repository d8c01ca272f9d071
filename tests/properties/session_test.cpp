// What users' sessions see in the whole system: nothing old where nothing can be, something old where something must.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "scenarios/session_counts.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;
using scenarios::TargetRole;

// Reads and updates of the same 2,000 keys, straight to the database; an update is read back after 1 ms, and every
// other read is repeated.
void watch_sessions(scenarios::Scenario& scenario) {
    scenario.workload.sessions = scenarios::Sessions{.per_office = 500, .keys = 16};
    scenarios::QueryClass& lookup = scenario.workload.classes[0];
    scenarios::QueryClass& update = scenario.workload.classes[1];
    lookup.keys->count = 2000;
    update.keys = lookup.keys;
    lookup.route.erase(lookup.route.begin());
    lookup.follow_up = scenarios::FollowUp{"lookup", 0.5, constant(0.001)};
    update.follow_up = scenarios::FollowUp{"lookup", 1.0, constant(0.001)};
}

scenarios::SessionReadCounts reads_of(const scenarios::ReplicationResult& result, std::string_view name = "lookup") {
    scenarios::SessionReadCounts sum;
    const scenarios::SessionReadsResult& reads = class_named(result, name).session_reads;
    for (const auto* const phase : {&reads.steady, &reads.degraded, &reads.recovering}) {
        for (const scenarios::SessionReadCounts& office : *phase) sum += office;
    }
    EXPECT_GT(sum.of_own_write, 5'000U);
    EXPECT_GT(sum.of_seen, 10'000U);
    return sum;
}

TEST(SessionTest, AtTheWriterNothingIsOld) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            watch_sessions(scenario);
            scenario.workload.classes[0].route.back().role = TargetRole::writer;
        }));
        const auto reads = reads_of(result);
        EXPECT_EQ(reads.stale, 0U);
        EXPECT_EQ(reads.missed_own_write, 0U);
        EXPECT_EQ(reads.went_back, 0U);
        ASSERT_EQ(result.sessions.size(), 2U);
        EXPECT_EQ(result.sessions[0].sessions, 500U);
        EXPECT_EQ(result.sessions[0].active, 500U);
        EXPECT_EQ(result.sessions[0].missed_own_write + result.sessions[0].went_back, 0U);
    });
}

// The user's way there and back is longer than a replica lags: what is missed is missed by those whose service stands
// next door, at a replica that is slower than that.
TEST(SessionTest, AReplicaThatLagsShowsLessThanWasWritten) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            watch_sessions(scenario);
            scenario.databases[0].replica_stream.interval = 100ms;
        }));
        const auto reads = reads_of(result);
        EXPECT_GT(reads.missed_own_write, reads.of_own_write / 10);
        EXPECT_GT(reads.stale, reads.reads / 1000);
        EXPECT_GT(result.sessions[0].missed_own_write, 0U);
        EXPECT_LE(result.sessions[0].missed_own_write, result.sessions[0].active);
    });
}

TEST(SessionTest, OneNodeNeverGoesBack) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            watch_sessions(scenario);
            scenario.databases[0].replicas.pop_back();
            scenario.databases[0].replica_stream.interval = 100ms;
        }));
        const auto reads = reads_of(result);
        EXPECT_GT(reads.missed_own_write, 0U) << "it does lag";
        EXPECT_EQ(reads.went_back, 0U);
    });
}

// Updates that leave the cache alone: its entries are old until they expire, on every read of them.
TEST(SessionTest, ACacheThatNobodyInvalidatesShowsOldEntries) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            const scenarios::RouteStep cache = scenario.workload.classes[0].route.front();
            watch_sessions(scenario);
            scenario.workload.classes[0].route = {cache, {TargetRole::writer, "orders"}};
        }));
        const auto reads = reads_of(result);
        EXPECT_GT(reads.missed_own_write, reads.of_own_write / 2);
        EXPECT_GT(reads.stale, reads.reads / 2);
        const auto& cache = result.caches.at(0);
        EXPECT_GT(cache.stale_hits, 0U);
        // Both count the reads that were answered from old entries; the one as they fell due, the other when they hit.
        EXPECT_NEAR(static_cast<double>(reads.stale), static_cast<double>(cache.stale_hits),
                    0.01 * static_cast<double>(cache.stale_hits));
    });
}

// All services stand in the region that follows; its readers send writes on, one statement each: a transaction of four
// would hold a popular row for as many round trips, and nobody else would come to it. The log needs 50 ms to be durable
// there.
scenarios::Scenario forwarding(scenarios::WriteForwarding mode) {
    std::string text = in_two_regions("");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
               "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } })");
    replace_in(text, R"("rate": "600/s")", R"("rate": "200/s")");
    return read(text, [mode](scenarios::Scenario& scenario) {
        watch_sessions(scenario);
        scenario.databases[0].write_forwarding = mode;
        scenario.databases[0].storage.persist = constant(0.05);
        scenario.services[0].steering = "region:us-west-2";
        scenario.services[0].threads = 500;
        scenario.services[0].pool = 200;
        scenario.workload.office_pool = 1000;
        scenario.workload.classes[1].route.back().role = TargetRole::reader;
        scenario.workload.classes[1].statements = 1;
        scenario.workload.classes[1].transaction = false;
    });
}

TEST(SessionTest, ForwardedWritesAreReadBackAsTheModePromises) {
    using scenarios::WriteForwarding;
    for (const auto mode : {WriteForwarding::eventual, WriteForwarding::session, WriteForwarding::global}) {
        test::in_child([mode] {
            const auto result = run(forwarding(mode));
            const auto reads = reads_of(result);
            if (mode == WriteForwarding::eventual) {
                EXPECT_GT(reads.missed_own_write, reads.of_own_write / 10);
                return;
            }
            EXPECT_EQ(reads.missed_own_write, 0U);
            if (mode == WriteForwarding::session) {
                EXPECT_GT(reads.stale, 0U) << "of what other offices write";
                return;
            }
            EXPECT_EQ(reads.went_back, 0U);
            EXPECT_EQ(reads.stale, 0U);
        });
    }
}

// A commit that waits until the standby has replayed it cannot be missed there; one that waits for nobody is, for the
// replay of what stands before it takes longer than a user's way there and back.
TEST(SessionTest, AStandbyShowsWhatACommitHasWaitedFor) {
    for (const bool waits : {true, false}) {
        test::in_child([waits] {
            std::string text = small_system("");
            replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")",
                       waits ? R"("kind": "postgresql", "replication": { "apply": "20ms",
                                 "synchronous_commit": "remote_apply", "synchronous_standbys": 1 })"
                             : R"("kind": "postgresql", "replication": { "apply": "20ms",
                                 "synchronous_commit": "local" })");
            replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
                       R"("replicas": [ { "zone": "b" } ])");
            replace_in(text, R"("rate": "600/s")", R"("rate": "100/s")");
            const auto reads = reads_of(run(read(text, watch_sessions)));
            EXPECT_EQ(reads.missed_own_write > reads.of_own_write / 10, !waits);
            EXPECT_EQ(reads.missed_own_write == 0, waits);
            EXPECT_EQ(reads.went_back, 0U) << "one standby";
        });
    }
}

// Transactions that are executed again by one thread, at seven tenths of what it can do: they wait for each other.
TEST(SessionTest, ALogicalReplicaShowsWhatItHasExecuted) {
    test::in_child([] {
        scenarios::Scenario scenario = forwarding(scenarios::WriteForwarding::off);
        scenario.databases[0].logical = true;
        scenario.databases[0].binlog.apply_threads = 1;
        scenario.databases[0].binlog.apply_time = 12ms;
        scenario.databases[0].storage.persist = constant(0.0005);
        scenario.workload.classes[1].route.back().role = TargetRole::writer;
        scenario.workload.classes[1].statements = 1;  // no row is held over round trips between the coasts
        scenario.workload.classes[1].transaction = false;
        const auto reads = reads_of(run(scenario));
        EXPECT_GT(reads.missed_own_write, reads.of_own_write / 100);
        EXPECT_LT(reads.missed_own_write, reads.of_own_write / 2) << "most are back later than that";
        EXPECT_EQ(reads.went_back, 0U) << "one thread's progress, whichever instance is asked";
    });
}

// Boston stays in the old region and goes on with its writer; Seattle has the new one, from about 125 s after the cut
// to its end at 150 s. What Boston commits is lost, and counted as that alone: its users miss nothing of their own. But
// they are shown nothing that Seattle commits.
TEST(SessionTest, ALostCommitIsALossAndNoViolation) {
    test::in_child([] {
        std::string text = in_two_regions(
            R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "60s", "lasts": "150s" })");
        replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
                   R"("replicas": [ { "zone": "b" } ],
                   "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] } })");
        const auto result = run(read(text, [](scenarios::Scenario& scenario) {
            watch_sessions(scenario);
            scenarios::GlobalOperation& global = scenario.databases.front().global;
            global.alarm_after = 20s;
            global.decision = constant(20.0);
            global.promotion = constant(20.0);
            scenario.offices[1].city = "Seattle, US";
            scenario.workload.classes[0].route.back().role = TargetRole::writer;
        }));
        EXPECT_TRUE(reached(result, "orders/operator", "promoting"));
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_GT(result.incidents[0].losses.at(0).commits_lost, 5'000U);
        const auto reads = reads_of(result);
        EXPECT_EQ(reads.missed_own_write, 0U);
        EXPECT_EQ(reads.went_back, 0U);
        const auto& lookups = class_named(result, "lookup").session_reads;
        EXPECT_GT(lookups.degraded[0].of_own_write, 5'000U);
        EXPECT_GT(lookups.degraded[0].stale, 100U);
        EXPECT_EQ(lookups.degraded[1].stale, 0U);
        EXPECT_EQ(lookups.steady[0].stale, 0U);
    });
}

struct Found {
    std::uint64_t fingerprints[4];
};
Found& shared() {
    static void* const memory = mmap(nullptr, sizeof(Found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *static_cast<Found*>(memory);
}

// Watching changes nothing; asking again does.
TEST(SessionTest, SessionsAloneLeaveARunAsItIs) {
    Found& found = shared();
    for (std::size_t i = 0; i < 4; ++i) {
        test::in_child([&found, i] {
            const auto result = run(read(small_system(writers_zone_lost), [i](scenarios::Scenario& scenario) {
                scenario.workload.classes[1].keys = scenario.workload.classes[0].keys;
                if (i == 0) return;
                scenario.workload.sessions = scenarios::Sessions{.per_office = 10, .keys = 4};
                if (i == 1) return;
                scenario.workload.classes[1].follow_up = scenarios::FollowUp{"lookup", 0.2, constant(0.5)};
            }));
            found.fingerprints[i] = result.fingerprint;
        });
    }
    EXPECT_EQ(found.fingerprints[0], found.fingerprints[1]);
    EXPECT_NE(found.fingerprints[1], found.fingerprints[2]);
    EXPECT_EQ(found.fingerprints[2], found.fingerprints[3]);
}

}  // namespace
}  // namespace faultline::tests
