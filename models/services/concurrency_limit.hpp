// How many calls may be in a server at once: fixed, or learnt from how calls end.
//
//   aimd      one more after a good call while at least half of the limit is used; down to `backoff` of it after a call
//             that failed or was slow (Netflix concurrency-limits, AIMDLimit)
//   gradient  each call's time t is compared with a long average T of such times: L <- 0.8 L + 0.2 (L g + 4),
//             g = T / t within 0.5..1, while at least half of the limit is used (the same, Gradient2Limit, with its
//             averages over 600 calls, the first 10 of them plain; T shrinks by a tenth where it is above 2 t)
//
// Both stay within concurrency_least..concurrency_most. Leaves out: Vegas, windows of several calls.
#pragma once

#include <algorithm>

#include "engine/time.hpp"
#include "scenarios/clients.hpp"

namespace faultline::models {

class ConcurrencyLimit {
public:
    explicit ConcurrencyLimit(const scenarios::Shedding& settings)
        : settings_(settings), limit_(static_cast<double>(settings.concurrency)) {}

    double value() const { return limit_; }
    // A call has ended, of `inside` that were there with it.
    void ended(engine::Duration took, bool failed, int inside) {
        const bool used = 2.0 * inside >= limit_;
        if (settings_.limit == scenarios::LimitKind::aimd) {
            follow_loss(failed || took > settings_.slow_call, used);
        } else if (settings_.limit == scenarios::LimitKind::gradient && !failed) {
            follow_gradient(engine::in_seconds(took), used);
        }
    }

private:
    void set(double limit) {
        limit_ = std::clamp(limit, static_cast<double>(settings_.concurrency_least),
                            static_cast<double>(settings_.concurrency_most));
    }
    void follow_loss(bool lost, bool used) {
        if (lost) set(std::min(limit_ - 1.0, limit_ * settings_.backoff));
        if (!lost && used) set(limit_ + 1.0);
    }
    void follow_gradient(double took_s, bool used) {
        constexpr double plain = 10.0, window = 600.0, smoothing = 0.2, queue = 4.0;
        if (took_s <= 0.0) return;
        calls_ = std::min(calls_ + 1.0, plain + 1.0);
        long_s_ += (took_s - long_s_) * (calls_ <= plain ? 1.0 / calls_ : 2.0 / (window + 1.0));
        const double ratio = long_s_ / took_s;
        if (ratio > 2.0) long_s_ *= 0.9;
        if (used) set(limit_ * (1.0 - smoothing) + smoothing * (limit_ * std::clamp(ratio, 0.5, 1.0) + queue));
    }

    scenarios::Shedding settings_;
    double limit_;
    double calls_ = 0.0;
    double long_s_ = 0.0;
};

}  // namespace faultline::models
