#include "engine/calendar.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

void do_nothing(CalendarNode&, Simulation&) {}

struct Node : CalendarNode {
    Node() : CalendarNode(&do_nothing) {}
};

Instant at_ns(std::int64_t ns) {
    return start_of_time + Duration{ns};
}

// A calendar beside a std::multimap, whose equal keys keep the order of insertion.
class Pair {
public:
    explicit Pair(std::size_t nodes) : nodes_(nodes), places_(nodes) {}

    void schedule(std::size_t i, Instant at) {
        calendar_.schedule(nodes_[i], at, sequence_++);
        places_[i] = expected_.emplace(at, i);
    }
    void cancel(std::size_t i) {
        calendar_.cancel(nodes_[i]);
        expected_.erase(places_[i]);
    }
    void pop() {
        const auto first = expected_.begin();
        ASSERT_EQ(calendar_.next_time(), first->first);
        ASSERT_EQ(&calendar_.pop(), &nodes_[first->second]);
        now_ = first->first;
        expected_.erase(first);
    }
    bool pending(std::size_t i) const { return nodes_[i].pending(); }
    bool empty() const { return expected_.empty(); }
    Instant now() const { return now_; }
    void expect_equal_size() const {
        ASSERT_EQ(calendar_.size(), expected_.size());
        ASSERT_EQ(calendar_.empty(), expected_.empty());
    }

private:
    Calendar calendar_;
    std::multimap<Instant, std::size_t> expected_;
    std::vector<Node> nodes_;
    std::vector<std::multimap<Instant, std::size_t>::iterator> places_;
    std::uint64_t sequence_ = 0;
    Instant now_{};
};

struct Mix {
    std::size_t nodes;
    std::int64_t spread_ns;  // of times after the last one popped; few: many equal times
};

class CalendarMixTest : public testing::TestWithParam<Mix> {};

// Method: random operations, in phases that mostly schedule, hold, or mostly remove.
TEST_P(CalendarMixTest, DoesWhatAMultimapDoes) {
    constexpr std::uint64_t schedule_percent[] = {70, 45, 20};
    RandomStream draws{stream_key(Seed{1}, 1, "calendar", "operations")};
    Pair pair(GetParam().nodes);
    const auto operations = static_cast<int>(20 * GetParam().nodes + 2'000);
    for (int n = 0; n < operations; ++n) {
        const std::size_t i = draws() % GetParam().nodes;
        const std::uint64_t action = draws() % 100;
        const std::uint64_t schedules = schedule_percent[(n * 12 / operations) % 3];
        if (action < schedules) {
            if (pair.pending(i)) pair.cancel(i);
            const auto ahead = static_cast<std::int64_t>(draws() % static_cast<std::uint64_t>(GetParam().spread_ns));
            pair.schedule(i, draws() % 50 == 0 ? end_of_time : saturating_add(pair.now(), Duration{ahead}));
        } else if (action < schedules + (100 - schedules) / 2) {
            if (pair.pending(i)) pair.cancel(i);
        } else if (!pair.empty()) {
            pair.pop();
        }
        pair.expect_equal_size();
        if (testing::Test::HasFatalFailure()) FAIL() << "operation " << n;
    }
    while (!pair.empty() && !testing::Test::HasFatalFailure()) pair.pop();
    pair.expect_equal_size();
}

INSTANTIATE_TEST_SUITE_P(Sizes, CalendarMixTest,
                         testing::Values(Mix{8, 4}, Mix{8, 1'000'000}, Mix{45, 10}, Mix{45, 1'000'000}, Mix{300, 40},
                                         Mix{300, 1'000'000}, Mix{5'000, 100}, Mix{5'000, 1'000'000'000},
                                         Mix{300, 500'000'000}, Mix{2'000, 5'000'000'000}, Mix{100, 200'000'000'000},
                                         Mix{3'000, 300'000}));

TEST(CalendarTest, EqualTimesComeInTheOrderOfScheduling) {
    Calendar calendar;
    std::vector<Node> nodes(100);
    for (std::size_t i = 0; i < nodes.size(); ++i) calendar.schedule(nodes[i], at_ns(5), i);
    for (Node& node : nodes) EXPECT_EQ(&calendar.pop(), &node);
    EXPECT_TRUE(calendar.empty());
}

TEST(CalendarTest, ANodeIsPendingFromScheduleToPopOrCancel) {
    Calendar calendar;
    Node node;
    EXPECT_FALSE(node.pending());
    calendar.schedule(node, at_ns(1), 0);
    EXPECT_TRUE(node.pending());
    calendar.cancel(node);
    EXPECT_FALSE(node.pending());
    calendar.schedule(node, at_ns(2), 1);
    EXPECT_EQ(&calendar.pop(), &node);
    EXPECT_FALSE(node.pending());
}

// The pattern of a query that ends: its event is popped, its timers cancelled, and only then another one scheduled.
TEST(CalendarTest, CancelsWhileTheEarliestIsBeingRun) {
    Calendar calendar;
    std::vector<Node> nodes(200);
    for (std::size_t i = 0; i < nodes.size(); ++i) calendar.schedule(nodes[i], at_ns(1'000 - static_cast<int>(i)), i);
    EXPECT_EQ(&calendar.pop(), &nodes[199]);
    for (std::size_t i = 0; i < 198; ++i) calendar.cancel(nodes[i]);
    calendar.schedule(nodes[0], at_ns(5'000), 200);
    EXPECT_EQ(calendar.size(), 2u);
    EXPECT_EQ(&calendar.pop(), &nodes[198]);
    EXPECT_EQ(&calendar.pop(), &nodes[0]);
    EXPECT_TRUE(calendar.empty());
}

TEST(CalendarTest, MemoryIsThatOfThePeak) {
    Calendar calendar;
    const std::size_t before = calendar.memory_bytes();
    const auto nodes = std::make_unique<Node[]>(100'000);
    for (std::size_t i = 0; i < 100'000; ++i) calendar.schedule(nodes[i], at_ns(static_cast<int>(i)), i);
    std::uint64_t sequence = 100'000;
    const auto hold = [&](int events, Duration ahead) {
        for (int i = 0; i < events; ++i) {
            const Instant now = calendar.next_time();
            calendar.schedule(calendar.pop(), now + ahead + Duration{i}, sequence++);
        }
    };
    hold(200'000, 1ms);
    hold(200'000, 90s);  // beyond the wheels
    const std::size_t full = calendar.memory_bytes();
    EXPECT_LE(full - before, 100'000u * (32 + 16) * 2);
    for (const Duration ahead : {Duration{100}, Duration{1ms}, Duration{3s}, Duration{90s}}) hold(200'000, ahead);
    EXPECT_EQ(calendar.memory_bytes(), full);
}

using CalendarDeathTest = testing::Test;

TEST(CalendarDeathTest, ANodeIsScheduledOnce) {
    Calendar calendar;
    Node node;
    calendar.schedule(node, at_ns(1), 0);
    EXPECT_DEATH(calendar.schedule(node, at_ns(2), 1), "check failed: !node.pending");
}

TEST(CalendarDeathTest, OnlyAPendingNodeIsCancelled) {
    Calendar calendar;
    Node node;
    EXPECT_DEATH(calendar.cancel(node), "check failed");
}

TEST(CalendarDeathTest, SequenceNumbersHaveALimit) {
    Calendar calendar;
    Node node;
    EXPECT_DEATH(calendar.schedule(node, at_ns(1), std::uint64_t{1} << 40), "check failed: sequence");
}

}  // namespace
}  // namespace faultline::engine
