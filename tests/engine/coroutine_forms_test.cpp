// One case of each accepted form of co_await, with what goes through it: numbers, references, temporaries, values that
// only move, nested processes. g++ 12.2 miscompiles other forms without a word, so a compiler that breaks one of these
// must be found out here. Meant for AddressSanitizer too.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

// Counts its copies in life: a value destroyed twice, or never, shows.
class Counted {
public:
    explicit Counted(int value = 0) : value_(value), self_(this) { ++alive; }
    Counted(const Counted& other) : value_(other.value_), self_(this) { ++alive; }
    Counted& operator=(const Counted& other) {
        value_ = other.value_;
        return *this;
    }
    ~Counted() {
        EXPECT_EQ(self_, this);
        --alive;
    }
    int value() const { return value_; }
    static inline int alive = 0;

private:
    int value_;
    Counted* self_;
};

Process<int> number(World& world, int value) {
    co_await world.sim.delay(1ms);
    co_return value;
}
Process<int> number_at_once(int value) {
    co_return value;
}
Process<Counted> counted(World& world, const Counted& from) {
    const Counted local(from.value() + 1);
    co_await world.sim.delay(1ms);
    co_return local;
}
Process<Counted> counted_temporary(int value) {
    co_return Counted(value);
}
Process<std::unique_ptr<int>> moved(World& world, int value) {
    auto made = std::make_unique<int>(value);
    co_await world.sim.delay(1ms);
    co_return made;
}
Process<std::unique_ptr<int>> moved_temporary(int value) {
    co_return std::make_unique<int>(value);
}
Process<std::string> text(World& world, std::string_view word) {
    co_await world.sim.delay(1ms);
    co_return std::string(100, 'x') + std::string{word};
}

// co_return co_await x;
Process<int> number_handed_on(World& world, int value) {
    co_return co_await number(world, value);
}
Process<std::unique_ptr<int>> moved_handed_on(World& world, int value) {
    co_return co_await moved(world, value);
}
Process<Counted> counted_handed_on(World& world, const Counted& from) {
    co_return co_await counted(world, from);
}
Process<std::string> text_handed_on(World& world) {
    co_return co_await text(world, "y");
}

struct Adder {
    World& world;
    int sum = 0;
    Process<int> add(int value) {
        co_await world.sim.delay(1ms);
        sum += value;
        co_return sum;
    }
    Process<> add_twice(int& last) {
        co_await add(10);
        const int second = co_await add(20);
        last = second;
    }
};

// co_await x;
Process<> statement(World& world, int& done) {
    co_await world.sim.delay(1ms);
    co_await number(world, 1);
    co_await counted(world, Counted(5));
    co_await moved(world, 6);
    Timer timer(world.sim, 1ms);
    co_await timer;
    Condition never;
    Condition::Wait wait = never.wait();
    Timer patience(world.sim, 1ms);
    co_await any_of(wait, patience);
    done = 1;
}

// const auto r = co_await x;
Process<> declaration(World& world, int& sum) {
    const int a = co_await number(world, 1);
    const auto b = co_await number_at_once(2);
    const Counted c = co_await counted(world, Counted(a + b));
    const auto d = co_await counted_temporary(5);
    const auto e = co_await moved(world, 6);
    const std::unique_ptr<int> f = co_await moved_temporary(7);
    const auto word = co_await text(world, "z");
    sum = a + b + c.value() + d.value() + *e + *f + static_cast<int>(word.size());
}

Process<> handed_on(World& world, int& sum) {
    const auto a = co_await number_handed_on(world, 1);
    const auto b = co_await moved_handed_on(world, 2);
    const auto c = co_await counted_handed_on(world, Counted(2));
    const auto word = co_await text_handed_on(world);
    sum = a + *b + c.value() + static_cast<int>(word.size());
}

Process<> members(World& world, int& last) {
    Adder adder{world};
    co_await adder.add_twice(last);
}

// A body of a loop and of a branch may hold the forms; the condition may not.
Process<> in_blocks(World& world, int& sum) {
    for (int i = 0; i < 10; ++i) {
        if (i % 2 == 0) {
            const Counted guard(i);
            const int value = co_await number(world, i);
            sum += value + guard.value() - i;
        } else {
            co_await world.sim.delay(1ms);
        }
    }
}

template <class Make>
int result_of(Make make) {
    Counted::alive = 0;
    int result = -1;
    {
        World world;
        result = 0;
        world.sim.spawn(world.part, make(world, result));
        EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
        EXPECT_EQ(world.sim.processes(), 0u);
        EXPECT_EQ(Counted::alive, 0);
    }
    return result;
}

TEST(CoroutineFormsTest, Statement) {
    EXPECT_EQ(result_of(statement), 1);
}
TEST(CoroutineFormsTest, Declaration) {
    EXPECT_EQ(result_of(declaration), 1 + 2 + 4 + 5 + 6 + 7 + 101);
}
TEST(CoroutineFormsTest, Return) {
    EXPECT_EQ(result_of(handed_on), 1 + 2 + 3 + 101);
}
TEST(CoroutineFormsTest, MemberFunctions) {
    EXPECT_EQ(result_of(members), 30);
}
TEST(CoroutineFormsTest, InBlocks) {
    EXPECT_EQ(result_of(in_blocks), 0 + 2 + 4 + 6 + 8);
}

// The same, destroyed at each millisecond of its life.
TEST(CoroutineFormsTest, DestroyedAnywhere) {
    for (const auto make : {declaration, handed_on, in_blocks}) {
        for (int stop_ms = 0; stop_ms < 12; ++stop_ms) {
            Counted::alive = 0;
            int result = 0;
            {
                World world;
                world.sim.spawn(world.part, make(world, result));
                world.sim.run_until(world.at(stop_ms * 1ms));
            }
            EXPECT_EQ(Counted::alive, 0) << stop_ms;
        }
    }
}

TEST(CoroutineFormsTest, AProcessThatIsNeverBegunIsDestroyed) {
    World world;
    { const Process<int> unused = number(world, 1); }
    world.sim.close();
    int result = 0;
    world.sim.spawn(world.part, declaration(world, result));
    EXPECT_EQ(world.sim.processes(), 0u);
}

}  // namespace
}  // namespace faultline::engine
