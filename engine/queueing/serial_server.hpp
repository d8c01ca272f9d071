// One server, first come first served, whose jobs' lengths are known when they come: a single-threaded process such as
// a cache node. When a job starts and ends is known at once,
//
//     start = max(arrival, end of the job before)          end = start + length
//
// so that a job needs no place in a queue and no event of its own: O(1), 48 bytes a server. Jobs cannot be taken back
// and there are no limits of the queue; for those, and for several servers: server_pool.hpp.
// Source: D. V. Lindley, The theory of queues with a single server, Proc. Cambridge Phil. Soc. 48 (1952), 277-289.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/check.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

class SerialServer {
public:
    explicit SerialServer(Instant now) : free_at_(now), since_(now) {}

    struct Turn {
        Instant start{};
        Instant end{};
    };
    // Requires: work >= 0; calls come in the order of `now`. The work of a server of speed 1.
    Turn take(Instant now, Duration work) {
        SIM_CHECK(work >= Duration::zero());
        const Duration length = speed_ == 1.0 ? work : duration_from_seconds(in_seconds(work) / speed_);
        const Instant start = std::max(now, free_at_);
        free_at_ = saturating_add(start, length);
        accepted_ += length;
        waited_ += start - now;
        ++jobs_;
        return {start, free_at_};
    }

    // 1 is nominal. For the jobs that come from now on. Requires: speed > 0.
    void set_speed(double speed) {
        SIM_CHECK(speed > 0.0);
        speed_ = speed;
    }
    double speed() const { return speed_; }

    // The work not yet done is dropped, all of it: the node's death.
    void clear(Instant now) {
        accepted_ -= backlog(now);
        free_at_ = std::min(free_at_, now);
    }
    Duration backlog(Instant now) const { return std::max(Duration::zero(), free_at_ - now); }

    // Since the last reset_statistics. By Little's law, with the waits of those that came since.
    std::uint64_t jobs() const { return jobs_; }
    double utilisation(Instant now) const { return share_of_time(accepted_ - backlog(now), now); }
    double mean_waiting(Instant now) const { return share_of_time(waited_, now); }
    double busy_seconds(Instant now) const { return in_seconds(accepted_ - backlog(now)); }
    double waited_seconds() const { return in_seconds(waited_); }
    void reset_statistics(Instant now) {
        since_ = now;
        accepted_ = backlog(now);
        waited_ = Duration::zero();
        jobs_ = 0;
    }

private:
    double share_of_time(Duration sum, Instant now) const {
        return now == since_ ? 0.0 : in_seconds(sum) / in_seconds(now - since_);
    }

    Instant free_at_;
    Instant since_;
    Duration accepted_{};
    Duration waited_{};
    std::uint64_t jobs_ = 0;
    double speed_ = 1.0;
};

}  // namespace faultline::engine
