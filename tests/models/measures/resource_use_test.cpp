// Goal:   means, worst seconds and worst minutes of a resource, each in the phase that they belong to.
// Method: readings written by hand, second by second.
#include "models/measures/resource_use.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::start_of_time;

// Four servers, of which so many are busy in each second.
struct Servers {
    Servers() { uses.add({.name = "servers", .kind = "CPU", .of = "", .words = ""}, {0.0, 0.0, 4.0}); }
    void seconds(int count, double busy, LivePhase phase, std::size_t incidents, double waiting = 0.0) {
        for (int i = 0; i < count; ++i) {
            ++now_s;
            reading.busy_s += busy;
            reading.waiting_s += waiting;
            uses.second_passed(start_of_time + now_s * 1s, phase, incidents);
            uses.read(0, reading);
        }
    }
    scenarios::ResourceResult result(std::size_t incidents) const { return uses.finish(incidents).front(); }

    ResourceUses uses;
    ResourceReading reading{0.0, 0.0, 4.0};
    std::int64_t now_s = 0;
};

TEST(ResourceUsesTest, SteadyStateHasItsMeanAndItsWorstSecondAndMinute) {
    Servers servers;
    servers.seconds(60, 1.0, LivePhase::steady, 0, 0.5);
    servers.seconds(59, 2.0, LivePhase::steady, 0);
    servers.seconds(1, 4.0, LivePhase::steady, 0);
    servers.seconds(30, 0.0, LivePhase::steady, 0);
    const scenarios::ResourceUse use = servers.result(0).steady;
    EXPECT_EQ(use.seconds, 150);
    EXPECT_DOUBLE_EQ(use.mean, (60 * 1.0 + 59 * 2.0 + 4.0) / 4.0 / 150);
    EXPECT_DOUBLE_EQ(use.worst_second, 1.0);
    EXPECT_EQ(use.worst_at_ns, 120'000'000'000);
    EXPECT_DOUBLE_EQ(use.worst_minute, (59 * 2.0 + 4.0) / 4.0 / 60);
    EXPECT_DOUBLE_EQ(use.waiting, 60 * 0.5 / 150);
}

TEST(ResourceUsesTest, APhaseShorterThanAMinuteIsItsOwnMinute) {
    Servers servers;
    servers.seconds(10, 2.0, LivePhase::steady, 0);
    EXPECT_DOUBLE_EQ(servers.result(0).steady.worst_minute, 0.5);
}

// Whether what follows the faults was recovery already is known later.
TEST(ResourceUsesTest, WhatWasSettlingIsSteadyOrTheIncidents) {
    Servers servers;
    servers.seconds(10, 1.0, LivePhase::steady, 0);
    servers.seconds(20, 4.0, LivePhase::degraded, 1);
    servers.seconds(30, 3.0, LivePhase::settling, 1);
    servers.uses.resolve_settling(LivePhase::recovering);
    servers.seconds(60, 2.0, LivePhase::settling, 1);
    servers.uses.resolve_settling(LivePhase::steady);
    servers.seconds(10, 1.0, LivePhase::steady, 1);
    const scenarios::ResourceResult result = servers.result(1);
    EXPECT_EQ(result.steady.seconds, 80);
    EXPECT_DOUBLE_EQ(result.steady.worst_minute, 0.5);
    ASSERT_EQ(result.incidents.size(), 1U);
    EXPECT_EQ(result.incidents[0].seconds, 50);
    EXPECT_DOUBLE_EQ(result.incidents[0].mean, (20 * 4.0 + 30 * 3.0) / 4.0 / 50);
    EXPECT_EQ(result.aftermaths[0].seconds, 30);
    EXPECT_DOUBLE_EQ(result.aftermaths[0].mean, 0.75);
}

// Recovery is interrupted by what may have been its end.
TEST(ResourceUsesTest, AMinuteGoesOnThroughWhatWasSettling) {
    Servers servers;
    servers.seconds(5, 0.0, LivePhase::degraded, 1);
    servers.seconds(20, 4.0, LivePhase::recovering, 1);
    servers.seconds(45, 4.0, LivePhase::settling, 1);
    servers.uses.resolve_settling(LivePhase::recovering);
    servers.seconds(100, 0.0, LivePhase::recovering, 1);
    EXPECT_DOUBLE_EQ(servers.result(1).aftermaths.at(0).worst_minute, 1.0);
    EXPECT_LT(servers.result(1).aftermaths.at(0).mean, 0.5);
}

TEST(ResourceUsesTest, EachIncidentHasItsOwn) {
    Servers servers;
    servers.seconds(5, 4.0, LivePhase::degraded, 1);
    servers.seconds(5, 1.0, LivePhase::steady, 1);
    servers.seconds(5, 2.0, LivePhase::recovering, 2);
    const scenarios::ResourceResult result = servers.result(3);
    ASSERT_EQ(result.incidents.size(), 3U);
    EXPECT_DOUBLE_EQ(result.incidents[0].mean, 1.0);
    EXPECT_DOUBLE_EQ(result.incidents[1].mean, 0.5);
    EXPECT_DOUBLE_EQ(result.aftermaths[1].mean, 0.5);
    EXPECT_EQ(result.incidents[2].seconds, 0) << "in the last fraction of a second";
}

// A server that was started anew counts from zero.
TEST(ResourceUsesTest, ACounterMayBeginAnew) {
    Servers servers;
    servers.seconds(10, 4.0, LivePhase::steady, 0);
    servers.reading.busy_s = 0.0;
    servers.seconds(10, 2.0, LivePhase::steady, 0);
    EXPECT_DOUBLE_EQ(servers.result(0).steady.mean, 0.75);
}

}  // namespace
}  // namespace faultline::models
