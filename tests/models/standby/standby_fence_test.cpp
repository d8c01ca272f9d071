// Goal:   a primary that was not fenced is a writer beside the next one: every commit that it tells is lost and
// counted,
//         until it is reached and its log rewound. Where fencing works there is one writer. What no longer follows is
//         old, and what a loss would leave is what is on the disks elsewhere.
// Method: clients who stay with the first primary, beside those who go where the writer is. Zone a is parted from the
//         rest of its region, the monitor's side.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/models/standby/standby_system.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

// Clients of one instance, whoever the writer is: what it tells them, and when.
class FaithfulClients {
public:
    FaithfulClients(StandbySystem& system, std::size_t instance) : system_(system), instance_(instance) {
        system_.region.simulation.spawn(*system_.load, ask());
    }
    std::uint64_t told_between(Duration from, Duration to) const {
        return static_cast<std::uint64_t>(std::count_if(told_at_.begin(), told_at_.end(), [&](Instant at) {
            return at > engine::start_of_time + from && at <= engine::start_of_time + to;
        }));
    }

private:
    engine::Process<> ask() {
        for (;;) {
            co_await system_.region.simulation.delay(10ms);
            Instance& asked = system_.instance(instance_);
            if (!asked.component().up() || asked.role() != Role::writer) continue;
            system_.region.simulation.spawn(asked.component(), one());
        }
    }
    engine::Process<> one() {
        const RequestRef nobody;
        Instance& asked = system_.instance(instance_);
        const bool told = co_await system_.log().commit(asked.place(), asked.epoch(), nobody);
        if (!told) co_return;
        told_at_.push_back(system_.region.simulation.now());
        system_.cluster->committed(asked, {.key = 0});
    }

    StandbySystem& system_;
    std::size_t instance_;
    std::vector<Instant> told_at_;
};

StandbyShape unfenced_shape(CommitMode mode, int synchronous, double fence_fails) {
    StandbyShape shape = standby_shape(mode, synchronous);
    shape.monitor.fence_fails = fence_fails;
    return shape;
}

std::size_t part_zone_a(StandbySystem& system) {
    const std::size_t cut = system.region.network.topology.cut_off({system.region.zone(0)});
    system.cluster->reach_changed();
    return cut;
}

void join_zone_a(StandbySystem& system, std::size_t cut) {
    system.region.network.topology.join(cut);
    system.cluster->reach_changed();
    for (const auto& instance : system.cluster->instances()) {
        if (!instance->component().up()) system.cluster->host_restored(*instance);
    }
}

std::uint64_t lost_in(const StandbySystem& system) {
    std::uint64_t lost = 0;
    for (const RecoveredLog& found : system.witness.recovered) lost += found.commits_lost;
    return lost;
}

// Cut off at 5 s, given up 1.5 to 2 s later, joined at 20 s and asked within 500 ms.
TEST(StandbyFenceTest, WhatAPrimaryTellsThatWasNotFencedIsLost) {
    for (const double fails : {0.0, 1.0}) {
        StandbySystem system(unfenced_shape(CommitMode::local, 0, fails), 2);
        system.begin_load(100.0);
        const FaithfulClients faithful(system, 0);
        system.run_to(5s);
        const std::size_t cut = part_zone_a(system);
        system.run_to(20s);
        EXPECT_NE(&system.cluster->writer(), &system.instance(0));
        EXPECT_EQ(system.instance(0).component().up(), fails == 1.0);
        const std::uint64_t told_alone = faithful.told_between(7s, 20s);
        EXPECT_NEAR(static_cast<double>(told_alone), 1300.0 * fails, 5.0 * fails)
            << "100 a second, or one writer at most";
        EXPECT_GE(system.log().commits_lost(), told_alone);
        EXPECT_NEAR(static_cast<double>(system.log().commits_diverged()), 1300.0 * fails, 60.0 * fails)
            << "from some 7 s";
        if (fails == 1.0) {
            EXPECT_NEAR(engine::in_seconds(system.witness.recovered.back().gap), 15.0, 0.1) << "since the cut";
            EXPECT_GT(system.instance(0).staleness(system.region.simulation.now()), 14s) << "it reads what it had";
        }
        join_zone_a(system, cut);
        system.run_to(22s);
        EXPECT_EQ(faithful.told_between(20s + 600ms, 22s), 0U) << "reached, and stopped";
        system.run_to(60s);
        EXPECT_EQ(system.instance(0).role(), Role::replica);
        EXPECT_TRUE(system.log().follows(0)) << "rewound";
        EXPECT_EQ(lost_in(system), system.log().commits_lost());
        EXPECT_EQ(system.log().end() / standby_record + system.log().commits_lost(),
                  system.log().commits_acknowledged())
            << "acknowledged = in the database + lost";
        EXPECT_TRUE(system.cluster->whole());
    }
}

// It tells nobody anything without a standby that acknowledges. With one behind the same cut it does.
TEST(StandbyFenceTest, ASynchronousPrimaryThatWasNotFencedNeedsAStandbyOnItsSide) {
    for (const bool with_it : {false, true}) {
        StandbySystem system(unfenced_shape(CommitMode::on, 1, 1.0), 2, 1, {},
                             with_it ? std::array<std::size_t, 3>{0, 0, 1} : std::array<std::size_t, 3>{0, 1, 2});
        const FaithfulClients faithful(system, 0);
        system.run_to(5s);
        part_zone_a(system);
        system.run_to(20s);
        EXPECT_NE(&system.cluster->writer(), &system.instance(0));
        const std::uint64_t told = faithful.told_between(5s + 10ms, 20s);
        if (with_it) {
            EXPECT_NEAR(static_cast<double>(told), 1500.0, 60.0) << "100 a second, but for a moment";
            EXPECT_GE(system.log().commits_lost() + 1, told);
        } else {
            EXPECT_EQ(told, 0U);
            EXPECT_EQ(system.log().commits_lost(), 0U);
        }
    }
}

// Also one that had nothing more than the new primary when that took over: nobody has told it.
TEST(StandbyFenceTest, AStandbyOnItsSideStaysWithIt) {
    StandbySystem system(unfenced_shape(CommitMode::on, 1, 1.0), 2, 1, {}, {0, 0, 1});
    system.run_to(5s);
    part_zone_a(system);
    system.run_to(10s);
    ASSERT_EQ(&system.cluster->writer(), &system.instance(2));
    EXPECT_FALSE(system.log().follows(1));
    const FaithfulClients faithful(system, 0);
    system.run_to(20s);
    EXPECT_NEAR(static_cast<double>(faithful.told_between(10s, 20s)), 1000.0, 5.0);
}

// Of 200 primaries the stated share goes on: 0.3, with three standard deviations, 0.097.
TEST(StandbyFenceTest, FencingFailsWithItsProbability) {
    int unfenced = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        StandbySystem system(unfenced_shape(CommitMode::local, 0, 0.3), 1, seed);
        system.run_to(1s);
        part_zone_a(system);
        system.run_to(4s);
        unfenced += system.instance(0).component().up() ? 1 : 0;
    }
    EXPECT_NEAR(unfenced / 200.0, 0.3, 0.097);
}

// Behind the cut it has log that the new primary lacks, serves on, and shows nothing of what is committed since.
TEST(StandbyFenceTest, AStandbyThatNoLongerFollowsIsOld) {
    StandbySystem system(standby_shape(CommitMode::on, 1), 2, 1, {}, {0, 0, 1});
    system.begin_load(300.0);
    system.run_to(5s);
    part_zone_a(system);
    system.run_to(60s);
    ASSERT_TRUE(system.instance(1).component().up());
    ASSERT_FALSE(system.log().follows(1));
    const Instant now = system.region.simulation.now();
    EXPECT_NEAR(engine::in_seconds(system.instance(1).lag(now)), 55.0, 0.1);
    EXPECT_LT(system.instance(1).shown(now), system.log().end());
}

// What a standby had when it died is on its disk; what an old primary shares with the new one, on its.
TEST(StandbyFenceTest, TheExposureIsWhatTheDisksElsewhereLack) {
    StandbySystem system(standby_shape(CommitMode::local, 0), 1);
    system.begin_load(300.0);
    const auto exposed_s = [&] {
        return engine::in_seconds(system.log().exposure_to_loss_of(system.cluster->writer().place()));
    };
    system.run_to(10s);
    EXPECT_LT(exposed_s(), 0.05);
    system.instance(1).crash(engine::Health::silent);
    system.run_to(14s);
    EXPECT_NEAR(exposed_s(), 4.0, 0.05) << "not the 14 s of the run";
    system.cluster->host_restored(system.instance(1));
    system.run_to(30s);
    EXPECT_LT(exposed_s(), 0.05);
    system.instance(0).crash(engine::Health::silent);
    while (&system.cluster->writer() == &system.instance(0)) {
        system.run_to(system.region.simulation.now() - engine::start_of_time + 10ms);
    }
    const Duration promoted = system.region.simulation.now() - engine::start_of_time;
    system.run_to(promoted + 8s);
    EXPECT_NEAR(exposed_s(), engine::in_seconds(promoted) + 8.0 - 30.0, 0.1) << "since the old one's last commit";
}

}  // namespace
}  // namespace faultline::models
