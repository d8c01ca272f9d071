// Goal:   the ranking of a trace is exact where all keys are followed, and else within its stated error.
// Method: small traces by hand, and Zipf's keys with a hundred places for a hundred times as many, against exact
// counts.
#include "planning/trace_ranking.hpp"

#include <gtest/gtest.h>

#include <map>

#include "engine/random/stream.hpp"
#include "engine/random/zipf.hpp"

namespace faultline::planning {
namespace {

using namespace std::chrono_literals;

TEST(TraceRankingTest, WhatWasAskedForBeforeIsSaved) {
    TraceRanking ranking({});
    for (const auto& [time_s, query_class, key] : {std::tuple{0.0, "lookup", "a"},
                                                   {1.0, "lookup", "b"},
                                                   {2.0, "lookup", "a"},
                                                   {3.0, "report", "a"},
                                                   {4.0, "lookup", "a"},
                                                   {5.0, "report", "b"}}) {
        EXPECT_TRUE(ranking.add({time_s, query_class, key}));
    }
    EXPECT_EQ(ranking.requests(), 6U);
    EXPECT_EQ(ranking.span_s(), 5.0);
    const std::vector<RankedClass> classes = ranking.classes();
    ASSERT_EQ(classes.size(), 2U);
    EXPECT_EQ(classes[0].name, "lookup");
    EXPECT_EQ(classes[0].requests, 4U);
    EXPECT_EQ(classes[0].saved_least, 2U);
    EXPECT_EQ(classes[0].saved_most, 2U) << "all keys are followed";
    EXPECT_EQ(classes[1].saved_least, 0U) << "another class's keys are others";
    const std::vector<RankedKey> keys = ranking.keys(10);
    ASSERT_EQ(keys.size(), 1U) << "what saves nothing is not shown";
    EXPECT_EQ(keys[0].key, "a");
    EXPECT_EQ(keys[0].requests, 3U);
    EXPECT_EQ(keys[0].saved, 2U);
    EXPECT_EQ(keys[0].too_high_by, 0U);
}

// Filled at 0, hit at 10, too old at 11 and filled again, hit at 21.
TEST(TraceRankingTest, AnEntryLivesForItsTimeFromItsFillingOn) {
    TraceRanking ranking({.ttl = 10s});
    for (const double time_s : {0.0, 10.0, 11.0, 21.0}) ranking.add({time_s, "lookup", "a"});
    EXPECT_EQ(ranking.classes().at(0).saved_least, 2U);
}

// A write is not saved, and what it changes is no longer there for whoever reads: misses at 0 and 3, a hit at 1 and 4.
TEST(TraceRankingTest, AWriteDeletesItsKeyOfAllOtherClasses) {
    TraceRanking ranking({.writes = {"save", "never"}});
    for (const auto& [time_s, query_class] :
         {std::pair{0.0, "get"}, {1.0, "get"}, {2.0, "save"}, {3.0, "get"}, {4.0, "get"}, {5.0, "save"}}) {
        ranking.add({time_s, query_class, "a"});
    }
    const std::vector<RankedClass> classes = ranking.classes();
    ASSERT_EQ(classes.size(), 2U);
    EXPECT_EQ(classes[0].saved_least, 2U);
    EXPECT_EQ(classes[0].saved_most, 2U);
    EXPECT_TRUE(classes[1].writes);
    EXPECT_EQ(classes[1].saved_least, 0U);
    EXPECT_EQ(ranking.keys(10).size(), 1U);
    EXPECT_EQ(ranking.writers_without_requests(), std::vector<std::string>{"never"});
}

TEST(TraceRankingTest, CountsOfManyKeysAreWithinTheStatedError) {
    constexpr std::size_t followed = 100;
    constexpr std::uint64_t requests = 200'000;
    engine::RandomStream draws{engine::stream_key(engine::Seed{1}, 1, "trace", "keys")};
    const engine::Zipf zipf(10'000, 1.0);
    TraceRanking ranking({.keys = followed});
    std::map<std::string, std::uint64_t> exact;
    for (std::uint64_t i = 0; i < requests; ++i) {
        const std::string key = std::to_string(zipf(draws));
        ++exact[key];
        ranking.add({static_cast<double>(i), "lookup", key});
    }
    const RankedClass of = ranking.classes().at(0);
    const std::uint64_t saved = requests - exact.size();
    EXPECT_LE(of.saved_least, saved);
    EXPECT_GE(of.saved_most, saved);
    EXPECT_LT(of.saved_least, of.saved_most) << "not all are followed";
    const std::vector<RankedKey> keys = ranking.keys(followed);
    for (const RankedKey& one : keys) {
        EXPECT_GE(one.requests, exact[one.key]) << one.key;
        EXPECT_LE(one.requests - one.too_high_by, exact[one.key]) << one.key;
        EXPECT_LE(one.too_high_by, requests / followed) << one.key;
        EXPECT_LT(one.saved, exact[one.key]) << one.key;
    }
    // The first ranks came more often than the error, so they are there and in order.
    for (std::size_t rank = 1; rank <= 8; ++rank) EXPECT_EQ(keys.at(rank - 1).key, std::to_string(rank));
}

TEST(TraceRankingTest, TooManyClassesAreNone) {
    TraceRanking ranking({});
    for (std::size_t i = 0; i < TraceRanking::classes_most; ++i) {
        EXPECT_TRUE(ranking.add({0.0, std::to_string(i), "a"}));
    }
    EXPECT_FALSE(ranking.add({0.0, "one more", "a"}));
    EXPECT_TRUE(ranking.add({0.0, "7", "a"}));
}

}  // namespace
}  // namespace faultline::planning
