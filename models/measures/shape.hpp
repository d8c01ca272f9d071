// What is measured, as the recorder needs it: names, deadlines and the time that counts; and the words in which the
// models tell what happened. Left out: how anything behaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;
using scenarios::FailureReason;

struct ClassShape {
    std::string name;
    Duration deadline{};  // a property of the class, not its client's timeout
    bool writes = false;
    bool idempotent = true;
    std::string database;  // of the last step of its route; a station's or cache's name stands here too
    scenarios::TargetRole role = scenarios::TargetRole::writer;
    std::string endpoint{};  // of the role custom: its name
    std::string via{};       // the service that asks for its clients; empty: they ask themselves
    std::string driver{};    // preset of whose connections to the database it uses
};

// What the canary is called that stands for a class whose route ends at `endpoint` ("orders/writer").
inline std::string canary_name(const std::string& endpoint, const std::string& via) {
    return via.empty() ? endpoint : endpoint + " via " + via;
}

struct FaultShape {
    std::string name;
    std::string target;
    std::string kind{};
    bool planned = false;
    bool by_chance = false;
    std::string caused_by{};
};

// What may set off a storm of retries, besides faults: a surge.
struct Trigger {
    std::string name;
    Instant start{}, end{};
};

struct MeasuresShape {
    std::vector<ClassShape> classes;
    std::vector<std::string> offices;
    std::vector<std::string> canary_targets;  // canary_name() of each
    std::vector<std::string> caches;
    std::vector<std::string> databases;
    std::vector<FaultShape> faults;
    Instant warm_up_end{};
    Instant end{};
    Duration longest_client_timer{};  // of any client: until it has expired, quiet is not recovery
    Duration canary_timeout = std::chrono::seconds{1};
    bool sessions = false;          // are there users' sessions?
    bool office_timelines = false;  // of each class at each office
    std::vector<Trigger> surges{};
    scenarios::Storm storm{};  // what is called one
};

// One due operation. The same three values name it when it is due and when it has ended.
struct Operation {
    std::size_t query_class = 0;
    std::size_t office = 0;
    Instant due{};
};

// `answered` is a correct answer, in time or late; the others are of the last attempt, or of an operation that was
// never sent: blocked, shed, refused by a pool or an open breaker.
enum class Outcome : std::uint8_t { answered, refused, timed_out, failed };
constexpr Outcome outcome_of(FailureReason reason) {
    if (reason == FailureReason::none) return Outcome::answered;
    if (reason <= FailureReason::cancelled) return Outcome::refused;
    return reason < FailureReason::own_rate ? Outcome::failed : Outcome::timed_out;
}

// Of a write that ended so: may a statement of it have reached a server? Else its client knows that nothing was done.
constexpr bool may_have_run(FailureReason reason) {
    return reason > FailureReason::unreachable;
}

// Every read of a cacheable class is one of these; one that timed out at the cache is `bypassed`.
enum class CacheRead : std::uint8_t { fresh_hit, stale_hit, miss, bypassed, coalesced };

// An answered read of a session.
struct SessionRead {
    bool stale = false;
    bool of_own_write = false;
    bool missed_own_write = false;
    bool of_seen = false;
    bool went_back = false;
};

using StageTimes = std::span<const Duration, scenarios::stage_count>;

}  // namespace faultline::models
