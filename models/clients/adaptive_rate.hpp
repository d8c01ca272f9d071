// The rate at which a client sends, adapted to a server that refuses: a bucket of tokens, of which each attempt takes
// one, the first one of a query too. It limits nothing until the first answer that says "too much".
//
// A refusal cuts the rate to 0.7 of what was sent and remembers that as w; each other outcome sets it to
//
//     0.4 (t - k)^3 + w       t: seconds since the last refusal; k = cbrt(0.3 w / 0.4)
//
// which grows fast, slows down at w and goes on beyond it, but to no more than twice what is being sent: measured over
// half seconds and smoothed, 0.8 of the newest. The bucket fills at that rate, at least 0.5 a second, and holds a
// second of it, at least one token.
// Source: botocore, botocore/retries/adaptive.py, bucket.py and throttling.py; AWS SDKs and Tools Reference Guide,
// Retry behavior (adaptive mode). CUBIC: S. Ha, I. Rhee, L. Xu, ACM SIGOPS OSR 42(5), 2008. Leaves out: that a token
// that was promised comes sooner when the rate has grown since.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/time.hpp"

namespace faultline::models {

class AdaptiveRate {
public:
    // How long an attempt that begins now waits for its token, which it takes. If that is longer than `patience` it
    // takes none. Requires: `now` is not before that of the last call.
    engine::Duration take(engine::Instant now, engine::Duration patience) {
        if (!limits_) return engine::Duration::zero();
        fill(now);
        const double missing = 1.0 - tokens_;
        const engine::Duration wait =
            missing > 0.0 ? engine::duration_from_seconds(missing / rate_per_s_) : engine::Duration::zero();
        if (wait <= patience) tokens_ -= 1.0;
        return wait;
    }

    // An attempt has ended. throttled: it was refused by its server.
    void ended(engine::Instant now, bool throttled) {
        measure(now);
        fill(now);
        double rate = 0.0;
        if (throttled) {
            w_per_s_ = limits_ ? std::min(sent_per_s_, rate_per_s_) : sent_per_s_;
            last_refused_ = now;
            limits_ = true;
            rate = beta * w_per_s_;
        } else {
            const double k_s = std::cbrt(w_per_s_ * (1.0 - beta) / scale);
            const double t_s = engine::in_seconds(now - last_refused_) - k_s;
            rate = scale * t_s * t_s * t_s + w_per_s_;
        }
        set_rate(std::min(rate, growth_most * sent_per_s_));
    }

    bool limits() const { return limits_; }
    double rate_per_s() const { return rate_per_s_; }

private:
    static constexpr double beta = 0.7, scale = 0.4, smoothing = 0.8, growth_most = 2.0;
    static constexpr double rate_least_per_s = 0.5, capacity_least = 1.0;
    static constexpr engine::Duration half_second = std::chrono::milliseconds{500};

    void fill(engine::Instant now) {
        tokens_ = std::min(capacity_, tokens_ + rate_per_s_ * engine::in_seconds(now - filled_));
        filled_ = now;
    }
    // What was promised before stays promised at the rate of then: who comes next waits no longer for it.
    void set_rate(double rate_per_s) {
        const double old_per_s = std::exchange(rate_per_s_, std::max(rate_per_s, rate_least_per_s));
        if (tokens_ < 0.0) tokens_ *= rate_per_s_ / old_per_s;
        capacity_ = std::max(rate_per_s, capacity_least);
        tokens_ = std::min(tokens_, capacity_);
    }
    // By the answers: each tells of an attempt that was sent.
    void measure(engine::Instant now) {
        ++answers_;
        const std::int64_t slot = now.time_since_epoch() / half_second;
        if (slot <= slot_) return;
        const double passed_s = engine::in_seconds(half_second) * static_cast<double>(slot - slot_);
        sent_per_s_ = smoothing * (answers_ / passed_s) + (1.0 - smoothing) * sent_per_s_;
        answers_ = 0.0;
        slot_ = slot;
    }

    bool limits_ = false;
    double tokens_ = 0.0, capacity_ = capacity_least, rate_per_s_ = rate_least_per_s;
    engine::Instant filled_{};
    double w_per_s_ = 0.0;
    engine::Instant last_refused_{};
    double sent_per_s_ = 0.0, answers_ = 0.0;
    std::int64_t slot_ = 0;
};

}  // namespace faultline::models
