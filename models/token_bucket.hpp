// A bucket of tokens that time fills: a rate that may be exceeded for a moment. Full at the beginning.
#pragma once

#include <algorithm>

#include "engine/time.hpp"

namespace faultline::models {

class TokenBucket {
public:
    // rate_per_s > 0; most >= 1: tokens of a full bucket.
    TokenBucket(double rate_per_s, double most) : rate_per_s_(rate_per_s), most_(most), tokens_(most) {}

    // Requires: `now` is not before that of the last call. false: there is less than one.
    bool take(engine::Instant now) {
        tokens_ = std::min(most_, tokens_ + rate_per_s_ * engine::in_seconds(now - filled_));
        filled_ = now;
        if (tokens_ < 1.0) return false;
        tokens_ -= 1.0;
        return true;
    }

private:
    double rate_per_s_;
    double most_;
    double tokens_;
    engine::Instant filled_{};
};

}  // namespace faultline::models
