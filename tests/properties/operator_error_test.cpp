// Operator errors in the whole system: how long the wrong answers last, what a cure loses, and what of it was not
// simulated.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Every stage but the flows is constant. 100 GiB are 11 groups: two segments for a node, 16 s at 10 Gbit/s.
std::string with_error(const std::string& noticed_after, const std::string& more) {
    std::string text = small_system(R"("table dropped": { "kind": "operator-error", "target": "orders", "at": "60s",
                                       "noticed_after": ")" +
                                    noticed_after + "\"" + more + " }");
    const std::string backups = R"("backups": { "retention": "2d" })";
    text.replace(text.find(backups), backups.size(),
                 R"("backups": { "retention": "2d", "log_interval": "10s", "snapshot_interval": "1h",
        "backtrack": "24h", "restore": { "decision": "10s", "node_rate": "10Gbps", "instances": "5s",
        "recovery": "5s", "repointing": "20s", "backtrack": "15s", "clone": "40s" } })");
    return text;
}

struct Seen {
    scenarios::ReplicationResult result;
    std::size_t number = 0;  // of the error, and of its incident
    const scenarios::IncidentResult& incident() const { return result.incidents.at(number); }
    const scenarios::DataLoss& loss() const { return incident().losses.at(0); }
    const scenarios::FaultResult& fault() const { return result.faults.at(number); }
    double gap_s() const { return static_cast<double>(loss().gap_ns) * 1e-9; }
    double restored_s() const { return static_cast<double>(fault().mended_ns - fault().noticed_ns) * 1e-9; }
    double stage_s(const std::string& name) const {
        for (const auto& [stage, ns] : incident().waterfall) {
            if (stage == name) return static_cast<double>(ns) * 1e-9;
        }
        return -1.0;
    }
    // The worst office's.
    double rto_s(const std::string& of) const {
        std::int64_t worst = 0;
        for (const auto& recovery : incident().recoveries) {
            if (recovery.of == of && !recovery.canary) worst = std::max(worst, recovery.rto_ns);
        }
        return static_cast<double>(worst) * 1e-9;
    }
};

Seen run_error(const std::string& noticed_after, const std::string& more = "",
               const std::function<void(scenarios::Scenario&)>& change = {}) {
    return {run(read(with_error(noticed_after, more), change))};
}

void a_quarter_of_an_hour(scenarios::Scenario& scenario) {
    scenario.run.measured = std::chrono::minutes{15};
    scenario.workload.arrivals.rate_per_s = 200.0;
}

TEST(OperatorErrorTest, ARestoreTakesTheSumOfItsStagesAndLosesAllSinceTheError) {
    test::in_child([] {
        const Seen seen = run_error("30s");
        EXPECT_NEAR(seen.stage_s("noticing"), 30.0, 0.01);
        EXPECT_NEAR(seen.stage_s("decision"), 10.0, 0.01);
        EXPECT_NEAR(seen.stage_s("restore"), 16.0, 0.01) << "the log of the error's instant had arrived";
        // A commit logs 1 KiB; the snapshot before the error is at most an hour old: 180 x 3'600 x 1 KiB at 1 Gbit/s.
        EXPECT_GE(seen.stage_s("recovery"), 5.0);
        EXPECT_LE(seen.stage_s("recovery"), 5.0 + 200.0 * 3600 * 1024 * 8 / 1e9);
        EXPECT_NEAR(seen.stage_s("repointing"), 20.0, 0.01);
        const double sum = 10.0 + 16.0 + seen.stage_s("recovery") + 20.0;
        EXPECT_NEAR(seen.restored_s(), sum, 0.05);
        EXPECT_NEAR(seen.gap_s(), 30.0 + sum, 0.1);
        EXPECT_EQ(seen.incident().skipped_ns, 0);
        EXPECT_EQ(seen.loss().commits_estimated, 0U);
        EXPECT_FALSE(seen.loss().unbounded);
        // 180 updates a second and four canaries, but for the share that a bad answer makes no difference to.
        EXPECT_NEAR(static_cast<double>(seen.loss().commits_lost), 184.0 * seen.gap_s(),
                    4.0 * std::sqrt(184.0 * seen.gap_s()));
        EXPECT_GE(seen.rto_s("update"), seen.gap_s());
        EXPECT_LE(seen.rto_s("update"), seen.gap_s() + 15.0) << "connections are made anew, windows are of 500";
    });
}

TEST(OperatorErrorTest, ItsClassesFailAndOthersDoNot) {
    test::in_child([] {
        const Seen seen = run_error("30s", R"(, "classes": ["lookup"])");
        const auto& lookups = class_named(seen.result, "lookup");
        const auto& updates = class_named(seen.result, "update");
        for (std::size_t s = 125; s < 145; ++s) {
            EXPECT_EQ(lookups.good_per_s[s], 0U) << s;
            EXPECT_GT(updates.good_per_s[s], 100U) << s;
        }
        EXPECT_EQ(lookups.unknown, 0U);
        EXPECT_EQ(updates.unknown_absent, updates.unknown - updates.unknown_durable);
        const auto sum = all_outcomes(lookups);
        EXPECT_EQ(sum.due, sum.answered + sum.refused + sum.timed_out + sum.failed + sum.in_flight);
        EXPECT_EQ(seen.fault().hit, std::vector<std::string>{"orders"});
    });
}

// Law: what was not simulated is added to the gap, the RTO and the loss, and to nothing else.
TEST(OperatorErrorTest, HoursOfNoticingAreCountedAndNotSimulated) {
    test::in_child([] {
        const Seen seen = run_error("26h", "", a_quarter_of_an_hour);
        const double skipped_s = 26.0 * 3600 - 600;
        EXPECT_NEAR(static_cast<double>(seen.incident().skipped_ns) * 1e-9, skipped_s, 1e-6);
        EXPECT_NEAR(seen.stage_s("noticing"), 26.0 * 3600, 0.01);
        EXPECT_LT(seen.restored_s(), 120.0);
        EXPECT_NEAR(seen.gap_s(), 26.0 * 3600 + seen.restored_s(), 0.1);
        EXPECT_GE(seen.rto_s("update"), seen.gap_s());
        EXPECT_LE(seen.rto_s("update"), seen.gap_s() + 30.0);
        const double rate = 64.0;  // 60 updates a second and four canaries
        EXPECT_NEAR(static_cast<double>(seen.loss().commits_estimated), rate * skipped_s, 0.02 * rate * skipped_s);
        const auto simulated = static_cast<double>(seen.loss().commits_lost - seen.loss().commits_estimated);
        const double simulated_s = seen.gap_s() - skipped_s;
        EXPECT_NEAR(simulated, rate * simulated_s, 4.0 * std::sqrt(rate * simulated_s));
        EXPECT_LE(simulated, static_cast<double>(seen.result.databases.at(0).commits_acknowledged));
    });
}

TEST(OperatorErrorTest, BeyondTheRetentionNothingIsRestoredAndTheLossHasNoBound) {
    test::in_child([] {
        const Seen seen = run_error("50h", "", a_quarter_of_an_hour);
        EXPECT_TRUE(seen.loss().unbounded);
        EXPECT_EQ(seen.loss().gap_ns, std::numeric_limits<std::int64_t>::max());
        EXPECT_GT(seen.fault().noticed_ns, 0);
        EXPECT_EQ(seen.fault().mended_ns, 0);
        EXPECT_FALSE(seen.fault().ended);
        EXPECT_EQ(seen.incident().full_recovery_ns, 0);
        for (const auto& recovery : seen.incident().recoveries) {
            EXPECT_TRUE(recovery.canary || !recovery.recovered) << recovery.of;
        }
    });
}

TEST(OperatorErrorTest, BacktrackTakesTheDatabaseAwayForAsLongAsItRewinds) {
    test::in_child([] {
        const Seen seen = run_error("30s", R"(, "mends_by": "backtrack")");
        EXPECT_NEAR(seen.stage_s("backtrack"), 15.0, 0.1) << "and 60 s of log, undone in 60 ms";
        EXPECT_NEAR(seen.gap_s(), 40.0, 0.1) << "nothing is acknowledged while it rewinds";
        EXPECT_NEAR(seen.restored_s(), 25.0, 0.2);
        for (const auto& recovery : seen.incident().recoveries) EXPECT_TRUE(recovery.recovered) << recovery.of;
    });
}

// The clone was begun 40 s before the error: nothing has to be filled, and more is lost.
TEST(OperatorErrorTest, ACloneIsThereAtOnceAndLosesAllSinceItWasBegun) {
    test::in_child([] {
        const Seen seen = run_error("30s", R"(, "mends_by": "clone")");
        EXPECT_EQ(seen.stage_s("restore"), -1.0);
        EXPECT_NEAR(seen.restored_s(), 10.0 + 20.0, 0.05);
        EXPECT_NEAR(seen.gap_s(), 40.0 + 30.0 + 10.0 + 20.0, 0.1);
        EXPECT_NEAR(static_cast<double>(seen.loss().commits_lost), 184.0 * 100, 4.0 * std::sqrt(184.0 * 100));
        for (const auto& recovery : seen.incident().recoveries) EXPECT_TRUE(recovery.recovered) << recovery.of;
    });
}

TEST(OperatorErrorTest, ABacktrackWindowThatIsTooShortLeavesTheRestore) {
    test::in_child([] {
        const Seen seen = run_error("26h", R"(, "mends_by": "backtrack")", a_quarter_of_an_hour);
        EXPECT_EQ(seen.stage_s("backtrack"), -1.0);
        EXPECT_NEAR(seen.stage_s("repointing"), 20.0, 0.01);
    });
}

TEST(OperatorErrorTest, OneThatNobodyCuresLastsAsLongAsItLastsAndLosesNothing) {
    test::in_child([] {
        const Seen seen = run_error("30s", R"(, "mends_by": "none", "lasts": "50s")");
        EXPECT_EQ(seen.loss().commits_lost, 0U);
        EXPECT_GE(seen.rto_s("update"), 50.0);
        EXPECT_LE(seen.rto_s("update"), 54.0);
    });
}

// The cure of the first undoes the second: it is mended, and no second restore is begun.
TEST(OperatorErrorTest, ACureUndoesEveryLaterError) {
    test::in_child([] {
        const Seen seen = run_error("30s", "", [](scenarios::Scenario& scenario) {
            scenario.faults.push_back(scenario.faults.front());
            scenario.faults.back().name = "dropped again";
            scenario.faults.back().at += std::chrono::seconds{10};
        });
        ASSERT_EQ(seen.result.faults.size(), 2U);
        EXPECT_GT(seen.result.faults[0].mended_ns, 0);
        EXPECT_EQ(seen.result.faults[0].mended_ns, seen.result.faults[1].mended_ns);
        EXPECT_TRUE(seen.result.faults[1].ended);
        ASSERT_EQ(seen.result.incidents.size(), 1U);
        EXPECT_NEAR(static_cast<double>(seen.loss().commits_lost), 184.0 * seen.gap_s(),
                    4.0 * std::sqrt(184.0 * seen.gap_s()));
    });
}

// The log of the second starts with the cluster that the first restore made, not with the snapshot up to an hour
// before.
TEST(OperatorErrorTest, ASecondErrorIsCuredFromTheBackupsOfTheRestoredCluster) {
    test::in_child([] {
        const Seen seen = run_error("30s", "", [](scenarios::Scenario& scenario) {
            scenario.faults.push_back(scenario.faults.front());
            scenario.faults.back().name = "dropped again";
            scenario.faults.back().at += std::chrono::seconds{540};
            scenario.run.measured = std::chrono::seconds{760};
            scenario.databases.front().backups->restore.log_apply = engine::BitsPerSecond{1e8};
        });
        ASSERT_EQ(seen.result.incidents.size(), 2U);
        const Seen second{.result = seen.result, .number = 1};
        EXPECT_TRUE(second.fault().ended);
        // 182 commits of 1 KiB a second, applied at 100 Mbit/s: 15 ms for each second of log.
        const double since_s = static_cast<double>(second.fault().start_ns - seen.fault().mended_ns) * 1e-9;
        const double rate = 184.0 * 1024 * 8 / 1e8;
        EXPECT_GT(since_s, 10.0);
        EXPECT_NEAR(second.stage_s("recovery"), 5.0 + rate * since_s, 0.15 * rate * since_s);
        const double sum = 10.0 + 16.0 + second.stage_s("recovery") + 20.0;
        EXPECT_NEAR(second.gap_s(), 30.0 + sum, 0.1);
        EXPECT_NEAR(static_cast<double>(second.loss().commits_lost), 184.0 * second.gap_s(),
                    4.0 * std::sqrt(184.0 * second.gap_s()));
    });
}

}  // namespace
}  // namespace faultline::tests
