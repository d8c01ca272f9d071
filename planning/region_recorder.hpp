// What the regions of one database report: commits and stages as they come, redundancy when all regions are whole.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "planning/cluster_recorder.hpp"

namespace faultline::planning {

class RegionRecorder : public ClusterRecorder {
public:
    using Wholes = std::vector<bool>;  // of each region

    RegionRecorder(engine::Simulation& simulation, models::Measures& measures, std::size_t database,
                   std::shared_ptr<Wholes> wholes)
        : ClusterRecorder(simulation, measures, database), wholes_(std::move(wholes)), region_(wholes_->size()) {
        wholes_->push_back(true);
    }

    void on_whole(bool whole) override {
        const bool before = all_whole();
        (*wholes_)[region_] = whole;
        if (all_whole() != before) ClusterRecorder::on_whole(all_whole());
    }

private:
    bool all_whole() const { return std::find(wholes_->begin(), wholes_->end(), false) == wholes_->end(); }

    std::shared_ptr<Wholes> wholes_;
    std::size_t region_;
};

}  // namespace faultline::planning
