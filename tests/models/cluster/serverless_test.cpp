// Capacity that follows the load, and replicas that come and go.
#include "models/cluster/serverless.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/network/transfers.hpp"
#include "tests/models/cluster/one_instance.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;
using engine::Instant;
using engine::start_of_time;

Statement read(Duration demand) {
    return {.demand = demand};
}

InstanceShape serverless(double acu_min, double acu_max) {
    ServerlessShape shape;
    shape.acu_min = acu_min;
    shape.acu_max = acu_max;
    const int vcpus = std::max(1, static_cast<int>(std::ceil(acu_max * shape.vcpus_an_acu)));
    return {.class_name = "db.serverless", .vcpus = vcpus, .serverless = shape};
}

// Goal:   at a capacity that does not change, 2 ACU are half a CPU: statements of 1 ms are served in 2 ms, one at a
// time. Method: 300 a second: an M/D/1 queue at 60 %, W = rho * S / (2 (1 - rho)) = 1.5 ms. 300,000 waits of a
// deviation of 2
//         ms, of which some 10 hang together: four standard errors are 0.05 ms.
TEST(ServerlessTest, HalfACpuIsAnMD1Queue) {
    OneInstance instance(Distribution::constant(0.0), serverless(2.0, 2.0));
    instance.region.simulation.spawn(instance.client, instance.arrivals(300.0, 1, read(1ms)));
    instance.run_to(1000s);
    EXPECT_NEAR(instance.mean_ms(instance.cpu_s), 2.0, 1e-6);
    EXPECT_NEAR(instance.mean_ms(instance.queue_s), 1.5, 0.05);
}

// Busy CPUs over the target: 1.4 of 0.7 are 2 CPUs, 8 ACU. Seconds differ (by 0.2 ACU), it grows faster than it
// shrinks, and it is rounded up: so a little above. It starts at 0.5 and overshoots while it works its queue off.
TEST(ServerlessTest, SettlesWhereTheLoadIsTheTarget) {
    OneInstance instance(Distribution::constant(0.0), serverless(0.5, 64.0));
    instance.region.simulation.spawn(instance.client, instance.arrivals(1400.0, 1, read(1ms)));
    instance.run_to(600s);
    instance.instance().reset_statistics();
    instance.run_to(1200s);
    const double mean = instance.instance().capacity()->acu_mean(instance.region.simulation.now());
    EXPECT_GT(mean, 8.0);
    EXPECT_LT(mean, 9.0);
}

// Under more load than it has: by a step of 0.5 ACU a second while it is small, by a tenth from 5 ACU on.
TEST(ServerlessTest, GrowsTheFasterTheLargerItIs) {
    const auto follow = [](double from, const auto& exact) {
        OneInstance instance(Distribution::constant(0.0), serverless(from, 128.0));
        for (int i = 0; i < 4000; ++i) instance.region.simulation.spawn(instance.client, instance.send(1, 1, read(1h)));
        for (int second = 1; second <= 10; ++second) {
            instance.run_to(1s * second + 1ms);
            EXPECT_EQ(instance.instance().capacity()->acu(), exact(second)) << "from " << from << " after " << second;
        }
    };
    follow(0.5, [](int second) { return 0.5 + 0.5 * second; });
    follow(5.0, [](int second) { return std::ceil(2.0 * 5.0 * std::pow(1.1, second)) / 2.0; });
    follow(64.0, [](int second) { return std::min(128.0, std::ceil(2.0 * 64.0 * std::pow(1.1, second)) / 2.0); });
}

TEST(ServerlessTest, ShrinksSlowlyToTheMinimumAndMemoryWithIt) {
    ServerlessShape shape;
    shape.acu_min = 1.0;
    shape.acu_max = 32.0;
    shape.pool_pages_an_acu = 100.0;
    ServerlessCapacity capacity(shape, start_of_time);
    Instant now = start_of_time;
    capacity.follow(now += 1s, 20.0);
    EXPECT_EQ(capacity.acu(), 20.0) << "a replica that may take over has what the writer has";
    EXPECT_EQ(capacity.pool_pages(), 2000U);
    for (int second = 1; second <= 60; ++second) capacity.follow(now += 1s, 0.0);
    // 20 * 0.99^60 = 10.94.
    EXPECT_EQ(capacity.acu(), 11.0);
    for (int second = 1; second <= 600; ++second) capacity.follow(now += 1s, 0.0);
    EXPECT_EQ(capacity.acu(), 1.0);
    EXPECT_EQ(capacity.pool_pages(), 100U);
}

// Two named replicas of two CPUs each, and a load that all replicas share evenly.
struct Scaled {
    explicit Scaled(const InstanceShape& each = two_cpus())
        : cluster(region.simulation, region.transport, &transfers, shape(region, each), nobody_watches) {
        for (std::size_t zone = 0; zone < 3; ++zone) cluster.add_instance(region.zone(zone), each);
        cluster.begin();
        region.simulation.spawn(client, keep_busy());
    }
    ~Scaled() { region.simulation.close(); }

    static InstanceShape two_cpus() { return {.class_name = "server", .vcpus = 2}; }
    // The same two CPUs as capacity: always 8 ACU of a quarter of one.
    static InstanceShape eight_acu() {
        InstanceShape shape = two_cpus();
        shape.serverless =
            ServerlessShape{.acu_min = 8.0, .acu_max = 8.0, .vcpus_an_acu = 0.25, .pool_pages_an_acu = 10.0};
        return shape;
    }
    static ClusterShape shape(const SmallRegion& region, const InstanceShape& each) {
        ClusterShape shape;
        shape.path = "orders";
        shape.zones = region.zones();
        shape.zone_names = region.zone_names();
        shape.control_plane = region.network.regions[0];
        shape.scaling = ReplicaScalingShape{.replicas_min = 1,
                                            .replicas_max = 5,
                                            .target = 0.6,
                                            .cooldown_out = 600s,
                                            .cooldown_in = 300s,
                                            .start_up = Distribution::constant(300.0),
                                            .drain = 5s,
                                            .instance = each};
        return shape;
    }
    std::vector<Instance*> readers() { return cluster.reader_endpoint().addresses(); }
    engine::Process<> busy_for(Instance& instance, Duration length) {
        if (!instance.capacity()) {
            co_await instance.cpu().serve(length);
        } else if (instance.capacity()->cpu().free()) {
            const CpuShare::Turn turn(instance.capacity()->cpu(), region.simulation);
            co_await region.simulation.delay(length);
        }
    }
    // Each CPU works for its share of every second, from the middle of one to that of the next.
    engine::Process<> keep_busy() {
        co_await region.simulation.delay(500ms);
        for (;;) {
            const auto all = readers();
            const Duration each =
                engine::duration_from_seconds(std::min(1.0, busy_cpus / (2.0 * static_cast<double>(all.size()))));
            for (Instance* const reader : all) {
                for (int cpu = 0; cpu < 2; ++cpu) region.simulation.spawn(reader->component(), busy_for(*reader, each));
            }
            co_await region.simulation.delay(1s);
        }
    }
    void run_to(Duration at) { region.simulation.run_until(start_of_time + at); }

    SmallRegion region{"zero"};
    NobodyWatches nobody_watches;
    Transfers transfers{region.simulation, region.network.topology};
    Cluster cluster;
    engine::Component client{region.simulation, "client"};
    double busy_cpus = 0.0;
};

TEST(ReplicaScalingTest, FollowsTheLoadWithItsDelaysAndCooldowns) {
    test::in_child([] {
        Scaled system;
        system.busy_cpus = 3.99;  // practically all of 4 CPUs: ceil(2 * 1 / 0.6) = 4 replicas are wanted
        system.run_to(179s);
        EXPECT_EQ(system.readers().size(), 2U);
        system.run_to(180s + 299s);
        EXPECT_EQ(system.readers().size(), 2U) << "decided after three minutes, and started in five";
        system.run_to(180s + 301s);
        EXPECT_EQ(system.readers().size(), 4U);
        for (Instance* const reader : system.readers()) {
            EXPECT_EQ(reader->shape().promotion_tier, reader->added_by_scaling() ? 15 : 1);
        }
        EXPECT_EQ(system.cluster.scaling()->added(), 2);
        // Idle from here on. Fifteen minutes below the target, then one; the next after the cooldown of five minutes.
        system.busy_cpus = 0.0;
        const Duration quiet_from = 8min;
        system.run_to(quiet_from + 16min + 10s);
        EXPECT_EQ(system.readers().size(), 3U);
        system.run_to(quiet_from + 21min + 10s);
        EXPECT_EQ(system.readers().size(), 2U);
        system.run_to(3h);
        EXPECT_EQ(system.readers().size(), 2U) << "those that the scenario names stay";
        EXPECT_EQ(system.cluster.scaling()->removed(), 2);
        EXPECT_TRUE(system.cluster.whole()) << "nothing is missing";
        // The same again takes the retired ones in.
        system.busy_cpus = 3.99;
        system.run_to(3h + 10min);
        EXPECT_EQ(system.readers().size(), 4U);
        EXPECT_EQ(system.cluster.instances().size(), 5U);
    });
}

// Capacity that follows the load, and replicas that do: a reader of the serverless class is as busy as its capacity is.
TEST(ReplicaScalingTest, SeesTheLoadOfServerlessReaders) {
    test::in_child([] {
        Scaled system(Scaled::eight_acu());
        system.busy_cpus = 3.99;
        system.run_to(180s + 301s);
        EXPECT_EQ(system.readers().size(), 4U);
    });
}

TEST(ReplicaScalingTest, GoesNoFurtherThanTheMost) {
    test::in_child([] {
        Scaled system;
        system.busy_cpus = 100.0;
        system.run_to(1h);
        EXPECT_EQ(system.readers().size(), 5U);
    });
}

}  // namespace
}  // namespace faultline::models
