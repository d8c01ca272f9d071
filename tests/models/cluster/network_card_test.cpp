// The network card of an instance: exact turns, a queue with one server, and what saturates it. At 8 Mbit/s a byte
// takes a microsecond.
#include "models/cluster/network_card.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/standby/log_stream.hpp"
#include "tests/models/cluster/one_instance.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::BitsPerSecond;
using engine::Distribution;
using engine::start_of_time;

constexpr BitsPerSecond byte_a_us{8e6};

InstanceShape behind_card(BitsPerSecond bandwidth) {
    return {.class_name = "small", .vcpus = 200, .bandwidth = bandwidth};
}

// Answers of one size, and when they came.
struct Answers {
    explicit Answers(BitsPerSecond bandwidth, Bytes of_size)
        : one(Distribution::constant(0.0), behind_card(bandwidth)), size(of_size) {}

    engine::Process<> ask() {
        const Instant began = one.region.simulation.now();
        Statement statement;
        statement.answer = size;
        const RequestRef nobody;
        engine::Call<Answer> call(one.region.simulation, one.instance().component(),
                                  one.instance().execute(nobody, statement, Duration::zero()), Duration::zero());
        co_await call;
        if (call.outcome() != engine::CallOutcome::answered) co_return;
        ++answered;
        took.push_back(one.region.simulation.now() - began);
    }
    engine::Process<> ask_at_random(double rate_per_s) {
        engine::RandomStream draws = one.region.simulation.stream("client", "arrivals");
        const Distribution gap = Distribution::exponential(1.0 / rate_per_s);
        for (;;) {
            co_await one.region.simulation.delay(gap.sample_duration(draws));
            one.region.simulation.spawn(one.client, ask());
        }
    }
    void spawn() { one.region.simulation.spawn(one.client, ask()); }
    double utilisation() { return one.instance().card().server().utilisation(one.region.simulation.now()); }

    OneInstance one;
    Bytes size;
    std::uint64_t answered = 0;
    std::vector<Duration> took;
};

TEST(NetworkCardTest, AnswersLeaveOneAfterTheOther) {
    Answers answers(byte_a_us, Bytes{1000});
    for (int i = 0; i < 3; ++i) answers.spawn();
    answers.one.run_to(10ms);
    answers.spawn();
    answers.one.run_to(20ms);
    EXPECT_EQ(answers.took, (std::vector<Duration>{1ms, 2ms, 3ms, 1ms}));
    EXPECT_DOUBLE_EQ(answers.utilisation(), 4.0 / 20.0);
}

TEST(NetworkCardTest, AClassWithoutAFigureHasNoLimit) {
    Answers answers(BitsPerSecond{}, Bytes{1'000'000'000});
    for (int i = 0; i < 3; ++i) answers.spawn();
    answers.one.run_to(1ms);
    EXPECT_EQ(answers.took, (std::vector<Duration>{0ms, 0ms, 0ms}));
    EXPECT_EQ(answers.utilisation(), 0.0);
}

TEST(NetworkCardTest, WhatADeadInstanceHadNotSentIsNoUseOfIt) {
    Answers answers(byte_a_us, Bytes{1000});
    for (int i = 0; i < 10; ++i) answers.spawn();
    answers.one.run_to(2500us);
    EXPECT_EQ(answers.took, (std::vector<Duration>{1ms, 2ms}));
    answers.one.instance().crash(engine::Health::crash);
    answers.one.instance().start(Role::writer);
    answers.one.run_to(5ms);
    EXPECT_DOUBLE_EQ(answers.utilisation(), 2.5 / 5.0);
    answers.spawn();
    answers.one.run_to(10ms);
    EXPECT_EQ(answers.took, (std::vector<Duration>{1ms, 2ms, 1ms})) << "seven are lost, and nobody is before this one";
}

// Goal:   answers of one length wait as in M/D/1: W = rho S / (2 (1 - rho)), and the card is in use for rate x bytes /
//         bandwidth.
// Method: 2000 bytes, S = 2 ms, 400 a second, rho = 0.8, W = 4 ms; 2,000 s are 800,000 arrivals, so the use is within
//         four sigma of Poisson, 0.8 * 4 / sqrt(800,000) = 0.0036. Waits vary by 4.3 ms (E[W^2] = 2 W^2 + rho S^2 / (3
//         (1 - rho))) and hang together over at most the relaxation time of M/M/1, S / (1 - sqrt(rho))^2 = 180 ms:
//         5,500 independent ones, four sigma are 0.23 ms.
TEST(NetworkCardTest, AnswersOfOneLengthAreAnMD1Queue) {
    Answers answers(byte_a_us, Bytes{2000});
    answers.one.region.simulation.spawn(answers.one.client, answers.ask_at_random(400.0));
    answers.one.run_to(2000s);
    double sum_s = 0.0;
    for (const Duration one : answers.took) sum_s += engine::in_seconds(one);
    const double wait_ms = 1e3 * sum_s / static_cast<double>(answers.took.size()) - 2.0;
    EXPECT_NEAR(wait_ms, 4.0, 0.23);
    EXPECT_NEAR(answers.utilisation(), 400.0 * 2000.0 * 8.0 / byte_a_us.value, 0.0036);
}

// Twice as much is asked for as leaves: 500 a second come, one each 2 ms from the first on, whoever asks.
TEST(NetworkCardTest, ASmallClassWithLargeAnswersSaturatesAtBandwidthByBytes) {
    Answers answers(byte_a_us, Bytes{2000});
    answers.one.region.simulation.spawn(answers.one.client, answers.ask_at_random(1000.0));
    answers.one.run_to(100s);
    const double limit = byte_a_us.value / (8.0 * 2000.0);
    EXPECT_NEAR(static_cast<double>(answers.answered), 100.0 * limit, 10.0);
    EXPECT_NEAR(answers.utilisation(), 1.0, 0.001);
}

TEST(NetworkCardTest, AnotherClassHasAnotherCard) {
    Answers answers(byte_a_us, Bytes{1000});
    Instance& instance = answers.one.instance();
    instance.crash(engine::Health::crash);
    instance.change_class(behind_card(BitsPerSecond{2 * byte_a_us.value}));
    instance.start(Role::writer);
    answers.spawn();
    answers.one.run_to(1ms);
    EXPECT_EQ(answers.took, (std::vector<Duration>{500us}));
}

// Commits of a writer at no distance from storage that takes no time: what is left is the sender and the card.
struct CardCommits {
    explicit CardCommits(Duration send_time)
        : volume(region.simulation, "orders", region.transport, region.zones(), region.zone_names(),
                 {.send_time = send_time, .size = Bytes{1}}) {}
    ~CardCommits() { region.simulation.close(); }

    engine::Process<> commit(std::size_t number, Bytes log) {
        const RequestRef nobody;
        const bool durable = co_await volume.commit(LogSource(region.zone(0), &card, log), volume.epoch(), nobody);
        if (durable) told.at(number) = region.simulation.now() - start_of_time;
    }
    void commit_at(Duration at, std::size_t number, std::int64_t log) {
        region.simulation.run_until(start_of_time + at);
        region.simulation.spawn(writer, commit(number, Bytes{log}));
    }
    void run_to(Duration at) { region.simulation.run_until(start_of_time + at); }

    SmallRegion region{"zero"};
    engine::Component writer{region.simulation, "writer"};
    NetworkCard card{region.simulation.now(), byte_a_us};
    StorageVolume volume;
    std::vector<Duration> told = std::vector<Duration>(4);
};

// Six copies of 1000 bytes: the fourth has left after 4 ms, the sixth after 6 ms, and the next commit's follow.
TEST(NetworkCardTest, SixCopiesOfTheLogLeaveThroughIt) {
    CardCommits commits(65us);
    commits.commit_at(0ms, 0, 1000);
    commits.commit_at(1ms, 1, 1000);
    commits.run_to(20ms);
    EXPECT_EQ(commits.told[0], 4ms);
    EXPECT_EQ(commits.told[1], 10ms);
    EXPECT_DOUBLE_EQ(commits.card.server().utilisation(start_of_time + 20ms), 12.0 / 20.0);
}

// The sender takes longer than the card: the fourth operation begins at 3 * 65 us, and its bytes take 10 us.
TEST(NetworkCardTest, TheSenderAndTheCardWorkSideBySide) {
    CardCommits commits(65us);
    commits.commit_at(0ms, 0, 10);
    commits.run_to(1ms);
    EXPECT_EQ(commits.told[0], 3 * 65us + 10us);
}

// A record that joins an open batch makes all of it longer, so the one that opened it waits for it, too.
TEST(NetworkCardTest, ARecordThatJoinsABatchMakesItLonger) {
    CardCommits commits(65us);
    commits.commit_at(0us, 0, 10);
    commits.commit_at(1us, 1, 10);  // the sender is busy until 390 us
    commits.commit_at(2us, 2, 10);  // in the same batch
    commits.run_to(2ms);
    EXPECT_EQ(commits.volume.log().batches(), 2U);
    EXPECT_EQ(commits.told[0], 205us);
    EXPECT_EQ(commits.told[1], 6 * 65us + 3 * 65us + 20us);
    EXPECT_EQ(commits.told[2], commits.told[1]);
    EXPECT_NEAR(commits.card.server().utilisation(start_of_time + 2ms), 3 * 60e-6 / 2e-3, 1e-9);
}

// Goal: a writer commits at most bandwidth / (six copies of its log) a second: 8 Mbit/s / 6000 bytes, 166.7.
TEST(NetworkCardTest, CommitsSaturateItAtSixTimesTheirLog) {
    CardCommits commits(65us);
    commits.told.resize(400);
    for (std::size_t i = 0; i < 400; ++i) commits.commit_at(i * 2500us, i, 1000);  // 400 a second
    commits.run_to(1s);
    const auto told = std::count_if(commits.told.begin(), commits.told.end(), [](Duration at) { return at > 0ms; });
    EXPECT_NEAR(static_cast<double>(told), 1e6 / 6000.0, 1.0);
}

// The copies that have left when the process ends are there, two of six at 2.5 ms, and the next commit has none: so it
// is found for as long as one of the two is alive.
TEST(NetworkCardTest, LogThatHadNotLeftIsLostWithTheWriter) {
    for (const std::uint32_t nodes_lost : {0U, 1U, 2U}) {
        CardCommits commits(65us);
        commits.commit_at(0ms, 0, 1000);
        commits.commit_at(1ms, 1, 1000);
        commits.run_to(2500us);
        commits.writer.kill(engine::Health::crash);
        commits.volume.writer_gone();
        commits.run_to(20ms);
        for (std::uint32_t node = 0; node < nodes_lost; ++node) commits.volume.lose(node, engine::Health::crash);
        EXPECT_EQ(commits.volume.recover().unacknowledged, nodes_lost < 2 ? 1U : 0U) << nodes_lost << " lost";
    }
}

// A replica in the region sees a commit when its log has left, if that is later than its message.
TEST(NetworkCardTest, AReplicaIsSentItsLogThroughIt) {
    ReplicaApply replica({.stream_interval = 4ms});
    const auto way = [] { return Duration{500us}; };
    replica.restart(start_of_time);
    replica.ship(start_of_time + 1ms, way, true, 0, start_of_time + 3ms);
    EXPECT_EQ(replica.lag(), 3ms + 500us) << "with the message at 4 ms";
    replica.ship(start_of_time + 2ms, way, true, 0, start_of_time + 9ms);
    EXPECT_EQ(replica.lag(), 7ms + 500us) << "it left at 9 ms";
}

// Goal:   a stream to a standby waits for the card and is as long as its bytes there; what was missed does not hold up
//         what else leaves.
// Method: one message of 970 bytes has 30 of its own and one segment's header of 52: 1052 us.
TEST(NetworkCardTest, AStreamToAStandbyLeavesThroughIt) {
    SmallRegion region{"zero"};
    NetworkCard card(region.simulation.now(), byte_a_us);
    LogStream stream(region.simulation, region.transport, {}, region.zone(1), "standby");
    stream.connect(region.zone(0));
    card.take(start_of_time, Bytes{2000});  // answers
    stream.send(970, 1, &card);
    EXPECT_EQ(stream.reaches(970, Reached::received), start_of_time + 3052us);
    EXPECT_EQ(card.server().backlog(start_of_time), 3052us);

    stream.send(970 + 10 * 128 * 1024, 10, &card);
    const Duration message = card.server().backlog(start_of_time) - 3052us;  // of 128 KiB with its headers
    EXPECT_GT(message, 131'072us);
    EXPECT_LT(message, 136'500us);
    EXPECT_EQ(stream.reaches(970 + 10 * 128 * 1024, Reached::received), start_of_time + 3052us + 10 * message);
    region.simulation.close();
}

}  // namespace
}  // namespace faultline::models
