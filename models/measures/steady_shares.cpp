#include "models/measures/steady_shares.hpp"

namespace faultline::models {
namespace {

void add(Baseline& sum, ShareCount seen, Duration time) {
    sum.due += seen.due;
    sum.good += seen.good;
    sum.time += time;
}

}  // namespace

SteadyShares::SteadyShares(const MeasuresShape& shape)
    : offices_{shape.offices.size()},
      targets_{shape.canary_targets.size()},
      canary_timeout_{shape.canary_timeout},
      next_row_(shape.classes.size()) {
    for (const ClassShape& query_class : shape.classes) deadlines_.push_back(query_class.deadline);
    sums_.operations.resize(shape.classes.size() * offices_);
    sums_.canaries.resize(offices_ * targets_);
}

const NormalShares& SteadyShares::until(Instant now, const PhaseTrack& track, const Operations& operations,
                                        const Canaries& canaries) {
    for (std::size_t i = 0; i < next_row_.size(); ++i) add_class(i, now, track, operations);
    add_canaries(now, track, canaries);
    return sums_;
}

void SteadyShares::add_class(std::size_t query_class, Instant now, const PhaseTrack& track,
                             const Operations& operations) {
    const Duration deadline = deadlines_[query_class];
    std::vector<Operations::Seen> by_office;
    for (std::size_t office = 0; office < offices_; ++office) {
        by_office.push_back(operations.seen({query_class, office}));
    }
    for (std::size_t& row = next_row_[query_class]; row < track.rows_until(now); ++row) {
        const Instant row_end = track.row_end(row);
        if (engine::saturating_add(row_end, deadline) > now) return;
        if (track.row_phase(row) != LivePhase::steady) continue;
        const Duration length = row_end - track.row_start(row);
        for (std::size_t office = 0; office < offices_; ++office) {
            add(sums_.operations[query_class * offices_ + office], by_office[office].in(row, row_end, now), length);
        }
    }
}

void SteadyShares::add_canaries(Instant now, const PhaseTrack& track, const Canaries& canaries) {
    for (std::size_t& row = next_canary_row_; row < track.rows_until(now); ++row) {
        const Instant row_end = track.row_end(row);
        if (row_end + canary_timeout_ > now) return;
        if (track.row_phase(row) != LivePhase::steady) continue;
        for (std::size_t i = 0; i < sums_.canaries.size(); ++i) {
            add(sums_.canaries[i], canaries.seen({i / targets_, i % targets_}, row), row_end - track.row_start(row));
        }
    }
}

}  // namespace faultline::models
