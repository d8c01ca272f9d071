// Laws of the volume under random losses, repairs and changes of the writer, from a printed seed.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <vector>

#include "models/cluster/storage_volume.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Component;
using engine::Distribution;
using engine::Health;
using engine::Process;

// Clients that commit one after the other, in all groups at once, nodes that die and are replaced, and a new writer now
// and then. Never are more than three segments of a group away, which is a zone and one more.
class RandomLosses {
public:
    explicit RandomLosses(std::uint64_t seed)
        : region_("aws-2025", seed),
          volume_(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                  {.groups = {.nodes_per_zone = 6},
                   .persist = Distribution::lognormal_from_mean_cv(0.0006, 0.8),
                   .send_time = 65us,
                   .groups_per_commit = 4,
                   .size = Bytes{40'000'000'000}}),
          draws_(region_.simulation.stream("laws", "choices")) {}

    void run() {
        for (int i = 0; i < 20; ++i) region_.simulation.spawn(clients_, client());
        region_.simulation.spawn(faults_, losses());
        region_.simulation.spawn(faults_, new_writers());
        region_.simulation.run_until(engine::start_of_time + 120s);
        EXPECT_EQ(told_, volume_.commits_acknowledged()) << "who was told and what counts as told";
        EXPECT_LE(told_ + unacknowledged_, volume_.commits_written());
        EXPECT_GT(told_, 10'000U);
        EXPECT_GT(outages_, 20) << "too calm to be able to fail";
        EXPECT_GT(fenced_, 20U);
        region_.simulation.close();
    }

private:
    Process<> client() {
        const RequestRef nobody;
        for (;;) {
            const Instant began = region_.simulation.now();
            const bool told = co_await volume_.commit(region_.zone(0), volume_.epoch(), nobody);
            if (told) {
                ++told_;
                // No commit without a quorum: since it began, each of its groups was writable at some instant.
                for (std::uint32_t group = 0; group < 4; ++group) {
                    EXPECT_TRUE(writable(group) || writable_until_[group] >= began);
                }
                EXPECT_GE(volume_.last_acknowledged(), last_told_);
                last_told_ = volume_.last_acknowledged();
            } else {
                ++fenced_;
            }
            const Duration think = Distribution::exponential(0.05).sample_duration(draws_);
            co_await region_.simulation.delay(think);
        }
    }
    Process<> losses() {
        for (;;) {
            const Duration wait = Distribution::exponential(0.1).sample_duration(draws_);
            co_await region_.simulation.delay(wait);
            const auto node = static_cast<std::uint32_t>(draws_.uniform() * 18.0);
            if (!bearable(node)) continue;
            for (std::uint32_t group = 0; group < 4; ++group) {
                if (writable(group)) writable_until_[group] = region_.simulation.now();
            }
            outages_ += volume_.can_write() ? 1 : 0;
            volume_.lose(node, Health::silent);
            outages_ -= volume_.can_write() ? 1 : 0;
            volume_.node_back(node);
            expect_epochs_that_grow();
            region_.simulation.spawn(faults_, replace(node));
        }
    }
    bool writable(std::uint32_t group) { return std::popcount(volume_.groups()[group].alive) >= 4; }
    bool bearable(std::uint32_t node) {
        for (std::uint32_t group = 0; group < volume_.groups().count(); ++group) {
            int left = 0;
            bool held = false;
            for (std::size_t copy = 0; copy < 6; ++copy) {
                if (!ProtectionGroups::alive(volume_.groups()[group], copy)) continue;
                const bool here = volume_.groups()[group].segments[copy].node == node;
                held = held || here;
                left += here ? 0 : 1;
            }
            if (held && left < 3) return false;
        }
        return true;
    }
    Process<> replace(std::uint32_t node) {
        const Duration repair = Distribution::exponential(0.3).sample_duration(draws_);
        co_await region_.simulation.delay(repair);
        for (std::uint32_t group = 0; group < volume_.groups().count(); ++group) {
            for (std::size_t copy = 0; copy < 6; ++copy) {
                const Segment& segment = volume_.groups()[group].segments[copy];
                if (segment.died == engine::end_of_time || segment.node != node) continue;
                const std::uint32_t to = volume_.groups().candidate_for(group, copy);
                if (to == no_node) continue;
                volume_.groups().begin_replacement(group, copy, to);
                volume_.restore(group, copy);
                expect_epochs_that_grow();
            }
        }
    }
    Process<> new_writers() {
        for (;;) {
            co_await region_.simulation.delay(700ms);
            const std::uint32_t before = volume_.epoch();
            volume_.writer_gone();
            const RecoveredLog log = volume_.recover();
            EXPECT_TRUE(log.readable) << "three of six are a read quorum";
            EXPECT_EQ(log.commits_lost, 0U) << "what four have, three losses cannot take";
            EXPECT_EQ(log.gap, Duration::zero());
            EXPECT_GT(volume_.epoch(), before);
            unacknowledged_ += log.unacknowledged;
        }
    }
    void expect_epochs_that_grow() {
        epochs_.resize(volume_.groups().count());
        for (std::uint32_t group = 0; group < volume_.groups().count(); ++group) {
            EXPECT_GE(volume_.groups()[group].epoch, epochs_[group]);
            epochs_[group] = volume_.groups()[group].epoch;
        }
    }

    SmallRegion region_;
    StorageVolume volume_;
    engine::RandomStream draws_;
    Component clients_{region_.simulation, "clients"};
    Component faults_{region_.simulation, "faults"};
    std::vector<std::uint32_t> epochs_;
    std::array<Instant, 4> writable_until_{};
    Instant last_told_{};
    std::uint64_t told_ = 0;
    std::uint64_t unacknowledged_ = 0;
    std::uint64_t fenced_ = 0;
    int outages_ = 0;
};

TEST(VolumeLawsTest, NothingToldIsLostAndNothingIsToldWithoutAQuorum) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomLosses(seed).run();
    }
}

}  // namespace
}  // namespace faultline::models
