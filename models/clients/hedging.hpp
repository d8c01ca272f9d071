// When an office sends a second copy of a query of a class: after a delay, or after a quantile of the answers to it so
// far (within 6.3 %, refreshed now and then; none before the 64th answer), while a bucket holds a token. Each query
// puts the budget into the bucket, which begins empty, and a copy takes one. Source: J. Dean, L. Barroso, The Tail at
// Scale, CACM 56(2), 2013 (hedged requests).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

#include "models/measures/flat_histogram.hpp"
#include "scenarios/clients.hpp"

namespace faultline::models {

class Hedging {
public:
    explicit Hedging(const scenarios::Hedge& settings)
        : settings_(settings),
          delay_(settings.delay.value_or(engine::Duration::max())),
          seen_(settings.delay ? nullptr : std::make_unique<Seen>()) {}

    // Of a query that begins now; Duration::max() while nothing is known.
    engine::Duration delay() const { return delay_; }
    bool cancels() const { return settings_.cancel; }

    void asked() { tokens_ = std::min(static_cast<double>(settings_.burst), tokens_ + settings_.budget); }
    // false: there is no token for a copy.
    bool take() {
        // A sum of many budgets may miss a whole number by its rounding.
        constexpr double whole = 1.0 - 1e-9;
        if (tokens_ < whole) return false;
        tokens_ -= 1.0;
        return true;
    }
    void answered(engine::Duration took) {
        if (seen_ == nullptr) return;
        seen_->add(took);
        if (++answers_ == refresh_at_) refresh();
    }

private:
    using Seen = FlatHistogram<4, std::uint64_t>;
    static constexpr std::uint64_t every = 1024;

    void refresh() {
        const double rank = std::ceil(settings_.quantile * static_cast<double>(answers_));
        delay_ = seen_->at_rank(static_cast<std::uint64_t>(rank));
        refresh_at_ = std::min(2 * answers_, answers_ + every);
    }

    scenarios::Hedge settings_;
    engine::Duration delay_;
    double tokens_ = 0.0;
    std::uint64_t answers_ = 0;
    std::uint64_t refresh_at_ = 64;
    std::unique_ptr<Seen> seen_;  // null: the delay is given
};

}  // namespace faultline::models
