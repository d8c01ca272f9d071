// When queries are due: a Poisson process whose rate follows the local hour and day.
//
// The rate is constant within an hour, so gaps are exponential, and a gap that would cross into the next hour is drawn
// anew from there (the process has no memory). The draws are the office's own: whatever is built in front of it, the
// same queries are due at the same instants.
#pragma once

#include <vector>

#include "engine/random/stream.hpp"
#include "engine/time.hpp"

namespace faultline::models {

struct ArrivalsShape {
    double rate_per_s = 0.0;      // where the curves are 1; 0: there are no arrivals
    std::vector<double> curve{};  // 24 factors by local hour; empty: 1 always
    std::vector<double> week{};   // 7 factors by local day, Monday first; empty: 1 always
    std::int32_t start_s = 0;     // local time at the start of the run, after the beginning of Monday
};

class Arrivals {
public:
    Arrivals(engine::RandomStream draws, ArrivalsShape shape);

    // The first arrival after `now`; end_of_time if the rate is zero for a week.
    engine::Instant next(engine::Instant now);
    double rate_at(engine::Instant t) const { return shape_.rate_per_s * factor(hour_index(t)); }
    double rate_most() const;  // at any hour

private:
    std::int64_t hour_index(engine::Instant t) const;
    engine::Instant start_of_hour(std::int64_t index) const;
    double factor(std::int64_t hour) const;

    engine::RandomStream draws_;
    bool flat_;
    ArrivalsShape shape_;
    engine::Duration start_;
};

}  // namespace faultline::models
