// The arrivals that a surge adds to the usual ones of an office: (times - 1) x their rate at that instant x a factor
// that grows from 0 to 1 over `ramp`, stays over `lasts` and falls over `fall`.
//
// Poisson by thinning, on draws of its own: the usual arrivals fall due at the same instants with and without it.
// Source: P. Lewis, G. Shedler, Simulation of nonhomogeneous Poisson processes by thinning, NRLQ 26(3), 1979.
#pragma once

#include "engine/random/distributions.hpp"
#include "models/clients/arrivals.hpp"
#include "scenarios/clients.hpp"

namespace faultline::models {

class SurgeArrivals {
public:
    // `usual` outlives it. `begin`: as an instant of the run.
    SurgeArrivals(engine::RandomStream draws, const Arrivals& usual, const scenarios::Surge& surge,
                  engine::Instant begin);

    // The first one after `now`; end_of_time: there is none.
    engine::Instant next(engine::Instant now);
    double rate_at(engine::Instant t) const { return more_ * usual_.rate_at(t) * factor(t); }

private:
    double factor(engine::Instant t) const;

    engine::RandomStream draws_;
    const Arrivals& usual_;
    engine::Instant begin_, full_, fading_, end_;
    double more_;  // times - 1
    engine::Distribution unit_gap_ = engine::Distribution::exponential(1.0);
};

}  // namespace faultline::models
