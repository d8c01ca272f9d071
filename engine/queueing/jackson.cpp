#include "engine/queueing/jackson.hpp"

#include <Eigen/LU>
#include <stdexcept>

#include "engine/queueing/erlang.hpp"
#include "engine/queueing/require.hpp"

namespace faultline::engine {
Eigen::VectorXd traffic_per_s(const Eigen::VectorXd& outside_per_s, const Eigen::MatrixXd& routing) {
    const Eigen::Index size = outside_per_s.size();
    require(size >= 1 && routing.rows() == size && routing.cols() == size, "routing must be square, of all stations");
    require(outside_per_s.allFinite() && outside_per_s.minCoeff() >= 0.0 && outside_per_s.maxCoeff() > 0.0,
            "arrivals from outside must not be negative, nor all 0");
    require(routing.allFinite() && routing.minCoeff() >= 0.0 && routing.rowwise().sum().maxCoeff() <= 1.0 + 1e-12,
            "routing probabilities must not be negative, nor sum to more than 1");
    const Eigen::MatrixXd balance = Eigen::MatrixXd::Identity(size, size) - routing.transpose();
    const Eigen::FullPivLU<Eigen::MatrixXd> factors{balance};
    require(factors.isInvertible(), "some stations can never be left");
    return factors.solve(outside_per_s);
}

OpenMeans solve(const OpenNetwork& network) {
    require(static_cast<Eigen::Index>(network.stations.size()) == network.outside_per_s.size(),
            "arrivals from outside must name every station");
    const Eigen::VectorXd traffic = traffic_per_s(network.outside_per_s, network.routing);
    OpenMeans result{.response_time_s = 0.0, .stations = {}};
    double in_system = 0.0;
    for (std::size_t i = 0; i < network.stations.size(); ++i) {
        const OpenStation& station = network.stations[i];
        const double arrivals_per_s = traffic(static_cast<Eigen::Index>(i));
        if (arrivals_per_s <= 0.0) {
            result.stations.push_back({0.0, 0.0, 1.0 / station.completions_per_s, 0.0});
            continue;
        }
        const MmcMeans queue = means(Mmc{arrivals_per_s, station.completions_per_s, station.servers});
        result.stations.push_back({arrivals_per_s, queue.utilisation, queue.response_time_s, queue.in_system});
        in_system += queue.in_system;
    }
    result.response_time_s = in_system / network.outside_per_s.sum();  // Little's law
    return result;
}

}  // namespace faultline::engine
