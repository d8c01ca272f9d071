#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/queueing/erlang.hpp"
#include "engine/queueing/jackson.hpp"
#include "engine/queueing/network_mva.hpp"

namespace faultline::engine {
namespace {

// The textbook recursion, for single servers only: R = D (1 + Q of one customer fewer).
double throughput_by_recursion(const std::vector<double>& demands_s, double think_s, int population) {
    std::vector<double> queue(demands_s.size(), 0.0);
    double throughput = 0.0;
    for (int n = 1; n <= population; ++n) {
        double cycle_s = think_s;
        for (std::size_t i = 0; i < queue.size(); ++i) cycle_s += demands_s[i] * (1.0 + queue[i]);
        throughput = n / cycle_s;
        for (std::size_t i = 0; i < queue.size(); ++i) queue[i] = throughput * demands_s[i] * (1.0 + queue[i]);
    }
    return throughput;
}

TEST(ClosedNetworkTest, AgreesWithTheRecursionForSingleServers) {
    for (const int population : {1, 2, 30, 500}) {
        const ClosedMeans network =
            solve({.stations = {{0.02, 1}, {0.015, 1}, {0.001, 1}}, .think_time_s = 1.0, .population = population});
        const double expected = throughput_by_recursion({0.02, 0.015, 0.001}, 1.0, population);
        EXPECT_NEAR(network.throughput_per_s / expected, 1.0, 1e-11) << population;
    }
}

TEST(ClosedNetworkTest, ThousandsOfClientsNeitherOverflowNorLoseDigits) {
    const ClosedMeans network = solve({.stations = {{0.004, 8}, {0.0008, 2}}, .think_time_s = 2.0, .population = 5000});
    EXPECT_NEAR(network.throughput_per_s, 2000.0, 0.01);  // the first station saturates
    double held = network.throughput_per_s * 2.0;         // thinking
    for (const ClosedStationMeans& station : network.stations) held += station.population;
    EXPECT_NEAR(held / 5000.0, 1.0, 1e-10);
    EXPECT_NEAR(network.response_time_s, 5000.0 / network.throughput_per_s - 2.0, 1e-8);
    EXPECT_NEAR(network.stations[0].utilisation, 1.0, 1e-12);
}

TEST(ClosedNetworkTest, AStationThatTakesNoTimeHoldsNobody) {
    const ClosedMeans network = solve({.stations = {{0.0, 1}, {0.5, 1}}, .think_time_s = 0.0, .population = 3});
    EXPECT_EQ(network.stations[0].population, 0.0);
    EXPECT_NEAR(network.stations[1].population, 3.0, 1e-12);
    EXPECT_NEAR(network.throughput_per_s, 2.0, 1e-12);
}

TEST(ClosedNetworkTest, ParametersOutOfRangeAreRefused) {
    EXPECT_THROW(solve(ClosedNetwork{}), std::domain_error);
    EXPECT_THROW(solve(ClosedNetwork{.stations = {{-1.0, 1}}, .think_time_s = 0.0, .population = 1}),
                 std::domain_error);
    EXPECT_THROW(solve(ClosedNetwork{.stations = {{1.0, 0}}, .think_time_s = 0.0, .population = 1}), std::domain_error);
    EXPECT_THROW(solve(ClosedNetwork{.stations = {{1.0, 1}}, .think_time_s = 0.0, .population = 0}), std::domain_error);
}

// A station whose customers come back with probability 0.2 serves 1 / 0.8 of what arrives.
TEST(OpenNetworkTest, FeedbackRaisesTheLoad) {
    OpenNetwork network{.stations = {{10.0, 1}, {5.0, 2}},
                        .outside_per_s = Eigen::VectorXd::Zero(2),
                        .routing = Eigen::MatrixXd::Zero(2, 2)};
    network.outside_per_s(0) = 4.0;
    network.routing(0, 1) = 1.0;
    network.routing(1, 0) = 0.2;
    const OpenMeans result = solve(network);
    EXPECT_NEAR(result.stations[0].arrivals_per_s, 5.0, 1e-12);
    EXPECT_NEAR(result.stations[1].arrivals_per_s, 5.0, 1e-12);
    const double in_system = means(Mmc{5.0, 10.0, 1}).in_system + means(Mmc{5.0, 5.0, 2}).in_system;
    EXPECT_NEAR(result.response_time_s, in_system / 4.0, 1e-12);
}

TEST(OpenNetworkTest, CustomersThatNeverLeaveAndOverloadAreRefused) {
    OpenNetwork network{.stations = {{10.0, 1}, {5.0, 1}},
                        .outside_per_s = Eigen::VectorXd::Constant(2, 1.0),
                        .routing = Eigen::MatrixXd::Zero(2, 2)};
    network.routing(0, 1) = network.routing(1, 0) = 1.0;
    EXPECT_THROW(solve(network), std::domain_error);
    network.routing.setZero();
    network.outside_per_s(1) = 5.0;
    EXPECT_THROW(solve(network), std::domain_error);
}

}  // namespace
}  // namespace faultline::engine
