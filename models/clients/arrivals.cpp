#include "models/clients/arrivals.hpp"

#include <utility>

namespace faultline::models {

using engine::Duration;
using engine::Instant;

namespace {
constexpr Duration hour = std::chrono::hours{1};
constexpr std::int64_t hours_a_day = 24;
}  // namespace

Arrivals::Arrivals(engine::RandomStream draws, double rate_per_s, std::vector<double> curve,
                   std::int32_t start_of_day_s)
    : draws_(draws),
      rate_per_s_(rate_per_s),
      curve_(std::move(curve)),
      start_of_day_(std::chrono::seconds{start_of_day_s}) {}

std::int64_t Arrivals::hour_index(Instant t) const {
    return (t.time_since_epoch() + start_of_day_) / hour;
}

Instant Arrivals::start_of_hour(std::int64_t index) const {
    return Instant{index * hour - start_of_day_};
}

double Arrivals::factor(std::int64_t index) const {
    return curve_.empty() ? 1.0 : curve_[static_cast<std::size_t>(index % hours_a_day)];
}

Instant Arrivals::next(Instant now) {
    Instant from = now;
    for (std::int64_t tried = 0; tried <= hours_a_day; ++tried) {
        const std::int64_t index = hour_index(from);
        const double rate = rate_per_s_ * factor(index);
        if (rate > 0.0) {
            const Duration gap = engine::duration_from_seconds(unit_gap_.sample(draws_) / rate);
            const Instant due = engine::saturating_add(from, gap);
            if (curve_.empty() || due < start_of_hour(index + 1)) return due;
        }
        if (curve_.empty()) return engine::end_of_time;
        from = start_of_hour(index + 1);
    }
    return engine::end_of_time;
}

}  // namespace faultline::models
