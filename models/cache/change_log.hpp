// What the keys of a store were before its last changes: enough to take back what a replica has not received. One store
// so stands for a primary and its replicas, and a replica costs no memory for its keys.
//
// Changes are numbered. 48 bytes each, in a ring; whoever knows that all replicas have received one forgets it.
#pragma once

#include <cstdint>

#include "engine/ring.hpp"
#include "engine/time.hpp"
#include "models/cache/key_table.hpp"

namespace faultline::models {

enum class ChangedBy : std::uint8_t { command, eviction };

struct KeyChange {
    CacheEntry before;     // not resident: there was none; its hash is the key's all the same
    engine::Instant at{};  // when the command was executed that did it
    ChangedBy by = ChangedBy::command;
};

// What other regions are told: a key as it is from then on.
struct ToldChange {
    CacheEntry entry;
    bool write = false;  // of a command that was acknowledged; else an eviction, or what a takeover has undone
};

class ChangeLog {
public:
    // The changes that follow belong to a command that is executed then.
    void begin_command(engine::Instant at) { at_ = at; }

    // `entry`: null if there is none.
    void note(const CacheEntry* entry, std::uint64_t hash, ChangedBy by) {
        KeyChange change{entry != nullptr ? *entry : CacheEntry{}, at_, by};
        change.before.hash = hash;
        changes_.push(change);
    }

    // The number of the next change; of the first that is still known.
    std::uint64_t next() const { return changes_.next_ticket(); }
    std::uint64_t first() const { return changes_.first_ticket(); }
    // Requires: first() <= number < next().
    const KeyChange& change(std::uint64_t number) { return *changes_.find(number); }
    void forget_before(std::uint64_t number) {
        while (changes_.first_ticket() < number && !changes_.empty()) changes_.pop();
    }
    void clear() { changes_.clear(); }

private:
    engine::Ring<KeyChange> changes_;
    engine::Instant at_{};
};

}  // namespace faultline::models
