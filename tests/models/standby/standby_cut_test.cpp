// Goal:   a primary or its standbys are behind a cut, and alive: a synchronous mode loses nothing that a standby on the
//         other side has, and what an asynchronous primary tells behind the cut until it is fenced is lost, all of it
//         and nothing else.
// Method: the load stands with the primary. Zone a is parted from the rest of its region, the monitor's side.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/models/standby/standby_system.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::start_of_time;

// Of a probe every 500 ms, three in a row, each given up after 500 ms; and the promotion's 100 ms.
constexpr Duration fenced_within = 2s;

std::size_t cut_zone(StandbySystem& system, std::size_t zone) {
    const std::size_t cut = system.region.network.topology.cut_off({system.region.zone(zone)});
    system.cluster->reach_changed();
    return cut;
}

void join(StandbySystem& system, std::size_t cut) {
    system.region.network.topology.join(cut);
    system.cluster->reach_changed();
    for (const auto& instance : system.cluster->instances()) {
        if (!instance->component().up()) system.cluster->host_restored(*instance);
    }
}

void run_until_recovered(StandbySystem& system) {
    while (system.witness.recovered.empty()) system.run_to(system.region.simulation.now() - start_of_time + 1ms);
    // In the last millisecond it may have been the new primary; the old one was fenced 100 ms before.
    while (!system.told_at.empty() && system.told_at.back() > system.region.simulation.now() - 1ms) {
        system.told_at.pop_back();
        system.told_ends.pop_back();
    }
}

std::uint64_t told_after(const StandbySystem& system, Instant instant) {
    return static_cast<std::uint64_t>(std::count_if(system.told_at.begin(), system.told_at.end(),
                                                    [instant](Instant told) { return told > instant; }));
}

TEST(StandbyCutTest, WhatAPrimaryTellsBehindACutIsLostUnlessAStandbyHasIt) {
    std::uint64_t lost = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto mode = static_cast<CommitMode>(seed % 5);
        const bool synchronous = mode >= CommitMode::remote_write;
        StandbySystem system(standby_shape(mode, synchronous ? 1 : 0), seed % 2 == 0 ? 1 : 2, seed);
        system.begin_load(600.0);
        system.run_to(1s + seed * 7'777'777ns);
        const Instant cut_at = system.region.simulation.now();
        cut_zone(system, 0);
        run_until_recovered(system);

        const Lsn there = system.witness.ends.front();
        const auto durable =
            std::count_if(system.told_ends.begin(), system.told_ends.end(), [there](Lsn end) { return end <= there; });
        const RecoveredLog& found = system.witness.recovered.front();
        EXPECT_EQ(system.told_ends.size(), found.commits_lost + static_cast<std::uint64_t>(durable)) << "seed " << seed;
        if (synchronous) {
            EXPECT_EQ(found.commits_lost, 0U) << "seed " << seed;
            EXPECT_EQ(told_after(system, cut_at + 20ms), 0U) << "answers that were under way may come";
        } else if (mode == CommitMode::local) {
            EXPECT_EQ(found.commits_lost, told_after(system, cut_at)) << "it leaves when it is told: seed " << seed;
        } else {
            EXPECT_GE(found.commits_lost, told_after(system, cut_at)) << "seed " << seed;
            EXPECT_LE(found.commits_lost, told_after(system, cut_at - 220ms)) << "a burst more: seed " << seed;
        }
        EXPECT_LE(found.gap, fenced_within + 220ms) << "seed " << seed;
        EXPECT_NE(&system.cluster->writer(), &system.instance(0)) << "seed " << seed;
        lost += found.commits_lost;
    }
    EXPECT_GT(lost, 10'000U) << "twenty primaries, each some 1.5 s of 600 a second";
}

// What waits for its turn on a thin line at the cut does not arrive.
TEST(StandbyCutTest, ABacklogStaysBehindTheCut) {
    StandbyShape shape = standby_shape(CommitMode::local, 0);
    shape.log.stream.bandwidth = engine::BitsPerSecond{4e6};  // 600 KB/s of log into 480
    StandbySystem system(shape, 1);
    system.begin_load(600.0);
    system.run_to(10s);
    const Lsn arrived = system.log().stream(1).reached(Reached::received, system.region.simulation.now());
    const Lsn told = system.log().commits_acknowledged() * standby_record;
    ASSERT_GT(told, arrived + 1'000'000U) << "the backlog";
    cut_zone(system, 0);
    run_until_recovered(system);
    EXPECT_GE(system.witness.ends.front(), arrived);
    EXPECT_LE(system.witness.ends.front(), arrived + 2500U) << "5 ms of the line: what was under way";
}

// Whoever acknowledged is behind the cut, too: one of two in the primary's zone is no protection against it, and both
// are. Nobody promotes whom he cannot reach.
TEST(StandbyCutTest, AStandbyBehindTheCutProtectsNothingAndIsNotPromoted) {
    for (const int synchronous : {1, 2}) {
        StandbySystem system(standby_shape(CommitMode::on, synchronous), 2, 1, {}, {0, 0, 1});
        system.begin_load(300.0);
        system.run_to(5s + 130ms);
        const Instant cut_at = system.region.simulation.now();
        const std::size_t cut = cut_zone(system, 0);
        run_until_recovered(system);
        EXPECT_EQ(&system.cluster->writer(), &system.instance(2));
        const std::uint64_t lost = system.witness.recovered.front().commits_lost;
        if (synchronous == 1) {
            EXPECT_GT(lost, 300U);
            EXPECT_LE(lost, told_after(system, cut_at - 20ms)) << "what the nearer one acknowledged first";
        } else {
            EXPECT_EQ(lost, 0U);
        }
        // Behind the cut it keeps what the new primary lacks: it is rewound, 5 s and 10 s.
        system.run_to(60s);
        EXPECT_TRUE(system.instance(1).component().up()) << "it went on";
        join(system, cut);
        system.run_to(80s);
        for (const std::size_t standby : {std::size_t{0}, std::size_t{1}}) {
            EXPECT_EQ(system.instance(standby).role(), Role::replica);
            EXPECT_TRUE(system.instance(standby).component().up());
            EXPECT_TRUE(system.log().follows(standby));
            EXPECT_LT(system.instance(standby).lag(system.region.simulation.now()), 100ms);
        }
        EXPECT_EQ(system.log().commits_lost(), lost) << "nothing more";
        EXPECT_TRUE(system.cluster->whole());
    }
}

// Its commits wait for the standby that it does not reach, or for the monitor to give that one up.
TEST(StandbyCutTest, APrimaryWhoseStandbyIsBehindTheCutWaitsOrGoesOn) {
    for (const bool goes_on : {false, true}) {
        StandbyShape shape = standby_shape(CommitMode::on, 1);
        shape.goes_on_without_standby = goes_on;
        StandbySystem system(shape, 1, 1, {}, {1, 0, 2});
        system.begin_load(100.0);
        system.run_to(5s);
        const std::size_t cut = cut_zone(system, 0);
        system.run_to(5s + 100ms);
        const std::uint64_t at_cut = system.log().commits_acknowledged();
        system.run_to(20s);
        const std::uint64_t later = system.log().commits_acknowledged();
        if (goes_on) {
            EXPECT_GT(later, at_cut + 1000U);
        } else {
            EXPECT_EQ(later, at_cut);
        }
        join(system, cut);
        system.run_to(30s);
        // The standby was never down: those that waited are told when it has the rest.
        EXPECT_GT(system.log().commits_acknowledged(), 2800U) << "of 3000";
        EXPECT_EQ(system.log().quorum(), 1);
        EXPECT_EQ(&system.cluster->writer(), &system.instance(0));
        EXPECT_EQ(system.log().commits_lost(), 0U);
    }
}

// Healed before the monitor has made up its mind.
TEST(StandbyCutTest, AShortCutLosesNothing) {
    for (const CommitMode mode : {CommitMode::local, CommitMode::on}) {
        StandbySystem system(standby_shape(mode, mode == CommitMode::on ? 1 : 0), 2);
        system.begin_load(300.0);
        system.run_to(5s);
        const std::size_t cut = cut_zone(system, 0);
        system.run_to(5s + 700ms);
        join(system, cut);
        system.run_to(20s);
        EXPECT_EQ(&system.cluster->writer(), &system.instance(0));
        EXPECT_TRUE(system.witness.recovered.empty());
        EXPECT_GT(system.log().commits_acknowledged(), 5700U) << "of 6000";
        for (const std::size_t standby : {std::size_t{1}, std::size_t{2}}) {
            EXPECT_LT(system.instance(standby).lag(system.region.simulation.now()), 100ms);
        }
        system.instance(0).crash(engine::Health::crash);
        run_until_recovered(system);
        EXPECT_EQ(system.witness.recovered.front().commits_lost, 0U) << "they have what was told behind the cut";
    }
}

}  // namespace
}  // namespace faultline::models
