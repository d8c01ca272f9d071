#include "models/measures/session_reads.hpp"

#include "scenarios/session_counts.hpp"

namespace faultline::models {

SessionReads::SessionReads(const MeasuresShape& shape)
    : offices_{shape.offices.size()}, cells_(shape.sessions ? shape.classes.size() * shape.offices.size() : 0) {}

void SessionReads::resolve_settling(LivePhase phase) {
    for (Cell& cell : cells_) {
        scenarios::SessionReadCounts& settling = cell[static_cast<std::size_t>(LivePhase::settling)];
        cell[static_cast<std::size_t>(phase)] += settling;
        settling = {};
    }
}

void SessionReads::finish(std::vector<scenarios::ClassResult>& results) const {
    if (cells_.empty()) return;
    for (std::size_t i = 0; i < results.size(); ++i) {
        for (std::size_t office = 0; office < offices_; ++office) {
            const Cell& cell = cells_[i * offices_ + office];
            results[i].session_reads.steady.push_back(cell[static_cast<std::size_t>(LivePhase::steady)]);
            results[i].session_reads.degraded.push_back(cell[static_cast<std::size_t>(LivePhase::degraded)]);
            results[i].session_reads.recovering.push_back(cell[static_cast<std::size_t>(LivePhase::recovering)]);
        }
    }
}

}  // namespace faultline::models
