// Goal:   a step of the operator's that fails costs what it says: fencing that is not obeyed leaves a writer whose
//         commits are lost, a promotion that fails is begun again.
// Method: the small system over two regions, its writer's host lost at 120 s without a replica beside it, every stage
//         constant. 60 updates a second are due, and four canaries write.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Paged 20 to 30 s after the loss, decided after 20 s more.
scenarios::Scenario writer_lost(std::string_view lasts, const std::function<void(scenarios::Scenario&)>& change) {
    std::string text = in_two_regions(
        std::string{
            R"("writer lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": ")"} +
        std::string{lasts} + "\" }");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } },
               "global": { "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s", "promotion": "60s",
                           "dns_update": "5s", "step_fails": 0, "retry": "2s" })");
    return read(text, [&](scenarios::Scenario& scenario) {
        scenario.workload.arrivals.rate_per_s = 200.0;
        change(scenario);
    });
}

// The old writer is there again after the operator's last look, and before the other region is promoted: a region that
// has heard the request to stop writing refuses, and one that has not tells its clients what the database will lack.
TEST(GlobalStepsTest, AWriterThatWasNotFencedTellsWhatIsLost) {
    for (const bool obeys : {true, false}) {
        test::in_child([obeys] {
            const auto result = run(writer_lost("55s", [obeys](scenarios::Scenario& scenario) {
                scenario.databases.front().global.fence_fails = obeys ? 0.0 : 1.0;
            }));
            const double fenced = entered_at_s(result, "orders/operator", "fencing");
            const double promoting = entered_at_s(result, "orders/operator", "promoting");
            const double publishing = entered_at_s(result, "orders/operator", "publishing");
            ASSERT_GT(fenced, 160.0);
            EXPECT_NEAR(promoting - fenced, obeys ? 0.0 : 5.0, 0.2) << "a round trip, or the timeout";
            EXPECT_NEAR(publishing - promoting, 60.0, 0.01);
            const auto from = static_cast<std::size_t>(fenced);
            const auto to = static_cast<std::size_t>(publishing);
            const auto told = static_cast<double>(good_between(class_named(result, "update"), from, to));
            const auto& loss = result.incidents.front().losses.front();
            if (obeys) {
                EXPECT_EQ(told, 0.0);
                EXPECT_EQ(loss.commits_lost, 0U);
            } else {
                EXPECT_GT(told, 20.0 * 50.0) << "it is back some seconds after its host";
                EXPECT_GE(static_cast<double>(loss.commits_lost), told);
                EXPECT_LE(static_cast<double>(loss.commits_lost), 1.1 * 64.0 * (publishing - 120.0))
                    << "no more than has been due since the loss";
                // All had arrived until the loss; the last is told when the other region takes over.
                EXPECT_NEAR(static_cast<double>(loss.gap_ns) * 1e-9, publishing - 120.0, 0.2);
            }
            EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        });
    }
}

// Law: n tries of 3 s and n - 1 pauses of 2 s. With one half none fails in eight failovers with 0.4 %.
TEST(GlobalStepsTest, APromotionThatFailsIsBegunAgain) {
    // Of all children.
    void* const shared = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    int& all_failed = *static_cast<int*>(shared);
    for (std::uint32_t replication = 1; replication <= 8; ++replication) {
        test::in_child([replication, &all_failed] {
            const auto result = run(writer_lost("200s",
                                                [](scenarios::Scenario& scenario) {
                                                    scenarios::GlobalOperation& global =
                                                        scenario.databases.front().global;
                                                    global.promotion = constant(3.0);
                                                    global.step_fails = 0.5;
                                                    scenario.workload.arrivals.rate_per_s = 20.0;
                                                    scenario.run.measured = std::chrono::seconds{160};
                                                }),
                                    replication);
            const double took = entered_at_s(result, "orders/operator", "publishing") -
                                entered_at_s(result, "orders/operator", "promoting");
            const double failed = (took - 3.0) / 5.0;
            EXPECT_NEAR(failed, std::round(failed), 1e-6);
            EXPECT_GE(failed, -1e-6);
            all_failed += static_cast<int>(std::lround(failed));
        });
    }
    EXPECT_GT(all_failed, 0);
}

// A thin stream is behind by most of the run when its link is cut: what waited for its turn never arrives. The gap ends
// with the last commit of the writer that nobody can fence, and begins with the newest that had left.
TEST(GlobalStepsTest, ABacklogIsCutOffWithItsLink) {
    test::in_child([] {
        std::string text = in_two_regions(
            R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "60s", "lasts": "200s" })");
        replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
                   R"("secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] } },
                   "global": { "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s", "promotion": "20s",
                               "dns_update": "5s", "step_fails": 0, "bandwidth": "400Kbps" })");
        const auto result = run(read(text));
        EXPECT_GT(entered_at_s(result, "orders/operator", "publishing"), 180.0);
        const auto paged = std::count_if(result.states.begin(), result.states.end(), [](const auto& change) {
            return change.component == "orders/operator" && change.state == "deciding";
        });
        EXPECT_EQ(paged, 1) << "the region that was given up is no witness";
        // 180 updates a second of 1 KiB, 1106 bytes on the wire: 1.59 Mbit/s. The writer is stopped some seconds after
        // 320 s, when the link is there again. Delivered for a minute more, it would be 15 s less.
        const double newest_s = 120.0 * 0.4 / 1.59;
        const auto& loss = result.incidents.front().losses.front();
        EXPECT_NEAR(static_cast<double>(loss.gap_ns) * 1e-9, 322.0 - newest_s, 5.0);
    });
}

// The small system in three regions, and an operator who pages himself after 20 s and is always the same.
scenarios::Scenario in_three_regions(const std::string& faults,
                                     const std::function<void(scenarios::Scenario&)>& change = {},
                                     const std::string& driver = "fast-failover") {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("driver": "fast-failover")", R"("driver": ")" + driver + "\"");
    replace_in(text, R"("us-west-2": { "zones": ["a", "b", "c"] } })",
               R"("us-west-2": { "zones": ["a", "b", "c"] }, "eu-west-1": { "zones": ["a", "b", "c"] } })");
    replace_in(text, R"("us-west-2": 3 })", R"("us-west-2": 3, "eu-west-1": 3 })");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
               "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] },
                                "eu-west-1": { "replicas": [ { "zone": "a" } ] } },
               "global": { "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s", "fence_fails": 0,
                           "promotion": "30s", "switchover": "30s", "dns_update": "5s", "add_instance": "40s",
                           "step_fails": 0 })");
    return read(text, [&](scenarios::Scenario& scenario) {
        scenario.workload.arrivals.rate_per_s = 200.0;
        leave_cache_out(scenario);
        if (change) change(scenario);
    });
}

std::string lost(std::string_view region, int at_s, std::string_view lasts = "") {
    std::string text = "\"" + std::string{region} + R"( lost": { "kind": "region-outage", "target": ")" +
                       std::string{region} + R"(", "at": ")" + std::to_string(at_s) + "s\"";
    if (!lasts.empty()) text += R"(, "lasts": ")" + std::string{lasts} + "\"";
    return text + " }";
}
constexpr std::string_view to_the_west =
    R"("moved": { "kind": "switchover", "target": "orders/us-west-2", "at": "60s" })";

// Another region's writer: the last one that became it.
std::string last_writer(const scenarios::ReplicationResult& result) {
    std::string writer;
    for (const auto& change : result.states) {
        if (change.state == "writer" && change.component.starts_with("orders/")) writer = change.component;
    }
    return writer;
}

// Chosen at about 165 s, lost at 180 s in its promotion: given up 20 s after that has been seen, and the third region
// takes over, within 10 s of asking, 5 s of fencing, its promotion and its name.
TEST(GlobalStepsTest, ARegionThatIsLostInItsPromotionLeavesItsPlace) {
    test::in_child([] {
        const auto first = run(in_three_regions(lost("us-east-1", 60)));
        const std::string chosen = last_writer(first);
        const bool west = chosen == "orders/us-west-2/instance-1";
        ASSERT_TRUE(west || chosen == "orders/eu-west-1/instance-1") << chosen;
        EXPECT_FALSE(reached(first, "orders/operator", "waiting for a region"));
    });
    for (const std::string_view next : {"us-west-2", "eu-west-1"}) {
        test::in_child([next] {
            const std::string other = next == "us-west-2" ? "eu-west-1" : "us-west-2";
            const auto result = run(in_three_regions(lost("us-east-1", 60) + ", " + lost(next, 120)));
            EXPECT_EQ(last_writer(result), "orders/" + other + "/instance-1");
            EXPECT_FALSE(reached(result, "orders/" + std::string{next} + "/instance-1", "writer"));
            EXPECT_LT(entered_at_s(result, "orders/operator", "publishing"), 280.0);
            EXPECT_GT(good_between(class_named(result, "update"), 300, 350), 0U);
        });
    }
}

// Nobody else could take over, and the old writer is back first: it goes on, and who was cut off from its log for the
// promotion is copied anew once it is there.
TEST(GlobalStepsTest, TheOldWriterGoesOnWhereNobodyCouldTakeOver) {
    test::in_child([] {
        const auto result = run(in_three_regions(
            lost("us-east-1", 60, "120s") + ", " + lost("us-west-2", 118, "160s"), [](scenarios::Scenario& scenario) {
                std::erase_if(scenario.databases.front().secondaries,
                              [](const auto& secondary) { return secondary.region == "eu-west-1"; });
                scenario.databases.front().data = engine::Bytes{10'000'000'000};
            }));
        EXPECT_TRUE(reached(result, "orders/operator", "promoting"));
        EXPECT_TRUE(reached(result, "orders/operator", "waiting for a region"));
        EXPECT_TRUE(last_writer(result).starts_with("orders/instance-")) << last_writer(result);
        EXPECT_GT(good_between(class_named(result, "update"), 240, 290), 0U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U) << "its volume is what it was";
        EXPECT_TRUE(reached(result, "orders/us-west-2", "copying"));
    });
}

// Its only instance has lost its zone, for good: the operator makes one in another.
TEST(GlobalStepsTest, ARegionWhoseInstancesAreLostIsGivenOne) {
    test::in_child([] {
        const std::string zone = R"("zone lost": { "kind": "zone-outage", "target": "us-west-2/a", "at": "30s" }, )";
        const auto result = run(in_three_regions(zone + lost("us-east-1", 60), [](scenarios::Scenario& scenario) {
            std::erase_if(scenario.databases.front().secondaries,
                          [](const auto& secondary) { return secondary.region == "eu-west-1"; });
        }));
        EXPECT_EQ(last_writer(result), "orders/us-west-2/instance-2");
        const double adding = entered_at_s(result, "orders/operator", "adding an instance");
        EXPECT_NEAR(entered_at_s(result, "orders/operator", "promoting") - adding, 40.0, 5.1);
        EXPECT_GT(good_between(class_named(result, "update"), 320, 350), 0U);
    });
}

// The target is lost while it takes over: given up when it has been away for as long as pages somebody, and the old
// writer goes on, for it still has everything.
TEST(GlobalStepsTest, ASwitchoverToARegionThatIsLostIsGivenUp) {
    test::in_child([] {
        const auto result = run(in_three_regions(std::string{to_the_west} + ", " + lost("us-west-2", 70, "200s")));
        EXPECT_TRUE(last_writer(result).starts_with("orders/instance-")) << last_writer(result);
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 125, 165), 0U) << "nobody takes writes meanwhile";
        EXPECT_GT(good_between(updates, 185, 260), 40U * 60U) << "30 s for its step, 20 s for the target";
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        EXPECT_FALSE(result.faults.front().hit.empty()) << "writes were away";
    });
}

// The old region is lost before a thin stream has carried all of its log: there is no switchover any more, but a
// failover with its loss, by the usual alarm.
TEST(GlobalStepsTest, ASwitchoverWhoseOldRegionIsLostBecomesAFailover) {
    test::in_child([] {
        const auto result = run(in_three_regions(
            std::string{to_the_west} + ", " + lost("us-east-1", 65), [](scenarios::Scenario& scenario) {
                scenario.databases.front().global.bandwidth = engine::BitsPerSecond{4e5};
            }));
        EXPECT_FALSE(result.faults.front().hit.empty());
        EXPECT_TRUE(reached(result, "orders/operator", "synchronising"));
        EXPECT_TRUE(reached(result, "orders/operator", "deciding"));
        EXPECT_FALSE(last_writer(result).starts_with("orders/instance-")) << last_writer(result);
        EXPECT_GT(result.incidents.front().losses.front().commits_lost, 100U) << "the backlog of the stream";
        EXPECT_GT(good_between(class_named(result, "update"), 280, 350), 0U);
    });
}

// A proxy knows the instances of its own region: applications get the other region's with the global writer's name, and
// not before. With the region its proxy is gone, and the readers' proxy of the other region goes on.
TEST(GlobalStepsTest, AProxyStaysInItsRegion) {
    for (const bool planned : {true, false}) {
        test::in_child([planned] {
            const std::string faults = planned ? std::string{to_the_west} : lost("us-east-1", 60);
            // Requests that wait in a proxy must not take the threads and connections that reads need.
            const auto roomy = [](scenarios::Scenario& scenario) {
                scenario.services.front().threads = 8192;
                scenario.workload.office_pool = 16384;
            };
            const auto result = run(in_three_regions(faults, roomy, "rds-proxy"));
            const double published = entered_at_s(result, "orders/operator", "publishing") + 5.0;
            ASSERT_GT(published, 120.0);
            const auto& updates = class_named(result, "update");
            EXPECT_EQ(good_between(updates, 122, static_cast<std::size_t>(published) - 3), 0U)
                << "the new writer serves, and nobody's proxy knows it";
            EXPECT_GT(good_between(updates, 300, 350), 50U * 40U) << "of 60 a second";
            EXPECT_GT(good_between(class_named(result, "lookup"), 150, 165), 15U * 40U) << "of 140 a second";
        });
    }
}

// The way to the proxy is cut, and its own way to the writer is not: what was lost on the way is given up as over any
// dead connection, and the places in the proxy are free again. Ten connections for each of those beyond the cut.
TEST(GlobalStepsTest, AProxyThatCannotBeReachedHoldsNobody) {
    test::in_child([] {
        const std::string cut =
            R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "60s", "lasts": "60s" })";
        const auto result = run(in_three_regions(
            cut,
            [](scenarios::Scenario& scenario) {
                scenario.databases.front().global.decision = constant(3600.0);
                scenario.services.front().steering = "region:us-west-2";
                scenario.services.front().driver.pinned = true;
            },
            "rds-proxy"));
        EXPECT_GT(good_between(class_named(result, "update"), 220, 340), 120U * 54U) << "of 60 a second";
    });
}

}  // namespace
}  // namespace faultline::tests
