// Goal:   Che's approximation, with the ranks in groups, agrees with tables that were computed without groups.
// Method: theory_che_lru_zipf.csv and theory_ttl_cache_zipf.csv of the oracles; one request a second stands for one
//         request. Tolerance 0.002: groups of 1 % of the rank move a popularity by at most 0.5 % x exponent.
#include "planning/che.hpp"

#include <gtest/gtest.h>

#include "tests/models/cache/cache_test_support.hpp"

namespace faultline::planning {
namespace {

using models::testing::number;
using models::testing::read_table;

constexpr double tolerance = 0.002;

TEST(CheTest, AgreesWithTheTableOfLru) {
    std::size_t rows = 0;
    for (const auto& row : read_table("theory_che_lru_zipf.csv")) {
        const std::vector<CachedClass> classes{{1.0, number(row, "n_keys"), number(row, "zipf_s")}};
        EXPECT_NEAR(che_hit_ratio(classes, number(row, "capacity_objects"), std::nullopt),
                    number(row, "lru_hit_ratio_che"), tolerance);
        ++rows;
    }
    EXPECT_GE(rows, 5U);
}

TEST(CheTest, AgreesWithTheTableOfTimesToLive) {
    std::size_t rows = 0;
    for (const auto& row : read_table("theory_ttl_cache_zipf.csv")) {
        const std::vector<CachedClass> classes{{1.0, number(row, "n_keys"), number(row, "zipf_s")}};
        const double all = number(row, "n_keys") + 1.0;
        EXPECT_NEAR(che_hit_ratio(classes, all, number(row, "ttl_in_requests")), number(row, "hit_ratio_ttl_from_set"),
                    tolerance);
        ++rows;
    }
    EXPECT_GE(rows, 3U);
}

TEST(CheTest, ClassesShareTheCacheByTheirRates) {
    // Two halves of one class are that class, as long as their keys are as popular.
    const std::vector<CachedClass> one{{10.0, 2000.0, 0.0}};
    const std::vector<CachedClass> two{{5.0, 1000.0, 0.0}, {5.0, 1000.0, 0.0}};
    EXPECT_NEAR(che_hit_ratio(one, 500.0, {}), che_hit_ratio(two, 500.0, {}), 1e-9);
    EXPECT_NEAR(che_hit_ratio(one, 500.0, {}), 0.25, 1e-9) << "all alike: what fits";
    EXPECT_EQ(che_hit_ratio(two, 2000.0, {}), 1.0);
    EXPECT_EQ(che_hit_ratio({}, 10.0, {}), 0.0);
}

// Uniform keys, one request each a second: a share t / (1 + t) is there, of a class without a time to live all.
TEST(CheTest, AClassHasATimeToLiveOfItsOwn) {
    const CachedClass brief{100.0, 100.0, 0.0, 1.0}, as_all{100.0, 100.0, 0.0};
    EXPECT_NEAR(che_hit_ratio({brief, as_all}, 1000.0, 3.0), 0.5 * (0.5 + 0.75), 1e-9);
    EXPECT_NEAR(che_hit_ratio({brief, as_all}, 1000.0, {}), 0.5 * (0.5 + 1.0), 1e-9);
}

}  // namespace
}  // namespace faultline::planning
