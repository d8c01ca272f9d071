// Goal:   the chain's solution is that of textbooks where they have one, and what is cut off bounds its error.
// Method: alternating renewal, independent parts, machine repair by the engine's own elimination (Grassmann, Taksar,
//         Heyman 1985), which shares no code with the sparse solver.
#include "planning/availability/cluster_chain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/queueing/markov.hpp"
#include "tests/planning/availability/small_models.hpp"

namespace faultline::planning {
namespace {

constexpr double never = 1e-15, at_once = 1e9;  // rates

ClusterChain members_alone(std::size_t count, double fails, double repaired) {
    ClusterChain chain;
    chain.zones = {{0.0, 1.0}};
    chain.members.assign(count, {fails, repaired});
    chain.zone_of.assign(count, 0);
    chain.failover = at_once;
    chain.rebuild = never;
    chain.depth = count + 1;
    return chain;
}

TEST(ClusterChainTest, OneMemberIsAnAlternatingRenewal) {
    const ChainAnswer answer = solve(members_alone(1, 0.2, 3.0));
    EXPECT_NEAR(answer.low, 0.2 / 3.2, 1e-9);
    EXPECT_NEAR(answer.high, answer.low, 1e-12);
    EXPECT_NEAR(answer.losses, 0.2 * (1.0 - answer.low), 1e-9);
}

TEST(ClusterChainTest, WithAFailoverAtOnceAWriterIsAwayOnlyWhenAllAre) {
    const double down = 0.4 / 1.4;
    for (std::size_t count = 1; count <= 5; ++count) {
        EXPECT_NEAR(solve(members_alone(count, 0.4, 1.0)).low, std::pow(down, static_cast<double>(count)), 1e-8);
    }
}

TEST(ClusterChainTest, ZonesTakeAllThatStandsInThem) {
    ClusterChain chain = members_alone(2, 0.0, 1.0);
    chain.zones = {{0.1, 1.0}, {0.1, 1.0}};
    chain.zone_of = {0, 1};
    EXPECT_NEAR(solve(chain).low, std::pow(0.1 / 1.1, 2.0), 1e-8);
    chain.zone_of = {0, 0};
    EXPECT_NEAR(solve(chain).low, 0.1 / 1.1, 1e-8);
}

// Two members with failover: five states by hand. States: both up; failing with the other up; one down, serving;
// failing with both down; both down, waiting.
TEST(ClusterChainTest, AFailoverThatTakesTimeIsTheChainByHand) {
    const double fails = 0.05, repaired = 0.5, failover = 2.0;
    Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(6, 6);
    enum { both, failing, one, failing_none, waiting, failing_both_up };
    rates(both, failing) = fails;  // the writer
    rates(both, one) = fails;      // the other
    rates(failing, one) = failover;
    rates(failing, failing_none) = fails;
    rates(failing, failing_both_up) = repaired;
    rates(failing_both_up, both) = failover;
    rates(failing_both_up, failing) = 2.0 * fails;
    rates(one, failing_none) = fails;
    rates(one, both) = repaired;
    rates(failing_none, waiting) = failover;
    rates(failing_none, failing) = 2.0 * repaired;
    rates(waiting, one) = 2.0 * repaired;
    const Eigen::VectorXd share = engine::steady_state(rates);
    ClusterChain chain = members_alone(2, fails, repaired);
    chain.failover = failover;
    EXPECT_NEAR(solve(chain).low, 1.0 - share(both) - share(one), 1e-9);
}

TEST(ClusterChainTest, WhatIsCutOffBoundsTheError) {
    ClusterChain chain = tests::chain_of({});
    const ChainAnswer whole = solve(chain);
    EXPECT_NEAR(whole.high, whole.low, 1e-12);
    double width_before = 1.0;
    for (const std::size_t depth : {1U, 2U, 3U, 4U}) {
        chain.depth = depth;
        const ChainAnswer cut = solve(chain);
        EXPECT_LE(cut.low, whole.low * (1.0 + 1e-9)) << depth;
        EXPECT_GE(cut.high, whole.low) << depth;
        EXPECT_LT(cut.high - cut.low, width_before) << depth;
        EXPECT_LT(cut.states, whole.states) << depth;
        width_before = cut.high - cut.low;
    }
}

TEST(ClusterChainTest, IndependentCopies) {
    const double up = 0.9;
    EXPECT_NEAR(fewer_than(2, 3, up), 1.0 - (3 * up * up * (1 - up) + up * up * up), 1e-12);
    const double q = 1 - up;
    const double four_of_six = std::pow(up, 6) + 6 * std::pow(up, 5) * q + 15 * std::pow(up, 4) * q * q;
    EXPECT_NEAR(fewer_than(4, 6, up), 1.0 - four_of_six, 1e-12);
    // The same as a chain of independent nodes, solved.
    Eigen::MatrixXd rates = Eigen::MatrixXd::Zero(7, 7);
    for (int down = 0; down < 6; ++down) {
        rates(down, down + 1) = (6 - down) * 1.0;
        rates(down + 1, down) = (down + 1) * 9.0;
    }
    EXPECT_NEAR(engine::steady_state(rates).tail(4).sum(), fewer_than(4, 6, up), 1e-12);
    EXPECT_EQ(fewer_than(0, 3, up), 0.0);
}

TEST(ClusterChainTest, RefusesWhatIsNoChain) {
    ClusterChain chain = members_alone(2, 0.1, 1.0);
    chain.members[1].repaired = 0.0;
    EXPECT_THROW(solve(chain), std::domain_error);
    chain.members[1] = {std::numeric_limits<double>::quiet_NaN(), 1.0};
    EXPECT_THROW(solve(chain), std::domain_error);
    chain.members.clear();
    EXPECT_THROW(solve(chain), std::domain_error);
}

}  // namespace
}  // namespace faultline::planning
