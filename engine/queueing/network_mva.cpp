#include "engine/queueing/network_mva.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/queueing/require.hpp"

namespace faultline::engine {
namespace {

using Eigen::VectorXd;

// Stations that take time; the think time, if any, is the last of them.
struct Busy {
    std::vector<ClosedStation> stations;
    std::vector<std::size_t> place;  // of each in ClosedNetwork::stations; the think time has none
};

Busy busy_stations(const ClosedNetwork& network) {
    require(network.population >= 1, "a closed network needs a customer");
    require(std::isfinite(network.think_time_s) && network.think_time_s >= 0.0, "a think time must not be negative");
    Busy busy;
    for (std::size_t i = 0; i < network.stations.size(); ++i) {
        const ClosedStation& station = network.stations[i];
        require(std::isfinite(station.demand_s) && station.demand_s >= 0.0, "a demand must not be negative");
        require(station.servers >= 1, "a station needs a server");
        if (station.demand_s == 0.0) continue;
        busy.stations.push_back(station);
        busy.place.push_back(i);
    }
    if (network.think_time_s > 0.0) busy.stations.push_back({network.think_time_s, unlimited_servers});
    require(!busy.stations.empty(), "a closed network must spend time somewhere");
    return busy;
}

double mean_of(const VectorXd& weights) {
    const VectorXd numbers = VectorXd::LinSpaced(weights.size(), 0.0, static_cast<double>(weights.size() - 1));
    return numbers.dot(weights) / weights.sum();
}

VectorXd weights_at(const ClosedStation& station, double throughput_per_s, int population) {
    return station_weights(station.demand_s * throughput_per_s, station.servers, population);
}

// The throughput at which the same stations, fed from outside and never holding more than N each, would hold N in all.
// Any throughput gives the same answer in exact arithmetic; with this one the sums have their mass near N, so that what
// underflows does not matter.
double balanced_throughput(const std::vector<ClosedStation>& stations, int population) {
    const auto held = [&](double throughput_per_s) {
        double total = 0.0;
        for (const ClosedStation& station : stations)
            total += mean_of(weights_at(station, throughput_per_s, population));
        return total;
    };
    double demand_s = 0.0;
    for (const ClosedStation& station : stations) demand_s += station.demand_s;
    double low = 0.0;
    double high = population / demand_s;
    while (held(high) < population) high *= 2.0;
    for (int step = 0; step < 40; ++step) {
        const double middle = 0.5 * (low + high);
        (held(middle) < population ? low : high) = middle;
    }
    return high;
}

// result(n) = sum of a(i) b(n - i), n = 0..N.
VectorXd convolve(const VectorXd& a, const VectorXd& b) {
    const Eigen::Index size = a.size();
    VectorXd result(size);
    for (Eigen::Index n = 0; n < size; ++n) result(n) = a.head(n + 1).dot(b.head(n + 1).reverse());
    return result / result.maxCoeff();
}

// The convolution of all weights but the i-th, for each i.
std::vector<VectorXd> all_others(const std::vector<VectorXd>& weights, Eigen::Index size) {
    const VectorXd nobody = VectorXd::Unit(size, 0);
    std::vector<VectorXd> others(weights.size(), nobody);
    VectorXd before = nobody;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        others[i] = before;
        before = convolve(before, weights[i]);
    }
    VectorXd after = nobody;
    for (std::size_t i = weights.size(); i-- > 0;) {
        others[i] = convolve(others[i], after);
        after = convolve(after, weights[i]);
    }
    return others;
}

}  // namespace

ClosedMeans solve(const ClosedNetwork& network) {
    const Busy busy = busy_stations(network);
    const int population = network.population;
    const double scale_per_s = balanced_throughput(busy.stations, population);
    std::vector<VectorXd> weights;
    for (const ClosedStation& station : busy.stations) weights.push_back(weights_at(station, scale_per_s, population));
    const std::vector<VectorXd> others = all_others(weights, population + 1);

    const VectorXd all = convolve(others.front(), weights.front());
    const double throughput_per_s = scale_per_s * all(population - 1) / all(population);

    ClosedMeans result{.throughput_per_s = throughput_per_s,
                       .response_time_s = 0.0,
                       .stations = std::vector<ClosedStationMeans>(network.stations.size(), {0.0, 0.0, 0.0})};
    for (std::size_t i = 0; i < busy.place.size(); ++i) {
        const ClosedStation& station = busy.stations[i];
        const VectorXd here = weights[i].cwiseProduct(others[i].reverse());
        const double held = mean_of(here);
        const double served = throughput_per_s * station.demand_s;
        result.stations[busy.place[i]] = {
            .residence_s = held / throughput_per_s,
            .population = held,
            .utilisation = station.servers == unlimited_servers ? served : served / station.servers};
        // Summed, rather than N / X - Z: no digits are lost when thinking takes nearly the whole cycle.
        result.response_time_s += held / throughput_per_s;
    }
    return result;
}

}  // namespace faultline::engine
