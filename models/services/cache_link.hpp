// What all clients of a cache have in common: the size of a command, what they think of a node, what they read.
#pragma once

#include "engine/call.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/shape.hpp"
#include "models/network/round_trip.hpp"

namespace faultline::models {

inline constexpr Payload cache_command{engine::Bytes{64}, engine::Bytes{64}};
// Commands in a row without an answer until a connection counts as broken; one slow packet is none. Source: an
// assumption (docs/models/services.md). A reset breaks it at once.
inline constexpr int cache_failures_until_broken = 3;

// What a client thinks of a node: after some failures in a row it is left alone for a while.
struct CacheLink {
    Instant retry_at{};
    int failures = 0;

    // A command is over. true: the connection counts as broken now, until `reconnect` has passed.
    bool broken_by(engine::CallOutcome outcome, Instant now, Duration reconnect) {
        if (outcome == engine::CallOutcome::answered) {
            failures = 0;
            return false;
        }
        ++failures;
        const bool broken = outcome == engine::CallOutcome::reset || failures >= cache_failures_until_broken;
        if (broken) retry_at = now + reconnect;
        return broken;
    }
};

// What a read of `key`, which belongs to the database, has found. A node that refuses or redirects is as good as none.
inline CacheRead read_of(engine::CallOutcome outcome, const Answer& answer, const Cluster& database,
                         std::uint64_t key) {
    if (outcome != engine::CallOutcome::answered) return CacheRead::bypassed;
    if (answer.status == AnswerStatus::miss) return CacheRead::miss;
    if (answer.status != AnswerStatus::ok && answer.status != AnswerStatus::ageing) return CacheRead::bypassed;
    return answer.version == database.newest_version(key) ? CacheRead::fresh_hit : CacheRead::stale_hit;
}

}  // namespace faultline::models
