// What a session remembers, and for how long.
#include "models/clients/sessions.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

constexpr KeyName seven{0, 7};

InSession recalled(const Sessions& sessions, std::uint32_t session, const KeyName& name) {
    InSession in;
    in.session = session;
    sessions.recall(name, in);
    return in;
}

TEST(SessionsTest, ASessionRemembersTheNewestThatItWroteAndSaw) {
    Sessions sessions({.sessions = 3, .keys = 4});
    EXPECT_EQ(recalled(sessions, 1, seven).written, InSession::nothing);
    EXPECT_EQ(recalled(sessions, 1, seven).seen, InSession::nothing);
    sessions.saw(seven, 1, 0);
    EXPECT_EQ(recalled(sessions, 1, seven).seen, 0U) << "a key that nobody has written";
    sessions.wrote(seven, 1, 5);
    sessions.saw(seven, 1, 4);
    sessions.saw(seven, 1, 3);
    sessions.wrote(seven, 1, 2);
    EXPECT_EQ(recalled(sessions, 1, seven).written, 5U);
    EXPECT_EQ(recalled(sessions, 1, seven).seen, 4U);
    EXPECT_EQ(recalled(sessions, 0, seven).seen, InSession::nothing) << "another session";
    EXPECT_EQ(recalled(sessions, 1, {1, 7}).seen, InSession::nothing) << "another database";
}

TEST(SessionsTest, ACommitThatNobodyWillSeeIsNotRemembered) {
    Sessions sessions({.sessions = 1, .keys = 1});
    sessions.wrote(seven, 0, 0);
    EXPECT_EQ(recalled(sessions, 0, seven).written, InSession::nothing);
}

TEST(SessionsTest, TheKeyNotUsedForLongestIsForgotten) {
    Sessions sessions({.sessions = 2, .keys = 3});
    for (std::uint64_t key = 1; key <= 3; ++key) sessions.saw({0, key}, 0, 1);
    sessions.wrote({0, 1}, 0, 2);
    EXPECT_EQ(sessions.forgotten(), 0U);
    sessions.saw({0, 4}, 0, 1);
    EXPECT_EQ(sessions.forgotten(), 1U);
    EXPECT_EQ(recalled(sessions, 0, {0, 2}).seen, InSession::nothing);
    EXPECT_EQ(recalled(sessions, 0, {0, 1}).written, 2U);
    EXPECT_EQ(recalled(sessions, 0, {0, 3}).seen, 1U);
    EXPECT_EQ(recalled(sessions, 0, {0, 4}).seen, 1U);
}

TEST(SessionsTest, ASessionCountsOnceHoweverOftenItMisses) {
    Sessions sessions({.sessions = 4, .keys = 1});
    for (int i = 0; i < 3; ++i) sessions.mark(2, {.missed_own_write = true, .went_back = false});
    sessions.mark(2, {});
    sessions.mark(3, {.missed_own_write = false, .went_back = true});
    sessions.mark(0, {});
    EXPECT_EQ(sessions.counts().active, 3U);
    EXPECT_EQ(sessions.counts().missed_own_write, 1U);
    EXPECT_EQ(sessions.counts().went_back, 1U);
}

TEST(SessionsTest, MemoryIsAsItsHeaderSays) {
    const Sessions sessions({.sessions = 1000, .keys = 16});
    EXPECT_EQ(sessions.memory_bytes(), 1000U * (16 * 16 + 1));
}

}  // namespace
}  // namespace faultline::models
