// The stream's part of its links, and what a change of it does to what has not left yet.
#include <algorithm>
#include <cmath>

#include "models/standby/log_stream.hpp"

namespace faultline::models {

std::optional<LinkStream::Ends> LogStream::ends() const {
    if (!connected_ || !transport_.path(primary_, standby_).usable) return std::nullopt;
    return Ends{primary_, standby_};
}

engine::BitsPerSecond LogStream::wanted(Duration until_asked_again) const {
    const Instant now = simulation_.now();
    const engine::BitsPerSecond rate = bandwidth();
    double wanted_bps = log_rate_.at(now).value;
    // What waits leaves at the present rate until then.
    if (last_leaves_ > now && std::isfinite(rate.value)) {
        wanted_bps += rate.value * engine::in_seconds(last_leaves_ - now) / engine::in_seconds(until_asked_again);
    }
    return engine::BitsPerSecond{std::min(wanted_bps, shape_.bandwidth.value)};
}

void LogStream::set_share(engine::BitsPerSecond share) {
    const bool sooner = share.value > share_.value;
    share_ = share;
    if (last_leaves_ <= simulation_.now()) return;  // nothing waits
    reschedule();
    if (sooner && on_sooner) on_sooner();
}

// What has left goes its way; the rest leaves at the rate of now. Each chunk keeps the delays that it was given: on the
// way, and until it is flushed once it is there.
void LogStream::reschedule() {
    const Instant now = simulation_.now();
    drop_settled(now);
    engine::Ring<Chunk> before;
    std::swap(before, chunks_);
    last_leaves_ = last_arrives_ = last_applied_ = now;
    Instant flushed = now;
    bool anew = false;
    while (!before.empty()) {
        const Chunk chunk = before.pop();
        if (chunk.leaves.last <= now) {
            chunks_.push(chunk);
            last_arrives_ = std::max(last_arrives_, chunk.arrives.last);
            last_applied_ = std::max(last_applied_, chunk.applied.last);
            flushed = std::max(flushed, chunk.flushed);
            continue;
        }
        if (!anew) executor_.restart(last_applied_);
        anew = true;
        flushed = take_up(chunk, passed(chunk, chunk.leaves, now), flushed);
    }
    disk_.restart(flushed, sent_);
}

// Of a chunk, what had left up to `gone`, and the rest. Returns when it is flushed.
Instant LogStream::take_up(const Chunk& whole, Lsn gone, Instant flushed) {
    const Lsn length = whole.end - whole.begin;
    const Duration work = whole.applied.last - whole.applied.first;
    const Duration until_flushed = whole.flushed - whole.arrives.last;
    const auto of_part = [&](std::uint64_t amount, Lsn part) {
        return static_cast<std::uint64_t>(static_cast<double>(amount) * static_cast<double>(part) /
                                          static_cast<double>(length));
    };
    const auto put = [&](Chunk& part) {
        part.flushed = flushed = std::max(part.arrives.last + until_flushed, flushed);
        const auto work_ns = of_part(static_cast<std::uint64_t>(work.count()), part.end - part.begin);
        apply_chunk(part, Duration{static_cast<std::int64_t>(work_ns)});
        chunks_.push(part);
    };
    Chunk rest = whole;
    if (gone > whole.begin) {
        Chunk left = whole;
        left.end = rest.begin = gone;
        left.commits = of_part(whole.commits, gone - whole.begin);
        rest.commits -= left.commits;
        left.leaves.last = simulation_.now();
        left.arrives.last = last_arrives_ = std::max(when(whole, whole.arrives, gone), last_arrives_);
        put(left);
    }
    send_chunk(rest);
    put(rest);
    return flushed;
}

}  // namespace faultline::models
