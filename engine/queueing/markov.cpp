#include "engine/queueing/markov.hpp"

#include <stdexcept>

#include "engine/queueing/require.hpp"

namespace faultline::engine {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void check_rates(const MatrixXd& rates) {
    require(rates.rows() >= 1 && rates.rows() == rates.cols(), "rates must be square");
    for (Index i = 0; i < rates.rows(); ++i) {
        for (Index j = 0; j < rates.cols(); ++j) {
            require(i == j || (rates(i, j) >= 0.0 && rates(i, j) < 1e300), "a rate must be finite and not negative");
        }
    }
}

}  // namespace

VectorXd steady_state(const MatrixXd& rates) {
    check_rates(rates);
    MatrixXd reduced = rates;
    // Watch the chain only while it is in the states below `last`: what passes through `last` becomes a direct rate.
    for (Index last = rates.rows() - 1; last >= 1; --last) {
        const double leaving = reduced.row(last).head(last).sum();
        require(leaving > 0.0, "some states cannot reach the others");
        reduced.col(last).head(last) /= leaving;
        reduced.topLeftCorner(last, last) += reduced.col(last).head(last) * reduced.row(last).head(last);
    }
    VectorXd share = VectorXd::Zero(rates.rows());
    share(0) = 1.0;
    for (Index state = 1; state < rates.rows(); ++state) {
        share(state) = share.head(state).dot(reduced.col(state).head(state));
        require(share(state) > 0.0, "some states cannot be reached from the others");
    }
    return share / share.sum();
}

VectorXd mean_time_to_absorption(const MatrixXd& rates, const std::vector<bool>& absorbing) {
    check_rates(rates);
    require(static_cast<Index>(absorbing.size()) == rates.rows(), "absorbing must name every state");
    std::vector<Index> transient;
    for (Index i = 0; i < rates.rows(); ++i) {
        if (!absorbing[static_cast<std::size_t>(i)]) transient.push_back(i);
    }
    const auto size = static_cast<Index>(transient.size());
    MatrixXd reduced(size, size);
    VectorXd into_absorbing = VectorXd::Zero(size);
    for (Index i = 0; i < size; ++i) {
        for (Index j = 0; j < size; ++j) {
            reduced(i, j) = rates(transient[static_cast<std::size_t>(i)], transient[static_cast<std::size_t>(j)]);
        }
        for (Index j = 0; j < rates.cols(); ++j) {
            if (absorbing[static_cast<std::size_t>(j)]) {
                into_absorbing(i) += rates(transient[static_cast<std::size_t>(i)], j);
            }
        }
    }

    // The time t(i) until absorption obeys leaving(i) t(i) = weight(i) + sum of rates(i, j) t(j), weight 1 at first.
    // Eliminating the last state moves its share of weight and of absorption to the states that lead to it.
    VectorXd weight = VectorXd::Ones(size);
    VectorXd leaving(size);
    for (Index last = size - 1; last >= 0; --last) {
        leaving(last) = reduced.row(last).head(last).sum() + into_absorbing(last);
        require(leaving(last) > 0.0, "some states never lead to an absorbing one");
        const VectorXd through = reduced.col(last).head(last) / leaving(last);
        reduced.topLeftCorner(last, last) += through * reduced.row(last).head(last);
        into_absorbing.head(last) += through * into_absorbing(last);
        weight.head(last) += through * weight(last);
    }
    VectorXd times = VectorXd::Zero(rates.rows());
    VectorXd found(size);
    for (Index i = 0; i < size; ++i) {
        found(i) = (weight(i) + reduced.row(i).head(i).dot(found.head(i))) / leaving(i);
        times(transient[static_cast<std::size_t>(i)]) = found(i);
    }
    return times;
}

double exit_frequency(const MatrixXd& rates, const VectorXd& probabilities, const std::vector<bool>& in_set) {
    require(static_cast<Index>(in_set.size()) == rates.rows() && probabilities.size() == rates.rows(),
            "probabilities and set must name every state");
    double frequency = 0.0;
    for (Index i = 0; i < rates.rows(); ++i) {
        if (!in_set[static_cast<std::size_t>(i)]) continue;
        for (Index j = 0; j < rates.cols(); ++j) {
            if (!in_set[static_cast<std::size_t>(j)]) frequency += probabilities(i) * rates(i, j);
        }
    }
    return frequency;
}

}  // namespace faultline::engine
