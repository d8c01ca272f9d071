// Goal:   SIGMOD 2017, Table 1, mirrored MySQL: 7.4 I/Os of the database node for each transaction of SysBench's
//         write-only mix at 780,000 transactions in 30 minutes on 100 GB, without what the block store and the other
//         zone write behind it. The other row, Aurora's 0.95, is in aurora_published_test.cpp.
// Method: transactions as SysBench makes them change pages of InnoDB's tables on a volume mirrored to another zone of a
//         measured region; writes are counted when the redo log has filled once. No figure was fitted to the 7.4: what
//         the paper does not say (redo capacity, log of a row) is a default of the engine or is varied in the second
//         test. Tolerance: 25 %, what the project asks; the standard error of the count is below 1 %.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/models/cluster/small_region.hpp"
#include "tests/oracles/page_engine.hpp"

namespace faultline::oracles {
namespace {

using namespace models;
using namespace std::chrono_literals;

constexpr double table_1_rate_per_s = 780'000.0 / 1800.0;
constexpr double table_1_ios = 7.4;
constexpr double table_1_tolerance = 0.25;

// 100 GB of pages: rows of 230 B in the clustered index, entries of 16 B in the index on k, so 93.5 % and 6.5 %.
constexpr std::uint64_t all_pages = 100'000'000'000 / 16'384;
constexpr std::uint64_t undo_pages = 4096;
constexpr std::uint64_t clustered_pages = all_pages * 935 / 1000;
constexpr std::uint64_t index_pages = all_pages - clustered_pages - undo_pages;

struct SysbenchVolume {
    PageEngineShape engine{.pages = all_pages,
                           .redo_capacity = Bytes{256 * 1024 * 1024},  // two files of 128 MB, the default of RDS
                           .redo_of_page = Bytes{500},                 // assumption: 3 kB a transaction
                           .binary_log_of_commit = Bytes{2000}};       // assumption: rows before and after
    bool mirrored = true;
    double hot_share = 0.0;  // of the accesses go to 1 % of the rows; 0: all rows are as likely
    Duration warm_up = 180s;
    Duration measured = 60s;
};

// UPDATE of an indexed column, UPDATE of another, DELETE and INSERT of one row: sysbench 0.5, oltp.lua.
class SysbenchClient {
public:
    SysbenchClient(engine::Simulation& simulation, PageEngine& database, double hot_share)
        : simulation_(simulation),
          database_(database),
          hot_share_(hot_share),
          draws_(simulation.stream("sysbench", "rows")) {}

    engine::Process<> arrivals(engine::Component& owner) {
        const auto gap = engine::Distribution::exponential(1.0 / table_1_rate_per_s);
        for (;;) {
            const Duration wait = gap.sample_duration(draws_);
            co_await simulation_.delay(wait);
            simulation_.spawn(owner, one());
        }
    }
    double mean_ms() const { return 1e3 * engine::in_seconds(spent_) / static_cast<double>(std::max(1U, ended_)); }

private:
    std::uint64_t row_page() { return static_cast<std::uint64_t>(place() * static_cast<double>(clustered_pages)); }
    std::uint64_t index_page() {
        return clustered_pages + static_cast<std::uint64_t>(place() * static_cast<double>(index_pages));
    }
    double place() {
        const double within = draws_.uniform();
        return hot_share_ > 0.0 && draws_.uniform() < hot_share_ ? 0.01 * within : within;
    }
    engine::Process<> one() {
        const Instant began = simulation_.now();
        const std::uint64_t undo = clustered_pages + index_pages + undo_written_ / 16'384 % undo_pages;
        undo_written_ += 1000;  // assumption: of four rows
        std::vector<std::uint64_t> pages{row_page(), index_page(), row_page(), row_page(), index_page(), index_page()};
        pages.push_back(undo);
        co_await database_.commit(std::move(pages));
        spent_ += simulation_.now() - began;
        ++ended_;
    }
    engine::Simulation& simulation_;
    PageEngine& database_;
    double hot_share_;
    engine::RandomStream draws_;
    std::uint64_t undo_written_ = 0;
    Duration spent_{};
    unsigned ended_ = 0;
};

struct Written {
    double node, redo, binary_log, page, double_write, block_stores, across, latency_ms, per_s;
};

Written writes_of_a_transaction(const SysbenchVolume& of) {
    SmallRegion region;
    MirroredVolumeShape shape{.node = region.zone(0)};
    // Two servers of a block store, one behind the other, are the 1 ms of a flush (scenarios' `replication.flush`).
    shape.write = engine::Distribution::lognormal_from_mean_cv(0.0005, 0.5);
    if (of.mirrored) shape.standby = region.zone(1);
    MirroredVolume volume(region.simulation, region.transport, "mysql", shape);
    PageEngine database(region.simulation, volume, "mysql", of.engine);
    database.begin();
    engine::Component clients(region.simulation, "sysbench");
    SysbenchClient sysbench(region.simulation, database, of.hot_share);
    region.simulation.spawn(clients, sysbench.arrivals(clients));
    region.simulation.run_until(engine::start_of_time + of.warm_up);
    database.reset_statistics();
    region.simulation.run_until(engine::start_of_time + of.warm_up + of.measured);
    const WriteCounts& counts = volume.counts();
    const auto commits = static_cast<double>(database.commits());
    const auto each = [&](auto count) { return static_cast<double>(count) / commits; };
    const Written found{each(counts.node()),
                        each(counts.of(WriteKind::redo)),
                        each(counts.of(WriteKind::binary_log)),
                        each(counts.of(WriteKind::page)),
                        each(counts.of(WriteKind::double_write)),
                        each(counts.in_block_stores),
                        each(counts.across_zones),
                        sysbench.mean_ms(),
                        commits / engine::in_seconds(of.measured)};
    std::printf(
        "%4.0f commits/s: %.2f I/Os a transaction (redo %.2f, binlog %.2f, pages %.2f, double write %.2f), %.1f in "
        "block "
        "stores, commit %.1f ms\n",
        found.per_s, found.node, found.redo, found.binary_log, found.page, found.double_write, found.block_stores,
        found.latency_ms);
    region.simulation.close();
    return found;
}

TEST(MysqlPublishedTest, IosOfATransactionOnAMirroredVolume) {
    const Written found = writes_of_a_transaction({});
    EXPECT_NEAR(found.per_s, table_1_rate_per_s, 0.02 * table_1_rate_per_s) << "it keeps up";
    EXPECT_NEAR(found.node, table_1_ios, table_1_tolerance * table_1_ios);
    // Each write of the node is four of the block stores' servers, and one across zones.
    EXPECT_NEAR(found.block_stores, 4.0 * found.node, 1e-9);
    EXPECT_NEAR(found.across, found.node, 1e-9);
    EXPECT_LT(found.redo, 0.95) << "group commit";
}

// What it depends on, so what the 7.4 are made of.
TEST(MysqlPublishedTest, WhatTheIosDependOn) {
    SysbenchVolume small;
    small.engine.redo_capacity = Bytes{32 * 1024 * 1024};
    small.warm_up = 30s;
    small.measured = 20s;
    const Written often = writes_of_a_transaction(small);
    SysbenchVolume large = small;
    large.engine.redo_capacity = Bytes{128 * 1024 * 1024};
    large.warm_up = 90s;
    EXPECT_LT(writes_of_a_transaction(large).page, often.page) << "pages are written once for more changes";

    SysbenchVolume in_one_zone = small;
    in_one_zone.mirrored = false;
    const Written alone = writes_of_a_transaction(in_one_zone);
    EXPECT_LT(alone.latency_ms, often.latency_ms);
    EXPECT_GT(alone.redo, often.redo) << "a shorter flush is shared by fewer";
    EXPECT_NEAR(alone.block_stores, 2.0 * alone.node, 1e-9);

    SysbenchVolume no_double = small;
    no_double.engine.double_write = false;
    const Written single = writes_of_a_transaction(no_double);
    EXPECT_EQ(single.double_write, 0.0);
    EXPECT_NEAR(single.page, often.page, 0.1);
    // A MiB of 64 pages is four I/Os.
    EXPECT_NEAR(often.double_write, often.page / 16.0, 0.01);

    SysbenchVolume hot = small;
    hot.hot_share = 0.75;
    EXPECT_LT(writes_of_a_transaction(hot).page, often.page) << "rows that are changed often share the writes";
}

engine::Process<> timed_write(MirroredVolume& volume, engine::Simulation& simulation, Bytes size, Duration& took) {
    const Instant began = simulation.now();
    co_await volume.write(WriteKind::metadata, size);
    took = simulation.now() - began;
}

// A server of 10 ms: two of them in one zone; two more, and the way there, behind them. The ways are below 2 ms each.
TEST(MysqlPublishedTest, AWriteTakesTheWholeChain) {
    for (const bool mirrored : {false, true}) {
        SmallRegion region;
        MirroredVolumeShape shape{.node = region.zone(0)};
        shape.write = engine::Distribution::constant(0.010);
        if (mirrored) shape.standby = region.zone(1);
        MirroredVolume volume(region.simulation, region.transport, "mysql", shape);
        engine::Component owner(region.simulation, "owner");
        Duration took{};
        region.simulation.spawn(owner, timed_write(volume, region.simulation, Bytes{300 * 1024}, took));
        region.simulation.run_until(engine::start_of_time + 1s);
        EXPECT_GT(took, mirrored ? 40ms : 20ms);
        EXPECT_LT(took, mirrored ? 48ms : 24ms);
        EXPECT_EQ(volume.counts().of(WriteKind::metadata), 2U) << "300 KiB are two I/Os";
        EXPECT_EQ(volume.counts().in_block_stores, mirrored ? 8U : 4U);
        region.simulation.close();
    }
}

}  // namespace
}  // namespace faultline::oracles
