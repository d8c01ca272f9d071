// What was normal for each class at each office and for each canary when an incident begins: the good share over all
// steady seconds since the warm-up's end. Operations that the incident caught before their deadline are left out, or
// the fault would lower the standard it is judged by.
#pragma once

#include <vector>

#include "models/measures/canaries.hpp"
#include "models/measures/operations.hpp"

namespace faultline::models {

struct NormalShares {
    std::vector<Baseline> operations;  // by class, then office
    std::vector<Baseline> canaries;    // by site, then target
};

class SteadyShares {
public:
    explicit SteadyShares(const MeasuresShape& shape);

    // At `now`, the start of an incident. Later calls have a later `now`.
    const NormalShares& until(Instant now, const PhaseTrack& track, const Operations& operations,
                              const Canaries& canaries);

private:
    void add_class(std::size_t query_class, Instant now, const PhaseTrack& track, const Operations& operations);
    void add_canaries(Instant now, const PhaseTrack& track, const Canaries& canaries);

    std::vector<Duration> deadlines_;
    std::size_t offices_;
    std::size_t targets_;
    Duration canary_timeout_;
    std::vector<std::size_t> next_row_;  // by class: those before it are in the sums
    std::size_t next_canary_row_ = 0;
    NormalShares sums_;
};

}  // namespace faultline::models
