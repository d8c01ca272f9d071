// Continuous-time Markov chains with few states: availability of k of n copies, repair shops.
//
// rates(i, j), i != j, is the rate from state i to state j, finite and >= 0; the diagonal is not read. Elimination
// without subtraction, so that every probability, however small, has a relative error of about states * 1e-16: an
// unavailability of 1e-15 is as exact as one half. A chain of 1'000 states takes a second.
// Source: W. Grassmann, M. Taksar, D. Heyman, Regenerative analysis and steady state distributions for Markov chains,
// Operations Research 33(5), 1985.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace faultline::engine {

// The share of time spent in each state in the long run. Every state must be reachable from every other, else
// std::domain_error.
Eigen::VectorXd steady_state(const Eigen::MatrixXd& rates);

// The mean time from each state until the first absorbing one is met (0 from those). Unit: that of 1 / rates.
// Throws std::domain_error when some state never leads to an absorbing one.
Eigen::VectorXd mean_time_to_absorption(const Eigen::MatrixXd& rates, const std::vector<bool>& absorbing);

// Transitions from the states that are in the set to those that are not, per unit of time, in the long run.
// `probabilities` as steady_state() gives them.
double exit_frequency(const Eigen::MatrixXd& rates, const Eigen::VectorXd& probabilities,
                      const std::vector<bool>& in_set);

}  // namespace faultline::engine
