// Active expiry: how a node finds keys that nobody asks for any more. (A key that is asked for expires on access.)
//
// Redis 7.0, src/expire.c, activeExpireCycle, the slow cycle: `hz` times a second (default 10) it looks at successive
// buckets of the keys that expire until it has seen 20 of them or 400 buckets, deletes the expired, and repeats while
// more than 10 % of those seen were expired. (25 % until Redis 5; 10 % came with active-expire-effort in 6.0.) It goes
// on from bucket to bucket where the last cycle stopped. So up to a quarter or so of the resident keys may have
// expired.
//
// Left out: the fast cycle between events, which Redis runs only when the slow one hits its time limit or a tenth
// of the samples is stale, for 1 ms at a time; active-expire-effort above its default of 1.
#pragma once

#include <cstdint>

#include "engine/time.hpp"
#include "models/cache/key_table.hpp"

namespace faultline::models {

struct ExpiryOptions {
    engine::Duration period = std::chrono::milliseconds{100};  // 1 / hz: how often the owner should run a cycle
    int keys_per_round = 20;                                   // ACTIVE_EXPIRE_CYCLE_KEYS_PER_LOOP
    int stale_percent_accepted = 10;                           // ACTIVE_EXPIRE_CYCLE_ACCEPTABLE_STALE
    // Stands for the limit of 25 % of a processor, 25 ms at 10 Hz, at 0.5 us a key looked at and mostly deleted. The
    // latter is an assumption.
    int keys_per_cycle_max = 50'000;
};

class ExpiryCycle {
public:
    explicit ExpiryCycle(const ExpiryOptions& options);

    // One slow cycle. Returns how many keys it deleted.
    std::uint64_t run(KeyTable& table, std::uint64_t now_ms);

private:
    struct Round {
        int sampled = 0;
        int expired = 0;
    };
    Round run_round(KeyTable& table, std::uint64_t now_ms);

    ExpiryOptions options_;
    std::uint64_t cursor_ = 0;  // a bucket, modulo their number
};

}  // namespace faultline::models
