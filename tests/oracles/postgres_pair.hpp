// A primary, its standby, their clients and a monitor, each in a place of its own at given round trips: the set-up that
// the tables pg_*.csv were measured on (tests/oracles/data/README.md).
#pragma once

#include <memory>
#include <vector>

#include "models/services/database_client.hpp"
#include "models/standby/standby_cluster.hpp"

namespace faultline::oracles {

using engine::Duration;
using engine::Instant;

// The servers, the same for every row of every table. They ran on two cores without fsync, so a flush is a write to the
// kernel. `demand` is an INSERT's share of the measured server part of 0.15 to 0.35 ms.
inline constexpr Duration demand = std::chrono::microseconds{150};
inline constexpr Duration flush = std::chrono::microseconds{30};
inline constexpr Duration apply = std::chrono::microseconds{50};
inline constexpr int cores = 2;
// The measured delay line's own time, of every round trip through it: 0.1 to 0.3 ms, up to 1 ms on a busy host.
inline constexpr Duration delay_line = std::chrono::microseconds{300};
// From the decision to writes; measured: 0.03 to 0.12 s until the first write, a retry's pause of 20 ms included.
inline constexpr Duration promotion = std::chrono::milliseconds{30};

struct PairShape {
    Duration client_round_trip{};   // to the primary, and to the standby
    Duration standby_round_trip{};  // from the primary
    Duration monitor_round_trip{};
    models::CommitMode mode = models::CommitMode::local;
    engine::BitsPerSecond bandwidth = models::unlimited_bandwidth;
    engine::Bytes record{278};
    bool under_way_lost = true;
    std::uint64_t seed = 1;
};

class PostgresPair : public models::ClusterObserver {
public:
    explicit PostgresPair(const PairShape& shape);
    ~PostgresPair() override;

    engine::Simulation& simulation() { return simulation_; }
    models::Topology& topology() { return topology_; }
    models::StandbyCluster& cluster() { return *cluster_; }
    models::Instance& primary() { return *cluster_->instances()[0]; }
    models::Instance& standby() { return *cluster_->instances()[1]; }
    models::PlaceId primary_place() const { return primary_place_; }
    models::LogStream& stream() { return cluster_->primary_log().stream(1); }

    // A program that talks to one of the two and to no other.
    std::unique_ptr<models::DatabaseClient> client_of(models::Instance& instance, int connections, Duration patience);
    models::RequestRef request();

    std::vector<models::RecoveredLog> recovered;
    std::vector<std::pair<std::string, Instant>> stages;

private:
    void on_commit(const models::ToldCommit&) override {}
    void on_recovered(const models::RecoveredLog& log) override { recovered.push_back(log); }
    void on_stage(const char* stage) override { stages.emplace_back(stage, simulation_.now()); }
    void on_whole(bool) override {}

    engine::Simulation simulation_;
    models::Topology topology_;
    models::PlaceId client_place_{}, primary_place_{}, standby_place_{}, monitor_place_{};
    models::Transport transport_;
    models::RequestTable requests_;
    std::unique_ptr<models::StandbyCluster> cluster_;
    engine::Component clients_;
    std::vector<std::unique_ptr<models::Endpoint>> endpoints_;
    std::uint64_t asked_ = 0;
};

// Quantile of a sample, by rank; of the values of `p` from 0 to 1. Requires: not empty.
double quantile(std::vector<double> sample, double p);

// For docs/models/standby.md: goes into the test's XML or JSON output.
void record(const std::string& what, double model, double measured);

}  // namespace faultline::oracles
