// What an engine that writes pages in place (InnoDB) writes for its transactions, on a volume (mirrored_volume.hpp):
//
//   redo log      forced at the commit; who commits while it is written shares the next write (group commit)
//   binary log    forced behind it, the same way
//   data pages    when the redo log would not have room for their oldest change any more; a page that has been changed
//                 several times until then is written once
//   double write  of those pages before they are written, side by side in one extent
//   metadata      when a table is defined (FRM files), and not by transactions
//
// How many writes a transaction causes is what comes of it. Sources: Verbitski et al., SIGMOD 2017, section 3.1; MySQL
// 5.6 Reference Manual, InnoDB Redo Log, Doublewrite Buffer, Binary Log (sync_binlog).
// Leaves out: reads (all pages are in memory), adaptive flushing below `flush_at`, neighbours of a page that are
// written with it, purge, change buffering, the engine's CPUs and locks, crashes.
#pragma once

#include <deque>
#include <vector>

#include "engine/component.hpp"
#include "engine/waits.hpp"
#include "tests/oracles/mirrored_volume.hpp"

namespace faultline::models {

struct PageEngineShape {
    std::uint64_t pages = 0;       // that there are, undo included
    Bytes page{16 * 1024};         // source: innodb_page_size
    Bytes redo_capacity{};         // of all its files
    double flush_at = 0.75;        // share of that, 0..1. Source: InnoDB's asynchronous flush point, about 3/4
    Bytes redo_of_page{};          // of one page's change
    Bytes binary_log_of_commit{};  // 0: there is no binary log
    int pages_at_once = 64;        // that the cleaner writes, above 0
    bool double_write = true;      // source: MySQL 5.6, Doublewrite Buffer: extents of 64 pages
    Bytes metadata{16 * 1024};     // of a table
    Duration cleaner_interval = std::chrono::seconds{1};  // source: the page cleaner's, MySQL 5.6
};

// A log that is forced: one write at a time, and what is appended meanwhile shares the next.
class ForcedLog {
public:
    ForcedLog(MirroredVolume& volume, WriteKind kind) : volume_(volume), kind_(kind) {}
    // `size` more, durable on return.
    engine::Process<> force(Bytes size);

private:
    MirroredVolume& volume_;
    WriteKind kind_;
    Bytes pending_{};
    std::uint64_t group_ = 0;    // of what is pending
    std::uint64_t written_ = 0;  // groups
    bool busy_ = false;
    engine::Condition done_;
};

class PageEngine {
public:
    // The volume outlives it.
    PageEngine(engine::Simulation& simulation, MirroredVolume& volume, const std::string& path, PageEngineShape shape);

    void begin();  // the page cleaner

    // A transaction that changes these pages, each below shape.pages; durable on return. Waits for room in the redo
    // log.
    engine::Process<> commit(std::vector<std::uint64_t> pages);
    engine::Process<> define_table();

    engine::Component& component() { return component_; }
    std::uint64_t commits() const { return commits_; }
    std::size_t dirty_pages() const { return oldest_first_.size(); }
    // Of the redo log between the oldest change that is in memory only and its end.
    Bytes checkpoint_age() const { return {oldest_first_.empty() ? 0 : end_ - oldest_first_.front().changed_at}; }
    void reset_statistics();

private:
    struct Dirty {
        std::uint64_t page = 0;
        std::int64_t changed_at = 0;  // the end of the redo log when it was changed first
    };
    engine::Process<> clean();
    engine::Process<> write_oldest();
    bool must_flush() const;

    engine::Simulation& simulation_;
    MirroredVolume& volume_;
    PageEngineShape shape_;
    engine::Component component_;
    ForcedLog redo_;
    ForcedLog binary_log_;
    std::vector<bool> dirty_;
    std::deque<Dirty> oldest_first_;  // by their first change, those being written included
    engine::Condition room_;
    std::int64_t end_ = 0;  // of the redo log, bytes
    std::uint64_t commits_ = 0;
};

}  // namespace faultline::models
