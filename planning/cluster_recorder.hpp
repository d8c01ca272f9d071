// What a cluster reports, written down by the measures.
#pragma once

#include <cstddef>

#include "engine/simulation.hpp"
#include "models/cluster/backups/backups.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/measures.hpp"

namespace faultline::planning {

// Watches one cluster, and once a second how much a loss at that instant would cost (RPO exposure).
class ClusterRecorder : public models::ClusterObserver {
public:
    ClusterRecorder(engine::Simulation& simulation, models::Measures& measures, std::size_t database)
        : simulation_(simulation), measures_(measures), database_(database) {}

    void on_commit(models::Duration storage_latency) override {
        measures_.commit_latency(database_, storage_latency, simulation_.now());
        if (backups_ != nullptr) backups_->committed();
    }
    void on_recovered(const models::RecoveredLog& log) override {
        measures_.commits_lost(database_, log.commits_lost, log.gap, simulation_.now());
    }
    void on_stage(const char* stage) override { measures_.incident_stage(stage, simulation_.now()); }
    void on_whole(bool whole) override { measures_.redundancy(database_, whole, simulation_.now()); }

    void set_backups(models::Backups& backups) { backups_ = &backups; }

private:
    engine::Simulation& simulation_;
    models::Measures& measures_;
    std::size_t database_;
    models::Backups* backups_ = nullptr;
};

}  // namespace faultline::planning
