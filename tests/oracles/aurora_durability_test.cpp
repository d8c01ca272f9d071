// Goal:   six copies that fail and are repaired over the network, in the real volume, lose and regain their write
//         quorum as a Markov chain says.
// Method: each segment fails at rate 1 / MTTF while it is alive; its repair is the model's own: noticed, then a flow.
//         The share of time in a state of such a chain, and how often it is left, depend on the mean of the repair
//         time alone (Sevastyanov 1957), so the chain has exponential repairs of that mean. Tolerance: 4 standard
//         errors, outages counted as Poisson: their number n has a relative error of 1 / sqrt(n), their total length
//         of at most sqrt(2 / n).
// Fails if repair takes no time, if a second loss during a repair is not counted, and with another quorum.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/queueing/markov.hpp"
#include "models/cluster/segment_repair.hpp"
#include "tests/models/cluster/small_region.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::oracles {
namespace {

using namespace models;
using namespace std::chrono_literals;
using Eigen::Index;

constexpr int copies = 6;
constexpr int write_quorum = 4;
constexpr double mttf_s = 5.0;
constexpr Duration noticed_after = 10ms;
constexpr Bytes segment{1'000'000'000};
constexpr engine::BitsPerSecond node_rate{10e9};
constexpr Duration measured = 5000s;

// A copy whose group has none left cannot be repaired: the last one does not fail, here and in the chain.
struct Chain {
    double outages_per_s, unavailability;
};
Chain chain(double mttr_s) {
    Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(copies, copies);
    for (Index down = 0; down + 1 < copies; ++down) {
        const Index sources = copies - down - 1;  // a node sends one segment at a time
        rates(down, down + 1) = static_cast<double>(copies - down) / mttf_s;
        rates(down + 1, down) = static_cast<double>(std::min(down + 1, sources)) / mttr_s;
    }
    const Eigen::VectorXd share = engine::steady_state(rates);
    std::vector<bool> writable(copies);
    for (std::size_t down = 0; down < writable.size(); ++down) writable[down] = copies - down >= write_quorum;
    return {engine::exit_frequency(rates, share, writable), share.tail(write_quorum - 1).sum()};
}

struct Outages {
    int count = 0;
    Duration total{};
};

class FailingCopies {
public:
    FailingCopies()
        : transfers_(region_.simulation, region_.network.topology),
          volume_(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                  {.groups = {.nodes_per_zone = 6}, .size = segment}),
          repair_(region_.simulation, "orders", transfers_, region_.transport, volume_, {noticed_after, node_rate}) {
        repair_.on_restored = [this] { observe(); };
    }
    Outages run() {
        for (std::size_t copy = 0; copy < copies; ++copy) region_.simulation.spawn(faults_, fail(copy));
        region_.simulation.run_until(engine::start_of_time + measured);
        region_.simulation.close();
        return outages_;
    }

private:
    // A clock that does not know the copy's state: those of its ticks that meet it alive are exponential as well.
    engine::Process<> fail(std::size_t copy) {
        engine::RandomStream draws = region_.simulation.stream("copy " + std::to_string(copy), "failures");
        const auto gap = engine::Distribution::exponential(mttf_s);
        for (;;) {
            const Duration wait = gap.sample_duration(draws);
            co_await region_.simulation.delay(wait);
            const ProtectionGroup& group = volume_.groups()[0];
            if (!ProtectionGroups::alive(group, copy) || std::popcount(group.alive) == 1) continue;
            const std::uint32_t node = group.segments[copy].node;
            volume_.lose(node, engine::Health::silent);
            repair_.node_lost(node);
            volume_.node_back(node);  // at once, and empty: there is always a node to repair to
            repair_.node_back();
            observe();
        }
    }
    void observe() {
        const bool writable = volume_.can_write();
        if (writable == was_writable_) return;
        was_writable_ = writable;
        const Instant now = region_.simulation.now();
        if (writable) {
            outages_.total += now - since_;
        } else {
            ++outages_.count;
            since_ = now;
        }
    }

    SmallRegion region_{"zero"};
    Transfers transfers_;
    StorageVolume volume_;
    SegmentRepair repair_;
    engine::Component faults_{region_.simulation, "faults"};
    Outages outages_;
    Instant since_{};
    bool was_writable_ = true;
};

TEST(AuroraDurabilityOracleTest, SixCopiesWithRepairAreAMarkovChain) {
    test::in_child([] {
        FailingCopies copies_that_fail;
        const Outages found = copies_that_fail.run();
        const double mttr_s =
            engine::in_seconds(noticed_after) + engine::in_seconds(engine::transmission_time(segment, node_rate));
        const Chain exact = chain(mttr_s);
        const double outages = exact.outages_per_s * engine::in_seconds(measured);
        EXPECT_GT(outages, 400.0) << "too few to be able to fail";
        EXPECT_NEAR(found.count, outages, 4.0 * std::sqrt(outages));
        const double down_s = exact.unavailability * engine::in_seconds(measured);
        EXPECT_NEAR(engine::in_seconds(found.total), down_s, 4.0 * std::sqrt(2.0 / outages) * down_s);
        std::printf("outages %d, chain %.1f; down %.1f s, chain %.1f s\n", found.count, outages,
                    engine::in_seconds(found.total), down_s);
    });
}

// SIGMOD 2017, section 2.2: 10 GB take 10 s over a 10 Gbit/s link. A node of a large fleet is made good in about that
// time, whatever it held: its segments go to many nodes side by side.
TEST(AuroraDurabilityOracleTest, ALostNodeIsMadeGoodInAboutTheTimeOfOneSegment) {
    test::in_child([] {
        SmallRegion region;
        Transfers transfers(region.simulation, region.network.topology);
        StorageVolume volume(region.simulation, "orders", region.transport, region.zones(), region.zone_names(),
                             {.groups = {.nodes_per_zone = 40}, .size = Bytes{800'000'000'000}});
        SegmentRepair repair(region.simulation, "orders", transfers, region.transport, volume, {3s, node_rate});
        ASSERT_EQ(volume.nodes()[0]->segments, 4) << "80 groups of two segments over 40 nodes";
        volume.lose(0, engine::Health::silent);
        repair.node_lost(0);
        region.simulation.run_until(engine::start_of_time + 10s + 900ms);
        EXPECT_EQ(repair.restored(), 0U) << "3 s until it is noticed, 8 s for 10 GB at 10 Gbit/s";
        region.simulation.run_until(engine::start_of_time + 11s + 100ms);
        EXPECT_EQ(repair.restored(), 4U);
        EXPECT_TRUE(volume.whole());
        region.simulation.close();
    });
}

// One node a zone beside the two that a group needs: the four segments of a lost node queue for the network cards of
// the two that are left, 8 s each.
TEST(AuroraDurabilityOracleTest, ASmallFleetRepairsOneSegmentAfterTheOther) {
    test::in_child([] {
        SmallRegion region;
        Transfers transfers(region.simulation, region.network.topology);
        StorageVolume volume(region.simulation, "orders", region.transport, region.zones(), region.zone_names(),
                             {.groups = {.nodes_per_zone = 3}, .size = Bytes{60'000'000'000}});
        SegmentRepair repair(region.simulation, "orders", transfers, region.transport, volume, {3s, node_rate});
        ASSERT_EQ(volume.nodes()[0]->segments, 4);
        volume.lose(0, engine::Health::silent);
        repair.node_lost(0);
        region.simulation.run_until(engine::start_of_time + 3s + 15s);
        EXPECT_EQ(repair.restored(), 2U);
        region.simulation.run_until(engine::start_of_time + 3s + 17s);
        EXPECT_EQ(repair.restored(), 4U);
        region.simulation.close();
    });
}

}  // namespace
}  // namespace faultline::oracles
