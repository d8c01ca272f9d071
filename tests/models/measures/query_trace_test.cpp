// Goal:   a sample of queries is spread over the whole run, however many fall due, and has as many as are wanted.
// Method: so many queries a second apart, of which some are still in flight as others are dropped.
#include "models/measures/query_trace.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

engine::Instant second_of(std::uint64_t s) {
    return engine::start_of_time + std::chrono::seconds{s};
}

// Each query ends `late` queries after it fell due; the last ones never.
std::vector<scenarios::TracedQuery> sampled(std::uint64_t queries, std::size_t most, std::uint64_t late) {
    QueryTrace trace(second_of(10), most);
    std::vector<std::uint32_t> at;
    for (std::uint64_t i = 0; i < queries; ++i) {
        at.push_back(trace.begin(i, second_of(i)));
        if (i < late || at[i - late] == 0) continue;
        trace.piece(at[i - late], scenarios::Stage::network, 5ms);
        trace.end(at[i - late], 0, 0, true);
    }
    return trace.take();
}

TEST(QueryTraceTest, ItIsSpreadOverAllThatFallsDue) {
    for (const std::uint64_t queries : {60U, 500U, 1000U, 100'000U}) {
        const auto sample = sampled(queries, 50, 3);
        ASSERT_EQ(sample.size(), queries == 60 ? 47U : 50U) << queries;  // ten in the warm-up, three in flight
        const auto span = static_cast<std::int64_t>(queries - 10) * 1'000'000'000;
        EXPECT_LT(sample.front().due_ns, 10'000'000'000 + span / 20);
        EXPECT_GT(sample.back().due_ns, 10'000'000'000 + span * 9 / 10 - 3'000'000'000) << queries;
        for (std::size_t i = 0; i < sample.size(); ++i) {
            EXPECT_EQ(sample[i].lengths_ns, (std::vector<std::uint64_t>{5'000'000})) << "told of to its end";
            if (i == 0) continue;
            EXPECT_GT(sample[i].due_ns, sample[i - 1].due_ns);
        }
    }
}

TEST(QueryTraceTest, OneIsEnough) {
    EXPECT_EQ(sampled(1000, 1, 3).size(), 1U);
    EXPECT_EQ(sampled(14, 1, 3).size(), 1U);
    EXPECT_TRUE(sampled(5, 1, 0).empty()) << "all in the warm-up";
}

}  // namespace
}  // namespace faultline::models
