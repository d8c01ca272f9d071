// Each test runs in a child: SimGrid is one engine a process.
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <optional>
#include <vector>

#include "models/network/simgrid_flows.hpp"
#include "tests/models/network/carried_bytes.hpp"
#include "tests/support/in_child.hpp"
#include "tests/support/test_generator.hpp"
#include "tests/support/wide_window.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::BitsPerSecond;
using engine::Bytes;
using engine::Duration;
using engine::end_of_time;
using engine::in_seconds;
using engine::Instant;
using engine::start_of_time;
using test::wide_window;

// Regions in a star around "hub", each with its own link; no zones, so a link's figures are a path's figures.
struct Star {
    Topology topology;
    PlaceId hub = topology.add_region("hub");
    std::vector<PlaceId> ends;
    std::vector<LinkId> links;

    void add(Duration round_trip, double bits_per_s) {
        ends.push_back(topology.add_region("end" + std::to_string(ends.size())));
        links.push_back(
            topology.add_link({.from = hub, .to = ends.back(), .round_trip = round_trip, .bandwidth = {bits_per_s}}));
    }
};

// Steps as a simulation would until all has ended, or `limit`.
std::vector<Finished> run(Flows& flows, Instant from, Instant limit = end_of_time) {
    std::vector<Finished> all;
    for (Instant now = flows.next_step(from); now <= limit && now != end_of_time; now = flows.next_step(now)) {
        for (const Finished& end : flows.advance(now)) all.push_back(end);
    }
    return all;
}

// Goal: alone on a path, a flow takes latency + bytes / min(bandwidth, window / round trip), to 1e-6.
TEST(FlowsTest, AloneAFlowTakesLatencyAndBytesOverItsBound) {
    test::in_child([] {
        const struct {
            Duration round_trip;
            double bits_per_s;
            std::int64_t bytes, window;
        } cases[] = {{100us, 1e9, 100'000'000, 3'020'000},
                     {70ms, 10e9, 100'000'000, 3'020'000},
                     {250ms, 100e6, 5'000'000, 3'020'000},
                     {0ms, 1e9, 1'000'000, 3'020'000},
                     {70ms, 1e9, 1, 3'020'000},
                     {1ms, 1e9, 2'000'000, 64'000}};
        Star star;
        for (const auto& c : cases) star.add(c.round_trip, c.bits_per_s);
        star.topology.seal();
        Flows flows(star.topology);
        Instant now = start_of_time;
        for (std::size_t i = 0; i < std::size(cases); ++i) {
            const auto& c = cases[i];
            now += 12'345'678'901ns;  // idle between them
            const FlowId id = flows.start(now, star.hub, star.ends[i], Bytes{c.bytes}, {.window = Bytes{c.window}});
            const auto ended = run(flows, now);
            ASSERT_EQ(ended.size(), 1U);
            EXPECT_EQ(ended[0].flow, id);
            EXPECT_EQ(ended[0].outcome, FlowOutcome::Completed);
            EXPECT_EQ(ended[0].moved.count, c.bytes);
            const double round_trip_s = std::max(2e-9, in_seconds(c.round_trip));
            const double rate = std::min(c.bits_per_s / 8.0, static_cast<double>(c.window) / round_trip_s);
            const double exact_s = round_trip_s / 2.0 + static_cast<double>(c.bytes) / rate;
            EXPECT_NEAR(in_seconds(ended[0].at - now), exact_s, 1e-6 * exact_s + 2e-9) << "case " << i;
            now = ended[0].at + 1ms;
        }
    });
}

// Goal: flows of very different round trips and of routes of one and two links share a link equally.
TEST(FlowsTest, SharesAreMaxMinFair) {
    test::in_child([] {
        Star star;
        star.add(100us, 1e9);   // the shared link, from end 0 to the hub
        star.add(100ms, 10e9);  // far
        star.add(0ms, 10e9);    // next door
        star.add(20ms, 100e6);  // behind a narrow link
        star.topology.seal();
        Flows flows(star.topology);
        const Instant t = start_of_time;
        const FlowOptions wide{.window = wide_window};
        const FlowId to_hub = flows.start(t, star.ends[0], star.hub, Bytes{10'000'000'000}, wide);
        const FlowId far = flows.start(t, star.ends[0], star.ends[1], Bytes{10'000'000'000}, wide);
        const FlowId near = flows.start(t, star.ends[0], star.ends[2], Bytes{10'000'000'000}, wide);
        const FlowId narrow = flows.start(t, star.ends[0], star.ends[3], Bytes{10'000'000'000}, wide);
        flows.advance(t + 1s);
        const auto at_1s = [&](FlowId id) { return static_cast<double>(flows.moved(id).count); };
        const double before[] = {at_1s(to_hub), at_1s(far), at_1s(near), at_1s(narrow)};
        flows.advance(t + 2s);
        // 1 Gbit/s: the narrow one is held at 100 Mbit/s, the others take a third of the rest, 37.5 MB/s.
        EXPECT_NEAR(at_1s(to_hub) - before[0], 37.5e6, 10.0);
        EXPECT_NEAR(at_1s(far) - before[1], 37.5e6, 10.0);
        EXPECT_NEAR(at_1s(near) - before[2], 37.5e6, 10.0);
        EXPECT_NEAR(at_1s(narrow) - before[3], 12.5e6, 10.0);
        EXPECT_NEAR(flows.utilisation(star.links[0]), 1.0, 1e-9);
        EXPECT_NEAR(flows.utilisation(star.links[3]), 1.0, 1e-9);
        EXPECT_NEAR(flows.utilisation(star.links[1]), 0.03, 1e-9);
        // The other way of the link is free.
        const FlowId back = flows.start(t + 2s, star.hub, star.ends[0], Bytes{125'000'000}, wide);
        for (const Finished& end : run(flows, t + 2s, t + 3'010ms)) {
            EXPECT_EQ(end.flow, back);
            EXPECT_NEAR(in_seconds(end.at - t), 3.00005, 1e-6);
        }
    });
}

TEST(FlowsTest, EqualFinishesComeInTheOrderOfTheFlows) {
    test::in_child([] {
        Star star;
        star.add(1ms, 1e9);
        star.topology.seal();
        Flows flows(star.topology);
        for (int i = 0; i < 6; ++i) flows.start(start_of_time, star.hub, star.ends[0], Bytes{1'000'000});
        const auto ended = run(flows, start_of_time);
        ASSERT_EQ(ended.size(), 6U);
        for (std::uint64_t i = 0; i < 6; ++i) {
            EXPECT_EQ(ended[i].flow, FlowId{i});
            EXPECT_EQ(ended[i].at, ended[0].at);
        }
        EXPECT_NEAR(in_seconds(ended[0].at), 0.0005 + 0.048, 1e-7);
    });
}

TEST(FlowsTest, CutAndCancelledFlowsEndAtTheirOwnInstantOnce) {
    test::in_child([] {
        Star star;
        star.add(10ms, 1e9);
        star.add(10ms, 1e9);
        star.topology.seal();
        Flows flows(star.topology);
        const Instant t = start_of_time;
        const FlowId cut = flows.start(t, star.hub, star.ends[0], Bytes{1'000'000'000}, {.window = wide_window});
        const FlowId other = flows.start(t, star.hub, star.ends[1], Bytes{250'000'000}, {.window = wide_window});
        const FlowId both = flows.start(t, star.ends[0], star.ends[1], Bytes{1}, {.window = wide_window});
        run(flows, t, t + 100ms);
        flows.cut_link(t + 1'005ms + 300us, star.links[0]);
        flows.cut_link(t + 1'005ms + 300us, star.links[0]);
        EXPECT_EQ(flows.next_step(t + 1'005'300us), t + 1'005'300us) << "something is to be delivered";
        auto ended = flows.advance(t + 1'005'300us);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].flow, cut);
        EXPECT_EQ(ended[0].outcome, FlowOutcome::Failed);
        EXPECT_EQ(ended[0].at, t + 1'005'300us);
        EXPECT_NEAR(static_cast<double>(ended[0].moved.count), 1.0003 * 125e6, 10.0);

        const FlowId refused = flows.start(t + 1'010ms, star.hub, star.ends[0], Bytes{1});
        ended = flows.advance(t + 1'010ms);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].flow, refused);
        EXPECT_EQ(ended[0].outcome, FlowOutcome::Failed);

        flows.cancel(t + 1'505ms, other);
        flows.cancel(t + 1'505ms, other);
        flows.cancel(t + 1'505ms, both);  // has ended long ago
        ended = flows.advance(t + 1'505ms);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].flow, other);
        EXPECT_EQ(ended[0].outcome, FlowOutcome::Cancelled);
        EXPECT_EQ(ended[0].at, t + 1'505ms);
        EXPECT_NEAR(static_cast<double>(ended[0].moved.count), 1.5 * 125e6, 10.0);
        EXPECT_FALSE(flows.active());
        EXPECT_EQ(flows.next_step(t + 2s), end_of_time) << "no step while idle";
        EXPECT_TRUE(flows.advance(t + 10s).empty());

        flows.restore_link(t + 20s, star.links[0]);
        flows.start(t + 20s, star.hub, star.ends[0], Bytes{125'000'000}, {.window = wide_window});
        ended = flows.advance(t + 20s);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].outcome, FlowOutcome::Failed) << "cut twice, restored once";
        flows.restore_link(t + 21s, star.links[0]);
        flows.start(t + 21s, star.hub, star.ends[0], Bytes{125'000'000}, {.window = wide_window});
        const auto last = run(flows, t + 21s);
        ASSERT_EQ(last.size(), 1U);
        EXPECT_NEAR(in_seconds(last[0].at - t), 22.005, 1e-6);
    });
}

TEST(FlowsTest, BandwidthChangesReachRunningFlowsBothWays) {
    test::in_child([] {
        Star star;
        star.add(10ms, 1e9);
        star.topology.seal();
        Flows flows(star.topology);
        const Instant t = start_of_time;
        const FlowOptions wide{.window = wide_window};
        flows.start(t, star.hub, star.ends[0], Bytes{1'000'000'000}, wide);
        flows.advance(t + 1'005ms);
        flows.set_bandwidth(t + 1'005ms, star.links[0], BitsPerSecond{100e6});  // 125 MB done
        flows.advance(t + 3'005ms);                                             // 25 MB more
        const FlowId second = flows.start(t + 3'005ms, star.hub, star.ends[0], Bytes{850'000'000}, wide);
        flows.set_bandwidth(t + 3'005ms, star.links[0], BitsPerSecond{8e9});  // wider than ever
        // For 5 ms the first has 1 GB/s to itself, then both have half: 845 and 850 MB left.
        const auto ended = run(flows, t + 3'005ms);
        ASSERT_EQ(ended.size(), 2U);
        EXPECT_NEAR(in_seconds(ended[0].at - t), 3.005 + 0.005 + 1.690, 1e-5);
        EXPECT_EQ(ended[0].moved.count, 1'000'000'000);
        EXPECT_EQ(ended[1].flow, second);
        EXPECT_NEAR(in_seconds(ended[1].at - t), 3.005 + 0.005 + 1.695, 1e-5);
    });
}

TEST(FlowsTest, TheyFollowTheTopology) {
    test::in_child([] {
        Topology topology;
        const PlaceId region = topology.add_region("r");
        const PlaceId a = topology.add_zone(region, "a"), b = topology.add_zone(region, "b");
        topology.add_link({.from = a, .to = b, .round_trip = 1ms, .bandwidth = {1e9}});
        topology.seal();
        Flows flows(topology);
        const Instant t = start_of_time;
        const FlowId across = flows.start(t, a, b, Bytes{1'000'000'000});
        const FlowId inside = flows.start(t, b, b, Bytes{60'400'000'000});  // unlimited but for window / 0.1 ms
        flows.advance(t + 500ms);
        topology.fail_place(a, t + 1s);
        flows.follow_topology(t + 1s);
        auto ended = flows.advance(t + 1s);
        ASSERT_EQ(ended.size(), 1U);
        EXPECT_EQ(ended[0].flow, across);
        EXPECT_EQ(ended[0].at, t + 1s);
        const auto rest = run(flows, t + 1s);
        ASSERT_EQ(rest.size(), 1U);
        EXPECT_EQ(rest[0].flow, inside);
        EXPECT_NEAR(in_seconds(rest[0].at - t), 2.00005, 1e-6);
        topology.restore_place(a, t + 5s);
        flows.follow_topology(t + 5s);
        topology.converge(t + 6s);
        flows.start(t + 6s, a, b, Bytes{125'000'000});
        EXPECT_EQ(run(flows, t + 6s).at(0).outcome, FlowOutcome::Completed);
    });
}

// Goal:   a gray path's flow is bounded by Mathis et al., and a new route is taken by new flows only.
TEST(FlowsTest, GrayPathsAreSlowAndLaterRoutesAreForLaterFlows) {
    test::in_child([] {
        Topology topology;
        const PlaceId a = topology.add_region("a"), b = topology.add_region("b"), c = topology.add_region("c");
        const LinkId direct = topology.add_link({.from = a, .to = b, .round_trip = 10ms, .bandwidth = {1e9}});
        topology.add_link({.from = a, .to = c, .round_trip = 30ms, .bandwidth = {1e9}});
        topology.add_link({.from = c, .to = b, .round_trip = 30ms, .bandwidth = {1e9}});
        topology.seal();
        Flows flows(topology);
        const Instant t = start_of_time;
        topology.degrade_link(direct, {.latency_multiplier = 1.0, .extra_loss = 0.01});
        flows.start(t, a, b, Bytes{1'000'000});
        const double rate = 1460.0 / 0.010 * 1.22 / 0.1;
        EXPECT_NEAR(in_seconds(run(flows, t).at(0).at), 0.005 + 1e6 / rate, 1e-5);
        topology.degrade_link(direct, {});
        topology.fail_link(direct, t + 10s);
        topology.converge(t + 100s);
        flows.follow_topology(t + 100s);
        flows.start(t + 100s, a, b, Bytes{1'000'000});
        EXPECT_NEAR(in_seconds(run(flows, t + 100s).at(0).at - t), 100.030 + 1e6 / (3.02e6 / 0.060), 1e-5);
    });
}

volatile std::sig_atomic_t interrupts = 0;

TEST(FlowsTest, SignalHandlersAreKept) {
    test::in_child([] {
        std::signal(SIGINT, [](int) { interrupts = interrupts + 1; });
        struct sigaction segv_before = {}, segv_after = {};
        sigaction(SIGSEGV, nullptr, &segv_before);
        Star star;
        star.add(1ms, 1e9);
        star.topology.seal();
        Flows flows(star.topology);
        flows.start(start_of_time, star.hub, star.ends[0], Bytes{1'000});
        flows.advance(start_of_time + 1ms);
        std::raise(SIGINT);
        EXPECT_EQ(interrupts, 1);
        sigaction(SIGSEGV, nullptr, &segv_after);
        EXPECT_EQ(segv_before.sa_handler, segv_after.sa_handler);
    });
}

constexpr std::size_t places = 12;

// Flows at random times between the places of a star, some cancelled, links cut, restored and changed now and then.
class RandomTraffic {
public:
    RandomTraffic() {
        std::vector<double> rates;
        for (std::size_t i = 0; i < places; ++i) {
            rates.push_back(1e8 * static_cast<double>(1 + i % 3));
            star_.add(Duration{1'000 << i}, rates.back());
        }
        star_.topology.seal();
        flows_.emplace(star_.topology);
        carried_.emplace(*flows_, std::move(rates));
    }

    // Of which the i-th begins up to 40 ms after the one before.
    void begin(int i) {
        for (const Instant until = now_ + Duration{static_cast<std::int64_t>(uniform() * 4e7)}; now_ < until;) {
            now_ = std::min(until, std::max(now_ + 1ns, flows_->next_step(now_)));
            const std::span<const Finished> batch = flows_->advance(now_);
            ended.insert(ended.end(), batch.begin(), batch.end());
            carried_->expect_within_capacity(now_, batch);
        }
        sizes.push_back(static_cast<std::int64_t>(uniform() * 5e6));
        const std::size_t from = pick(places), to = pick(places);
        const FlowId id = flows_->start(now_, star_.ends[from], star_.ends[to], Bytes{sizes.back()});
        carried_->started(id, from, to);
        EXPECT_EQ(id.value + 1, sizes.size());
        if (i % 7 == 0) flows_->cancel(now_, FlowId{pick(sizes.size())});
        disturb(i, pick(places));
    }
    void let_all_end() {
        for (std::size_t i = 0; i < places; ++i) {
            while (cuts_[i]-- > 0) flows_->restore_link(now_, star_.links[i]);
        }
        for (const Finished& end : run(*flows_, now_)) ended.push_back(end);
    }
    double fullest() const { return carried_->fullest(); }

    std::vector<std::int64_t> sizes;
    std::vector<Finished> ended;

private:
    void disturb(int i, std::size_t link) {
        if (i % 11 == 0) flows_->cut_link(now_, star_.links[link]), ++cuts_[link];
        if (cuts_[link] > 0 && i % 2 == 0) flows_->restore_link(now_, star_.links[link]), --cuts_[link];
        if (i % 13 != 0) return;
        const double rate = 1e8 * (1.0 + uniform());
        flows_->set_bandwidth(now_, star_.links[link], {rate});
        carried_->set_rate(link, rate);
    }
    double uniform() { return generator_.uniform(); }
    std::size_t pick(std::size_t n) { return static_cast<std::size_t>(uniform() * static_cast<double>(n)); }

    Star star_;
    test::TestGenerator generator_{11};
    std::optional<Flows> flows_;
    std::optional<CarriedBytes> carried_;
    int cuts_[places] = {};
    Instant now_ = start_of_time;
};

// Goal:   every flow ends once, and no link ever carries more than it can.
// Method: 300 flows; completed ones have moved all, others at most all; in each step the flows over each way of each
// link
//         have moved at most what its bandwidth allows, and some link was full.
TEST(FlowsTest, BytesAreConserved) {
    test::in_child([] {
        RandomTraffic traffic;
        for (int i = 0; i < 300; ++i) traffic.begin(i);
        traffic.let_all_end();
        EXPECT_GT(traffic.fullest(), 0.99);
        ASSERT_EQ(traffic.ended.size(), traffic.sizes.size());
        std::vector<int> ends(traffic.sizes.size(), 0);
        int completed = 0;
        std::int64_t moved = 0;
        for (const Finished& end : traffic.ended) {
            ++ends[end.flow.value];
            moved += end.moved.count;
            EXPECT_GE(end.moved.count, 0);
            EXPECT_LE(end.moved.count, traffic.sizes[end.flow.value]);
            if (end.outcome != FlowOutcome::Completed) continue;
            ++completed;
            EXPECT_EQ(end.moved.count, traffic.sizes[end.flow.value]);
        }
        for (const int count : ends) EXPECT_EQ(count, 1);
        EXPECT_GT(completed, 150);
        EXPECT_LT(completed, 300);
        EXPECT_GT(moved, 200'000'000);
    });
}

TEST(FlowsTest, AForkInMidFlowGoesOnInTheChild) {
    test::in_child([] {
        Star star;
        star.add(10ms, 1e9);
        star.topology.seal();
        Flows flows(star.topology);
        flows.start(start_of_time, star.hub, star.ends[0], Bytes{125'000'000}, {.window = wide_window});
        flows.advance(start_of_time + 300ms);
        test::in_child([&] { EXPECT_EQ(run(flows, start_of_time + 300ms).at(0).at, start_of_time + 1'005ms); });
        EXPECT_EQ(run(flows, start_of_time + 300ms).at(0).at, start_of_time + 1'005ms);
    });
}

}  // namespace
}  // namespace faultline::models
