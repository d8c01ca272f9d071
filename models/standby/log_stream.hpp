// The stream of a primary's log to one standby: sent when the primary has flushed it, as wide as its bandwidth,
// written, flushed and replayed over there, each step told to the primary.
//
//   primary:  flushed -> handed over to the kernel -> left      standby:  received -> flushed -> applied
//
// What is sent is cut into chunks whose times are known when they are sent, so a chunk needs no event. Within a chunk
// bytes leave, arrive and are replayed at a constant rate. A failure cuts the chunks where it finds them: reached() is
// what is really there.
//
// It shares its links with bulk flows (models/network/transfers.hpp): when what it can have changes, what has not left
// yet is sent at the new rate from that instant on, so the answers about the future change too (on_sooner).
//
// Sources: PostgreSQL 15 documentation, 27.2.5 Streaming Replication, 20.5 Write Ahead Log (synchronous_commit).
// Leaves out: TCP's window and slow start, replay that waits for a query of the standby, a limit on the log kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/random/distributions.hpp"
#include "engine/ring.hpp"
#include "engine/simulation.hpp"
#include "models/cluster/network_card.hpp"
#include "models/cluster/replica_apply.hpp"
#include "models/network/transfers.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"
#include "models/standby/group_flush.hpp"
#include "models/standby/recent_rate.hpp"

namespace faultline::models {

struct StreamShape {
    engine::BitsPerSecond bandwidth = unlimited_bandwidth;  // on the wire, headers included; at most the path's
    engine::Distribution flush = engine::Distribution::constant(0.0);  // seconds, of the standby's log disk
    Duration apply{};                                                  // replay of one commit
    // A binary log: each commit is executed again, by so many threads side by side. What had not been executed when the
    // standby was lost is fetched anew. Source: MySQL 8.0 Reference Manual, relay_log_recovery.
    bool logical = false;
    int apply_threads = 1;
};

// How far something is at the standby.
enum class Reached : std::uint8_t { received, flushed, applied };

// What still arrives of what a lost primary had sent.
enum class AfterLoss : std::uint8_t {
    nothing,      // packets under way are lost with it
    under_way,    // they arrive
    handed_over,  // and so does what its kernel held: the process died, and not its host
    everything,   // it has ended in good order, and waited for that
};

class LogStream : public LinkStream {
public:
    // `transfers`: with whose flows it shares its links; null: with none. Outlives it.
    LogStream(engine::Simulation& simulation, const Transport& transport, const StreamShape& shape, PlaceId standby,
              const std::string& path, Transfers* transfers = nullptr);
    ~LogStream() override;
    LogStream(const LogStream&) = delete;
    LogStream& operator=(const LogStream&) = delete;

    // What is under way comes sooner than was said.
    std::function<void()> on_sooner;

    // The standby asks `primary` for what follows the log that it has.
    void connect(PlaceId primary);
    bool connected() const { return connected_; }
    bool standby_up() const { return standby_up_; }

    // Sends on up to `end`, with `commits` in it, through the sender's card (null: it is no limit). A path that carries
    // nothing now ends the connection.
    void send(Lsn end, std::uint64_t commits, NetworkCard* card = nullptr);
    Lsn sent() const { return sent_; }
    void slow_disk(double factor) { disk_.set_slowdown(factor); }  // the standby's
    // What it executes next takes so long, alone.
    void stall_replay(Duration work);

    void primary_lost(AfterLoss what);
    // Nothing gets through any more, and both ends go on: what has left arrives, the rest waits to be sent again.
    void path_lost();
    void standby_lost(engine::Health how);
    // The standby is there (again), with the log up to `end` or with what it had.
    void standby_back() { standby_up_ = true; }
    void rewind_to(Lsn end);

    // What is there at `at`, which is not before the last call.
    Lsn reached(Reached what, Instant at);
    // When the last of what was sent is replayed, as things stand.
    Instant all_applied() const { return last_applied_; }
    // When it has reached `end`; end_of_time: never, as things stand.
    Instant reaches(Lsn end, Reached what);
    // When the primary hears that it has reached `end`; end_of_time: never, as things stand.
    Instant acknowledged(Lsn end, Reached what);
    // What the primary has heard of (pg_stat_replication's write_lsn, flush_lsn, replay_lsn).
    Lsn reported(Reached what, Instant at);
    // What the primary's kernel has taken (sent_lsn).
    Lsn handed_over(Instant at);

    // Of the standby, since the start: its log disk, and what replays: one process, or the threads of a logical one.
    double disk_busy_seconds(Instant now) const { return disk_.busy_seconds(now); }
    const ServiceLanes& replay() const { return executor_.threads(); }

    // Bulk flows are beside it, so what was said of the future may change.
    bool shares_links() const { return share_.value < unlimited_bandwidth.value; }
    std::optional<Ends> ends() const override;
    engine::BitsPerSecond wanted(Duration until_asked_again) const override;
    void set_share(engine::BitsPerSecond share) override;

private:
    // From `first` to `last`, bytes go by at a constant rate.
    struct Span {
        Instant first{};
        Instant last{};
    };
    struct Chunk {
        Lsn begin = 0;
        Lsn end = 0;
        Span card;  // its turn at the sender's network card
        Span leaves;
        Span arrives;
        Instant flushed{};
        Span applied;
        Duration forward{};  // the first byte's way, and an acknowledgement's
        Duration back{};
        std::uint64_t commits = 0;
    };
    static Lsn passed(const Chunk& chunk, const Span& span, Instant at);
    static Instant when(const Chunk& chunk, const Span& span, Lsn end);
    static Instant time_of(const Chunk& chunk, Reached what, Lsn end);
    const Chunk& chunk_with(Lsn end);
    bool push(Lsn end, Duration apply, std::uint64_t commits, const Span& at_card);
    Span turn_at(NetworkCard* card, Bytes size);
    engine::BitsPerSecond bandwidth() const;
    void send_chunk(Chunk& chunk);
    void apply_chunk(Chunk& chunk, Duration work);
    void reschedule();
    Instant take_up(const Chunk& whole, Lsn gone, Instant flushed);
    Instant executed(Instant arrived, std::uint64_t commits);
    Lsn left(Instant at);
    void drop_settled(Instant at);
    void cut(Lsn end);
    void forget_chunks(Lsn end);

    engine::Simulation& simulation_;
    const Transport& transport_;
    StreamShape shape_;
    PlaceId standby_;
    PlaceId primary_{};
    engine::RandomStream draws_;
    GroupFlush disk_;
    LogicalApply executor_;
    engine::Ring<Chunk> chunks_;  // those of which something is still to come
    Lsn base_ = 0;                // all before the first chunk is there, and told
    Lsn sent_ = 0;
    Instant last_leaves_{};
    Instant last_arrives_{};
    Instant last_applied_{};
    Transfers* transfers_;
    engine::BitsPerSecond share_ = unlimited_bandwidth;
    RecentRate log_rate_;  // on the wire
    bool connected_ = false;
    bool standby_up_ = true;
};

}  // namespace faultline::models
