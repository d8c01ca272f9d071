// A log disk: one flush at a time; what is written meanwhile shares the next one (group commit).
//
// No events of its own: whoever joins is told when its flush will be over. Calls come in the order of time.
// Source: PostgreSQL 15 documentation, 30.5 WAL Configuration (group commit); MySQL 8.0, Binary Log Group Commit.
#pragma once

#include <algorithm>

#include "engine/random/distributions.hpp"
#include "engine/time.hpp"
#include "models/log_place.hpp"

namespace faultline::models {

class GroupFlush {
public:
    explicit GroupFlush(engine::Distribution flush) : flush_(std::move(flush)) {}

    // Above 1: slower, from the next flush on.
    void set_slowdown(double factor) { slowdown_ = factor; }

    // What has been written up to `end` is flushed with whatever else waits. Returns when that is over.
    template <class Draws>
    engine::Instant join(engine::Instant now, Lsn end, Draws& draws) {
        settle(now);
        if (running_until_ <= now) {
            running_since_ = now;
            running_until_ = now + drawn(draws);
            running_end_ = end;
            return running_until_;
        }
        if (!next_) next_until_ = running_until_ + drawn(draws);
        next_ = true;
        next_end_ = std::max(next_end_, end);
        return next_until_;
    }

    // What is on the disk at `now`.
    Lsn flushed(engine::Instant now) {
        settle(now);
        return flushed_;
    }

    // How long it has flushed since the start. Never less than before.
    double busy_seconds(engine::Instant now) const { return engine::in_seconds(done(now)); }

    // A flush that was under way has not happened; the log goes on from `end`.
    void restart(engine::Instant now, Lsn end) {
        accepted_ = done(now);
        flushed_ = running_end_ = next_end_ = end;
        running_until_ = now;
        next_ = false;
    }

private:
    template <class Draws>
    engine::Duration drawn(Draws& draws) {
        engine::Duration took = flush_.sample_duration(draws);
        if (slowdown_ != 1.0) took = engine::duration_from_seconds(engine::in_seconds(took) * slowdown_);
        accepted_ += took;
        return took;
    }
    // One flush, and the one that follows it without a rest.
    engine::Duration done(engine::Instant now) const {
        const engine::Instant end = next_ ? next_until_ : running_until_;
        return accepted_ - std::max(engine::Duration::zero(), end - std::max(now, running_since_));
    }
    void settle(engine::Instant now) {
        if (running_until_ > now) return;
        flushed_ = std::max(flushed_, running_end_);
        if (!next_) return;
        next_ = false;
        running_since_ = running_until_;
        running_until_ = next_until_;
        running_end_ = next_end_;
        if (running_until_ <= now) flushed_ = std::max(flushed_, running_end_);
    }

    engine::Distribution flush_;
    double slowdown_ = 1.0;
    engine::Duration accepted_{};  // all flushes that have been begun or waited for
    engine::Instant running_since_{};
    engine::Instant running_until_{};
    engine::Instant next_until_{};
    bool next_ = false;  // something waits for the next flush
    Lsn running_end_ = 0;
    Lsn next_end_ = 0;
    Lsn flushed_ = 0;
};

}  // namespace faultline::models
