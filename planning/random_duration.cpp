#include "planning/random_duration.hpp"

#include <vector>

#include "engine/check.hpp"

namespace faultline::planning {

using engine::Distribution;
using scenarios::DistributionKind;

namespace {

Distribution from_quantiles(const std::vector<double>& values) {
    std::vector<engine::QuantilePoint> points;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) points.push_back({values[i], values[i + 1]});
    return Distribution::empirical(points);
}

Distribution pareto_of(const std::vector<double>& values) {
    const Distribution body = Distribution::pareto(values[0], values[1]);
    return values.size() > 2 ? body.capped(values[2]) : body;
}

}  // namespace

Distribution distribution_of(const scenarios::RandomDuration& described) {
    const std::vector<double>& values = described.values;
    switch (described.kind) {
        case DistributionKind::constant:
            return Distribution::constant(values[0]);
        case DistributionKind::uniform:
            return Distribution::uniform(values[0], values[1]);
        case DistributionKind::exponential:
            return Distribution::exponential(values[0]);
        case DistributionKind::lognormal:
            return Distribution::lognormal_from_mean_cv(values[0], values[1]);
        case DistributionKind::gamma:
            return Distribution::gamma(values[0], values[1]);
        case DistributionKind::pareto:
            return pareto_of(values);
        case DistributionKind::hyperexponential:
            return Distribution::hyperexponential(values[0], values[1]);
        case DistributionKind::quantiles:
            return from_quantiles(values);
    }
    SIM_CHECK(false);
    return Distribution::constant(0.0);
}

}  // namespace faultline::planning
