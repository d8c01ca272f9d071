// Goal:   a flow starts at the instant at which it is started, also right after another one's end.
// Method: a flow ends a few microseconds before the end of a step, where SimGrid stops; the next one begins at that
//         end, and its own end is known: latency + bytes / bandwidth later.
#include <gtest/gtest.h>

#include "models/network/simgrid_flows.hpp"
#include "tests/support/in_child.hpp"
#include "tests/support/wide_window.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(FlowClockTest, WhatStartsRightAfterACompletionDoesNotStartTooEarly) {
    for (const engine::Duration before : {1us, 3us, 9us, 11us, 500us}) {
        test::in_child([before] {
            Topology topology;
            const PlaceId a = topology.add_region("a"), b = topology.add_region("b");
            topology.add_link({.from = a, .to = b, .round_trip = 1ms, .bandwidth = {1e9}});
            topology.seal();
            Flows flows(topology);
            const engine::Instant step = engine::start_of_time + 11ms;
            const FlowOptions wide{.window = test::wide_window};
            // 125 bytes a microsecond, after 500 us of latency.
            const engine::Bytes first{125 * ((11ms - before - 500us) / 1us)};
            flows.start(engine::start_of_time, a, b, first, wide);
            for (engine::Instant now = engine::start_of_time; now < step;) flows.advance(now += 1ms);
            flows.start(step, a, b, engine::Bytes{125'000}, wide);
            const std::span<const Finished> ended = flows.advance(step + 2ms);
            ASSERT_EQ(ended.size(), 1U);
            EXPECT_NEAR(engine::in_seconds(ended[0].at - step), 0.0015, 2e-8) << before / 1us << " us before";
        });
    }
}

}  // namespace
}  // namespace faultline::models
