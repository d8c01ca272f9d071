#include "engine/random/zipf.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <boost/math/distributions/chi_squared.hpp>
#include <vector>

#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

// Ranks 1 to 64 are cells of their own; later ones share a cell with their octave.
std::size_t cell_of(std::uint64_t rank) {
    return rank <= 64 ? rank - 1 : 58U + static_cast<std::size_t>(std::bit_width(rank - 1));
}

std::vector<double> exact_cells(std::uint64_t ranks, double exponent) {
    std::vector<double> cells(cell_of(ranks) + 1, 0.0);
    double total = 0.0;
    for (std::uint64_t rank = ranks; rank >= 1; --rank) {  // small terms first
        const double weight = std::pow(static_cast<double>(rank), -exponent);
        cells[cell_of(rank)] += weight;
        total += weight;
    }
    for (double& cell : cells) cell /= total;
    return cells;
}

// Goal:   ranks are drawn with the exact probabilities of Zipf's law.
// Method: chi-square over 500'000 draws at a significance of 1e-4; 14 cases: a false alarm once in 700 seeds. Cells
//         expected fewer than 10 times are joined with the next, as the approximation asks.
void expect_zipf(std::uint64_t ranks, double exponent) {
    const std::vector<double> exact = exact_cells(ranks, exponent);
    std::vector<double> seen(exact.size(), 0.0);
    const Zipf zipf{ranks, exponent};
    RandomStream stream{stream_key(Seed{1}, 0, "test", "zipf")};
    constexpr int draws = 500'000;
    for (int i = 0; i < draws; ++i) {
        const std::uint64_t rank = zipf(stream);
        ASSERT_GE(rank, 1U);
        ASSERT_LE(rank, ranks);
        seen[cell_of(rank)] += 1.0;
    }
    double chi_square = 0.0;
    int freedom = -1;
    double expected = 0.0;
    double counted = 0.0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        expected += exact[i] * draws;
        counted += seen[i];
        if (expected < 10.0 && i + 1 < exact.size()) continue;
        if (expected > 0.0) chi_square += (counted - expected) * (counted - expected) / expected;
        ++freedom;
        expected = counted = 0.0;
    }
    const boost::math::chi_squared_distribution<double> law{static_cast<double>(freedom)};
    EXPECT_LT(chi_square, boost::math::quantile(boost::math::complement(law, 1e-4)))
        << "ranks " << ranks << " exponent " << exponent;
}

TEST(ZipfTest, RanksFollowTheExactProbabilities) {
    for (const double exponent : {0.0, 0.6, 0.99, 0.9999, 1.0, 1.0001, 1.2}) {
        expect_zipf(10, exponent);
        expect_zipf(100'000, exponent);
    }
}

TEST(ZipfTest, ExtremesStayInRange) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "zipf")};
    for (const double exponent : {0.0, 0.5, 1.0, 3.0, 40.0, 1000.0}) {
        const Zipf one{1, exponent};
        const Zipf most{std::uint64_t{1} << 52U, exponent};
        for (int i = 0; i < 10'000; ++i) {
            ASSERT_EQ(one(stream), 1U);
            const std::uint64_t rank = most(stream);
            ASSERT_GE(rank, 1U);
            ASSERT_LE(rank, most.ranks());
        }
    }
}

// Goal:   a hundred million ranks need neither a table nor more draws than ten.
// Method: words drawn per rank, not seconds: rejection-inversion accepts 9 of 10. The share of rank 1 is
//         1 / H(1e8, 0.99); its binomial standard deviation over 200'000 draws, times 4.5, is the tolerance.
TEST(ZipfTest, AHundredMillionRanksCostAsMuchAsTen) {
    struct Counting {
        RandomStream stream;
        int words = 0;
        double uniform() {
            ++words;
            return stream.uniform();
        }
    };
    Counting generator{RandomStream{stream_key(Seed{1}, 0, "test", "zipf")}};
    const Zipf zipf{100'000'000, 0.99};
    constexpr int draws = 200'000;
    int hits = 0;
    for (int i = 0; i < draws; ++i) hits += zipf(generator) == 1 ? 1 : 0;
    EXPECT_LT(generator.words, draws * 1.1);
    // Euler-Maclaurin for the sum of k^-0.99 up to 1e8: integral, half of both ends, first and third derivative at 1.
    const double integral = (std::pow(1e8, 0.01) - 1.0) / 0.01;
    const double total = integral + 0.5 * (1.0 + std::pow(1e8, -0.99)) + 0.99 / 12.0 - 0.99 * 1.99 * 2.99 / 720.0;
    EXPECT_NEAR(hits, draws / total, 4.5 * std::sqrt(draws / total));
}

}  // namespace
}  // namespace faultline::engine
