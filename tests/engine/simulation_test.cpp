#include "engine/simulation.hpp"

#include <gtest/gtest.h>

#include "engine/queueing/server_pool.hpp"
#include "engine/random/distributions.hpp"
#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

Process<> ticks(World& world, Duration every, int times) {
    for (int i = 0; i < times; ++i) {
        co_await world.sim.delay(every);
        world.note(std::to_string((world.sim.now() - start_of_time) / 1ms));
    }
}

TEST(SimulationTest, RunsUpToAndIncludingTheEnd) {
    World world;
    world.sim.spawn(world.part, ticks(world, 10ms, 3));
    EXPECT_EQ(world.sim.run_until(world.at(20ms)), StopReason::reached_end);
    EXPECT_EQ(world.log, (Log{"10", "20"}));
    EXPECT_EQ(world.sim.now(), world.at(20ms));
    EXPECT_EQ(world.sim.run_until(world.at(25ms)), StopReason::reached_end);
    EXPECT_EQ(world.sim.now(), world.at(25ms));
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
    EXPECT_EQ(world.log, (Log{"10", "20", "30"}));
    EXPECT_EQ(world.sim.now(), world.at(1s));
}

TEST(SimulationTest, WithoutAnEndTheClockStaysAtTheLastEvent) {
    World world;
    world.sim.spawn(world.part, ticks(world, 10ms, 3));
    EXPECT_EQ(world.sim.run_until(end_of_time), StopReason::no_more_events);
    EXPECT_EQ(world.sim.now(), world.at(30ms));
    world.sim.spawn(world.part, ticks(world, 10ms, 1));
    world.sim.run_until(end_of_time);
    EXPECT_EQ(world.log.back(), "40");
}

Process<> until_the_end_of_time(World& world) {
    co_await world.sim.delay(Duration::max());
    world.note("the end");
    co_await world.sim.delay(Duration::max());
    world.note("and on");
}

TEST(SimulationTest, TimeSaturates) {
    World world;
    world.sim.spawn(world.part, until_the_end_of_time(world));
    EXPECT_EQ(world.sim.run_until(end_of_time), StopReason::no_more_events);
    EXPECT_EQ(world.log, (Log{"the end", "and on"}));
    EXPECT_EQ(world.sim.now(), end_of_time);
}

Process<> waits(Condition& condition) {
    co_await condition.wait();
}
Process<> spins(World& world) {
    for (;;) {
        co_await world.sim.delay(0s);
    }
}

TEST(SimulationTest, ACalendarThatEmptiesNamesWhoStillWaits) {
    World world;
    Component zone(world.sim, "eu-west-1/a");
    Component instance(world.sim, "eu-west-1/orders/instance-1");
    Condition never;
    world.sim.spawn(instance, waits(never));
    world.sim.spawn(zone, waits(never));
    world.sim.spawn(zone, ticks(world, 1ms, 1));
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
    EXPECT_EQ(world.sim.waiting_paths(), (std::vector<std::string>{"eu-west-1/orders/instance-1", "eu-west-1/a"}));
}

TEST(SimulationTest, AMillionEventsAtOneInstantEndTheRun) {
    World world;
    world.sim.spawn(world.part, ticks(world, 5ms, 1));
    world.sim.run_until(world.at(5ms));
    world.sim.spawn(world.part, spins(world));
    const std::uint64_t before = world.sim.events_run();
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::stuck);
    EXPECT_EQ(world.sim.now(), world.at(5ms));
    EXPECT_NEAR(static_cast<double>(world.sim.events_run() - before), 1e6, 2.0);
}

Process<> endless(World& world) {
    for (;;) {
        co_await world.sim.delay(1us);
    }
}

TEST(SimulationTest, ProgressIsToldEach65536EventsAndMayCancel) {
    World world;
    std::vector<std::uint64_t> told;
    world.sim.on_progress([&](Instant now, std::uint64_t events) {
        EXPECT_EQ(now, world.sim.now());
        told.push_back(events);
        return told.size() < 3;
    });
    world.sim.spawn(world.part, endless(world));
    EXPECT_EQ(world.sim.run_until(world.at(1h)), StopReason::cancelled);
    EXPECT_EQ(told, (std::vector<std::uint64_t>{65'536, 131'072, 196'608}));
    EXPECT_LT(world.sim.now(), world.at(1s));
    world.sim.on_progress(nullptr);
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::reached_end);  // it can be taken up again
}

struct Shop {
    explicit Shop(RunIdentity identity) : sim(identity) {}
    Process<> customer() {
        const Duration work = service.sample_duration(services);
        co_await pool.serve(work);
    }
    Process<> source(EventKind kind) {
        for (int i = 0; i < 500; ++i) {
            const Duration wait = gap.sample_duration(gaps);
            co_await sim.delay(wait, kind);
            sim.spawn(part, customer());
        }
    }
    std::uint64_t run(EventKind kind = EventKind::delayed) {
        sim.spawn(part, source(kind));
        sim.run_until(end_of_time);
        return sim.fingerprint();
    }

    Simulation sim;
    Component part{sim, "shop"};
    ServerPool pool{sim, part.number(), {.servers = 2}};
    RandomStream gaps = sim.stream("shop", "gaps");
    RandomStream services = sim.stream("shop", "services");
    Distribution gap = Distribution::exponential(0.01);
    Distribution service = Distribution::exponential(0.015);
};

TEST(FingerprintTest, EqualRunsAreEqualAndOthersAreNot) {
    const std::uint64_t one = Shop(RunIdentity{Seed{7}, 1}).run();
    EXPECT_EQ(Shop(RunIdentity{Seed{7}, 1}).run(), one);
    EXPECT_NE(Shop(RunIdentity{Seed{8}, 1}).run(), one);
    EXPECT_NE(Shop(RunIdentity{Seed{7}, 2}).run(), one);
    EXPECT_NE(Shop(RunIdentity{Seed{7}, 1}).run(EventKind::first_of_models), one);
}

TEST(FingerprintTest, TheOrderAndTheComponentCount) {
    Fingerprint ab;
    ab.add(start_of_time, EventKind::timer, 1);
    ab.add(start_of_time, EventKind::timer, 2);
    Fingerprint ba;
    ba.add(start_of_time, EventKind::timer, 2);
    ba.add(start_of_time, EventKind::timer, 1);
    EXPECT_NE(ab.value(), ba.value());
}

Process<> dies_slowly(World& world, std::string_view name) {
    const Farewell farewell(world, std::string{name});
    co_await world.sim.delay(1h);
    world.note("resumed");
}

// Its destructor asks for what the closing state refuses.
class LastWish {
public:
    LastWish(World& world, Condition& condition) : world_(world), condition_(condition) {}
    LastWish(const LastWish&) = delete;
    LastWish& operator=(const LastWish&) = delete;
    ~LastWish() {
        condition_.notify_all();
        world_.sim.spawn(world_.part, dies_slowly(world_, "late"));
        const Timer timer(world_.sim, 1ms);
        world_.note(world_.sim.closing() ? "closing" : "not closing");
    }

private:
    World& world_;
    Condition& condition_;
};

Process<> wishes(World& world, Condition& condition) {
    const LastWish wish(world, condition);
    co_await world.sim.delay(1h);
}

TEST(SimulationTest, TheClosingStateSchedulesAndResumesNothing) {
    World world;
    Condition condition;
    world.sim.spawn(world.part, dies_slowly(world, "oldest"));
    world.sim.spawn(world.part, waits(condition));
    world.sim.spawn(world.part, wishes(world, condition));
    world.sim.spawn(world.part, dies_slowly(world, "newest"));
    world.sim.run_until(world.at(1s));
    world.sim.close();
    EXPECT_EQ(world.log, (Log{"~newest", "closing", "~oldest"}));
    EXPECT_EQ(world.sim.processes(), 0u);
    EXPECT_EQ(world.sim.calendar().size(), 0u);
}

// Without close(): a component that goes first takes its processes with it, and the simulation has none left.
TEST(SimulationTest, ProcessesGoBeforeTheirComponent) {
    World world;
    Log log;
    {
        Component brief(world.sim, "brief");
        world.sim.spawn(brief, dies_slowly(world, "process"));
        world.sim.run_until(world.at(1s));
    }
    EXPECT_EQ(world.log, Log{"~process"});
    EXPECT_EQ(world.sim.calendar().size(), 0u);
}

TEST(SimulationTest, SeveralLiveSideBySide) {
    World one;
    World two;
    one.sim.spawn(one.part, ticks(one, 10ms, 2));
    two.sim.spawn(two.part, ticks(two, 7ms, 2));
    one.sim.run_until(one.at(10ms));
    two.sim.run_until(two.at(1s));
    one.sim.run_until(one.at(1s));
    EXPECT_EQ(one.log, (Log{"10", "20"}));
    EXPECT_EQ(two.log, (Log{"7", "14"}));
}

TEST(SimulationTest, StatesAreToldToWhoeverDrawsThem) {
    World world;
    std::string seen;
    world.sim.on_state_change = [&](Instant, const Component& part, std::string_view state) {
        seen = part.path() + " " + std::string{state};
    };
    world.part.enter("promoting");
    EXPECT_EQ(seen, "part promoting");
    EXPECT_EQ(world.part.state(), "promoting");
}

Process<> runs_the_run(World& world) {
    co_await world.sim.delay(250ms);
    world.sim.run_until(world.at(1s));
}

TEST(SimulationDeathTest, IsNotRunFromWithinAProcess) {
    EXPECT_DEATH(
        {
            World world;
            world.sim.spawn(world.part, runs_the_run(world));
            world.sim.run_until(world.at(1s));
        },
        "simulation.cpp.*check failed: .*running_ == nullptr.*at simulated 0.250000000 s");
}

TEST(SimulationDeathTest, NothingIsScheduledInThePast) {
    EXPECT_DEATH(
        {
            World world;
            world.sim.run_until(world.at(1s));
            CalendarNode node([](CalendarNode&, Simulation&) {});
            world.sim.schedule(node, world.at(999ms));
        },
        "check failed: at >= now_ .at simulated 1.000000000 s");
}

}  // namespace
}  // namespace faultline::engine
