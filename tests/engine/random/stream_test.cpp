#include "engine/random/stream.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/simulation.hpp"

namespace faultline::engine {
namespace {

// Goal: the generator is Philox4x64-10. The known answers are those of Random123's kat_vectors.
TEST(StreamTest, BlocksAreThoseOfThePublishedGenerator) {
    constexpr PhiloxBlock of_zeros{0x16554d9eca36314cU, 0xdb20fe9d672d0fdcU, 0xd7e772cee186176bU, 0x7e68b68aec7ba23bU};
    EXPECT_EQ(philox_block({0, 0}, {0, 0, 0, 0}), of_zeros);
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    constexpr PhiloxBlock of_ones{0x87b092c3013fe90bU, 0x438c3c67be8d0224U, 0x9cc7d7c69cd777b6U, 0xa09caebf594f0ba0U};
    EXPECT_EQ(philox_block({ones, ones}, {ones, ones, ones, ones}), of_ones);
}

// Goal: a seed gives the same run on every machine and in every later version: these values may never change.
// Method: computed by a second implementation, written from the papers.
TEST(StreamTest, KnownAnswers) {
    EXPECT_EQ(stable_hash(""), 0xefd01f60ba992926U);
    EXPECT_EQ(stable_hash("eu-west-1/orders/instance-1"), 0x9e8b3f9a0ce2c50eU);
    const StreamKey key = stream_key(Seed{7}, 3, "eu-west-1/orders/instance-1", "arrivals");
    EXPECT_EQ(key.high, 0x1e5839a87928fdb3U);
    EXPECT_EQ(key.low, 0x52ed8b9bcae81d85U);
    RandomStream stream{key};
    EXPECT_EQ(stream(), 0xd5563cb256c0e13aU);
    QueryStreams draws = query_streams(key, 42);
    EXPECT_EQ(draws.work(), 0x64b7220d3a1639adU);
    EXPECT_EQ(draws.network(), 0x4ee4a2d7b00d2593U);
}

TEST(StreamTest, EveryPartOfTheIdentityMakesAnotherStream) {
    const StreamKey key = stream_key(Seed{7}, 3, "a/b", "c");
    EXPECT_EQ(key, stream_key(Seed{7}, 3, "a/b", "c"));
    EXPECT_NE(key, stream_key(Seed{8}, 3, "a/b", "c"));
    EXPECT_NE(key, stream_key(Seed{7}, 4, "a/b", "c"));
    EXPECT_NE(key, stream_key(Seed{7}, 3, "a/bc", ""));
    EXPECT_NE(key, stream_key(Seed{7}, 3, "a", "b/c"));
    EXPECT_NE(key, stream_key(Seed{7}, 3, "c", "a/b"));
}

TEST(StreamTest, AQueryDrawsTheSameInWhateverOrderItIsServed) {
    const StreamKey key = stream_key(Seed{1}, 0, "clients", "demand");
    std::vector<std::uint64_t> first;
    for (std::uint64_t query = 0; query < 100; ++query) {
        QueryDraws draws = query_streams(key, query).work;
        for (int i = 0; i < 7; ++i) first.push_back(draws());
    }
    for (std::uint64_t query = 100; query-- > 0;) {
        QueryDraws draws = query_streams(key, query).work;
        for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(draws(), first[query * 7 + i]);
    }
}

TEST(StreamTest, AStreamAndTheQueriesOfItsKeyDifferAndACopyGoesOnAlike) {
    const StreamKey key = stream_key(Seed{1}, 0, "a", "b");
    RandomStream stream{key};
    QueryDraws draws = query_streams(key, 0).work;
    EXPECT_NE(stream(), draws());
    RandomStream copy = stream;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(stream(), copy());
}

// Method: a million draws; the standard error of the mean is 0.289 / 1000, of the variance 0.0745 / 1000; 4 of each.
TEST(StreamTest, UniformFillsTheOpenInterval) {
    RandomStream stream{stream_key(Seed{1}, 0, "a", "b")};
    constexpr int draws = 1'000'000;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double value = stream.uniform();
        ASSERT_GT(value, 0.0);
        ASSERT_LT(value, 1.0);
        sum += value - 0.5;
        squares += (value - 0.5) * (value - 0.5);
    }
    EXPECT_NEAR(sum / draws, 0.0, 4.0 * 0.289e-3);
    EXPECT_NEAR(squares / draws, 1.0 / 12.0, 4.0 * 0.0745e-3);
}

// Goal:   streams of neighbouring identities are not correlated, neither in step nor one behind.
// Method: 100'000 pairs; the correlation of independent draws has a standard error of 1 / sqrt(100'000). 4.5 of them,
//         for 40 correlations: a false alarm once in 4'000 seeds.
TEST(StreamTest, NeighbouringStreamsAreNotCorrelated) {
    constexpr int pairs = 100'000;
    for (std::uint32_t replication = 0; replication < 10; ++replication) {
        for (const bool queries : {false, true}) {
            const StreamKey key = stream_key(Seed{1}, replication, "clients", "demand");
            RandomStream left{key};
            RandomStream right{stream_key(Seed{1}, replication + 1, "clients", "demand")};
            double together = 0.0;
            double one_behind = 0.0;
            double previous = 0.5;
            for (std::uint64_t i = 0; i < pairs; ++i) {
                const double a = queries ? query_streams(key, i).work.uniform() : left.uniform();
                const double b = queries ? query_streams(key, i).network.uniform() : right.uniform();
                together += (a - 0.5) * (b - 0.5) * 12.0;
                one_behind += (a - 0.5) * (previous - 0.5) * 12.0;
                previous = a;
            }
            EXPECT_LT(std::abs(together / pairs), 4.5 / std::sqrt(pairs));
            EXPECT_LT(std::abs(one_behind / pairs), 4.5 / std::sqrt(pairs));
        }
    }
}

// Wherever a stream has been moved or copied to, it is found; one that is gone is not looked for.
TEST(StreamTest, AllStreamsOfARunBranch) {
    const auto words = [](std::uint64_t future) {
        Simulation simulation{{Seed{1}, 1}};
        std::vector<RandomStream> streams;
        for (int i = 0; i < 5; ++i) streams.push_back(simulation.stream("office", std::to_string(i)));  // they move
        RandomStream copy = streams[0];
        RandomStream assigned = simulation.stream("office", "gone");
        assigned = streams[1];
        streams.erase(streams.begin() + 2);
        QueryKey key = simulation.query_key("office", "queries");
        static_cast<void>(streams[3]());
        if (future != 0) simulation.branch(future);
        RandomStream later = simulation.stream("office", "made later");
        std::vector<std::uint64_t> all{copy(), assigned(), later(), query_streams(key, 7).work()};
        for (RandomStream& one : streams) all.push_back(one());
        return all;
    };
    const auto history = words(0), second = words(2), third = words(3);
    EXPECT_EQ(second, words(2));
    for (std::size_t i = 0; i < history.size(); ++i) {
        EXPECT_NE(history[i], second[i]) << i;
        EXPECT_NE(second[i], third[i]) << i;
    }
    EXPECT_EQ(second[0], second[4]) << "a copy is the same stream";
    EXPECT_EQ(second[1], second[5]);
    EXPECT_NE(second[0], second[1]);
}

}  // namespace
}  // namespace faultline::engine
