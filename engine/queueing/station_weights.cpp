#include "engine/queueing/station_weights.hpp"

#include <algorithm>
#include <cmath>

#include "engine/check.hpp"

namespace faultline::engine {

Eigen::VectorXd station_weights(double load, int servers, int population) {
    SIM_CHECK(load > 0.0 && servers >= 1 && population >= 0);
    // The ratio of neighbours falls with n, so the weights rise to one mode: the last n whose ratio is 1 or more.
    const auto ratio = [&](int n) { return load / std::min(n, servers); };
    int mode = population;
    if (ratio(population) < 1.0) mode = std::min(population, static_cast<int>(std::floor(load)));

    Eigen::VectorXd weights = Eigen::VectorXd::Zero(population + 1);
    weights(mode) = 1.0;
    for (int n = mode + 1; n <= population; ++n) weights(n) = weights(n - 1) * ratio(n);
    for (int n = mode; n >= 1; --n) weights(n - 1) = weights(n) / ratio(n);
    return weights;
}

}  // namespace faultline::engine
