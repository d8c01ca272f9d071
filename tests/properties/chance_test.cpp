// Goal:   what comes by chance comes as often as it should, at each target by itself, with its zone where it is said
// so,
//         and after what it follows.
// Method: a small system at a low rate: the faults' own times are looked at. Tolerances from the number of events.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

scenarios::Scenario quiet_system(const std::string& faults) {
    return read(small_system(faults), [](scenarios::Scenario& scenario) {
        scenario.workload.arrivals.rate_per_s = 3.0;
        scenario.workload.canary.enabled = false;
    });
}

std::string crashes(const std::string& targets, const std::string& more = "") {
    return R"("crashes": { "kind": "instance-crash", "mode": "crash", "at_random": { "targets": [)" + targets +
           R"(], "every": { "exponential": "40s" }, "lasts": "10s")" + more + " } }";
}

std::vector<scenarios::FaultResult> started(const scenarios::ReplicationResult& result) {
    std::vector<scenarios::FaultResult> all;
    for (const auto& fault : result.faults) {
        if (fault.started) all.push_back(fault);
    }
    return all;
}

// Whole for 40 s on average, then away for 10 s and as long as its restart takes, 8 s on average: about one in 58 s.
TEST(ChanceTest, CrashesComeAsOftenAsTheirMeanSays) {
    constexpr std::uint32_t runs = 12;
    test::in_child([] {
        double count = 0.0;
        for (std::uint32_t replication = 1; replication <= runs; ++replication) {
            const auto result = run(quiet_system(crashes(R"("orders/instance-2", "orders/instance-3")")), replication);
            for (const auto& fault : started(result)) {
                ASSERT_EQ(fault.kind, "instance-crash");
                ASSERT_TRUE(fault.by_chance);
                ASSERT_EQ(fault.hit, std::vector<std::string>{fault.target});
                ++count;
            }
        }
        const double expected = runs * 2 * 300.0 / 58.0;
        EXPECT_NEAR(count, expected, 4.0 * std::sqrt(expected));
    });
}

// Each target has a stream of its own, so that what else may break shifts nothing.
TEST(ChanceTest, AnotherTargetDoesNotShiftTheTimesOfTheFirst) {
    test::in_child([] {
        const auto times = [](const scenarios::ReplicationResult& result) {
            std::vector<std::int64_t> starts;
            for (const auto& fault : started(result)) {
                if (fault.target == "orders/instance-2") starts.push_back(fault.start_ns);
            }
            return starts;
        };
        const auto alone = times(run(quiet_system(crashes(R"("orders/instance-2")"))));
        const auto beside = times(run(quiet_system(crashes(R"("orders/instance-3", "orders/instance-2")"))));
        ASSERT_GE(alone.size(), 2U);
        ASSERT_GE(beside.size(), 2U);
        EXPECT_EQ(alone.front(), beside.front());
        EXPECT_NE(alone[1] - alone[0], alone[0]);
    });
}

TEST(ChanceTest, ACommonCauseTakesTheZoneAlong) {
    test::in_child([] {
        const auto result = run(quiet_system(crashes(R"("orders/instance-2")", R"(, "zone_share": "100%")")));
        const auto all = started(result);
        ASSERT_FALSE(all.empty());
        EXPECT_EQ(all.front().kind, "zone-outage");
        EXPECT_EQ(all.front().target, "us-east-1/b");
        EXPECT_EQ(all.front().name, "crashes");
        EXPECT_GT(all.front().hit.size(), 2U) << "its storage nodes, a service and a cache stand there, too";
    });
}

TEST(ChanceTest, OrTheWholeRegion) {
    test::in_child([] {
        const auto result = run(quiet_system(crashes(R"("orders/instance-2")", R"(, "region_share": "100%")")));
        const auto all = started(result);
        ASSERT_FALSE(all.empty());
        EXPECT_EQ(all.front().kind, "region-outage");
        EXPECT_EQ(all.front().target, "us-east-1");
        for (const char* const instance : {"orders/instance-1", "orders/instance-2", "orders/instance-3"}) {
            EXPECT_NE(std::find(all.front().hit.begin(), all.front().hit.end(), instance), all.front().hit.end())
                << instance;
        }
    });
}

// A share of one half, by a binomial law over the events of some runs.
TEST(ChanceTest, AFaultFollowsAnotherWithItsProbability) {
    const std::string faults = crashes(R"("orders/instance-2", "orders/instance-3")") +
                               R"(, "ill": { "kind": "control-plane-impaired", "target": "us-east-1", "lasts": "1s",
                                             "follows": { "fault": "crashes", "after": "2s", "probability": "50%" } })";
    test::in_child([&] {
        double causes = 0.0;
        double followers = 0.0;
        for (std::uint32_t replication = 1; replication <= 8; ++replication) {
            std::vector<std::int64_t> starts;
            const auto result = run(quiet_system(faults), replication);
            for (const auto& fault : started(result)) {
                if (fault.name == "crashes") starts.push_back(fault.start_ns);
            }
            causes += static_cast<double>(starts.size());
            for (const auto& fault : started(result)) {
                if (fault.name != "ill") continue;
                EXPECT_EQ(fault.caused_by, "crashes");
                const std::int64_t cause = fault.start_ns - 2'000'000'000;
                EXPECT_NE(std::find(starts.begin(), starts.end(), cause), starts.end()) << "2 s after one of them";
                ++followers;
            }
        }
        ASSERT_GT(causes, 40.0);
        EXPECT_NEAR(followers, 0.5 * causes, 4.0 * std::sqrt(0.25 * causes) + 1.0);
    });
}

// Its phase against every clock of the system is part of what an incident depends on. A uniform instant: mean and
// spread over 12 replications within four standard deviations. Equal targets come in turn.
TEST(ChanceTest, EachReplicationHasAnInstantAndATargetOfItsOwn) {
    test::in_child([] {
        constexpr std::uint32_t runs = 12;
        const scenarios::Scenario scenario = quiet_system(
            R"("crash": { "kind": "instance-crash", "targets": ["orders/instance-2", "orders/instance-3"],
                          "at": "60s", "within": "120s", "lasts": "10s" })");
        std::vector<double> starts_s;
        for (std::uint32_t replication = 1; replication <= runs; ++replication) {
            const auto faults = started(run(scenario, replication));
            ASSERT_EQ(faults.size(), 1U);
            EXPECT_EQ(faults[0].target, replication % 2 == 1 ? "orders/instance-2" : "orders/instance-3");
            EXPECT_EQ(faults[0].hit, std::vector<std::string>{faults[0].target});
            starts_s.push_back(static_cast<double>(faults[0].start_ns) * 1e-9);
            if (replication == 1) {
                EXPECT_EQ(started(run(scenario, 1))[0].start_ns, faults[0].start_ns) << "its own, and always that";
            }
        }
        const auto [first, last] = std::minmax_element(starts_s.begin(), starts_s.end());
        EXPECT_GT(*last - *first, 60.0) << "all twelve within half of it: once in 300";
        const double warm_up_s = engine::in_seconds(scenario.run.warm_up.value_or(engine::Duration{}));
        EXPECT_GE(*first, warm_up_s + 60.0);
        EXPECT_LT(*last, warm_up_s + 180.0);
    });
}

// Power is back after 30 s; the machines need a minute more, and until then nobody can start them.
TEST(ChanceTest, MachinesComeBackLaterThanThePower) {
    const auto outage = [](const std::string& more) {
        return R"("dark": { "kind": "zone-outage", "target": "us-east-1/b", "at": "60s", "lasts": "30s")" + more + " }";
    };
    const auto again_at_s = [](const scenarios::ReplicationResult& result, std::string_view component) {
        for (const auto& change : result.states) {
            const double at_s = static_cast<double>(change.at_ns) * 1e-9;
            if (change.component == component && change.state == "replica" && at_s > 120.0) return at_s;
        }
        return 0.0;
    };
    test::in_child([&] {
        const auto at_once = run(quiet_system(outage("")));
        EXPECT_GT(again_at_s(at_once, "orders/instance-2"), 150.0);
        EXPECT_LT(again_at_s(at_once, "orders/instance-2"), 180.0);
    });
    test::in_child([&] {
        const auto late = run(quiet_system(outage(R"(, "comes_back": "60s")")));
        EXPECT_GT(again_at_s(late, "orders/instance-2"), 210.0);
        EXPECT_LT(again_at_s(late, "orders/instance-2"), 240.0);
    });
}

// Every stage is constant, and the next error comes 40 s after the cure of the last one.
TEST(ChanceTest, AnOperatorErrsAgainWhenTheLastErrorIsCured) {
    test::in_child([] {
        std::string text = small_system(R"("dropped": { "kind": "operator-error", "noticed_after": "10s",
            "at_random": { "targets": ["orders"], "every": "40s" } })");
        replace_in(text, R"("backups": { "retention": "2d" })",
                   R"("backups": { "retention": "2d", "log_interval": "5s", "restore": { "decision": "5s",
                   "node_rate": "10Gbps", "instances": "5s", "recovery": "5s", "repointing": "10s" } })");
        const auto result = run(read(text, [](scenarios::Scenario& scenario) {
            scenario.workload.arrivals.rate_per_s = 3.0;
            scenario.databases.front().backups->restore.log_apply = engine::BitsPerSecond{1e10};
        }));
        const auto errors = started(result);
        ASSERT_GE(errors.size(), 3U);
        for (std::size_t i = 0; i + 1 < errors.size(); ++i) {
            EXPECT_EQ(errors[i].hit, std::vector<std::string>{"orders"});
            const double took = static_cast<double>(errors[i].mended_ns - errors[i].start_ns) * 1e-9;
            EXPECT_NEAR(took, 10.0 + 5.0 + 16.0 + 5.0 + 10.0, 1.0);
            EXPECT_NEAR(static_cast<double>(errors[i + 1].start_ns - errors[i].mended_ns) * 1e-9, 40.0, 0.1);
        }
    });
}

TEST(ChanceTest, CertificatesExpireAndPatchesComeAgainAndAgain) {
    test::in_child([] {
        const auto result = run(quiet_system(
            R"("expired": { "kind": "certificate-expiry", "noticed_after": "20s", "renewal": "10s",
                            "at_random": { "targets": ["orders"], "every": "50s" } },
               "patches": { "kind": "patch", "preparation": "0s", "work": "15s", "method": "no-restart",
                            "at_random": { "targets": ["orders"], "every": "25s" } })"));
        std::vector<std::int64_t> expired, patched;
        for (const auto& fault : started(result)) {
            EXPECT_EQ(fault.hit.size(), 3U) << fault.kind;
            EXPECT_EQ(fault.planned, fault.kind == "patch");
            (fault.kind == "patch" ? patched : expired).push_back(fault.start_ns);
        }
        // From 60 s on, when the small system is warm, to 360 s.
        ASSERT_EQ(expired.size(), 4U) << "at 110 s, then every 80 s; the last one ends behind the run";
        ASSERT_EQ(patched.size(), 7U) << "at 85 s, then every 40 s";
        for (std::size_t i = 0; i < expired.size(); ++i)
            EXPECT_NEAR(static_cast<double>(expired[i]) * 1e-9, 110.0 + 80.0 * static_cast<double>(i), 0.01);
        for (std::size_t i = 0; i < patched.size(); ++i)
            EXPECT_NEAR(static_cast<double>(patched[i]) * 1e-9, 85.0 + 40.0 * static_cast<double>(i), 0.01);
    });
}

}  // namespace
}  // namespace faultline::tests
