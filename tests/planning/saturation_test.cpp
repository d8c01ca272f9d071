// Goal:   a saturation search ends around the load at which a requirement is met no more, and says what it does not
//         know.
// Method: the stand-in of the models (fake_replication.cpp), whose scenario "saturates" answers in 10 to 15 ms and
//         0.1 ms more for each operation a second: a p95 of 24.75 ms is passed at 100/s.
#include "planning/sweep/saturation.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Saturation;
using scenarios::Verdict;

class SaturationTest : public testing::Test {
protected:
    SaturationTest() { std::filesystem::remove(path); }
    ~SaturationTest() override {
        for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    }

    Saturation found(const std::string& range, const std::string& limit, std::uint32_t most = 20) {
        const std::string text = R"({"name": "saturates", "run": {"warm_up": "0s", "measured": "60s", "seed": 5},
            "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
            "stations": {"counter": {"servers": 1}}, "workload": {"arrivals": {"rate": "10/s"},
            "classes": {"lookup": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}},
            "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": ")" +
                                 limit + R"("}}})";
        scenarios::Problems problems;
        const auto scenario = scenarios::read_scenario(text, "s.json", "", problems);
        EXPECT_TRUE(scenario);
        const SweepBase base{
            .file = "s.json", .folder = "", .model = scenarios::Json::parse(text), .scenario = *scenario};
        auto dimension = parse_dimension("/workload/arrivals/rate=" + range, base.model, "--saturate", problems);
        EXPECT_TRUE(dimension && dimension->range);
        const SaturationPlan plan{.dimension = *dimension, .others = {}, .requirement = "", .most = most};
        const auto store = SweepStore::open(path, "1.0", problems);
        SignalWatch signals;
        const SweepPlan sweep_plan{.jobs = 4, .repeat_command = "", .on_progress = {}};
        Sweep sweep{*store, sweep_plan, signals};
        Saturation saturation;
        EXPECT_TRUE(find_saturation(base, {}, plan, sweep, saturation));
        run = sweep.newly_run();
        return saturation;
    }

    static double number(const std::optional<std::string>& json) { return json ? std::stod(json->substr(1)) : -1.0; }

    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("faultline-saturation-{}.db", getpid())).string();
    std::uint64_t run = 0;
};

TEST_F(SaturationTest, EndsAroundTheLoadThatIsTooMuch) {
    const Saturation one = found("20/s..500/s", "24.75ms");
    EXPECT_TRUE(one.problems.empty());
    EXPECT_LT(number(one.holds), 100.0);
    EXPECT_GT(number(one.holds), 90.0);
    EXPECT_GT(number(one.fails), 100.0);
    EXPECT_LT(number(one.fails), 110.0);
    EXPECT_LT(one.probes.size(), 16U) << "bisection, and no walk";
    const std::uint64_t first = run;
    EXPECT_GT(first, 20U);
    EXPECT_EQ(found("20/s..500/s", "24.75ms").holds, one.holds);
    EXPECT_EQ(run, 0U) << "all of it was there";
}

TEST_F(SaturationTest, TheEndsOfTheRangeMayBeTheAnswer) {
    const Saturation all = found("20/s..50/s", "24.75ms");
    EXPECT_EQ(all.holds, all.high);
    EXPECT_FALSE(all.fails);
    EXPECT_EQ(all.probes.size(), 2U);
    const Saturation none = found("200/s..500/s", "24.75ms");
    EXPECT_EQ(none.fails, none.low);
    EXPECT_FALSE(none.holds);
}

// With two replications at most Student's t is so wide around 100/s that nothing is shown there.
TEST_F(SaturationTest, WhatIsUndecidedStaysSo) {
    const Saturation one = found("20/s..500/s", "24.75ms", 2);
    bool undecided = false;
    for (const auto& probe : one.probes) undecided = undecided || probe.verdict == Verdict::undecided;
    EXPECT_TRUE(undecided);
    EXPECT_LT(number(one.holds), 100.0);
    EXPECT_GT(number(one.fails), 100.0);
    for (const auto& probe : one.probes) {
        const double at = number(probe.value);
        if (probe.verdict == Verdict::undecided) {
            EXPECT_EQ(probe.decided_by, "fast");
            EXPECT_TRUE(at > number(one.holds) && at < number(one.fails)) << at;
        }
    }
}

}  // namespace
}  // namespace faultline::planning
