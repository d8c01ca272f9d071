// How far a replication is, where it goes on in several futures, too.
#include "planning/progress_meter.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace faultline::planning {
namespace {

using std::chrono::minutes;

scenarios::Scenario quick_incidents(std::uint32_t futures) {
    scenarios::Scenario scenario;
    scenario.run.warm_up = minutes{1};
    scenario.run.measured = minutes{4};
    scenario.run.futures = {.count = futures, .window = minutes{2}};
    return scenario;
}

double share_at(const scenarios::Scenario& scenario, minutes simulated) {
    ProgressMeter meter{scenario, 1};
    const engine::Instant now{simulated};
    meter.at(1, {.now_ns = now.time_since_epoch().count(), .events = 10});
    return meter.due(true).value_or(Progress{}).share;
}

TEST(ProgressMeterTest, IsTheShareOfTheSimulatedTime) {
    EXPECT_DOUBLE_EQ(share_at(quick_incidents(1), minutes{1}), 0.2);
    EXPECT_LT(share_at(quick_incidents(1), minutes{5}), 1.0) << "its result is still to come";
}

// 1 + 4 minutes of the replication and four windows of 2: it is not done when the first five are.
TEST(ProgressMeterTest, FurtherFuturesAreAPartOfIt) {
    EXPECT_DOUBLE_EQ(share_at(quick_incidents(5), minutes{5}), 5.0 / 13.0);
    EXPECT_NEAR(share_at(quick_incidents(5), minutes{12}), 12.0 / 13.0, 1e-12);
    scenarios::Scenario later = quick_incidents(5);
    later.faults.emplace_back().within = minutes{1};
    EXPECT_DOUBLE_EQ(share_at(later, minutes{5}), 5.0 / 15.0) << "half a minute more, on average, before each begins";
}

}  // namespace
}  // namespace faultline::planning
