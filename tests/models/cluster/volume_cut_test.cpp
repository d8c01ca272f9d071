// The volume behind a cut: which side can commit, what the other one's writer recovers, and when the old one hears of
// it.
#include <gtest/gtest.h>

#include <optional>

#include "models/cluster/storage_volume.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Component;
using engine::Process;

class VolumeCutTest : public testing::Test {
protected:
    // As a writer of this epoch; `told` stays empty for as long as it waits.
    Process<> commit_until_told(StorageVolume& volume, std::size_t from, std::uint32_t epoch,
                                std::optional<bool>& told) {
        const RequestRef nobody;
        const bool durable = co_await volume.commit(region_.zone(from), epoch, nobody);
        told = durable;
    }

    SmallRegion region_;
    Component writer_{region_.simulation, "writer"};
};

// One zone of three is cut off with the writer: two of six there, four on the other side. At most one writer commits.
TEST_F(VolumeCutTest, ACutLeavesTheQuorumToOneSideAndFencesTheOther) {
    const VolumeShape shape{.persist = engine::Distribution::constant(0.0005)};
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(), shape);
    std::optional<bool> before;
    region_.simulation.spawn(writer_, commit_until_told(volume, 0, 1, before));
    region_.simulation.run_until(engine::start_of_time + 5s);
    ASSERT_EQ(before, std::optional<bool>{true});

    const std::size_t cut = region_.network.topology.cut_off({region_.zone(0)});
    std::optional<bool> behind, late;
    region_.simulation.spawn(writer_, commit_until_told(volume, 0, 1, behind));
    region_.simulation.run_until(engine::start_of_time + 60s);
    EXPECT_FALSE(behind) << "two of six are no write quorum";
    EXPECT_FALSE(volume.recover(region_.zone(0)).readable) << "and no read quorum either";
    EXPECT_EQ(volume.epoch(), 1U);
    const RecoveredLog log = volume.recover(region_.zone(1));
    ASSERT_TRUE(log.readable);
    EXPECT_EQ(log.commits_lost, 0U);
    EXPECT_EQ(log.unacknowledged, 0U) << "what is on the smaller side alone is not found";

    std::optional<bool> other_side;
    Component successor(region_.simulation, "successor");
    region_.simulation.spawn(successor, commit_until_told(volume, 1, volume.epoch(), other_side));
    region_.simulation.spawn(writer_, commit_until_told(volume, 0, 1, late));
    region_.simulation.run_until(engine::start_of_time + 120s);
    EXPECT_EQ(other_side, std::optional<bool>{true}) << "four of six";
    EXPECT_FALSE(behind) << "nobody tells it that it is fenced";
    EXPECT_FALSE(late);
    region_.network.topology.join(cut);
    region_.simulation.run_until(engine::start_of_time + 122s);
    EXPECT_EQ(behind, std::optional<bool>{false}) << "fenced, and told so";
    EXPECT_EQ(late, std::optional<bool>{false});
    EXPECT_EQ(volume.commits_acknowledged(), 2U);
    region_.simulation.close();
}

}  // namespace
}  // namespace faultline::models
