#include "models/clients/arrivals.hpp"

#include <algorithm>
#include <utility>

#include "engine/random/distributions.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;

namespace {
constexpr Duration hour = std::chrono::hours{1};
constexpr std::int64_t hours_a_day = 24;
constexpr std::int64_t days_a_week = 7;
const engine::Distribution unit_gap = engine::Distribution::exponential(1.0);
}  // namespace

Arrivals::Arrivals(engine::RandomStream draws, ArrivalsShape shape)
    : draws_(draws),
      flat_(shape.curve.empty() && shape.week.empty()),
      shape_(std::move(shape)),
      start_(std::chrono::seconds{shape_.start_s}) {}

std::int64_t Arrivals::hour_index(Instant t) const {
    return (t.time_since_epoch() + start_) / hour;
}

Instant Arrivals::start_of_hour(std::int64_t index) const {
    return Instant{index * hour - start_};
}

double Arrivals::factor(std::int64_t index) const {
    const double of_hour = shape_.curve.empty() ? 1.0 : shape_.curve[static_cast<std::size_t>(index % hours_a_day)];
    if (shape_.week.empty()) return of_hour;
    return of_hour * shape_.week[static_cast<std::size_t>(index / hours_a_day % days_a_week)];
}

double Arrivals::rate_most() const {
    const auto most = [](const std::vector<double>& curve) {
        return curve.empty() ? 1.0 : *std::max_element(curve.begin(), curve.end());
    };
    return shape_.rate_per_s * most(shape_.curve) * most(shape_.week);
}

Instant Arrivals::next(Instant now) {
    Instant from = now;
    for (std::int64_t tried = 0; tried <= hours_a_day * days_a_week; ++tried) {
        const std::int64_t index = flat_ ? 0 : hour_index(from);
        const double rate = flat_ ? shape_.rate_per_s : shape_.rate_per_s * factor(index);
        if (rate > 0.0) {
            const Duration gap = engine::duration_from_seconds(unit_gap.sample(draws_) / rate);
            const Instant due = engine::saturating_add(from, gap);
            if (flat_ || due < start_of_hour(index + 1)) return due;
        }
        if (flat_) return engine::end_of_time;
        from = start_of_hour(index + 1);
    }
    return engine::end_of_time;
}

}  // namespace faultline::models
