// The log of a global database: what the primary region's volume has made durable goes to the volume of each other
// region, by a stream of its own; and every commit is counted: it is in the database, or it is lost.
//
// A stream (models/standby/log_stream.hpp) is as wide as its bandwidth, and what bulk flows leave of its links: an
// unloaded one lags by propagation and transmission, and with more log than it carries a backlog grows at the
// difference of the rates. No commit waits for
// another region, unless an RPO limit says so: then it waits while every region's RPO lag is beyond the limit.
//
// The stream is that of the volume's log, or a binary log (StreamShape::logical): its transactions are executed again,
// by few threads, and the lag grows without end when they cannot keep up. A region that is promoted before it has
// executed what it has received throws the rest away (promoted_with applied).
//
// When a region is promoted, its version of the log is the database: told commits that it lacks are lost, one by one,
// and so is each that an unfenced writer tells afterwards.
// Source: Aurora User Guide, Global databases, Managing RPOs, Monitoring (the two lags).
// Leaves out: streams that share a link with each other alone; log that is kept for only so long.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/waits.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/standby/log_stream.hpp"

namespace faultline::models {

struct GlobalLogShape {
    StreamShape stream;                  // its flush is a batch of log at the other volume's write quorum
    Bytes record{};                      // of one commit, where its class says nothing
    std::vector<Bytes> record_of_class;  // by ClassId
    std::optional<Duration> rpo_limit;
    // What of its log a promoted region is the database with.
    Reached promoted_with = Reached::flushed;
    bool sessions = false;  // remembers what was told to each office
};

class GlobalLog {
public:
    // `transfers`: with whose flows the streams share their links; null: with none.
    GlobalLog(engine::Simulation& simulation, const Transport& transport, GlobalLogShape shape,
              Transfers* transfers = nullptr)
        : simulation_(simulation), transport_(transport), transfers_(transfers), shape_(std::move(shape)) {}

    // Building: regions in their order, the first is the primary. `border`: where its storage is reached.
    void add_region(PlaceId border, const std::string& path);
    void begin();  // the streams connect

    // A client of this region's writer has been told. Where the region is not the primary, the commit is lost.
    // Returns how old the newest point with nothing missing is then; zero: nothing is missing.
    // `card`: the writer's, which a binary log leaves through; a volume's log leaves from the storage.
    Duration told(std::size_t region, const RequestRef& request, NetworkCard* card = nullptr);
    // A writer waits for this while it is true.
    bool held_back();
    engine::Condition& released() { return released_; }

    void region_lost(std::size_t region, engine::Health how);
    // Links were cut: of a stream without a path what has left arrives, and the rest is sent again when it is back.
    void reach_changed();
    // Streams that can, connect again and send what is missing. Call it every second or so.
    void reconnect(NetworkCard* card = nullptr);

    // From here on this region takes nothing more from the primary.
    void detach(std::size_t region);
    // It is the primary now, with what recovered() says. Returns what the database lacks from now on.
    RecoveredLog promote(std::size_t region);
    // Planned: nothing is missing (SIM_CHECK), the old primary follows the new one with the volume that it has.
    void hand_over(std::size_t region);
    // The primary's volume is another one from now on, restored from backups: nobody follows it. What the old one had
    // more is counted by who restored it.
    void restored();
    // A copy of the volume for this region begins, as of now; it is there, and the stream goes on from it.
    void begin_copy(std::size_t region) { regions_[region].copy_from = end_; }
    void follow(std::size_t region);
    bool follows(std::size_t region) const { return regions_[region].follows; }

    std::size_t primary() const { return primary_; }
    Lsn end() const { return end_; }
    // What a promotion would have (promoted_with).
    Lsn arrived(std::size_t region) { return reached(region, shape_.promoted_with); }
    Lsn applied(std::size_t region) { return reached(region, Reached::applied); }
    // What a recovery would have: what a promotion has, or no more than the region's backups, if it is made from them.
    Lsn recovered(std::size_t region) { return std::min(regions_[region].backed_up, arrived(region)); }
    // From now on the region is recovered from its backups, which hold the log up to `end`.
    void recover_with(std::size_t region, Lsn end) { regions_[region].backed_up = end; }
    // Will these hold less than the region has received when a recovery is ordered? As a rule: then it counts as
    // exposed.
    void expose_backups(bool exposed) { backups_exposed_ = exposed; }
    Lsn received(std::size_t region) { return reached(region, Reached::flushed); }
    // When it will have received and persisted all that was sent to it, as things stand.
    Instant has_all(std::size_t region) { return regions_[region].stream->all_applied(); }
    // Bulk flows are beside its stream, so what was said of the future may change.
    bool shares_links(std::size_t region) const { return regions_[region].stream->shares_links(); }
    bool connected(std::size_t region) const { return regions_[region].stream->connected(); }

    // What a reader of this region may miss: since the oldest commit that it does not show was told.
    Duration lag(std::size_t region, Instant now);
    // The age of the oldest commit that has not arrived.
    Duration rpo_lag(std::size_t region, Instant now);
    // RPO exposure: the gap that the loss of the primary's region would leave now, in the region that has most. Zero
    // while no region follows: then the database is one of a single region.
    Duration exposure();

    // When a region that follows shows the log up to `end`; end_of_time: never, as things stand.
    Instant applies(std::size_t region, Lsn end) { return regions_[region].stream->reaches(end, Reached::applied); }
    // What executes the transactions of a binary log in a region that follows by it.
    const ServiceLanes& replay(std::size_t region) const { return regions_[region].stream->replay(); }
    // Where the log ended with what had been told by then.
    Lsn end_as_of(Instant then);
    // Of the newest commit told to this office, where `sessions` asks for it.
    Lsn end_told_to(OfficeId office) const { return office < told_to_.size() ? told_to_[office] : 0; }

    std::uint64_t commits_told() const { return told_; }
    std::uint64_t commits_lost() const { return lost_; }
    std::uint64_t commits_diverged() const { return diverged_; }  // of the lost: told by a writer that was not fenced

private:
    struct Commit {
        Lsn end = 0;
        Instant told{};
        OfficeId office = no_office;
    };
    struct Region {
        PlaceId border{};
        std::unique_ptr<LogStream> stream;  // to it, while another one is the primary
        bool follows = true;
        Lsn copy_from = no_copy;
        Lsn backed_up = all_of_the_log;  // of one that is recovered from its backups: what they hold
    };
    static constexpr Lsn no_copy = ~Lsn{0};
    Lsn reached(std::size_t region, Reached what) { return regions_[region].stream->reached(what, simulation_.now()); }
    Duration age_of_first_beyond(Lsn end, Instant now);
    void drop_settled();

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers* transfers_;
    GlobalLogShape shape_;
    std::vector<Region> regions_;
    std::size_t primary_ = 0;
    std::vector<Lsn> told_to_;      // by office: where its newest commit ends
    engine::Ring<Commit> commits_;  // from the oldest that some region does not show
    engine::Condition released_;
    Lsn end_ = 0;
    Instant settled_told_{};  // of the newest commit that was dropped
    Instant split_{};         // up to here nothing is missing of the lineage that was abandoned last
    Instant last_told_{};
    std::uint64_t told_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t diverged_ = 0;
    bool backups_exposed_ = true;
};

}  // namespace faultline::models
