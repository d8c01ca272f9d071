#include "engine/queueing/markov.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace faultline::engine {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST(MarkovTest, TwoStates) {
    MatrixXd rates(2, 2);
    rates << 0.0, 1.0, 3.0, 0.0;
    const VectorXd share = steady_state(rates);
    EXPECT_DOUBLE_EQ(share(0), 0.75);
    EXPECT_DOUBLE_EQ(share(1), 0.25);
    EXPECT_DOUBLE_EQ(exit_frequency(rates, share, {true, false}), 0.75);
    EXPECT_EQ(mean_time_to_absorption(rates, {false, true})(0), 1.0);
    EXPECT_EQ(mean_time_to_absorption(rates, {false, true})(1), 0.0);
}

// Births at rate 1e-8, deaths at 1: P(n) falls by 1e-8 a state, far below what subtraction from 1 could resolve.
TEST(MarkovTest, TinyProbabilitiesKeepTheirDigits) {
    constexpr int states = 6;
    MatrixXd rates = MatrixXd::Zero(states, states);
    for (int i = 0; i + 1 < states; ++i) {
        rates(i, i + 1) = 1e-8;
        rates(i + 1, i) = 1.0;
    }
    const VectorXd share = steady_state(rates);
    EXPECT_NEAR(share(5) / share(0) / 1e-40, 1.0, 1e-13);
    // From 0 to 2: 1 / b + 1 / b + d / b^2, b the birth rate.
    EXPECT_NEAR(mean_time_to_absorption(rates, {false, false, true, false, false, false})(0) / (2e8 + 1e16), 1.0,
                1e-13);
}

TEST(MarkovTest, TheDiagonalIsNotRead) {
    MatrixXd rates(2, 2);
    rates << -1.0, 1.0, 3.0, -3.0;
    EXPECT_DOUBLE_EQ(steady_state(rates)(0), 0.75);
}

TEST(MarkovTest, ChainsWithoutAnAnswerAreRefused) {
    MatrixXd apart = MatrixXd::Zero(2, 2);
    EXPECT_THROW(steady_state(apart), std::domain_error);
    apart(1, 0) = 1.0;  // 1 leads to 0, and nothing back
    EXPECT_THROW(steady_state(apart), std::domain_error);
    EXPECT_THROW(mean_time_to_absorption(apart, {false, true}), std::domain_error);
    apart(0, 1) = -1.0;
    EXPECT_THROW(steady_state(apart), std::domain_error);
}

}  // namespace
}  // namespace faultline::engine
