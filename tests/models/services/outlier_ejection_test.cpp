// Goal:   instances are left out and come back as the documentation of Envoy's outlier detection says.
// Method: answers are told one by one on a simulated clock.
#include "models/services/outlier_ejection.hpp"

#include <gtest/gtest.h>

#include "tests/engine/world.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

struct OutlierWatchTest : testing::Test {
    OutlierWatchTest() { settings = {5, 10s, 30s, 300s, 0.1}; }
    std::unique_ptr<OutlierWatch> watch(std::size_t instances) {
        auto made = std::make_unique<OutlierWatch>(world.sim, settings);
        for (std::size_t i = 0; i < instances; ++i) made->add("instances/" + std::to_string(i));
        world.sim.spawn(world.part, made->look());
        return made;
    }
    static void fails(OutlierWatch& watch, std::size_t index, int times) {
        for (int i = 0; i < times; ++i) watch.answered(index, false);
    }
    void wait_until(engine::Duration t) { world.sim.run_until(world.at(t)); }

    engine::World world;
    scenarios::OutlierEjection settings;
};

TEST_F(OutlierWatchTest, FiveFailuresInARowAndNotFourPutItOut) {
    const auto watched = watch(3);
    fails(*watched, 1, 4);
    watched->answered(1, true);
    fails(*watched, 1, 4);
    EXPECT_FALSE(watched->out(1));
    fails(*watched, 1, 1);
    EXPECT_TRUE(watched->out(1));
    EXPECT_FALSE(watched->out(0));
}

TEST_F(OutlierWatchTest, ATenthOfThemMayBeOutAndOneAlways) {
    const auto few = watch(3);
    fails(*few, 0, 5);
    fails(*few, 1, 5);
    EXPECT_TRUE(few->out(0));
    EXPECT_FALSE(few->out(1)) << "a second of three is more than a tenth";
    const auto many = watch(20);
    for (std::size_t i = 0; i < 3; ++i) fails(*many, i, 5);
    EXPECT_TRUE(many->out(0));
    EXPECT_TRUE(many->out(1));
    EXPECT_FALSE(many->out(2));
}

// It is looked at after 10, 20, ... s. Out from 1 s for 30 s: back at 40 s. From 41 s for 60 s: back at 110 s. It then
// does well over three looks, so the next time is the first again.
TEST_F(OutlierWatchTest, EachTimeTakesLongerUntilItIsTrustedAgain) {
    const auto watched = watch(3);
    wait_until(1s);
    fails(*watched, 0, 5);
    wait_until(39s);
    EXPECT_TRUE(watched->out(0));
    wait_until(41s);
    EXPECT_FALSE(watched->out(0));
    fails(*watched, 0, 5);
    wait_until(109s);
    EXPECT_TRUE(watched->out(0));
    wait_until(111s);
    EXPECT_FALSE(watched->out(0));
    wait_until(141s);
    fails(*watched, 0, 5);
    wait_until(169s);
    EXPECT_TRUE(watched->out(0));
    wait_until(181s);
    EXPECT_FALSE(watched->out(0));
}

TEST_F(OutlierWatchTest, NoTimeIsLongerThanTheMost) {
    settings.ejection_most = 50s;
    const auto watched = watch(1);
    fails(*watched, 0, 5);
    wait_until(31s);
    fails(*watched, 0, 5);
    EXPECT_TRUE(watched->out(0));
    wait_until(79s);
    EXPECT_TRUE(watched->out(0));
    wait_until(91s);
    EXPECT_FALSE(watched->out(0)) << "50 s and not 60";
}

}  // namespace
}  // namespace faultline::models
