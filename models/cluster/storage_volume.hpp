// The shared storage of a cluster: protection groups over the storage nodes of three zones, and the one log of the
// writer that goes through them.
//
// A commit's records go to the groups of the pages that it changed, in batches (log_batches.hpp). A record is durable
// at its group's write quorum. The volume durable LSN (VDL) is the end of the log up to which every record is durable,
// in whichever group: one group without a write quorum stops every commit behind it. A commit is told to its client
// when the VDL has passed it. Records far beyond the VDL are not written: commits then wait for room.
// A page is read from one segment that is known to have all of its group's durable log: the fastest of late. Below the
// read quorum of any group a new writer cannot find the VDL.
//
// Sources: A. Verbitski et al., Amazon Aurora: Design Considerations for High Throughput Cloud-Native Relational
// Databases, SIGMOD 2017, sections 2.1 (quorums), 2.2 (segments), 3.2 (batches), 4.1 to 4.3 (VDL, commit, reads,
// recovery).
// Leaves out: which mini-transaction a record belongs to (a commit is one), versions of pages, archiving.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/call.hpp"
#include "engine/ring.hpp"
#include "engine/waits.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/cluster/log_batches.hpp"

namespace faultline::models {

struct VolumeShape {
    GroupShape groups{};
    engine::Distribution persist = engine::Distribution::constant(0.0);    // seconds, one batch of log on one node
    engine::Distribution page_read = engine::Distribution::constant(0.0);  // seconds, one page on one node
    Duration send_time{};
    int groups_per_commit = 1;
    Bytes size{1};
    Bytes growth_per_commit{};
    Bytes page_size{16 * 1024};  // of the MySQL edition; 8 KB of the PostgreSQL edition. Source: Aurora FAQ, I/O units
};

// Segments exchange what they lack among themselves (SIGMOD 2017, section 3.3, step 4); a second is long for it.
inline constexpr Duration gossip_fills_gaps_within = std::chrono::seconds{1};

struct PageRead {
    Duration took{};
    std::uint32_t node = no_node;  // that served it
};

class StorageVolume : public CommitLog {
public:
    StorageVolume(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                  const std::vector<PlaceId>& zones, const std::vector<std::string>& zone_names,
                  const VolumeShape& shape);

    // Makes one commit of this writer durable, and ends when its client may be told; waits for as long as
    // a write quorum is not there. false: the writer of this epoch has been fenced. The process belongs to the
    // writer: if it dies meanwhile, the commit stays as far as it has come, and recover() says what became of it.
    engine::Process<bool> commit(LogSource writer, std::uint32_t epoch, const RequestRef& request) override;

    // Reads one page, as of the VDL, for an instance at `reader`; goes on trying for as long as nobody has it. Pages
    // count from 0; a key's page is where the whole of the volume's first size is spread over its keys, and `behind` it
    // lie others.
    engine::Process<PageRead> read_page(Stand reader, std::uint64_t page);
    std::uint64_t page_of_key(std::uint64_t key, std::uint64_t behind = 0) const;
    std::uint32_t group_of_page(std::uint64_t page) const;

    // A storage node died, with all its segments; or it is there again, empty. Requires: node < nodes().size().
    void lose(std::uint32_t node, engine::Health how);
    void node_back(std::uint32_t node);
    // All nodes stop at once and keep what they hold; they go on with it.
    void power_off(engine::Health how);
    void power_on();
    // The replacement of a lost segment has everything (segment_repair.hpp, ProtectionGroups::begin_replacement).
    void restore(std::uint32_t group, std::size_t copy);
    // Its disks, log and pages; above 1 slower than now. Requires: factor > 0.
    void slow_down(std::uint32_t node, double factor) { groups_.nodes()[node]->slowdown *= factor; }

    // The writer's process has ended: what its sender had not begun to send is gone with it.
    void writer_gone() { batches_.drop_unsent(); }
    // A new writer at `from` takes the volume over: the old epoch is fenced, the log ends at the recovered VDL. It
    // finds what it reaches; none: everything that is alive. What a cut keeps from it hears of the new epoch
    // afterwards.
    RecoveredLog recover(std::optional<PlaceId> from = std::nullopt);
    // Its log is no longer the database's: whoever still writes is fenced, and what was under way is forgotten.
    void abandon();
    std::uint32_t epoch() const override { return epoch_; }

    const std::vector<std::unique_ptr<StorageNode>>& nodes() const { return groups_.nodes(); }
    ProtectionGroups& groups() { return groups_; }
    const LogBatches& log() const { return batches_; }
    bool whole() const { return groups_.whole(); }
    std::uint32_t groups_lost() const { return groups_.groups_lost(); }  // without any copy
    bool can_write() const { return groups_.can_write(); }
    bool can_read() const { return groups_.can_read(); }
    // RPO exposure: the gap that the loss of a place would leave now, in commits told to clients that no living segment
    // elsewhere has. With a group that has none elsewhere: all since the start of the run.
    Duration exposure_to_loss_of(PlaceId place) override;

    std::uint64_t commits_acknowledged() const { return acknowledged_; }
    std::uint64_t commits_written() const { return written_; }
    Instant last_acknowledged() const { return last_told_; }

private:
    // The log of one commit in one group; its place in the ring is its LSN.
    struct Record {
        std::uint64_t batch = no_batch;
        Instant written{};
        bool ends_commit = false;
        bool told = false;  // of the record that ends a commit
        RequestRef request{};
    };
    bool hears_of_epoch(Stand writer) const;
    std::uint16_t within_reach(std::uint32_t group, std::optional<PlaceId> from) const;
    bool finds_log(std::optional<PlaceId> from) const;
    bool room_for_a_commit() const;
    std::uint64_t write(const LogSource& writer, const RequestRef& request);
    void advance_vdl();
    void send_again(Stand writer);
    Instant vdl_passes(std::uint64_t lsn);
    void tell(std::uint64_t lsn);
    void drop_settled();
    Record& at(std::uint64_t lsn) { return *log_.find(lsn); }
    LogBatch& batch_of(const Record& record) { return *batches_.find(record.batch); }
    std::size_t fastest_complete(Stand reader, std::uint32_t group);
    Duration beyond_its_path(Stand reader, const StorageNode& node, const Delays& legs) const;
    std::uint16_t complete_segments(Stand reader, std::uint32_t group);
    std::uint16_t thought_alive(std::uint32_t group) const;

    engine::Simulation& simulation_;
    const Transport& transport_;
    VolumeShape shape_;
    std::uint64_t first_pages_;  // when the run begins
    engine::RandomStream choices_;
    engine::RandomStream reads_;
    ProtectionGroups groups_;
    LogBatches batches_;
    engine::Condition changed_;  // the segments that are alive, or the epoch
    engine::Condition room_;     // the VDL has come nearer to the end of the log
    engine::Ring<Record> log_;   // from the oldest record that some living segment may lack; tickets are LSNs
    std::uint64_t vdl_ = 0;      // every record below it is durable
    Instant durable_until_{};    // when the VDL will pass the newest record, as things stand
    Instant last_told_{};
    Stand last_writer_{};
    std::uint64_t acknowledged_ = 0;
    std::uint64_t written_ = 0;
    std::uint32_t epoch_ = 1;
};

}  // namespace faultline::models
