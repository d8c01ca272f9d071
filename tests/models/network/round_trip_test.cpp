#include "models/network/round_trip.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "models/network/connection.hpp"
#include "models/network/profile.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"
#include "tests/support/test_generator.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Bytes;
using engine::Duration;
using test::TestGenerator;

// Goal:   a draw has the quantiles that the table promises for its class.
// Method: 400'000 draws of each class against the columns excess_p50 … excess_p99 and excess_mean. The table was made
// by
//         simulation and rounded to 0.01 ms; 5 % covers that and three standard errors of p99, 10 % those of the mean
//         of a heavy tail.
TEST(JitterTest, DrawsHaveTheTablesQuantiles) {
    const NetworkProfile profile = NetworkProfile::aws_2025();
    scenarios::CsvReader csv("jitter_model.csv", scenarios::embedded_file("jitter_model.csv"));
    const auto name = csv.column("link_class"), p50 = csv.column("excess_p50_ms"), p90 = csv.column("excess_p90_ms");
    const auto p99 = csv.column("excess_p99_ms"), mean = csv.column("excess_mean_ms");
    TestGenerator generator(7);
    int checked = 0;
    while (csv.next()) {
        for (int c = 1; c < link_class_count; ++c) {
            if (to_string(static_cast<LinkClass>(c)) != csv.text(name)) continue;
            const JitterModel& model = profile.jitter(static_cast<LinkClass>(c));
            std::vector<double> ms(400'000);
            for (double& draw : ms) draw = 1e3 * sample_excess_s(model, generator);
            const double drawn_mean = std::accumulate(ms.begin(), ms.end(), 0.0) / static_cast<double>(ms.size());
            std::sort(ms.begin(), ms.end());
            const auto quantile = [&](std::size_t per_mille) { return ms[ms.size() / 1000 * per_mille]; };
            const auto near = [&](double got, std::size_t column, double tolerance) {
                EXPECT_NEAR(got, csv.number(column), tolerance * csv.number(column) + 0.006) << csv.text(name);
            };
            near(quantile(500), p50, 0.05);
            near(quantile(900), p90, 0.05);
            near(quantile(990), p99, 0.10);
            near(drawn_mean, mean, 0.10);
            EXPECT_NEAR(drawn_mean, 1e3 * model.mean_s(), 0.03 * drawn_mean) << csv.text(name);
            double deviation = 0.0;
            for (const double draw : ms) deviation += std::abs(draw - drawn_mean);
            deviation /= static_cast<double>(ms.size());
            EXPECT_NEAR(deviation, 1e3 * model.mean_deviation_s(), 0.05 * deviation) << csv.text(name);
            EXPECT_LE(ms.back(), 1e3 * model.cap_s);
            ++checked;
        }
    }
    EXPECT_EQ(checked, 12);
}

// A path of one link, outside any topology.
struct OneLink {
    JitterModel jitter;
    const JitterModel* pointer = &jitter;
    Path path;
    explicit OneLink(Duration base, JitterModel model = {}) : jitter(model) {
        path.usable = path.reachable = true;
        path.base_round_trip = base;
        path.loss_one_way = jitter.loss_probability;
        path.loss_per_round_trip = 1.0 - (1.0 - path.loss_one_way) * (1.0 - path.loss_one_way);
        path.retransmission_timeout = base + 200ms;
        path.set_jitter({&pointer, 1});
    }
    OneLink(const OneLink&) = delete;
    OneLink& operator=(const OneLink&) = delete;
};

// Goal: a path holds the figures of its first links itself and looks for those of the others: none is left out.
TEST(RoundTripTest, AllLinksOfALongPathAddTheirOwn) {
    std::array<JitterModel, 7> models;
    std::array<const JitterModel*, 7> pointers{};
    Path path;
    double sum_s = 0.0;
    for (std::size_t i = 0; i < models.size(); ++i) {
        models[i] = {.body_median_s = std::pow(10.0, static_cast<double>(i) - 6.0), .cap_s = 100.0};  // 1 us to 1 s
        pointers[i] = &models[i];
        path.set_jitter({pointers.data(), i + 1});
        TestGenerator generator(11);
        const Duration all = sample_calm_excess(path, generator);
        sum_s += models[i].body_median_s;
        EXPECT_NEAR(engine::in_seconds(all), sum_s, 2e-9) << i + 1 << " links";
    }
}

// Goal:   the spikes of several links come as often, together and alone, as if each were drawn by itself.
// Method: three links whose spikes are told apart by their size, 400'000 draws: each of the eight combinations
// within 4.5
//         standard errors of its product of probabilities.
TEST(RoundTripTest, SpikesOfSeveralLinksAreIndependent) {
    const std::array<double, 3> probability{0.3, 0.1, 0.5};
    std::array<JitterModel, 3> models;
    std::array<const JitterModel*, 3> pointers{};
    Path path;
    double none = 1.0;
    for (std::size_t i = 0; i < 3; ++i) {
        // A spike of 1, 2 or 4 s exactly: a tail so steep that it has no length.
        models[i] = {.body_median_s = 1e-9,
                     .spike_probability = probability[i],
                     .spike_scale_s = 1.0 * (1 << i),
                     .spike_alpha = 1e12,
                     .cap_s = 100.0};
        pointers[i] = &models[i];
        none *= 1.0 - probability[i];
    }
    path.set_jitter(pointers);
    path.spike_probability = 1.0 - none;
    TestGenerator generator(11);
    constexpr int n = 400'000;
    std::array<int, 8> seen{};
    for (int k = 0; k < n; ++k) ++seen[static_cast<std::size_t>((sample_excess(path, generator) + 500ms) / 1s)];
    for (std::size_t combination = 0; combination < 8; ++combination) {
        double p = 1.0;
        for (std::size_t i = 0; i < 3; ++i) {
            p *= (combination >> i & 1U) != 0 ? probability[i] : 1.0 - probability[i];
        }
        EXPECT_NEAR(seen[combination] / double{n}, p, 4.5 * std::sqrt(p * (1.0 - p) / n)) << combination;
    }
}

TEST(RoundTripTest, WithoutJitterAndLossItIsBaseAndBytes) {
    OneLink link(70ms);
    link.path.bandwidth = {1e9};
    link.path.seconds_per_byte = 8e-9;
    TestGenerator generator(1);
    const Delays delays = sample_round_trip(link.path, {Bytes{1'250}, Bytes{125'000}}, generator);
    EXPECT_TRUE(delays.delivered);
    EXPECT_EQ(delays.forward, 35ms + 10us);
    EXPECT_EQ(delays.back, 35ms + 1ms);
}

TEST(RoundTripTest, NothingArrivesOverAPathThatIsDown) {
    OneLink link(70ms);
    link.path.usable = false;
    TestGenerator generator(1);
    EXPECT_FALSE(sample_round_trip(link.path, {}, generator).delivered);
    EXPECT_FALSE(sample_connect(link.path, generator).delivered);
}

// Goal:   a lost packet costs one timeout, a second loss in a row twice that, as often as the loss says.
// Method: loss 10 % each way, no jitter: the delay is base plus sums of 300, 600, … ms in each direction. The share of
//         undisturbed requests is 0.9^2 within 4 standard errors, and the mean extra delay is E = sum over attempts.
TEST(RoundTripTest, LossesCostRetransmissionTimeouts) {
    OneLink link(100ms, {.loss_probability = 0.1});
    TestGenerator generator(3);
    const int n = 100'000;
    int undisturbed = 0;
    double extra_s = 0.0;
    for (int i = 0; i < n; ++i) {
        const Delays delays = sample_round_trip(link.path, {Bytes{100}, Bytes{100}}, generator);
        ASSERT_TRUE(delays.delivered);
        const Duration extra = delays.forward + delays.back - 100ms;
        EXPECT_EQ(extra % 300ms, 0ms);
        undisturbed += extra == 0ms;
        extra_s += engine::in_seconds(extra);
    }
    EXPECT_NEAR(undisturbed / double{n}, 0.81, 4.0 * std::sqrt(0.81 * 0.19 / n));
    // One way: 0.3 s x (0.1 + 0.1^2 x 2 + 0.1^3 x 4 + …) = 0.3 x 0.1 / (1 - 0.2).
    EXPECT_NEAR(extra_s / n, 2.0 * 0.0375, 0.003);
}

TEST(RoundTripTest, LongMessagesRecoverFromMostLossesInARoundTrip) {
    OneLink link(100ms, {.loss_probability = 0.001});
    TestGenerator generator(5);
    int fast = 0, slow = 0;
    for (int i = 0; i < 50'000; ++i) {
        const Duration total = [&] {
            const Delays delays = sample_round_trip(link.path, {Bytes{100}, Bytes{100 * segment_bytes}}, generator);
            return delays.forward + delays.back;
        }();
        fast += total == 200ms;
        slow += total >= 400ms;
    }
    EXPECT_NEAR(fast / 50'000.0, 0.095 * 0.97, 0.006);  // 1 - 0.999^100, less the share of the last three segments
    EXPECT_GT(slow, 50);
    EXPECT_LT(slow, 400);
}

TEST(RoundTripTest, AConnectionAttemptWaitsASecondThenTwo) {
    OneLink link(100ms, {.loss_probability = 0.5});
    TestGenerator generator(9);
    bool gave_up = false;
    for (int i = 0; i < 1000; ++i) {
        const Delays delays = sample_connect(link.path, generator);
        if (!delays.delivered) {
            EXPECT_EQ(delays.forward, 50ms + 127s);
            gave_up = true;
            continue;
        }
        const auto waited = (delays.forward + delays.back - 100ms) / 1s;
        EXPECT_EQ(waited & (waited + 1), 0) << "0, 1, 3, 7, … seconds";
    }
    EXPECT_TRUE(gave_up);
    EXPECT_EQ(retransmission_wait(200ms, 20), 120s);
}

TEST(ConnectionTest, CostsAreThoseOfTheProtocols) {
    EXPECT_EQ(connection_cost(Protocol::MysqlTls).round_trips(), 4);
    EXPECT_EQ(connection_cost(Protocol::PostgresqlTls).round_trips(), 6);
    EXPECT_EQ(connection_cost(Protocol::RedisTls).round_trips(), 3);
    EXPECT_EQ(connection_cost(Protocol::Https).round_trips(), 2);
    EXPECT_EQ(protocol_named("redis-tls"), Protocol::RedisTls);
    EXPECT_FALSE(protocol_named("redis"));
}

}  // namespace
}  // namespace faultline::models
