// What a cluster reports, written down by the measures.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/simulation.hpp"
#include "models/cluster/backups/backups.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/measures.hpp"
#include "models/warehouse/table_feed.hpp"

namespace faultline::planning {

// Watches one cluster, and once a second how much a loss at that instant would cost (RPO exposure).
class ClusterRecorder : public models::ClusterObserver {
public:
    ClusterRecorder(engine::Simulation& simulation, models::Measures& measures, std::size_t database)
        : simulation_(simulation), measures_(measures), database_(database) {}

    void on_commit(const models::ToldCommit& commit) override {
        measures_.commit_latency(database_, commit.storage_latency, simulation_.now());
        if (retired_) return lost(commit.told);
        if (backups_ != nullptr) backups_->committed(commit.told);
        for (models::TableFeed* const feed : feeds_) feed->committed();
    }
    void on_recovered(const models::RecoveredLog& log) override {
        if (retired_) return;
        measures_.commits_lost(database_, log.commits_lost, log.gap, simulation_.now(), log.lost_by_office);
        if (backups_ != nullptr) backups_->lost(log.commits_lost, log.lost_by_office);
        for (models::TableFeed* const feed : feeds_) feed->lost(log.commits_lost);
    }
    void on_stage(const char* stage) override {
        if (!retired_) measures_.incident_stage(stage, simulation_.now());
    }
    void on_whole(bool whole) override {
        if (!retired_) measures_.redundancy(database_, whole, simulation_.now());
    }

    // A warehouse shows what it commits.
    void add_feed(models::TableFeed& feed) { feeds_.push_back(&feed); }
    std::size_t database() const { return database_; }
    const std::vector<models::TableFeed*>& feeds() const { return feeds_; }
    void set_backups(models::Backups& backups) { backups_ = &backups; }
    // Another cluster is the database now, and it is whole. What this one still tells its clients is lost.
    void retire() {
        retired_ = true;
        measures_.redundancy(database_, true, simulation_.now());
    }

private:
    void lost(models::OfficeId told) {
        models::RecoveredLog one;
        one.lose(told);
        measures_.commits_lost(database_, 1, models::Duration::zero(), simulation_.now(), one.lost_by_office);
    }

    engine::Simulation& simulation_;
    models::Measures& measures_;
    std::size_t database_;
    models::Backups* backups_ = nullptr;
    std::vector<models::TableFeed*> feeds_;
    bool retired_ = false;
};

}  // namespace faultline::planning
