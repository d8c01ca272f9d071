// How a replica follows the writer. Both kinds keep for each commit when it will be seen, and cost no event.
//
// ReplicaApply, of the same region: the writer's log stream says at intervals what has become durable (the VDL has
// moved); the replica applies those changes to the pages that it has cached, one after the other, and discards the
// rest. Lag = until the next message + half a round trip + the queue of changes. It takes no storage write.
// LogicalApply, a binlog replica: each transaction is executed again, by `apply_threads` side by side, and seen in the
// order of the commits. With more work than the threads can do its lag grows without end.
//
// Sources: SIGMOD 2017 (storage_volume.hpp), sections 4.2.4 and 6.1.5 (Table 4); docs/models/cluster.md.
// Leaves out: transactions that must wait for each other in spite of several threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "engine/ring.hpp"
#include "models/cluster/service_lanes.hpp"
#include "models/log_place.hpp"

namespace faultline::models {

struct ReplicationShape {
    engine::Duration stream_interval = std::chrono::milliseconds{1};  // > 0
    engine::Duration apply_time{};                                    // the changes of one commit
    double cached_share = 1.0;                                        // of the changed pages, in the replica's cache
};

class ReplicaApply {
public:
    explicit ReplicaApply(const ReplicationShape& shape)
        : interval_(shape.stream_interval),
          apply_(engine::duration_from_seconds(engine::in_seconds(shape.apply_time) * shape.cached_share)) {}

    // The replica has attached to the volume: it sees all that is durable.
    void restart(engine::Instant now) {
        lane_.clear(now);
        pending_.clear();
        missed_.reset();
        arrives_ = now;
        lag_ = engine::Duration::zero();
    }

    // A commit became durable now, and the log ends at `end` with it. `one_way` is asked once a message: how long it
    // travels. `cached`: the replica has the page, and so something to apply. `left`: when its log has left the
    // writer's network card, if that is later than its message would leave.
    template <class OneWay>
    void ship(engine::Instant now, OneWay&& one_way, bool cached = true, Lsn end = 0, engine::Instant left = {}) {
        const engine::Instant departs = next_message_after(now);
        if (departs != departs_) {
            departs_ = departs;
            way_ = one_way();
            arrives_ = std::max(arrives_, departs + way_);
        }
        if (left > departs) [[unlikely]]
            arrives_ = std::max(arrives_, left + way_);
        const engine::Instant seen = lane_.serve(arrives_, cached ? apply_ : engine::Duration::zero());
        lag_ = seen - now;
        forget_seen(now);
        if (missed_) [[unlikely]]
            pending_.push({missed_->committed, seen, missed_->end});
        missed_.reset();
        pending_.push({now, seen, end});
    }
    // A commit became durable now, and nothing of it comes here: with the next message that does, it is seen.
    void miss(engine::Instant now, Lsn end) {
        if (!missed_) missed_ = {now, engine::end_of_time, end};
    }

    // Of the newest commit; more only while it is still on its way. Never negative.
    engine::Duration lag() const { return lag_; }
    // What committed this long ago or longer is seen now; zero: everything is.
    engine::Duration staleness(engine::Instant now) {
        forget_seen(now);
        if (pending_.empty() && !missed_) return engine::Duration::zero();
        // Keys know microseconds, rounded down: two more keep the oldest of these out of what is seen.
        return now - (pending_.empty() ? *missed_ : pending_.front()).committed + std::chrono::microseconds{2};
    }
    // The one that applies.
    const ServiceLanes& lane() const { return lane_; }
    // Up to where it shows the log.
    Lsn shown(engine::Instant now) {
        forget_seen(now);
        if (pending_.empty() && missed_) return missed_->end - 1;
        return pending_.empty() ? all_of_the_log : pending_.front().end - 1;
    }

private:
    struct Pending {
        engine::Instant committed, seen;
        Lsn end = 0;
    };
    engine::Instant next_message_after(engine::Instant now) const {
        return engine::Instant{(now.time_since_epoch() / interval_ + 1) * interval_};
    }
    void forget_seen(engine::Instant now) {
        while (!pending_.empty() && pending_.front().seen <= now) pending_.pop();
    }

    engine::Duration interval_;
    engine::Duration apply_;
    ServiceLanes lane_{1};
    engine::Instant departs_{};  // of the message that takes the newest commit
    engine::Duration way_{};     // that it has
    engine::Instant arrives_{};
    engine::Duration lag_{};
    engine::Ring<Pending> pending_;  // not seen yet, in the order of the commits
    std::optional<Pending> missed_;  // the oldest that was not sent
};

class LogicalApply {
public:
    // Source of the default: Aurora User Guide, Optimizing binary log replication: four workers from version 3.04 on.
    static constexpr int default_threads = 4;

    explicit LogicalApply(int apply_threads = default_threads) : threads_(apply_threads) {}

    // What it had not executed is gone; it goes on with what arrives from then on.
    void restart(engine::Instant at) {
        threads_.clear(at);
        arrived_ = seen_ = at;
    }
    // When a transaction is seen that has arrived then and takes this long to execute. Requires: in commit order.
    engine::Instant apply(engine::Instant arrived, engine::Duration work) {
        arrived_ = std::max(arrived_, arrived);
        seen_ = std::max(seen_, threads_.serve(arrived_, work));
        return seen_;
    }
    const ServiceLanes& threads() const { return threads_; }

private:
    ServiceLanes threads_;
    engine::Instant arrived_{};
    engine::Instant seen_{};
};

}  // namespace faultline::models
