// Page reads: from the fastest segment that is known to have all of its group's durable log.
#include <gtest/gtest.h>

#include "models/cluster/storage_volume.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Component;
using engine::Distribution;
using engine::Health;
using engine::Process;

class PageReadTest : public testing::Test {
protected:
    PageRead read(StorageVolume& volume, std::size_t from, std::uint64_t page = 0) {
        PageRead result;
        const auto one = [&]() -> Process<> {
            const PageRead found = co_await volume.read_page(region_.zone(from), page);
            result = found;
        };
        region_.simulation.spawn(reader_, one());
        region_.simulation.run_until(region_.simulation.now() + 1s);
        return result;
    }
    StorageVolume make(const VolumeShape& shape) {
        return {region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(), shape};
    }

    SmallRegion region_;
    Component reader_{region_.simulation, "reader"};
};

TEST_F(PageReadTest, ComesFromTheReadersZoneAndFromTheNextWhenThatIsGone) {
    StorageVolume volume = make({.page_read = Distribution::constant(0.0002)});
    const PageRead near = read(volume, 1);
    ASSERT_NE(near.node, no_node);
    EXPECT_EQ(volume.nodes()[near.node]->place, region_.zone(1));
    EXPECT_GE(near.took, 300us) << "0.1 ms of the zone and 0.2 ms of the disk";
    for (std::uint32_t i = 0; i < volume.nodes().size(); ++i) {
        if (volume.nodes()[i]->place == region_.zone(1)) volume.lose(i, Health::silent);
    }
    const PageRead far = read(volume, 1);
    ASSERT_NE(far.node, no_node);
    EXPECT_NE(volume.nodes()[far.node]->place, region_.zone(1));
    EXPECT_GE(far.took, 40ms) << "nobody has told him: he waited 20 ms for each of the two";
    const PageRead again = read(volume, 1);
    EXPECT_EQ(again.node, far.node);
    EXPECT_GE(again.took, 200us + region_.transport.path(region_.zone(1), region_.zone(0)).base_round_trip / 2);
    EXPECT_LT(again.took, 5ms) << "and knows it for a second";
    region_.simulation.run_until(region_.simulation.now() + 2s);
    EXPECT_GE(read(volume, 1).took, 40ms) << "then he asks them once more";
    region_.simulation.close();
}

// A batch that it does not acknowledge says that a segment lacks it, so nobody asks it: no time is lost.
TEST_F(PageReadTest, LogThatALostSegmentLacksSaysThatItIsNoPlaceToRead) {
    StorageVolume volume = make({.page_read = Distribution::constant(0.0002)});
    for (std::uint32_t i = 0; i < 2; ++i) volume.lose(i, Health::silent);
    Component writer(region_.simulation, "writer");
    const auto one = [&]() -> Process<> {
        const RequestRef nobody;
        co_await volume.commit(region_.zone(0), volume.epoch(), nobody);
    };
    region_.simulation.spawn(writer, one());
    region_.simulation.run_until(engine::start_of_time + 10ms);
    const PageRead found = read(volume, 0);
    EXPECT_NE(volume.nodes()[found.node]->place, region_.zone(0));
    EXPECT_LT(found.took, 5ms);
    region_.simulation.close();
}

TEST_F(PageReadTest, LearnsThatANodeIsSlow) {
    StorageVolume volume = make({.page_read = Distribution::constant(0.0002)});
    const std::uint32_t first = read(volume, 0).node;
    volume.slow_down(first, 1000.0);
    read(volume, 0);
    const PageRead later = read(volume, 0);
    EXPECT_NE(later.node, first);
    EXPECT_LT(later.took, 10ms);
    region_.simulation.close();
}

// Two of a zone's nodes have not written the durable log yet: whoever stands beside them reads from elsewhere.
TEST_F(PageReadTest, NeverFromASegmentThatLacksDurableLog) {
    StorageVolume volume =
        make({.persist = Distribution::constant(0.001), .page_read = Distribution::constant(0.0002)});
    for (std::uint32_t i = 0; i < 2; ++i) volume.slow_down(i, 200.0);  // zone a: 200 ms for the log, 40 ms for a page
    Component writer(region_.simulation, "writer");
    bool told = false;
    const auto one = [&]() -> Process<> {
        const RequestRef nobody;
        const bool durable = co_await volume.commit(region_.zone(0), volume.epoch(), nobody);
        told = durable;
    };
    region_.simulation.spawn(writer, one());
    region_.simulation.run_until(engine::start_of_time + 50ms);
    ASSERT_TRUE(told);
    for (std::uint32_t i = 0; i < 2; ++i) volume.slow_down(i, 1.0 / 200.0);  // fast again, and still without that log
    PageRead found;
    const auto reading = [&]() -> Process<> {
        const PageRead page = co_await volume.read_page(region_.zone(0), 0);
        found = page;
    };
    region_.simulation.spawn(reader_, reading());
    region_.simulation.run_until(engine::start_of_time + 100ms);
    ASSERT_NE(found.node, no_node);
    EXPECT_NE(volume.nodes()[found.node]->place, region_.zone(0));
    region_.simulation.run_until(engine::start_of_time + 500ms);
    EXPECT_EQ(volume.nodes()[read(volume, 0).node]->place, region_.zone(0)) << "all there";
    region_.simulation.close();
}

// Below the read quorum a page is still read for as long as one segment is whole; with none it waits.
TEST_F(PageReadTest, WaitsForAGroupThatHasNoSegment) {
    StorageVolume volume = make({.page_read = Distribution::constant(0.0002)});
    for (std::uint32_t i = 0; i < 5; ++i) volume.lose(i, Health::silent);
    EXPECT_EQ(read(volume, 0).node, 5U);
    volume.lose(5, Health::silent);
    EXPECT_EQ(volume.groups().groups_lost(), 1U);
    EXPECT_EQ(read(volume, 0).node, no_node);
    region_.simulation.close();
}

TEST_F(PageReadTest, AKeyIsWrittenAndReadInOneGroup) {
    StorageVolume volume = make({.size = Bytes{100'000'000'000}});
    std::vector<int> keys_in(10);
    for (std::uint64_t key = 0; key < 10'000; ++key) ++keys_in[volume.group_of_page(volume.page_of_key(key))];
    for (const int keys : keys_in) EXPECT_NEAR(keys, 1000, 130) << "spread evenly: 4 binomial deviations";
    region_.simulation.close();
}

}  // namespace
}  // namespace faultline::models
