#include "engine/roster.hpp"

#include <gtest/gtest.h>

namespace faultline::engine {
namespace {

TEST(RosterTest, TellsWhoIsThereInTheOrderOfTheirComing) {
    Roster<int> roster;
    std::vector<int> members(5);
    std::vector<std::uint32_t> places;
    for (int& member : members) places.push_back(roster.enter(member));
    EXPECT_EQ(roster.oldest_first(),
              (std::vector<int*>{&members[0], &members[1], &members[2], &members[3], &members[4]}));
    // Who comes last takes a place that has become free, before that of others, and is the youngest all the same.
    roster.leave(places[1]);
    roster.leave(places[3]);
    EXPECT_EQ(roster.size(), 3U);
    int late = 0;
    EXPECT_LT(roster.enter(late), places[4]);
    EXPECT_EQ(roster.oldest_first(), (std::vector<int*>{&members[0], &members[2], &members[4], &late}));
}

TEST(RosterTest, UsesPlacesAgain) {
    Roster<int> roster;
    int member = 0;
    const std::uint32_t first = roster.enter(member);
    for (int i = 0; i < 1000; ++i) {
        roster.leave(first);
        ASSERT_EQ(roster.enter(member), first);
    }
    roster.leave(first);
    EXPECT_EQ(roster.size(), 0U);
    EXPECT_TRUE(roster.oldest_first().empty());
    EXPECT_EQ(roster.memory_bytes(), 16U);
}

TEST(RosterDeathTest, NobodyLeavesTwice) {
    Roster<int> roster;
    int member = 0;
    const std::uint32_t place = roster.enter(member);
    roster.leave(place);
    EXPECT_DEATH(roster.leave(place), "check failed");
}

}  // namespace
}  // namespace faultline::engine
