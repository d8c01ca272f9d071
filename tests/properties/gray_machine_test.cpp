// Goal:   the network of one machine is slow or loses packets: by as much as closed forms say, for that machine's
//         share of the work, and no check notices.
// Method: samples of a transport against means; a small system, with the fault and without it, at equal work.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/models/cluster/small_region.hpp"
#include "tests/properties/mean_latency.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

struct Sampled {
    double mean_s = 0.0, error_s = 0.0;  // of the mean
};

Sampled round_trips(models::SmallRegion& region, const models::Stand& from, const models::Stand& to) {
    constexpr int count = 200'000;
    engine::RandomStream draws = region.simulation.stream("gray machine", "samples");
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < count; ++i) {
        const models::Delays legs = region.transport.round_trip(from, to, models::Payload{}, draws);
        const double took_s = engine::in_seconds(legs.forward + legs.back);
        sum += took_s;
        squares += took_s * took_s;
    }
    const double mean = sum / count;
    return {mean, std::sqrt((squares / count - mean * mean) / count)};
}

TEST(GrayMachineTest, RoundTripsTakeKTimesAsLongAtEitherEnd) {
    models::SmallRegion region;
    const models::Stand gray(region.zone(0), 7), other(region.zone(1), 8);
    const Sampled calm = round_trips(region, gray, other);
    region.network.topology.degrade_machine(7, {.latency_multiplier = 5.0});
    for (const Sampled& slow : {round_trips(region, gray, other), round_trips(region, other, gray)}) {
        EXPECT_NEAR(slow.mean_s, 5.0 * calm.mean_s, 4.0 * (slow.error_s + 5.0 * calm.error_s));
    }
    const Sampled besides = round_trips(region, other, models::Stand(region.zone(0), 9));
    EXPECT_NEAR(besides.mean_s, calm.mean_s, 4.0 * (besides.error_s + calm.error_s)) << "another machine there";
    region.network.topology.degrade_machine(7, {});
    EXPECT_FALSE(region.network.topology.any_gray_machine());
}

// A packet is lost with p, and waits for the timer, which doubles: p x RTO x (1 + 2p + 4p^2 + ...) each way.
TEST(GrayMachineTest, ALostPacketWaitsForItsTimer) {
    models::SmallRegion region;
    const models::Stand gray(region.zone(0), 7), other(region.zone(1), 8);
    const Sampled calm = round_trips(region, gray, other);
    const double rto_s =
        engine::in_seconds(region.network.topology.path(gray.place, other.place).retransmission_timeout);
    for (const double p : {0.01, 0.1}) {
        region.network.topology.degrade_machine(7, {.extra_loss = p});
        const Sampled lossy = round_trips(region, gray, other);
        const double expected_s = 2.0 * p * rto_s / (1.0 - 2.0 * p);
        EXPECT_NEAR(lossy.mean_s - calm.mean_s, expected_s, 4.0 * (lossy.error_s + calm.error_s)) << "p = " << p;
        EXPECT_GT(expected_s, 20.0 * lossy.error_s) << "the test could see it";
    }
}

// From 120 s to 180 s of the run.
std::string gray(const std::string& target, const std::string& rest) {
    std::string name = target;
    std::replace(name.begin(), name.end(), '/', ' ');
    return '"' + name + R"(": { "kind": "machine-gray", "target": ")" + target + R"(", "at": "60s", "lasts": "60s", )" +
           rest + " }";
}

// A third of the calls go by way of it, and all of what they send and are sent is five times as slow.
TEST(GrayMachineTest, OneInstanceOfAServiceIsSlowForItsShare) {
    test::in_child([] {
        const std::string five = R"("latency": 5, "loss": "0%")";
        const auto instance = [&](int i) { return gray("shop/us-east-1/instance-" + std::to_string(i), five); };
        const auto calm = run(read(small_system("")));
        const auto one = run(read(small_system(instance(2))));
        const auto all = run(read(small_system(instance(1) + ", " + instance(2) + ", " + instance(3))));
        EXPECT_EQ(one.faults.front().hit, std::vector<std::string>{"services/shop/us-east-1/2"});
        const double by_one = mean_latency_ms(one, "lookup", 125, 175) - mean_latency_ms(calm, "lookup", 125, 175);
        const double by_all = mean_latency_ms(all, "lookup", 125, 175) - mean_latency_ms(calm, "lookup", 125, 175);
        // Boston is 10 ms and Denver 45 ms away or so: four times that more, at least.
        EXPECT_GT(by_all, 4.0 * 0.7 * mean_latency_ms(calm, "lookup", 125, 175));
        EXPECT_LT(by_all, 4.0 * mean_latency_ms(calm, "lookup", 125, 175)) << "processors are as fast as ever";
        EXPECT_NEAR(by_one, by_all / 3.0, 0.03 * by_all);
        EXPECT_NEAR(mean_latency_ms(one, "lookup", 200, 300), mean_latency_ms(calm, "lookup", 200, 300), 1.0);
        EXPECT_FALSE(reached(one, "services/shop/us-east-1/2", "down"));
    });
}

// Commits of a writer with a bad card wait for its packets to six copies; its heartbeats come through.
TEST(GrayMachineTest, AWriterIsSlowAndStaysTheWriter) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto slow = run(read(small_system(gray("orders/writer", R"("latency": 10, "loss": "1%")"))));
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"orders/instance-1"});
        EXPECT_GT(mean_latency_ms(slow, "update", 125, 175), mean_latency_ms(calm, "update", 125, 175) + 10.0);
        EXPECT_NEAR(mean_latency_ms(slow, "update", 200, 300), mean_latency_ms(calm, "update", 200, 300), 1.0);
        EXPECT_FALSE(reached(slow, "orders", "promoting"));
    });
}

// With two nodes in each zone every protection group has a copy on each: four of six are a quorum, so one gray node is
// masked, two leave no choice but are not waited for, and with three each commit waits for one of them.
TEST(GrayMachineTest, AQuorumMasksAGrayStorageNodeAndNotThree) {
    test::in_child([] {
        const auto with_gray = [](const std::vector<std::string>& nodes) {
            std::string faults;
            for (const std::string& node : nodes) {
                faults +=
                    (faults.empty() ? "" : ", ") + gray("orders/storage/" + node, R"("latency": 1000, "loss": "0%")");
            }
            return run(read(small_system(faults), [](scenarios::Scenario& scenario) {
                scenario.databases.front().storage.nodes_per_zone = 2;
            }));
        };
        const auto update_ms = [](const auto& result) { return mean_latency_ms(result, "update", 125, 175); };
        const double calm = update_ms(with_gray({}));
        const auto one = with_gray({"a/1"});
        EXPECT_EQ(one.faults.front().hit, std::vector<std::string>{"orders/storage/a/1"});
        // A round trip in the writer's zone takes 0.1 ms, or 100 ms then, and to another zone ten times as long.
        EXPECT_NEAR(update_ms(one), calm, 15.0);
        EXPECT_NEAR(update_ms(with_gray({"a/1", "b/1"})), calm, 15.0);
        EXPECT_GT(update_ms(with_gray({"a/1", "b/1", "c/1"})), calm + 80.0);
    });
}

TEST(GrayMachineTest, ANodeOfACacheIsSlowForItsKeys) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto slow = run(read(small_system(gray("hot/shard-2/primary", R"("latency": 20, "loss": "0%")"))));
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"caches/hot/2"});
        EXPECT_GT(mean_latency_ms(slow, "lookup", 125, 175), mean_latency_ms(calm, "lookup", 125, 175) + 1.0);
        EXPECT_NEAR(mean_latency_ms(slow, "lookup", 200, 300), mean_latency_ms(calm, "lookup", 200, 300), 0.5);
    });
}

// Every statement of every client goes through it, twice: to it and back.
TEST(GrayMachineTest, AProxyIsSlowForAllWhoGoThroughIt) {
    test::in_child([] {
        const auto through_proxy = [](const std::string& faults) {
            std::string text = small_system(faults);
            replace_in(text, R"("driver": "fast-failover")", R"("driver": "rds-proxy")");
            return run(read(text));
        };
        const auto calm = through_proxy("");
        const auto slow = through_proxy(gray("proxies/orders/writer", R"("latency": 20, "loss": "0%")"));
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"proxies/orders/writer"});
        const auto more_ms = [&](const char* of) {
            return mean_latency_ms(slow, of, 125, 175) - mean_latency_ms(calm, of, 125, 175);
        };
        // Begin, three statements and commit; each pays two ways of half a millisecond or so, 19 times more.
        EXPECT_GT(more_ms("update"), 5 * 19 * 0.3);
        EXPECT_LT(more_ms("lookup"), 1.0) << "its misses go through the readers' proxy";
        EXPECT_NEAR(mean_latency_ms(slow, "update", 200, 300), mean_latency_ms(calm, "update", 200, 300), 1.0);
    });
}

}  // namespace
}  // namespace faultline::tests
