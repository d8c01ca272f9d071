// The last commits of a database, by key: what a reader sees that shows the log up to some place, and since when a
// version has been replaced. Kept only where sessions are watched (models/clients/sessions.hpp); without it a key's
// last commit is all that is known (key_versions.hpp).
//
// A place in the log and not an instant decides, because commits that were told at one instant (a group commit) reach a
// replica one after the other. What is older than the last 262,144 commits counts as shown by everybody.
// Memory: 6 MiB a database, and 4 bytes a key. A look costs a step for each commit of that key that is not shown.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/time.hpp"
#include "models/log_place.hpp"

namespace faultline::models {

class CommitHistory {
public:
    static constexpr std::uint64_t kept = std::uint64_t{1} << 18U;

    explicit CommitHistory(std::uint64_t keys) : entries_(kept), newest_of_(keys) {}

    // A commit of this key, in the order in which its commits are told.
    void commit(std::uint64_t key, engine::Instant now, Lsn end);

    // How many of the key's newest commits are not shown by who shows the log up to `shown`.
    std::uint32_t hidden(std::uint64_t key, Lsn shown) const;
    // When the commit was told that `newer` others of this key have followed; if nobody remembers, an instant that is
    // not before it.
    engine::Instant told(std::uint64_t key, std::uint32_t newer) const;

    // The log goes on from `end` with another lineage: what is beyond is lost. It counts as shown from here on, for a
    // loss is counted as one and not as reads that miss it.
    void lose_beyond(Lsn end);

    std::size_t memory_bytes() const;

private:
    struct Entry {
        engine::Instant told{};
        Lsn end = 0;
        std::uint64_t before = 0;  // number of the key's commit before this one, from 1; 0: none
    };
    // null: not remembered.
    const Entry* find(std::uint64_t number) const {
        const bool there = number != 0 && number + kept >= next_;
        return there ? &entries_[number % kept] : nullptr;
    }
    std::uint64_t newest(std::uint64_t key) const;

    std::vector<Entry> entries_;            // a ring, by number
    std::vector<std::uint32_t> newest_of_;  // by key: the low half of the number of its newest commit; 0: none
    std::uint64_t next_ = 1;                // number of the next commit
};

}  // namespace faultline::models
