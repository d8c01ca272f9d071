// When queries are due: a Poisson process whose rate follows the local hour.
//
// The rate is constant within an hour, so gaps are exponential, and a gap that would cross into the next hour is drawn
// anew from there (the process has no memory). The draws are the office's own: whatever is built in front of it, the
// same queries are due at the same instants.
#pragma once

#include <vector>

#include "engine/random/distributions.hpp"
#include "engine/random/stream.hpp"
#include "engine/time.hpp"

namespace faultline::models {

class Arrivals {
public:
    // curve: 24 factors by local hour, or empty (1 always). start_of_day_s: local time at the start of the run.
    Arrivals(engine::RandomStream draws, double rate_per_s, std::vector<double> curve, std::int32_t start_of_day_s);

    // The first arrival after `now`; end_of_time if the rate is zero for a day.
    engine::Instant next(engine::Instant now);
    double rate_at(engine::Instant t) const { return rate_per_s_ * factor(hour_index(t)); }

private:
    std::int64_t hour_index(engine::Instant t) const;
    engine::Instant start_of_hour(std::int64_t index) const;
    double factor(std::int64_t hour) const;

    engine::RandomStream draws_;
    double rate_per_s_;
    std::vector<double> curve_;
    engine::Duration start_of_day_;
    engine::Distribution unit_gap_ = engine::Distribution::exponential(1.0);
};

}  // namespace faultline::models
