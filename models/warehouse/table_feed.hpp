// A table of a warehouse and the commits of the database that it shows: what the source has acknowledged is cut into
// batches at an interval, and a batch becomes visible with the commit of its load.
//
//   commit ... commit | cut --capture, flows--> arrived --slices, commit--> visible
//
//   copy       one load at a time, from its cut until it is visible. One that is not done when the next is due is
//              counted, the next begins when it is over, and those that were due meanwhile are skipped: their commits
//              come with it. The flow goes to the object storage of the source's region, and to that of the warehouse.
//   streaming  batches follow each other over the network; what has arrived is loaded in one turn.
//   zero-etl   the same, from the storage of the source.
//
// A load that fails with the warehouse is begun again: it is a transaction. What the source loses (a failover, a writer
// that was not fenced) is dropped before its cut; after it, nobody takes it back, and it is counted as ahead.
// Sources: docs/models/warehouse.md. Leaves out: what single rows a commit changes: each comes into every table of its
// source; deletes and updates cost what inserts do; the load of the export on the source.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "engine/random/distributions.hpp"
#include "engine/statistics/tally.hpp"
#include "models/warehouse/compute.hpp"
#include "models/warehouse/freshness_track.hpp"

namespace faultline::models {

struct TableShape {
    std::string name;
    std::size_t database = 0;  // the source
    scenarios::TableLoad load = scenarios::TableLoad::copy;
    Duration interval{};                                                 // above 0
    engine::Distribution capture = engine::Distribution::constant(0.0);  // seconds
    BitsPerSecond export_rate = unlimited_bandwidth;                     // of a copy
    int files = 1;                                                       // of a load
    double bytes_per_commit = 0.0;
    double bytes = 0.0;  // when the run begins
};

// Where a table's commits come from and go to, as of now.
struct FeedWay {
    PlaceId source{};          // a zone of the source that is alive, if any is
    PlaceId source_storage{};  // object storage of its region
    PlaceId storage{};         // and of the warehouse's
};

struct TableStatistics {
    std::uint64_t loads = 0;
    std::uint64_t overdue = 0;  // began late, for the one before was not done
    std::uint64_t skipped = 0;  // were due while another went on, and never began
    std::uint64_t retried = 0;  // failed with the warehouse and began again
    std::uint64_t ahead = 0;    // commits that the source has lost and the table shows, or will
    double bytes = 0.0;         // loaded
    engine::Tally load_s{};     // from cut to visible
};

// Who loads: null while nobody does, and `available` is announced when somebody does again.
class Loader {
public:
    virtual ~Loader() = default;
    virtual Compute* loading() = 0;
    virtual engine::Condition& available() = 0;
    virtual engine::ServerPool& commits() = 0;
    virtual Duration drawn_commit() = 0;
    virtual void oldest_hidden_changed() = 0;  // of some table
};

class TableFeed {
public:
    TableFeed(engine::Simulation& simulation, const std::string& path, Transfers& transfers, Loader& loader,
              TableShape shape, std::function<FeedWay()> way);
    void begin();

    // The source has told a client.
    void committed() {
        ++committed_;
        if (open_.commits++ == 0) first_of_open();
    }
    // It has not got its newest commits any more.
    void lost(std::uint64_t commits);

    std::optional<Instant> oldest_hidden() const;
    FreshnessTrack& freshness() { return freshness_; }
    double bytes() const { return bytes_; }
    std::uint64_t serving() const { return committed_ - lost_; }  // commits that the source has
    std::uint64_t visible() const { return visible_; }            // those ahead included
    std::uint64_t hidden() const;                                 // cut or not, and not visible
    const TableStatistics& statistics() const { return statistics_; }
    const TableShape& shape() const { return shape_; }
    void reset_statistics(Instant now);

private:
    struct Batch {
        std::uint64_t commits = 0;
        Instant first{};  // commit
        Instant cut{};
        bool arrived = false;
    };
    engine::Process<> cut_batches();
    engine::Process<> carry(std::uint64_t number);
    engine::Process<> send(std::uint64_t commits);
    engine::Process<> load_batches();
    engine::Process<> load(std::uint64_t commits);
    std::size_t on_the_way() const;
    std::size_t arrived_in_front() const;
    void first_of_open();
    void tell();
    void show(std::size_t batches);
    std::int64_t bytes_of(std::uint64_t commits) const;

    engine::Simulation& simulation_;
    engine::Component component_;
    Transfers& transfers_;
    Loader& loader_;
    TableShape shape_;
    std::function<FeedWay()> way_;
    engine::RandomStream draws_;
    engine::Condition moved_;  // a batch has arrived, or become visible
    Batch open_;
    std::deque<Batch> batches_;       // cut and not visible, oldest first
    std::uint64_t first_number_ = 0;  // of the front
    std::uint64_t committed_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t visible_ = 0;
    double bytes_;
    FreshnessTrack freshness_;
    TableStatistics statistics_;
};

}  // namespace faultline::models
