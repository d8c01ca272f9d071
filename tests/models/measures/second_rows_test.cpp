// Goal:   packed rows say what the counters said, whatever the order in which they are read.
// Method: against plain counters: random arrivals and ends over ten minutes, with seconds cut short by incidents,
//         minutes in which nothing is due, and ends that come after their row was packed.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "models/measures/second_rows.hpp"
#include "tests/support/instants.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::Instant;
using test::at;

constexpr std::size_t pairs = 3;
constexpr Duration deadline = 2s;

class Recorded {
public:
    void due(Instant now, std::size_t pair, std::uint32_t count, std::uint32_t good, std::uint32_t bad) {
        const std::size_t row = PhaseTrack::row(track.at(now), now);
        rows.reach(row, track, now);
        if (row >= plain.size()) plain.resize(row + 1);
        *rows.find(row, pair) = plain[row][pair] = {count, good, bad};
    }

    PhaseTrack track{at(0s)};
    SecondRows rows{pairs, deadline};
    std::vector<std::array<SecondRows::Counts, pairs>> plain;
};

// As many as fit into one byte, two, and more.
std::uint32_t some(std::mt19937& draws) {
    constexpr std::array most{3U, 60U, 64U, 8'000U, 1'000'000U};
    return static_cast<std::uint32_t>(draws()) % most[draws() % most.size()];
}

Recorded recorded() {
    std::mt19937 draws{7};
    Recorded all;
    for (Duration now = 0s; now < 600s; now += 500ms) {
        const bool silent = now > 200s && now < 330s;
        if (draws() % 40 == 0) all.track.enter_on_new_row(at(now), LivePhase::degraded);
        if (silent) continue;
        const std::uint32_t due = some(draws);
        const std::uint32_t good = draws() % 2 == 0 ? due : due / 3;
        all.due(at(now), draws() % pairs, due, good, (due - good) / 2);
    }
    return all;
}

TEST(SecondRowsTest, PackedRowsSayWhatTheCountersSaid) {
    const Recorded all = recorded();
    ASSERT_GT(all.rows.first_live(), 256U) << "most of it is packed";
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        SecondRows::Reader forward(all.rows, pair);
        for (std::size_t row = 0; row < all.plain.size(); ++row) {
            const ShareCount seen = forward.all(row);
            EXPECT_EQ(seen.due, all.plain[row][pair].due) << row;
            EXPECT_EQ(seen.good, all.plain[row][pair].good) << row;
        }
        SecondRows::Reader anyhow(all.rows, pair);
        for (std::size_t i = 0; i < all.plain.size(); ++i) {
            const std::size_t row = (i * 179) % all.plain.size();
            EXPECT_EQ(anyhow.all(row).due, all.plain[row][pair].due) << row;
        }
    }
}

TEST(SecondRowsTest, WhatIsNotPackedKnowsWhoHasEnded) {
    const Recorded all = recorded();
    SecondRows::Reader reader(all.rows, 1);
    for (std::size_t row = all.rows.first_live(); row < all.rows.end(); ++row) {
        const SecondRows::Counts& counts = all.plain[row][1];
        EXPECT_EQ(reader.ended(row).due, counts.good + counts.bad);
    }
    EXPECT_EQ(reader.all(all.rows.end() + 5).due, 0U) << "nothing was due there yet";
}

TEST(SecondRowsTest, ARowIsNotPackedWhileSomebodyInItMayBecomeGood) {
    const Recorded all = recorded();
    const Instant settled = all.track.row_end(all.rows.first_live() - 1) + deadline;
    EXPECT_LE(settled, at(600s));
    EXPECT_EQ(all.rows.find(all.rows.first_live() - 1, 0), nullptr);
    EXPECT_NE(all.rows.find(all.rows.first_live(), 0), nullptr);
}

}  // namespace
}  // namespace faultline::models
