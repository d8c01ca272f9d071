#include "tests/oracles/postgres_pair.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace faultline::oracles {

using namespace models;
using namespace std::chrono_literals;

namespace {

engine::Distribution constantly(Duration value) {
    return engine::Distribution::constant(engine::in_seconds(value));
}

StandbyShape standby_shape(const PairShape& pair) {
    StandbyShape shape;
    shape.log.mode = pair.mode;
    shape.log.synchronous = pair.mode >= CommitMode::remote_write ? 1 : 0;
    shape.log.log_writer_delay = 200ms;
    shape.log.flush = constantly(flush);
    shape.log.stream = {pair.bandwidth, constantly(flush), apply};
    shape.log.under_way_lost = pair.under_way_lost;
    shape.log.record = pair.record;
    shape.monitor = {200ms, 500ms, 3};
    return shape;
}

}  // namespace

PostgresPair::PostgresPair(const PairShape& shape)
    : simulation_({engine::Seed{shape.seed}, 1}),
      topology_({.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = 10min}),
      transport_(topology_),
      requests_([](void*, const Request&) {}, nullptr),
      clients_(simulation_, "clients") {
    const PlaceId region = topology_.add_region("region");
    primary_place_ = topology_.add_zone(region, "primary");
    standby_place_ = topology_.add_zone(region, "standby");
    client_place_ = topology_.add_site("clients");  // sites, because nothing is routed through them
    monitor_place_ = topology_.add_site("monitor");
    const auto link = [&](PlaceId from, PlaceId to, Duration round_trip) {
        if (round_trip > Duration{}) round_trip += delay_line;
        topology_.add_link({.from = from, .to = to, .round_trip = round_trip, .convergence = Convergence::Bfd});
    };
    link(client_place_, primary_place_, shape.client_round_trip);
    link(client_place_, standby_place_, shape.client_round_trip);
    link(primary_place_, standby_place_, shape.standby_round_trip);
    link(monitor_place_, primary_place_, shape.monitor_round_trip);
    link(monitor_place_, standby_place_, shape.monitor_round_trip);
    topology_.seal();

    ClusterShape cluster;
    cluster.path = "pair";
    cluster.failover.promotion = constantly(promotion);
    cluster.failover.restart = constantly(1h);
    cluster.failover.rebuild = constantly(1h);
    cluster.control_plane = monitor_place_;
    cluster_ = std::make_unique<StandbyCluster>(simulation_, transport_, cluster, standby_shape(shape), *this);
    cluster_->add_instance(primary_place_, {.class_name = "server", .vcpus = cores});
    cluster_->add_instance(standby_place_, {.class_name = "server", .vcpus = cores});
    cluster_->begin();
}

PostgresPair::~PostgresPair() {
    simulation_.close();
}

std::unique_ptr<DatabaseClient> PostgresPair::client_of(Instance& instance, int connections, Duration patience) {
    endpoints_.push_back(std::make_unique<Endpoint>(Duration{}));
    endpoints_.back()->publish({&instance});
    scenarios::Driver driver;
    driver.connect_timeout = patience;
    driver.socket_timeout = patience;
    const ConnectionPoolShape shape{.place = client_place_,
                                    .name = instance.component().path(),
                                    .driver = driver,
                                    .protocol = Protocol::PostgresqlTls,
                                    .connections = connections,
                                    .wait = patience};
    auto pool = std::make_shared<ConnectionPool>(simulation_, transport_, clients_, *endpoints_.back(), shape);
    return std::make_unique<DatabaseClient>(simulation_, transport_, clients_, client_place_, std::move(pool));
}

RequestRef PostgresPair::request() {
    return requests_.open(simulation_.stream_key("clients", "queries"), ++asked_, simulation_.now());
}

double quantile(std::vector<double> sample, double p) {
    const auto rank = static_cast<std::ptrdiff_t>(p * static_cast<double>(sample.size() - 1) + 0.5);
    std::nth_element(sample.begin(), sample.begin() + rank, sample.end());
    return sample[static_cast<std::size_t>(rank)];
}

void record(const std::string& what, double model, double measured) {
    ::testing::Test::RecordProperty(what, fmt::format("{:.4g}, measured {:.4g}", model, measured));
}

}  // namespace faultline::oracles
