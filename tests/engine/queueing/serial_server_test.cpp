#include "engine/queueing/serial_server.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/queueing/server_pool.hpp"
#include "engine/random/distributions.hpp"
#include "engine/simulation.hpp"

namespace faultline::engine {
namespace {

using namespace std::chrono_literals;

constexpr Instant at(Duration since_start) {
    return start_of_time + since_start;
}

TEST(SerialServerTest, JobsFollowEachOtherInTheOrderInWhichTheyCome) {
    SerialServer server(start_of_time);
    const SerialServer::Turn first = server.take(at(1ms), 10ms);
    const SerialServer::Turn second = server.take(at(3ms), 2ms);
    const SerialServer::Turn after_a_pause = server.take(at(20ms), 1ms);
    EXPECT_EQ(first.start, at(1ms));
    EXPECT_EQ(second.start, at(11ms));
    EXPECT_EQ(second.end, at(13ms));
    EXPECT_EQ(after_a_pause.start, at(20ms));
}

TEST(SerialServerTest, ASlowerServerTakesLongerForWhatComesFromThenOn) {
    SerialServer server(start_of_time);
    EXPECT_EQ(server.take(at(0ms), 10ms).end, at(10ms));
    server.set_speed(0.5);
    EXPECT_EQ(server.take(at(0ms), 10ms).end, at(30ms));
}

// Busy from 1 to 11 ms and from 20 to 24: 7 of the first 8 ms, of which one was waited by one job; 14 of 28 in all.
TEST(SerialServerTest, UtilisationAndQueueLengthAreMeansOverTime) {
    SerialServer server(start_of_time);
    server.take(at(1ms), 8ms);
    server.take(at(5ms), 2ms);
    EXPECT_DOUBLE_EQ(server.utilisation(at(8ms)), 7.0 / 8.0);
    server.take(at(20ms), 4ms);
    EXPECT_DOUBLE_EQ(server.utilisation(at(28ms)), 14.0 / 28.0);
    EXPECT_DOUBLE_EQ(server.mean_waiting(at(28ms)), 4.0 / 28.0);
    EXPECT_EQ(server.jobs(), 3U);
    server.reset_statistics(at(28ms));
    EXPECT_EQ(server.jobs(), 0U);
    EXPECT_DOUBLE_EQ(server.utilisation(at(29ms)), 0.0);
}

TEST(SerialServerTest, WorkThatRemainsAtAResetCountsAsItIsDone) {
    SerialServer server(start_of_time);
    server.take(at(0ms), 10ms);
    server.reset_statistics(at(4ms));
    EXPECT_DOUBLE_EQ(server.utilisation(at(16ms)), 6.0 / 12.0);
}

TEST(SerialServerTest, ADeathDropsWhatIsNotDone) {
    SerialServer server(start_of_time);
    server.take(at(0ms), 10ms);
    server.take(at(0ms), 10ms);
    server.clear(at(5ms));
    EXPECT_DOUBLE_EQ(server.utilisation(at(10ms)), 0.5);
    EXPECT_EQ(server.take(at(10ms), 1ms).start, at(10ms));
}

// Goal:   the recursion and the pool of one server, which works by events, are the same queue.
// Method: 20'000 jobs at 90 % load through both; every end must be equal to the nanosecond.
class BesideThePool {
public:
    void run() {
        simulation_.spawn(clients_, arrivals());
        simulation_.run_until(end_of_time);
    }
    int differences() const { return differences_; }
    int jobs() const { return jobs_; }

private:
    Process<> arrivals() {
        RandomStream draws = simulation_.stream("clients", "draws");
        const Distribution gap = Distribution::exponential(1e-3);
        const Distribution work = Distribution::exponential(0.9e-3);
        for (int i = 0; i < 20'000; ++i) {
            const Duration length = work.sample_duration(draws);
            simulation_.spawn(clients_, job(length));
            const Duration until_next = gap.sample_duration(draws);
            co_await simulation_.delay(until_next);
        }
    }
    Process<> job(Duration length) {
        const SerialServer::Turn turn = serial_.take(simulation_.now(), length);
        const Served served = co_await pool_.serve(length);
        ++jobs_;
        if (turn.start != served.started || turn.end != simulation_.now()) ++differences_;
    }

    Simulation simulation_{RunIdentity{}};
    Component clients_{simulation_, "clients"};
    ServerPool pool_{simulation_, clients_.number(), {.servers = 1}};
    SerialServer serial_{start_of_time};
    int jobs_ = 0;
    int differences_ = 0;
};

TEST(SerialServerTest, IsTheQueueOfAPoolOfOneServer) {
    BesideThePool both;
    both.run();
    EXPECT_EQ(both.jobs(), 20'000);
    EXPECT_EQ(both.differences(), 0);
}

}  // namespace
}  // namespace faultline::engine
