// What years of failures cost: seconds away by cell and cause. Sums only; whoever reads them divides by the years.
#pragma once

#include <cstdint>
#include <vector>

#include "planning/availability/outage_state.hpp"

namespace faultline::planning {

// Outages of one cause, or of several faults that were needed together.
struct CauseLoss {
    CauseMask cause = 0;
    bool overlap = false, planned = false;
    double seconds = 0.0;     // weighted by the share that was away
    std::uint64_t times = 0;  // that the cell was stopped, at all, by it
};

class OutageLedger {
public:
    explicit OutageLedger(std::size_t cells) : unplanned_s(cells), planned_s(cells), causes(cells) {}

    // As `state` stands, for so long.
    void add(const OutageState& state, double seconds) {
        if (!state.any_away || seconds <= 0.0) return;
        for (std::size_t i = 0; i < unplanned_s.size(); ++i) {
            const CellState& cell = state.cells[i];
            if (cell.unplanned <= 0.0F && cell.planned <= 0.0F) continue;
            const double unplanned = seconds * static_cast<double>(cell.unplanned);
            const double planned = seconds * static_cast<double>(cell.planned);
            unplanned_s[i] += unplanned;
            planned_s[i] += planned;
            if (unplanned > 0.0) of(i, cell.cause, cell.overlap, false).seconds += unplanned;
            if (planned > 0.0) of(i, cell.planned_cause, false, true).seconds += planned;
        }
    }
    void count(std::size_t cell, CauseMask cause, bool overlap, bool planned) {
        ++of(cell, cause, overlap, planned).times;
    }
    void clear_seconds() {
        unplanned_s.assign(unplanned_s.size(), 0.0);
        planned_s.assign(planned_s.size(), 0.0);
    }

    std::vector<double> unplanned_s, planned_s;  // by cell
    std::vector<std::vector<CauseLoss>> causes;  // by cell, in the order in which they first came

private:
    CauseLoss& of(std::size_t cell, CauseMask cause, bool overlap, bool planned) {
        for (CauseLoss& one : causes[cell]) {
            if (one.cause == cause && one.overlap == overlap && one.planned == planned) return one;
        }
        return causes[cell].emplace_back(CauseLoss{cause, overlap, planned, 0.0, 0});
    }
};

}  // namespace faultline::planning
