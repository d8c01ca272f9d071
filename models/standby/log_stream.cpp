#include "models/standby/log_stream.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::models {

namespace {
__extension__ using Wide = __int128;      // a product of two 63-bit numbers
constexpr Lsn message_most = 128 * 1024;  // of one message: 16 pages. Source: PostgreSQL, walsender.c, MAX_SEND_SIZE
constexpr Lsn send_buffer = 4 << 20;      // of a socket. Source: Linux tcp(7), tcp_wmem, default maximum
constexpr Bytes acknowledgement{64};
// On the wire: a message's own header (PostgreSQL 15, 55.4: 25 bytes and 5 of CopyData), and for each segment those of
// IPv4 and of TCP with timestamps, of 1500 bytes each.
constexpr std::int64_t message_header = 30;
constexpr std::int64_t segment_header = 52;
constexpr std::int64_t segment_payload = 1500 - segment_header;

Bytes on_the_wire(Lsn log) {
    const std::int64_t payload = static_cast<std::int64_t>(log) + message_header;
    return Bytes{payload + (payload + segment_payload - 1) / segment_payload * segment_header};
}
}  // namespace

LogStream::LogStream(engine::Simulation& simulation, const Transport& transport, const StreamShape& shape,
                     PlaceId standby, const std::string& path, Transfers* transfers)
    : simulation_(simulation),
      transport_(transport),
      shape_(shape),
      standby_(standby),
      draws_(simulation.stream(path, "log stream")),
      disk_(shape.flush),
      executor_(shape.logical ? shape.apply_threads : 1),
      transfers_(transfers) {
    if (transfers_ != nullptr) transfers_->join(*this);
}

LogStream::~LogStream() {
    if (transfers_ != nullptr) transfers_->leave(*this);
}

void LogStream::connect(PlaceId primary) {
    if (!standby_up_ || !transport_.path(primary, standby_).usable) return;
    primary_ = primary;
    connected_ = true;
}

void LogStream::send(Lsn end, std::uint64_t commits, NetworkCard* card) {
    if (!connected_ || end <= sent_) return;
    drop_settled(simulation_.now());
    const double apply_ns = static_cast<double>(shape_.apply.count()) * static_cast<double>(commits);
    const double length = static_cast<double>(end - sent_);
    std::uint64_t commits_left = commits;
    Span at_card = turn_at(card, on_the_wire(std::min(end, sent_ + message_most) - sent_));
    while (sent_ < end && connected_) {
        const Lsn until = std::min(end, sent_ + message_most);
        const double share = static_cast<double>(until - sent_) / length;
        const auto part = static_cast<std::uint64_t>(std::llround(static_cast<double>(commits) * share));
        const std::uint64_t in_it = until == end ? commits_left : std::min(commits_left, part);
        commits_left -= in_it;
        connected_ = push(until, Duration{std::llround(apply_ns * share)}, in_it, at_card);
        if (card != nullptr) at_card = {at_card.last, at_card.last + card->time_of(on_the_wire(message_most))};
    }
}

// Of the first message. What is more was missed, and is fetched at the card's rate beside all else that leaves: it does
// not hold that up.
LogStream::Span LogStream::turn_at(NetworkCard* card, Bytes size) {
    if (card == nullptr) return {};
    const engine::SerialServer::Turn turn = card->take(simulation_.now(), size);
    return {turn.start, turn.end};
}

bool LogStream::push(Lsn end, Duration apply, std::uint64_t commits, const Span& at_card) {
    const Bytes size = on_the_wire(end - sent_);
    const Path& path = transport_.path(primary_, standby_);
    const Delays legs = sample_beside_no_flow(path, Payload{size, acknowledgement}, draws_);
    if (!legs.delivered) return false;
    if (!shares_links()) path.send(size, acknowledgement);  // else it is a flow, and counted as one
    Chunk chunk;
    chunk.begin = sent_;
    chunk.end = end;
    chunk.commits = commits;
    // The wait for the bytes before it, and its own time on the wire, are the stream's.
    chunk.forward = legs.forward - detail::on_the_wire(path, size);
    chunk.back = legs.back;
    chunk.card = at_card;
    send_chunk(chunk);
    chunk.flushed = disk_.join(chunk.arrives.last, end, draws_);
    apply_chunk(chunk, apply);
    sent_ = end;
    chunks_.push(chunk);
    log_rate_.add(simulation_.now(), size);
    return true;
}

// As wide as its own limit, the narrowest link of its path, and what bulk flows leave of that.
engine::BitsPerSecond LogStream::bandwidth() const {
    const double path_bps = transport_.path(primary_, standby_).bandwidth.value;
    return engine::BitsPerSecond{std::min({shape_.bandwidth.value, share_.value, path_bps})};
}

void LogStream::send_chunk(Chunk& chunk) {
    chunk.leaves.first = std::max({simulation_.now(), last_leaves_, chunk.card.first});
    chunk.leaves.last = chunk.leaves.first;
    const engine::BitsPerSecond rate = bandwidth();
    if (std::isfinite(rate.value)) {
        chunk.leaves.last += engine::transmission_time(on_the_wire(chunk.end - chunk.begin), rate);
    }
    chunk.leaves.last = std::max(chunk.leaves.last, chunk.card.last);
    // TCP keeps the order: nothing overtakes what was sent before it.
    chunk.arrives.first = std::max(chunk.leaves.first + chunk.forward, last_arrives_);
    chunk.arrives.last = std::max(chunk.leaves.last + chunk.forward, last_arrives_);
    last_leaves_ = chunk.leaves.last;
    last_arrives_ = chunk.arrives.last;
}

// Once it is known when it is flushed.
void LogStream::apply_chunk(Chunk& chunk, Duration work) {
    chunk.applied.first = std::max(chunk.flushed, last_applied_);
    chunk.applied.last = chunk.applied.first + work;
    // A transaction is there as a whole or not at all.
    if (shape_.logical) chunk.applied.first = chunk.applied.last = executed(chunk.flushed, chunk.commits);
    if (!shape_.logical) executor_.apply(chunk.flushed, work);  // so that it knows how busy it is
    last_applied_ = chunk.applied.last;
}

// Commits that have arrived together; when the last of them is seen. They begin side by side with those before them
// that still go on.
Instant LogStream::executed(Instant arrived, std::uint64_t commits) {
    Instant last = std::max(arrived, last_applied_);
    for (std::uint64_t i = 0; i < commits; ++i) last = std::max(last, executor_.apply(arrived, shape_.apply));
    return last;
}

// passed() and when() are exact inverses in whole numbers: what was acknowledged is there.
Lsn LogStream::passed(const Chunk& chunk, const Span& span, Instant at) {
    if (at >= span.last) return chunk.end;
    if (at <= span.first) return chunk.begin;
    const auto length = static_cast<Wide>(chunk.end - chunk.begin);
    return chunk.begin + static_cast<Lsn>((at - span.first).count() * length / (span.last - span.first).count());
}

Instant LogStream::when(const Chunk& chunk, const Span& span, Lsn end) {
    const auto length = static_cast<Wide>(chunk.end - chunk.begin);
    const auto part = static_cast<Wide>(end - chunk.begin);
    const Wide time = (part * (span.last - span.first).count() + length - 1) / length;
    return span.first + Duration{static_cast<std::int64_t>(time)};
}

Instant LogStream::time_of(const Chunk& chunk, Reached what, Lsn end) {
    if (what == Reached::received) return when(chunk, chunk.arrives, end);
    if (what == Reached::flushed) return chunk.flushed;
    return when(chunk, chunk.applied, end);
}

Lsn LogStream::reached(Reached what, Instant at) {
    drop_settled(at);
    Lsn there = base_;
    for (std::uint64_t i = chunks_.first_ticket(); i < chunks_.next_ticket(); ++i) {
        const Chunk& chunk = *chunks_.find(i);
        if (what == Reached::flushed) {
            if (chunk.flushed > at) break;
            there = chunk.end;
            continue;
        }
        const Lsn part = passed(chunk, what == Reached::received ? chunk.arrives : chunk.applied, at);
        there = std::max(there, part);
        if (part < chunk.end) break;
    }
    return there;
}

// Of what was sent and has not settled.
const LogStream::Chunk& LogStream::chunk_with(Lsn end) {
    std::uint64_t low = chunks_.first_ticket();
    std::uint64_t high = chunks_.next_ticket() - 1;
    while (low < high) {
        const std::uint64_t middle = (low + high) / 2;
        if (chunks_.find(middle)->end < end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return *chunks_.find(low);
}

Instant LogStream::acknowledged(Lsn end, Reached what) {
    if (end <= base_) return simulation_.now();
    if (end > sent_) return engine::end_of_time;
    const Chunk& chunk = chunk_with(end);
    return time_of(chunk, what, end) + chunk.back;
}

Instant LogStream::reaches(Lsn end, Reached what) {
    if (end <= base_) return simulation_.now();
    return end > sent_ ? engine::end_of_time : time_of(chunk_with(end), what, end);
}

Lsn LogStream::reported(Reached what, Instant at) {
    drop_settled(at);
    Lsn heard = base_;
    for (std::uint64_t i = chunks_.first_ticket(); i < chunks_.next_ticket(); ++i) {
        const Chunk& chunk = *chunks_.find(i);
        if (time_of(chunk, what, chunk.end) + chunk.back > at) break;
        heard = chunk.end;
    }
    return heard;
}

Lsn LogStream::left(Instant at) {
    drop_settled(at);
    Lsn gone = base_;
    for (std::uint64_t i = chunks_.first_ticket(); i < chunks_.next_ticket(); ++i) {
        const Chunk& chunk = *chunks_.find(i);
        gone = std::max(gone, passed(chunk, chunk.leaves, at));
        if (gone < chunk.end) break;
    }
    return gone;
}

Lsn LogStream::handed_over(Instant at) {
    return std::min(sent_, left(at) + send_buffer);
}

// Nothing of a chunk is to come once its replay is known to the primary.
void LogStream::drop_settled(Instant at) {
    while (!chunks_.empty() && chunks_.front().applied.last + chunks_.front().back <= at) {
        base_ = chunks_.front().end;
        chunks_.pop();
    }
}

void LogStream::primary_lost(AfterLoss what) {
    connected_ = false;
    const Instant now = simulation_.now();
    if (what == AfterLoss::nothing) cut(reached(Reached::received, now));
    if (what == AfterLoss::under_way) cut(left(now));
    if (what == AfterLoss::handed_over) cut(handed_over(now));
}

void LogStream::stall_replay(Duration work) {
    last_applied_ = std::max(last_applied_, simulation_.now()) + work;
    executor_.restart(last_applied_);
}

void LogStream::path_lost() {
    connected_ = false;
    cut(left(simulation_.now()));
}

// Of what was sent, only what lies before `end` arrives.
void LogStream::cut(Lsn end) {
    if (end >= sent_) return;
    const Instant now = simulation_.now();
    engine::Ring<Chunk> kept;
    last_arrives_ = last_applied_ = now;
    while (!chunks_.empty()) {
        Chunk chunk = chunks_.pop();
        if (chunk.begin >= end) continue;
        if (chunk.end > end) {
            chunk.leaves.last = when(chunk, chunk.leaves, end);
            chunk.arrives.last = when(chunk, chunk.arrives, end);
            chunk.applied.last = when(chunk, chunk.applied, end);
            chunk.end = end;
        }
        last_arrives_ = std::max(now, chunk.arrives.last);
        last_applied_ = std::max(now, chunk.applied.last);
        kept.push(chunk);
    }
    chunks_ = kept;
    sent_ = end;
    last_leaves_ = now;
    disk_.restart(now, end);
    executor_.restart(last_applied_);
}

// A process that dies leaves what it has written to its kernel; a host takes it along.
void LogStream::standby_lost(engine::Health how) {
    standby_up_ = connected_ = false;
    const Reached on_disk = how == engine::Health::crash ? Reached::received : Reached::flushed;
    forget_chunks(reached(shape_.logical ? Reached::applied : on_disk, simulation_.now()));
}

void LogStream::rewind_to(Lsn end) {
    standby_up_ = true;
    connected_ = false;
    forget_chunks(end);
}

void LogStream::forget_chunks(Lsn end) {
    chunks_.clear();
    base_ = sent_ = end;
    last_leaves_ = last_arrives_ = last_applied_ = simulation_.now();
    executor_.restart(last_applied_);
    disk_.restart(simulation_.now(), end);
}

}  // namespace faultline::models
