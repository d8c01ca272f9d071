// Goal:   a run in which nothing is left to happen says so, with the paths of who still waits; one that only has come
// to
//         an end of its parts does not.
#include "planning/stall.hpp"

#include <gtest/gtest.h>

#include "engine/waits.hpp"

namespace faultline::planning {
namespace {

using namespace std::chrono_literals;

engine::Process<> waits_for(engine::Condition& condition) {
    co_await condition.wait();
}
engine::Process<> sleeps(engine::Simulation& simulation, engine::Duration length) {
    co_await simulation.delay(length);
}

scenarios::Stall after_each_second(engine::Simulation& simulation, int seconds) {
    scenarios::Stall stall;
    for (int second = 1; second <= seconds; ++second) {
        const engine::StopReason reason = simulation.run_until(engine::start_of_time + second * 1s);
        note_stall(reason, simulation, stall);
    }
    return stall;
}

TEST(StallTest, TheFirstSecondAfterWhichNothingHappensIsToldWithWhoWaits) {
    engine::Simulation simulation{engine::RunIdentity{}};
    engine::Component b(simulation, "orders/b");
    engine::Component a(simulation, "orders/a");
    engine::Component done(simulation, "done");
    engine::Condition never;
    simulation.spawn(b, waits_for(never));
    simulation.spawn(a, waits_for(never));
    simulation.spawn(a, waits_for(never));
    simulation.spawn(done, sleeps(simulation, 2500ms));
    const scenarios::Stall stall = after_each_second(simulation, 5);
    EXPECT_EQ(stall.at_ns, std::chrono::nanoseconds{3s}.count());
    EXPECT_EQ(stall.waiting, (std::vector<std::string>{"orders/a", "orders/b"}));
}

TEST(StallTest, ARunThatGoesOnHasNoneAndNeitherHasOneInWhichNobodyWaits) {
    engine::Simulation goes_on{engine::RunIdentity{}};
    engine::Component part(goes_on, "part");
    engine::Condition never;
    goes_on.spawn(part, waits_for(never));
    goes_on.spawn(part, sleeps(goes_on, 1h));
    EXPECT_EQ(after_each_second(goes_on, 3).at_ns, 0);

    engine::Simulation nobody{engine::RunIdentity{}};
    engine::Component other(nobody, "other");
    nobody.spawn(other, sleeps(nobody, 500ms));
    EXPECT_EQ(after_each_second(nobody, 3).at_ns, 0);
}

}  // namespace
}  // namespace faultline::planning
