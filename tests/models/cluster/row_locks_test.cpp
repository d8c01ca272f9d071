// Row locks by themselves, and a hot row as a queue with one server.
#include "models/cluster/row_locks.hpp"

#include <gtest/gtest.h>

#include "tests/models/cluster/one_instance.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;

TEST(RowLocksTest, ARowIsFreeAgainWhenItsTransactionEnds) {
    RowLocks locks;
    const auto first = locks.open(), second = locks.open(), third = locks.open();
    for (const auto transaction : {first, second, third}) ASSERT_TRUE(locks.begin_statement(transaction));
    EXPECT_TRUE(locks.take(first, 7));
    EXPECT_TRUE(locks.take(first, 7)) << "it has it already";
    EXPECT_FALSE(locks.take(second, 7));
    EXPECT_TRUE(locks.take(third, 8));
    EXPECT_EQ(locks.rows_locked(), 2U);
    locks.end_statement(third);
    locks.close(third);
    EXPECT_EQ(locks.rows_locked(), 1U);
    // Its client has left while its statement runs: it holds the row until the server sees that.
    locks.close(first);
    EXPECT_EQ(locks.transactions_open(), 2U);
    locks.end_statement(first);
    EXPECT_EQ(locks.transactions_open(), 1U);
    EXPECT_FALSE(locks.begin_statement(first));
    locks.close(first);
    EXPECT_EQ(locks.transactions_open(), 1U) << "closed once";
    locks.clear();
    EXPECT_EQ(locks.rows_locked(), 0U);
    EXPECT_FALSE(locks.begin_statement(second)) << "of an earlier incarnation";
    const auto after = locks.open();
    ASSERT_TRUE(locks.begin_statement(after));
    EXPECT_TRUE(locks.take(after, 7));
}

// A server with CPUs for everybody.
InstanceShape server(std::optional<Duration> wait_max) {
    return {.class_name = "server", .vcpus = 200, .lock_wait_max = wait_max};
}

Statement update(Duration demand) {
    return {.writes = true, .commits = true, .demand = demand, .locks = true};
}

// Goal:   updates of one row wait for it as for the server of an M/G/1 queue: the lock is held for the CPU time and the
//         commit. Pollaczek and Khinchine: W = rate * E[S^2] / (2 (1 - rho)).
// Method: S = 1 ms + an exponential of mean 1 ms, 300 a second: E[S^2] = 5 ms^2, rho = 0.6, W = 1.875 ms. 2,000 s are
//         600,000 waits of a deviation of 2.6 ms that hang together over some 10: four standard errors are 0.06 ms.
TEST(HotRowTest, IsAnMG1Queue) {
    OneInstance row(Distribution::exponential(0.001), server(std::nullopt));
    row.region.simulation.spawn(row.client, row.arrivals(300.0, 1, update(1ms)));
    row.run_to(2000s);
    ASSERT_GT(row.order.size(), 590'000U);
    EXPECT_NEAR(row.mean_ms(row.lock_s), 1.875, 0.06);
    EXPECT_EQ(row.failed, 0U);
}

// The same load over 50 rows: each a queue at rho = 0.012, W = 0.0152 ms. Every 50th arrival is a row's next: gaps are
// Erlang, not exponential, so it waits even less.
TEST(HotRowTest, RowsDoNotWaitForEachOther) {
    OneInstance rows(Distribution::exponential(0.001), server(std::nullopt));
    rows.region.simulation.spawn(rows.client, rows.arrivals(300.0, 50, update(1ms)));
    rows.run_to(1000s);
    EXPECT_LT(rows.mean_ms(rows.lock_s), 0.0152);
    EXPECT_EQ(rows.instance().row_locks().transactions_open(), rows.instance().row_locks().rows_locked());
}

TEST(HotRowTest, IsGivenInTheOrderOfComing) {
    OneInstance row(Distribution::constant(0.010), server(std::nullopt));
    for (std::uint64_t number = 1; number <= 5; ++number) {
        row.region.simulation.spawn(row.client, row.send(number, 7, update(1ms * (6 - static_cast<int>(number)))));
    }
    row.run_to(1s);
    EXPECT_EQ(row.order, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(row.instance().statistics().lock_waits, 4U);
    // Held for 15, 14, 13 and 12 ms: the second waits 15, the third 29, then 42 and 54.
    EXPECT_NEAR(row.lock_s, 0.140, 1e-6);
}

TEST(HotRowTest, AWaitEndsAtItsTimeoutAndTheRowGoesToTheNext) {
    OneInstance row(Distribution::constant(1.0), server(1500ms));
    for (std::uint64_t number = 1; number <= 3; ++number) {
        row.region.simulation.spawn(row.client, row.send(number, 7, update(Duration::zero())));
    }
    row.run_to(1600ms);
    EXPECT_EQ(row.order.size(), 1U);
    EXPECT_EQ(row.failed, 1U) << "the third waited 1.5 s";
    EXPECT_EQ(row.instance().statistics().lock_timeouts, 1U);
    row.run_to(3s);
    EXPECT_EQ(row.order.size(), 2U);
    EXPECT_EQ(row.instance().row_locks().rows_locked(), 0U);
}

TEST(HotRowTest, IsFreeAfterACrash) {
    OneInstance row(Distribution::constant(10.0), server(std::nullopt));
    for (std::uint64_t number = 1; number <= 3; ++number) {
        row.region.simulation.spawn(row.client, row.send(number, 7, update(Duration::zero())));
    }
    row.run_to(1s);
    EXPECT_EQ(row.instance().row_locks().transactions_open(), 3U);
    row.instance().crash(engine::Health::crash);
    EXPECT_EQ(row.instance().row_locks().transactions_open(), 0U);
    row.instance().start(Role::writer);
    row.region.simulation.spawn(row.client, row.send(4, 7, update(Duration::zero())));
    row.run_to(12s);
    EXPECT_EQ(row.failed, 3U);
    EXPECT_EQ(row.order.size(), 1U);
}

// One transaction of two statements holds the row from the first of them to its commit, over the client's own pauses.
TEST(HotRowTest, ATransactionHoldsItOverItsRoundTrips) {
    OneInstance row(Distribution::constant(0.0), server(std::nullopt));
    const auto transaction = [&]() -> engine::Process<> {
        Statement statement = update(1ms);
        statement.transaction = row.instance().row_locks().open();
        statement.commits = false;
        co_await row.send(1, 7, statement);
        co_await row.region.simulation.delay(50ms);
        statement.locks = false;
        statement.demand = Duration::zero();
        statement.commits = true;
        co_await row.send(1, 7, statement);
    };
    row.region.simulation.spawn(row.client, transaction());
    row.run_to(10ms);
    row.region.simulation.spawn(row.client, row.send(2, 7, update(1ms)));
    row.run_to(1s);
    EXPECT_EQ(row.order, (std::vector<std::uint64_t>{1, 1, 2}));
    EXPECT_NEAR(row.lock_s, 0.041, 1e-6) << "from 10 ms to 51 ms";
}

// A reconnect storm: all come at one instant, and none has opened its connection yet when the last one asks.
TEST(ConnectionLimitTest, HoldsInAStormAndRefusesAtOnce) {
    OneInstance server(Distribution::constant(0.0), {.class_name = "server", .vcpus = 2, .connections_max = 30});
    Instance& instance = server.instance();
    int accepted = 0;
    std::vector<Duration> refused_after;
    const auto connect = [&]() -> engine::Process<> {
        const engine::Instant began = server.region.simulation.now();
        engine::Call<Answer> call(server.region.simulation, instance.component(),
                                  instance.accept(1ms, Duration::zero()), Duration::zero());
        co_await call;
        if (call.value().status != AnswerStatus::ok) {
            refused_after.push_back(server.region.simulation.now() - began);
            co_return;
        }
        instance.open_connection();
        ++accepted;
    };
    for (int i = 0; i < 100; ++i) server.region.simulation.spawn(server.client, connect());
    server.run_to(1s);
    EXPECT_EQ(accepted, 30);
    EXPECT_EQ(refused_after, std::vector<Duration>(70)) << "at once";
    EXPECT_EQ(instance.statistics().connections_refused, 70U);
    EXPECT_EQ(instance.statistics().connections_peak, 30);
    instance.close_connection(instance.incarnation());
    for (int i = 0; i < 2; ++i) server.region.simulation.spawn(server.client, connect());
    server.run_to(2s);
    EXPECT_EQ(accepted, 31) << "one has left, so there is room for one";
}

}  // namespace
}  // namespace faultline::models
