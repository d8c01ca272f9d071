// The log of a primary with standbys: what its own disk has flushed, a stream to each standby, and when a commit may be
// told to its client.
//
//   off           at once; the log writer flushes, and the log leaves, in bursts
//   local         flushed on the primary
//   remote_write  and received by `synchronous` of the standbys
//   on            and flushed there
//   remote_apply  and replayed there
//
// A commit that was told and is not in the log of the next primary is lost. So is what a primary tells that was not
// fenced when another took over: it goes on by itself (primary_log_apart.cpp).
// Sources: PostgreSQL 15 documentation, 20.5.1 (synchronous_commit, wal_writer_delay), 27.2.8 Synchronous Replication.
// Leaves out: checkpoints, full-page images, a log disk that is full, cascading standbys.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/waits.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/cluster/instance.hpp"
#include "models/standby/log_stream.hpp"

namespace faultline::models {

enum class CommitMode : std::uint8_t { off, local, remote_write, on, remote_apply };

struct PrimaryLogShape {
    CommitMode mode = CommitMode::on;
    int synchronous = 0;                                               // of the standbys, whichever are first (ANY n)
    Duration log_writer_delay{};                                       // of mode off, above 0
    engine::Distribution flush = engine::Distribution::constant(0.0);  // seconds, of the primary's log disk
    StreamShape stream;
    bool under_way_lost = true;          // with the primary's host
    Bytes record{};                      // of one commit, where its class says nothing
    std::vector<Bytes> record_of_class;  // by ClassId
};

class PrimaryLog : public CommitLog {
public:
    // `transfers`: with whose flows the streams share their links; null: with none.
    PrimaryLog(engine::Simulation& simulation, const Transport& transport, std::string path, PrimaryLogShape shape,
               Transfers* transfers = nullptr);

    // Building: the instances in their order. The owner outlives them.
    void add_member(Instance& instance);
    // From now on this one is the primary; those that follow it connect.
    void serve(std::size_t member);

    engine::Process<bool> commit(LogSource writer, std::uint32_t epoch, const RequestRef& request) override;
    std::uint32_t epoch() const override { return epoch_; }
    Duration exposure_to_loss_of(PlaceId place) override;
    std::optional<Duration> lag_of(const Instance& replica, Instant now) override;
    std::optional<Lsn> shown_by(const Instance& replica, Instant now) override;
    std::optional<LogWork> work_of(const Instance& instance, Instant now) const override;

    // The primary is about to end in good order: all that it has is flushed, and the standbys that follow it are sent
    // all of it before it goes. Source: PostgreSQL 15 documentation, 27.2.8.1 and 19.5 (a smart or fast shutdown).
    void shut_down();
    // A primary or standby died.
    void lost(std::size_t member, engine::Health how);
    // The primary's process is there again: its log ends where its disk does.
    RecoveredLog restart_in_place();
    // A standby becomes the primary: the log ends where its own does. Those that have more no longer follow.
    // `old_goes_on`: the old primary was not fenced; it tells its clients what the log lacks, until it dies.
    RecoveredLog promote(std::size_t member, bool old_goes_on = false);
    // A client of a primary that was not fenced has been told: what that is to the database.
    RecoveredLog lost_apart(const Instance& told_by, OfficeId told) const;
    // A standby is there again: with the log that it had, or with the primary's if it no longer followed.
    void standby_back(std::size_t member);
    void reconnect(std::size_t member);
    // Parts of the network were cut off: streams that have no path any more end.
    void reach_changed();
    // Its log disk, whatever it is now: above 1 slower. Requires: factor > 0.
    void slow_disk(std::size_t member, double factor);
    bool follows(std::size_t member) const { return members_[member].follows; }
    // How many standbys a commit waits for in a synchronous mode.
    void set_quorum(int standbys);
    int quorum() const { return quorum_; }

    LogStream& stream(std::size_t member) { return *members_[member].stream; }
    Lsn end() const { return end_; }
    Lsn end_told() const { return end_told_; }  // of the commit that was told last
    Lsn flushed() { return disk_.flushed(simulation_.now()); }
    std::uint64_t commits_acknowledged() const { return acknowledged_; }
    std::uint64_t commits_lost() const { return lost_; }
    std::uint64_t commits_diverged() const { return diverged_; }  // of the lost: told by a primary that was not fenced

private:
    struct Commit {
        Lsn end = 0;
        Instant appended{};
        Instant told = engine::end_of_time;  // end_of_time: not told
        RequestRef request{};                // until it is told
        OfficeId office = no_office;
    };
    // A primary that goes on although another has taken over.
    struct Apart {
        std::uint32_t epoch = 0;
        int quorum = 0;
        GroupFlush disk;
        Lsn end = 0;
    };
    struct Member {
        Instance* instance = nullptr;
        std::unique_ptr<LogStream> stream;  // to it, while it is a standby
        bool follows = true;                // its log is a beginning of the primary's
        bool ended_in_order = false;        // as the primary, and has not been it again
        // Of one that does not: where what both logs have ends, and the newest commit told in it.
        Lsn shared_end = 0;
        Instant shared_told{};
        std::unique_ptr<Apart> apart{};  // null: it never was the primary, or was fenced
        double disk_slowdown = 1.0;
        double flushed_as_primary_s = 0.0;  // in all earlier times
    };
    std::uint64_t append(const RequestRef& request);
    void tell(std::uint64_t ticket);
    void ship();
    engine::Process<> write_in_bursts(std::uint32_t epoch);
    bool synchronous() const { return shape_.mode >= CommitMode::remote_write && quorum_ > 0; }
    Instant standbys_have(Lsn end);
    bool shares_links() const;
    bool is_standby(std::size_t member) const { return member != primary_ && members_[member].follows; }
    RecoveredLog end_log_at(Lsn end);
    void leave_behind(Member& member, Lsn has);
    Instant told_until(Lsn end);
    bool stays_with(const Instance& old, std::size_t standby, std::size_t next) const;
    Member* apart(std::uint32_t epoch);
    engine::Process<bool> commit_apart(std::uint32_t epoch);
    Instant standbys_apart_have(const Member& old);
    const Member& member_of(const Instance& instance) const;
    void drop_settled();

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers* transfers_;
    std::string path_;
    PrimaryLogShape shape_;
    engine::RandomStream draws_;
    GroupFlush disk_;
    std::vector<Member> members_;
    std::size_t primary_ = 0;
    double disk_busy_before_s_ = 0.0;  // of disk_, when this one became the primary
    engine::Ring<Commit> commits_;     // from the oldest that some standby has not replayed
    engine::Condition changed_;        // the standbys, the quorum or the epoch
    engine::Condition enough_;         // for the log writer not to wait for its turn
    Lsn end_ = 0;
    Lsn flush_asked_ = 0;
    Lsn end_told_ = 0;
    Instant last_told_{};
    Instant settled_told_{};  // of the newest commit that was dropped
    std::uint64_t acknowledged_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t diverged_ = 0;
    std::uint32_t epoch_ = 1;
    int quorum_ = 0;
};

}  // namespace faultline::models
