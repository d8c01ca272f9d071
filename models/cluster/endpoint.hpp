// An endpoint: a DNS name that stands for instances, and what its clients remember of it.
//
// The name server answers with what was published; a client keeps an answer for the record's time to live, or longer if
// its runtime does. A reader endpoint gives one address an answer, in turn, so that connections are spread when they
// are made and stay where they are. Source: Aurora User Guide, "Endpoints"; docs/models/cluster.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/time.hpp"

namespace faultline::models {

class Instance;

class Endpoint {
public:
    explicit Endpoint(engine::Duration time_to_live) : time_to_live_(time_to_live) {}

    // What the name server answers from now on.
    void publish(std::vector<Instance*> addresses) { addresses_ = std::move(addresses); }
    const std::vector<Instance*>& addresses() const { return addresses_; }
    engine::Duration time_to_live() const { return time_to_live_; }

    // From now on it is another name for `other` (a CNAME record), which outlives it.
    void stand_for(Endpoint& other) { other_ = &other; }

    // Its record is gone from the name server, or is there again. Nests.
    void lose_record(bool lost) { lost_ += lost ? 1 : -1; }
    bool has_record() const { return lost_ == 0 && (other_ == nullptr || other_->has_record()); }

    // A client has met somebody who is no longer there, or no longer what this name stands for: it connects anew.
    void note_lost_connection(engine::Instant now) { lost_connection_ = now; }
    std::optional<engine::Instant> lost_connection() const { return lost_connection_; }  // the last time

    // One answer; null while nothing is published.
    Instance* resolve() {
        if (lost_ > 0) return nullptr;
        if (other_ != nullptr) return other_->resolve();
        if (addresses_.empty()) return nullptr;
        return addresses_[turn_++ % addresses_.size()];
    }

private:
    engine::Duration time_to_live_;
    std::vector<Instance*> addresses_;
    Endpoint* other_ = nullptr;
    int lost_ = 0;
    std::uint64_t turn_ = 0;
    std::optional<engine::Instant> lost_connection_{};
};

// One client's memory of one endpoint.
class ResolverCache {
public:
    // `at_least`: the runtime's own cache (the JVM's 30 s), where it is longer than the record's time to live.
    explicit ResolverCache(engine::Duration at_least) : at_least_(at_least) {}

    bool fresh(engine::Instant now) const { return answer_ != nullptr && now < expires_; }
    Instance* answer() const { return answer_; }
    void refresh(Endpoint& endpoint, engine::Instant now) {
        answer_ = endpoint.resolve();
        expires_ = now + std::max(endpoint.time_to_live(), at_least_);
    }
    void forget() { answer_ = nullptr; }

private:
    engine::Duration at_least_;
    Instance* answer_ = nullptr;
    engine::Instant expires_{};
};

}  // namespace faultline::models
