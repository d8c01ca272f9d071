// The shared storage of a cluster: copies of the log over the zones of its region, a write quorum and a read quorum.
//
// A commit is sent to every copy that is alive and is durable at the write quorum's acknowledgement; it is told to the
// client when every commit before it is durable too (the volume durable LSN, VDL). Below the write quorum commits wait;
// below the read quorum a new writer cannot find the VDL. A lost copy is rebuilt by a bulk flow from a copy that is
// alive (the owner of the volume starts it) and counts again when that is done.
//
// Sources: A. Verbitski et al., Amazon Aurora: Design Considerations for High Throughput Cloud-Native Relational
// Databases, SIGMOD 2017, sections 2.1 (quorums), 2.2 (segments), 4.1 and 4.2.2 (VDL, commit).
// Leaves out: protection groups, batching of log records, queues in the storage nodes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/call.hpp"
#include "engine/random/distributions.hpp"
#include "engine/ring.hpp"
#include "engine/waits.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/network/transport.hpp"

namespace faultline::models {

inline constexpr std::size_t copies_max = 12;

struct VolumeShape {
    int copies_per_zone = 2;  // copies_per_zone * zones <= copies_max
    int write_quorum = 4;
    int read_quorum = 3;
    engine::Distribution persist = engine::Distribution::constant(0.0);  // seconds, one log write on one copy
};

class StorageVolume : public CommitLog {
public:
    struct Copy {
        Copy(engine::Simulation& simulation, std::string path, PlaceId at)
            : component(simulation, std::move(path)), place(at) {}
        engine::Component component;
        PlaceId place;
        Instant died = engine::end_of_time;  // end_of_time: alive
    };

    StorageVolume(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                  const std::vector<PlaceId>& zones, const std::vector<std::string>& zone_names,
                  const VolumeShape& shape);

    // Makes one commit of the writer at `writer` durable, and ends when its client may be told; waits for as long as
    // the write quorum is not there. false: the writer of this epoch has been fenced. The process belongs to the
    // writer: if it dies meanwhile, the commit stays as far as it has come, and recover() says what became of it.
    engine::Process<bool> commit(PlaceId writer, std::uint32_t epoch, const RequestRef& request) override;

    // A copy died, or is whole again. Requires: index < copies().size().
    void lose(std::size_t copy, engine::Health how);
    void rebuilt(std::size_t copy);

    // A new writer takes the volume over: the old epoch is fenced, the log ends at the recovered VDL.
    RecoveredLog recover();
    std::uint32_t epoch() const override { return epoch_; }

    const std::vector<std::unique_ptr<Copy>>& copies() const { return copies_; }
    int alive() const;
    bool can_write() const { return alive() >= shape_.write_quorum; }
    bool can_read() const { return alive() >= shape_.read_quorum; }
    // RPO exposure: the gap that the loss of a place would leave now, in commits told to clients that no living copy
    // elsewhere has. With no living copy elsewhere: all since the start of the run.
    Duration exposure_to_loss_of(PlaceId place) override;

    std::uint64_t commits_acknowledged() const { return acknowledged_; }
    Instant last_acknowledged() const { return last_told_; }

private:
    struct Commit {
        Instant sent{};
        bool durable = false;
        bool told = false;
        std::uint16_t members = 0;                        // bit i: sent to copy i
        std::array<std::int32_t, copies_max> taken_ns{};  // until copy i's acknowledgement is back
        RequestRef request{};
    };
    std::uint64_t send(PlaceId writer, const RequestRef& request);
    void send_to_copies(PlaceId writer, Commit& commit, std::uint16_t copies);
    Commit& at(std::uint64_t lsn) { return *log_.find(lsn); }
    bool still_in_log(std::uint64_t lsn) { return log_.find(lsn) != nullptr; }
    bool acknowledged_by(const Commit& commit, std::size_t copy, Instant now) const;
    int acknowledgements(const Commit& commit, Instant now) const;
    Instant quorum_time(const Commit& commit) const;
    bool on_every_living_copy(const Commit& commit, Instant now) const;
    bool on_some_living_copy(const Commit& commit, Instant now) const;
    void make_durable(Commit& commit);
    void drop_settled();

    engine::Simulation& simulation_;
    const Transport& transport_;
    VolumeShape shape_;
    engine::RandomStream draws_;
    std::vector<std::unique_ptr<Copy>> copies_;
    engine::Condition changed_;  // the copies that are alive, the VDL or the epoch
    engine::Ring<Commit> log_;   // from the oldest commit that some living copy may lack; tickets are LSNs
    std::uint64_t vdl_ = 0;      // every commit below it is durable
    Instant durable_until_{};    // when the newest commit sent so far will be durable with all before it
    Instant last_told_{};
    std::uint64_t acknowledged_ = 0;
    std::uint32_t epoch_ = 1;
};

}  // namespace faultline::models
