// Connections of a pool by themselves: how long they live, and where those that replace them go.
#include "models/services/connection_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/cluster/one_instance.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;

// A writer and one reader, and a pool of their reader endpoint in the same place. Connections take no time.
struct Readers : OneInstance {
    explicit Readers(std::optional<Duration> max_lifetime)
        : OneInstance(Distribution::constant(0.0), {.class_name = "db", .vcpus = 4}) {
        cluster.admit(region.zone(0), {.class_name = "db", .vcpus = 4});
        ConnectionPoolShape shape;
        shape.place = region.zone(0);
        shape.name = "orders/reader";
        shape.driver.connect_timeout = 2s;
        shape.connections = 200;
        shape.max_lifetime = max_lifetime;
        pool.emplace(region.simulation, region.transport, client, cluster.reader_endpoint(), shape);
    }
    ~Readers() { region.simulation.close(); }

    // A client that uses a connection for 10 s, gives it back, and goes on at once.
    engine::Process<> use() {
        const RequestRef nobody;
        for (;;) {
            Session session;
            if (!pool->take_idle(session)) {
                const ConnectionPool::Connected made = co_await pool->connect(nobody, draws);
                if (made.status != AnswerStatus::ok) co_return;
                lives_s.push_back(engine::in_seconds(made.connection.retires - region.simulation.now()));
                session.take(made.connection);
            }
            co_await region.simulation.delay(10s);
            pool->give_back(session.give());
        }
    }
    int connections(std::size_t instance) { return cluster.instances()[instance]->connections(); }

    engine::QueryDraws draws = engine::query_streams(region.simulation.stream_key("client", "connections"), 0).network;
    std::optional<ConnectionPool> pool;
    std::vector<double> lives_s;
};

// Goal:   a connection lives for the maximum less up to 2.5 % of it, uniformly.
// Method: 200 connections. Their mean has a standard error of 0.025 / sqrt(12 * 200) of the maximum; four of it.
TEST(ConnectionPoolTest, ConnectionsDoNotEndTogether) {
    Readers system(1000s);
    for (int i = 0; i < 200; ++i) system.region.simulation.spawn(system.client, system.use());
    system.run_to(1s);
    ASSERT_EQ(system.lives_s.size(), 200U);
    double sum = 0.0;
    for (const double life : system.lives_s) {
        EXPECT_GE(life, 975.0);
        EXPECT_LE(life, 1000.0);
        sum += life;
    }
    EXPECT_NEAR(sum / 200.0, 987.5, 4.0 * 25.0 / std::sqrt(12.0 * 200.0));
}

// A proxy keeps half of its connections idle at most, so that those of one name leave room for another's at the same
// instance; where sessions are pinned they are their clients', and stay.
TEST(ConnectionPoolTest, AProxyClosesWhatIsIdleBeyondHalf) {
    for (const bool pinned : {false, true}) {
        Readers system(std::nullopt);
        ConnectionPoolShape shape = system.pool->shape();
        shape.holds_requests = true;
        shape.driver.pinned = pinned;
        system.pool.emplace(system.region.simulation, system.region.transport, system.client,
                            system.cluster.reader_endpoint(), shape);
        const auto once = [&]() -> engine::Process<> {
            const RequestRef nobody;
            Session session;
            const ConnectionPool::Connected made = co_await system.pool->connect(nobody, system.draws);
            session.take(made.connection);
            co_await system.region.simulation.delay(10s);
            system.pool->give_back(session.give());
        };
        for (int i = 0; i < 200; ++i) system.region.simulation.spawn(system.client, once());
        system.run_to(20s);
        EXPECT_EQ(system.pool->idle(), pinned ? 200U : 100U);
        EXPECT_EQ(system.connections(0) + system.connections(1), pinned ? 200 : 100);
    }
}

// Nothing is cut off: a connection that is in use at the end of its life is closed when it is given back.
TEST(ConnectionPoolTest, ARetiredConnectionIsReplaced) {
    Readers system(100s);
    system.region.simulation.spawn(system.client, system.use());
    system.run_to(99s);
    EXPECT_EQ(system.lives_s.size(), 1U);
    EXPECT_EQ(system.connections(1), 1);
    system.run_to(101s);
    EXPECT_EQ(system.lives_s.size(), 2U) << "given back at 100 s";
    EXPECT_EQ(system.connections(1), 1) << "the old one is closed";
    EXPECT_EQ(system.pool->idle(), 0U);
}

// A reader that is added after the pool was filled is used when connections are replaced, and by half of them: DNS
// answers in turn. Where they live for ever it is never used.
TEST(ConnectionPoolTest, ComesToAReaderThatWasAddedLater) {
    for (const bool for_ever : {false, true}) {
        Readers system(for_ever ? std::nullopt : std::optional<Duration>(100s));
        for (int i = 0; i < 100; ++i) system.region.simulation.spawn(system.client, system.use());
        system.run_to(50s);
        system.cluster.admit(system.region.zone(0), {.class_name = "db", .vcpus = 4});
        EXPECT_EQ(system.connections(1), 100);
        system.run_to(95s);
        EXPECT_EQ(system.connections(2), 0) << "nobody needs a new connection";
        system.run_to(200s);
        if (for_ever) {
            EXPECT_EQ(system.connections(1), 100);
            EXPECT_EQ(system.connections(2), 0);
        } else {
            EXPECT_EQ(system.connections(1) + system.connections(2), 100);
            EXPECT_NEAR(system.connections(2), 50, 5);
        }
    }
}

}  // namespace
}  // namespace faultline::models
