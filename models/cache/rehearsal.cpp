#include "models/cache/rehearsal.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {

namespace {
// Expiry cycles that are caught up with after a time without requests; expired keys that more would have found are
// found on access.
constexpr int idle_cycles_most = 100;
}  // namespace

CacheRehearsal::CacheRehearsal(CacheNode& node, std::vector<bool>& known, bool writes_set)
    : node_{node},
      writes_set_{writes_set},
      known_{known},
      draws_{node.simulation_.stream(node.component_.path(), "contents")},
      next_expiry_{engine::start_of_time},
      recorded_{node.store_.recorded_changes()} {
    SIM_CHECK(node.store_.resident_keys() == 0);
    node.store_.record_changes(nullptr);
}

Instant CacheRehearsal::pass_to(Duration at) {
    const Instant now = engine::start_of_time + at;
    if (!node_.entries_expire()) return now;
    const Duration period = node_.shape_.store.expiry.period;
    next_expiry_ = std::max(next_expiry_, now - idle_cycles_most * period);
    for (; next_expiry_ <= now; next_expiry_ += period) node_.store_.expire_cycle(next_expiry_);
    return now;
}

void CacheRehearsal::read(std::uint64_t key, ClassId by, Duration at) {
    const Instant now = pass_to(at);
    Answer answer;
    node_.read(key, now, answer);
    if (answer.status != AnswerStatus::ok) set(key, by, now);
}

void CacheRehearsal::write(std::uint64_t key, ClassId by, Duration at) {
    const Instant now = pass_to(at);
    if (writes_set_) {
        set(key, by, now);
    } else {
        node_.store_.erase(key);
    }
}

void CacheRehearsal::set(std::uint64_t key, ClassId by, Instant at) {
    std::optional<Duration> ttl = node_.time_to_live(by);
    if (ttl && !known_[key]) {
        const double rest_s = engine::in_seconds(*ttl) * draws_.uniform();
        ttl = std::max(engine::duration_from_seconds(rest_s), Duration{1});
    }
    known_[key] = true;
    node_.store_.set({.key = key, .value = node_.shape_.value, .ttl = ttl}, at);
}

void CacheRehearsal::end(Duration at) {
    pass_to(at);
    node_.store_.begin_anew(at);
    node_.store_.record_changes(recorded_);
}

}  // namespace faultline::models
