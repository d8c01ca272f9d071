// A duration that is drawn, as data: the distributions that a file may name, and what they need.
#pragma once

#include <cstdint>
#include <vector>

namespace faultline::scenarios {

// A random duration. `values` are what the kind needs, in seconds unless said otherwise.
//   constant {value}; uniform {low, high}; exponential {mean}; lognormal {mean, cv (pure)}; gamma {mean, shape (pure)};
//   pareto {minimum, alpha (pure), cap}; hyperexponential {mean, scv (pure)};
//   quantiles {p0, v0, p1, v1, ...}: probabilities ascending from 0 to 1, values ascending.
enum class DistributionKind { constant, uniform, exponential, lognormal, gamma, pareto, hyperexponential, quantiles };
struct RandomDuration {
    DistributionKind kind = DistributionKind::constant;
    std::vector<double> values{0.0};
    bool operator==(const RandomDuration&) const = default;
};

}  // namespace faultline::scenarios
