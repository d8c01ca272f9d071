// The log on its way to the storage nodes: the writer's sender puts the records of one protection group into one batch
// and sends it to the group's six segments.
//
// The sender does one network operation after the other. A batch is open until its first operation begins: what is
// written meanwhile for the same group goes with it. So an idle sender sends every record at once and by itself, and a
// busy one shares its operations among more records the busier it is; nothing waits for a timer. When a batch will
// leave, arrive, be on disk and be acknowledged is computed when it is opened: a batch costs no event. The bytes of
// each copy leave through the card of the writer's class as well, one copy after the other, beside whatever else the
// writer sends: an operation has ended when the sender and the card are done with it. A record that joins a batch has
// more bytes leave with every copy, and all of it acknowledged later by that.
//
// Sources: SIGMOD 2017 (storage_volume.hpp), section 3.2 (batches for each group); that a batch fills until its
// network operation executes: an assumption, after summaries of SIGMOD 2018, section 2.2.
// Leaves out: the length of a batch in the sender's own time (its operations take the same time for 4 KB and 64 KB);
// the card's time for what is sent again.
#pragma once

#include <array>
#include <cstdint>

#include "engine/random/distributions.hpp"
#include "engine/ring.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/cluster/protection_groups.hpp"
#include "models/network/transport.hpp"

namespace faultline::models {

struct SenderShape {
    int write_quorum = 4;
    engine::Distribution persist = engine::Distribution::constant(0.0);  // seconds, one batch on one node
    Duration send_time{};                                                // one batch to one segment
    int groups_per_commit = 1;                                           // that share the log of a commit
};

struct LogBatch {
    Instant departs{};
    Instant durable = engine::end_of_time;  // when the write quorum will have acknowledged it, as things stand
    std::uint64_t last_record = 0;
    std::uint64_t previous = no_batch;  // of the same group
    std::uint32_t group = 0;
    std::uint32_t records = 0;
    Instant card_free{};                             // for the first of its bytes
    Duration on_card{};                              // of one copy
    std::array<Instant, copies_max> acknowledged{};  // by segment; end_of_time: never, as things stand
};

class LogBatches {
public:
    // The log of a commit, and a batch at most. Sources: 4 KB is the unit in which Aurora counts log writes; the length
    // of a batch is an assumption.
    static constexpr Bytes commit_size{4096};
    static constexpr std::uint32_t commits_most = 16;

    LogBatches(engine::Simulation& simulation, const std::string& path, const Transport& transport,
               ProtectionGroups& groups, const SenderShape& shape);

    // One record for this group, written now by `writer`, whose `log` is that of the record. Returns its batch.
    std::uint64_t add(const LogSource& writer, std::uint32_t group, std::uint64_t record);
    LogBatch* find(std::uint64_t batch) { return batches_.find(batch); }
    std::uint64_t first() const { return batches_.first_ticket(); }
    std::uint64_t next() const { return batches_.next_ticket(); }

    bool acknowledged_by(const LogBatch& batch, std::size_t copy, Instant now) const {
        return batch.acknowledged[copy] <= std::min(now, groups_[batch.group].segments[copy].died);
    }
    bool on_every_living_segment(const LogBatch& batch, Instant now) const;
    bool on_some_living_segment(const LogBatch& batch, Instant now) const {
        return on_some_of(batch, groups_[batch.group].alive, now);
    }
    bool on_some_of(const LogBatch& batch, std::uint16_t segments, Instant now) const;  // bit i: segment i

    // Segments that are alive and were not reached (a lost message, a cut path) are sent it again.
    void send_again(Stand writer, LogBatch& batch);
    // The group has lost a segment, or this segment is whole again.
    void segment_lost(std::uint32_t group);
    void segment_restored(Stand writer, std::uint32_t group, std::size_t copy);
    // Forgets the batches whose records are all older than this one.
    void forget_before(std::uint64_t record);
    // The sender died: its open batches never leave, nor does what still waits for its card.
    void drop_unsent();
    // A new writer: no batch is under way, its connections are its own.
    void start_anew();

    std::uint64_t network_operations() const { return operations_; }
    std::uint64_t batches() const { return batches_.next_ticket(); }
    std::uint64_t records() const { return records_; }

private:
    std::uint64_t open(const LogSource& writer, std::uint32_t group);
    void join(const LogSource& writer, LogBatch& batch);
    void drop_on_card(LogBatch& batch);
    // `left`: of its last byte, but for what it takes on the wire.
    void send_to(Stand writer, LogBatch& batch, std::size_t copy, Instant left);
    // When the bytes of operation number `i` have left, the sender and the card working side by side.
    Instant left(const LogBatch& batch, int i) const;
    Instant quorum_time(const LogBatch& batch) const;

    engine::Simulation& simulation_;
    const Transport& transport_;
    ProtectionGroups& groups_;
    SenderShape shape_;
    engine::RandomStream draws_;
    engine::Ring<LogBatch> batches_;
    Instant sender_free_{};
    std::uint64_t operations_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace faultline::models
