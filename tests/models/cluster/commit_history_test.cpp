// Which commits of a key a reader misses: against a list of all commits, and where memory ends or a lineage does.
#include "models/cluster/commit_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/cluster/key_versions.hpp"
#include "tests/support/test_generator.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Instant;
using engine::start_of_time;

TEST(CommitHistoryTest, AReaderMissesTheCommitsBeyondWhatItShows) {
    KeyVersions versions(4);
    versions.keep_history();
    EXPECT_EQ(versions.commit(1, start_of_time + 1s, 10), 1U);
    EXPECT_EQ(versions.commit(2, start_of_time + 2s, 20), 1U);
    EXPECT_EQ(versions.commit(1, start_of_time + 3s, 30), 2U);
    EXPECT_EQ(versions.commit(1, start_of_time + 3s, 40), 3U) << "told at one instant, and two commits all the same";
    EXPECT_EQ(versions.at_end(1, 9), 0U);
    EXPECT_EQ(versions.at_end(1, 10), 1U);
    EXPECT_EQ(versions.at_end(1, 35), 2U);
    EXPECT_EQ(versions.at_end(1, 40), 3U);
    EXPECT_EQ(versions.at_end(2, all_of_the_log), 1U);
    EXPECT_EQ(versions.at_end(3, all_of_the_log), 0U) << "never written";
    for (std::uint64_t no_key = 4; no_key < 1'000; no_key *= 10) EXPECT_EQ(versions.at_end(no_key, all_of_the_log), 0U);
}

TEST(CommitHistoryTest, AVersionIsOldSinceItWasReplaced) {
    KeyVersions versions(2);
    versions.keep_history();
    for (int i = 1; i <= 3; ++i) versions.commit(0, start_of_time + i * 1s, static_cast<Lsn>(i));
    const Instant now = start_of_time + 10s;
    EXPECT_EQ(versions.replaced_for(0, 0, now), 9s);
    EXPECT_EQ(versions.replaced_for(0, 2, now), 7s);
    EXPECT_LT(versions.replaced_for(0, 3, now), 0s) << "the newest";
    EXPECT_LT(versions.replaced_for(0, 2, start_of_time + 2s), 0s) << "replaced only later";
}

// What a promotion loses counts as shown: the loss is counted as one. What the new lineage commits does not.
TEST(CommitHistoryTest, WhatIsLostIsNotMissed) {
    KeyVersions versions(2);
    versions.keep_history();
    versions.commit(0, start_of_time + 1s, 10);
    versions.commit(0, start_of_time + 2s, 20);
    EXPECT_EQ(versions.at_end(0, 10), 1U) << "not there yet: until the promotion it is a stale read";
    versions.lose_beyond(10);
    EXPECT_EQ(versions.at_end(0, 10), 2U);
    EXPECT_EQ(versions.commit(0, start_of_time + 3s, 15), 3U);
    EXPECT_EQ(versions.at_end(0, 10), 2U);
    EXPECT_EQ(versions.at_end(0, 15), 3U);
}

// More commits than are remembered: the older ones count as shown, and replaced no later than the oldest known.
TEST(CommitHistoryTest, WhatIsForgottenIsShown) {
    KeyVersions versions(2);
    versions.keep_history();
    const std::uint64_t commits = CommitHistory::kept + 100;
    for (std::uint64_t i = 1; i <= commits; ++i) versions.commit(0, start_of_time + i * 1ms, i);
    EXPECT_EQ(versions.at_end(0, 0), 100U);
    EXPECT_EQ(versions.at_end(0, commits - 7), commits - 7);
    EXPECT_EQ(versions.replaced_for(0, 5, start_of_time + commits * 1ms), (CommitHistory::kept - 1) * 1ms);
}

TEST(CommitHistoryTest, AgreesWithAListOfAllCommits) {
    struct Commit {
        std::uint64_t key;
        Lsn end;
    };
    test::TestGenerator draws{5};
    KeyVersions versions(50);
    versions.keep_history();
    std::vector<Commit> all;
    Lsn end = 0;
    for (int i = 0; i < 20'000; ++i) {
        end += 1 + draws() % 100;
        const std::uint64_t key = std::min(draws() % 50, draws() % 50);
        all.push_back({key, end});
        versions.commit(key, start_of_time + i * 1us, end);
        if (i % 10 != 0) continue;
        const Lsn shown = end - std::min<Lsn>(end, draws() % 20'000);
        const std::uint64_t asked = draws() % 50;
        const auto expected = std::count_if(all.begin(), all.end(),
                                            [&](const Commit& one) { return one.key == asked && one.end <= shown; });
        ASSERT_EQ(versions.at_end(asked, shown), static_cast<std::uint32_t>(expected)) << i;
    }
}

}  // namespace
}  // namespace faultline::models
