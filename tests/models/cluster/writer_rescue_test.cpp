// Who brings a writer back where nobody can be promoted, with stages of constant length.
#include "models/cluster/writer_rescue.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;
using engine::Duration;
using Doing = WriterRescue::Doing;
using Way = WriterRescue::Way;

// A restart takes 8 s, a rebuild 300 s; paged after 60 s, decided after 100 s more, and added 200 s later.
FailoverShape constant_stages() {
    FailoverShape shape;
    shape.restart = Distribution::constant(8.0);
    shape.rebuild = Distribution::constant(300.0);
    shape.elsewhere = {60s, Distribution::constant(100.0), Distribution::constant(200.0)};
    return shape;
}

struct Found {
    Way way = Way::none;
    Duration after{};
    bool was_adding = false, was_deciding = false;
};

// Looked at once a second, for an hour.
Found rescued(const std::function<WriterRescue::Seen(Duration)>& seen) {
    const FailoverShape shape = constant_stages();
    engine::RandomStream rebuilds{engine::stream_key(engine::Seed{1}, 1, "orders", "failover")};
    engine::RandomStream draws{engine::stream_key(engine::Seed{1}, 1, "orders", "without a successor")};
    WriterRescue rescue(shape, rebuilds, draws);
    Found found;
    for (Duration at{}; at < 1h && found.way == Way::none; at += 1s) {
        found.way = rescue.look(seen(at), engine::start_of_time + at);
        found.after = at;
        found.was_adding = found.was_adding || rescue.doing() == Doing::adding;
        found.was_deciding = found.was_deciding || rescue.doing() == Doing::deciding;
        if (found.way == Way::none && seen(at).control_plane_acts) {
            EXPECT_GT(rescue.next_end(), engine::start_of_time + at);
        }
    }
    return found;
}

TEST(WriterRescueTest, AHostThatStandsRestartsItsProcess) {
    const Found found = rescued([](Duration) { return WriterRescue::Seen{true, true, true}; });
    EXPECT_EQ(found.way, Way::restart);
    EXPECT_EQ(found.after, 8s);
}

TEST(WriterRescueTest, AHostThatIsBackBeforeTheRebuildEndsIsFaster) {
    const Found found = rescued([](Duration at) { return WriterRescue::Seen{at >= 100s, true, true}; });
    EXPECT_EQ(found.way, Way::restart);
    EXPECT_EQ(found.after, 108s);
}

TEST(WriterRescueTest, WithoutItsHostAWriterIsMadeAnewInTheZone) {
    const Found found = rescued([](Duration) { return WriterRescue::Seen{false, true, true}; });
    EXPECT_EQ(found.way, Way::rebuild);
    EXPECT_EQ(found.after, 300s);
}

TEST(WriterRescueTest, WithoutItsZoneAnOperatorHasOneMadeElsewhere) {
    const Found found = rescued([](Duration) { return WriterRescue::Seen{false, false, true}; });
    EXPECT_EQ(found.way, Way::elsewhere);
    EXPECT_EQ(found.after, 60s + 100s + 200s);
    EXPECT_TRUE(found.was_deciding);
    EXPECT_TRUE(found.was_adding);
}

// Back before he has decided: he orders nothing. Back after it: whichever is there first.
TEST(WriterRescueTest, AZoneThatIsBackWinsIfItIsEarlier) {
    const auto back_at = [](Duration back) {
        return rescued([back](Duration at) { return WriterRescue::Seen{at >= back, at >= back, true}; });
    };
    const Found undecided = back_at(120s);
    EXPECT_EQ(undecided.way, Way::restart);
    EXPECT_EQ(undecided.after, 128s);
    EXPECT_TRUE(undecided.was_deciding);
    EXPECT_FALSE(undecided.was_adding);
    const Found ordered = back_at(340s);
    EXPECT_EQ(ordered.way, Way::restart);
    EXPECT_EQ(ordered.after, 348s);
    EXPECT_TRUE(ordered.was_adding);
    EXPECT_EQ(back_at(355s).way, Way::elsewhere) << "there at 360 s";
}

TEST(WriterRescueTest, NothingBeginsWhileTheControlPlaneIsIll) {
    const Found host = rescued([](Duration at) { return WriterRescue::Seen{true, true, at >= 500s}; });
    EXPECT_EQ(host.way, Way::restart);
    EXPECT_EQ(host.after, 508s);
    const Found zone = rescued([](Duration at) { return WriterRescue::Seen{false, false, at >= 500s}; });
    EXPECT_EQ(zone.way, Way::elsewhere);
    EXPECT_EQ(zone.after, 700s) << "decided meanwhile, and ordered when it acts again";
}

TEST(WriterRescueTest, WhatLosesItsGroundBeginsAnew) {
    const Found found = rescued([](Duration at) { return WriterRescue::Seen{at < 5s || at >= 20s, true, true}; });
    EXPECT_EQ(found.way, Way::restart);
    EXPECT_EQ(found.after, 28s);
}

TEST(WriterRescueTest, ARestartIsFasterThanAPromotionWithItsRecord) {
    FailoverShape shape = constant_stages();
    shape.promotion = Distribution::constant(4.0);
    shape.dns_update = Distribution::constant(17.5);
    EXPECT_TRUE(shape.restart_is_faster());
    shape.dns_update = Distribution::constant(3.0);
    EXPECT_FALSE(shape.restart_is_faster());
}

}  // namespace
}  // namespace faultline::models
