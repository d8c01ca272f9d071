// Goal:   the month of the break is right where it is known, by the quick models and by simulation, and what is not
//         known stays open.
// Method: the stand-in of the models (fake_replication.cpp), whose scenario "saturates" answers in 10 to 15 ms and
//         0.1 ms more for each operation a second: a p95 of 24.75 ms is passed at 100/s.
#include "planning/growth/growth.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "engine/queueing/erlang.hpp"
#include "tests/planning/growth/small_growth.hpp"

namespace faultline::planning {
namespace {

using scenarios::GrowthResult;
using scenarios::Verdict;
using tests::SmallGrowth;

class GrowthTest : public testing::Test {
protected:
    GrowthTest() { std::filesystem::remove(path); }
    ~GrowthTest() override {
        for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    }

    GrowthResult found(const SmallGrowth& small, const GrowthPlan& plan = {}) {
        GrowthResult result;
        scenarios::Problems problems;
        const auto base = tests::small_growth(small, problems);
        EXPECT_TRUE(base);
        if (!base) return result;
        EXPECT_TRUE(estimate_growth(*base, plan, result));
        const auto store = SweepStore::open(path, "1.0", problems);
        SignalWatch signals;
        const SweepPlan sweep_plan{.jobs = 4, .repeat_command = "", .on_progress = {}};
        Sweep sweep{*store, sweep_plan, signals};
        EXPECT_TRUE(confirm_growth(*base, plan, sweep, result));
        run = sweep.newly_run();
        return result;
    }

    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("faultline-growth-{}.db", getpid())).string();
    std::uint64_t run = 0;
};

// 50/s x 1.1^7 = 97.4/s, x 1.1^8 = 107.2/s. Alone: 50/s x 1.05^14 = 99/s, x 1.05^15 = 103.9/s.
TEST_F(GrowthTest, TheMonthAndTheMultipleAreThoseOfTheStandIn) {
    const SmallGrowth small{.growth = R"({"months": 36, "load": {"monthly": "10%"}})"};
    const GrowthResult result = found(small);
    ASSERT_EQ(result.lines.size(), 1U);
    EXPECT_EQ(result.lines[0].months.holds, 7);
    EXPECT_EQ(result.lines[0].months.breaks, 8);
    ASSERT_TRUE(result.lines[0].load.holds && result.lines[0].load.breaks);
    EXPECT_LT(result.load_at[static_cast<std::size_t>(*result.lines[0].load.holds)], 2.0);
    EXPECT_GT(result.load_at[static_cast<std::size_t>(*result.lines[0].load.breaks)], 2.0);
    EXPECT_LT(result.month_probes.size(), 12U) << "few months of 37";
    EXPECT_GT(run, 10U);
    EXPECT_EQ(found(small).lines[0].months.breaks, 8);
    EXPECT_EQ(run, 0U) << "all of it was there";
}

// Linear: 50/s + 5/s a month: 100/s in month 10 is exactly at the limit, so only its neighbours can be decided.
TEST_F(GrowthTest, WhatIsAtTheLimitStaysUndecided) {
    const GrowthResult result =
        found({.growth = R"({"months": 20, "load": {"monthly": "10%", "form": "linear"}})"}, {.most = 5});
    EXPECT_LE(result.lines[0].months.holds.value_or(-1), 9);
    EXPECT_GE(result.lines[0].months.breaks.value_or(99), 10);
    for (const auto& probe : result.month_probes) {
        if (probe.step == 10) {
            EXPECT_EQ(probe.judged[0].verdict, Verdict::undecided);
        }
    }
}

TEST_F(GrowthTest, BrokenTodayAndHoldingAllAlong) {
    const GrowthResult broken =
        found({.growth = R"({"months": 6, "load": {"monthly": "1%"}})", .limit = "12ms"}, {.load_most = 1.5});
    EXPECT_EQ(broken.lines[0].months.breaks, 0);
    EXPECT_FALSE(broken.lines[0].months.holds);
    const GrowthResult sound =
        found({.growth = R"({"months": 6, "load": {"monthly": "1%"}})", .limit = "900ms"}, {.load_most = 1.5});
    EXPECT_EQ(sound.lines[0].months.holds, 6);
    EXPECT_FALSE(sound.lines[0].months.breaks);
    EXPECT_EQ(sound.lines[0].load.holds, static_cast<int>(sound.load_at.size()) - 1);
}

TEST_F(GrowthTest, DeadWorkersAreToldAndEndIt) {
    const GrowthResult result =
        found({.growth = R"({"months": 6, "load": {"monthly": "1%"}})", .name = "dies by signal only 2"});
    ASSERT_EQ(result.failed.size(), 1U);
    EXPECT_EQ(result.failed[0].replication, 2U);
}

// An M/M/3 pool of 10 ms: the mean response is exact, so is the month in which it passes 25 ms.
TEST(GrowthEstimateTest, TheMonthOfAPoolIsThatOfErlangC) {
    const SmallGrowth small{.growth = R"({"months": 36, "load": {"monthly": "4%"}})",
                            .rate = "150/s",
                            .measure = "latency mean",
                            .limit = "25ms",
                            .demand = R"({"exponential": "10ms"})",
                            .servers = 3};
    int month = 0;
    while (engine::means(engine::Mmc{150.0 * std::pow(1.04, month), 100.0, 3}).response_time_s <= 0.025) ++month;
    scenarios::Problems problems;
    const auto base = tests::small_growth(small, problems);
    ASSERT_TRUE(base);
    GrowthResult result;
    ASSERT_TRUE(estimate_growth(*base, {}, result));
    EXPECT_EQ(result.lines[0].proposed_month, month);
    EXPECT_EQ(result.lines[0].proposed_by, "servers of counter");
    ASSERT_EQ(result.resources.size(), 1U);
    EXPECT_DOUBLE_EQ(result.resources[0].share_today, 0.5);
    // 1.04^17 < 2 < 1.04^18.
    EXPECT_EQ(result.resources[0].full_month, 18);
}

}  // namespace
}  // namespace faultline::planning
