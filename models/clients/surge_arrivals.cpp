#include "models/clients/surge_arrivals.hpp"

#include <algorithm>

namespace faultline::models {

using engine::Instant;

SurgeArrivals::SurgeArrivals(engine::RandomStream draws, const Arrivals& usual, const scenarios::Surge& surge,
                             Instant begin)
    : draws_(draws),
      usual_(usual),
      begin_(begin),
      full_(engine::saturating_add(begin, surge.ramp)),
      fading_(engine::saturating_add(full_, surge.lasts)),
      end_(engine::saturating_add(fading_, surge.fall)),
      more_(surge.times - 1.0) {}

double SurgeArrivals::factor(Instant t) const {
    if (t < begin_ || t >= end_) return 0.0;
    if (t < full_) return engine::in_seconds(t - begin_) / engine::in_seconds(full_ - begin_);
    return t < fading_ ? 1.0 : engine::in_seconds(end_ - t) / engine::in_seconds(end_ - fading_);
}

Instant SurgeArrivals::next(Instant now) {
    const double most_per_s = more_ * usual_.rate_most();
    if (most_per_s <= 0.0) return engine::end_of_time;
    for (Instant t = std::max(now, begin_); t < end_;) {
        t = engine::saturating_add(t, engine::duration_from_seconds(unit_gap_.sample(draws_) / most_per_s));
        if (t < end_ && draws_.uniform() * most_per_s < rate_at(t)) return t;
    }
    return engine::end_of_time;
}

}  // namespace faultline::models
