// The users of one office as sessions, and what each remembers: of the keys that it used last, the newest version that
// it has written and was told of, and the newest that it has seen. With it a read tells whether it misses what its own
// session has written, or goes back behind what it has seen.
//
// Source of the two guarantees: Terry et al., Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994 (Read
// Your Writes, Monotonic Reads). Leaves out: Writes Follow Reads, Monotonic Writes; guarantees over several keys.
// Memory: sessions x (16 bytes x keys + 1), all at the start. Of more keys it forgets the one not used for longest.
#pragma once

#include <cstdint>
#include <vector>

#include "models/request.hpp"

namespace faultline::models {

struct SessionShape {
    std::uint32_t sessions = 0;  // at least 1
    std::uint32_t keys = 1;      // that each remembers, at least 1
};

// A key of a database.
struct KeyName {
    std::size_t database = 0;  // below 65'535
    std::uint64_t key = 0;     // below 2^48
};

class Sessions {
public:
    // What a read of this run showed its session.
    struct Shown {
        bool missed_own_write = false;
        bool went_back = false;
    };
    struct Counts {
        std::uint64_t active = 0;  // that read in the measured part
        std::uint64_t missed_own_write = 0;
        std::uint64_t went_back = 0;
    };

    explicit Sessions(const SessionShape& shape)
        : keys_(shape.keys), slots_(std::size_t{shape.sessions} * shape.keys), flags_(shape.sessions) {}

    std::uint32_t count() const { return static_cast<std::uint32_t>(flags_.size()); }

    // What it knows of this key; of one that it does not remember, nothing.
    void recall(const KeyName& name, InSession& into) const;
    // Version 0 of a write: the commit changed nothing that others will see.
    void wrote(const KeyName& name, std::uint32_t session, std::uint32_t version);
    void saw(const KeyName& name, std::uint32_t session, std::uint32_t version);
    // For the counts by session.
    void mark(std::uint32_t session, const Shown& shown);

    Counts counts() const;
    std::uint64_t forgotten() const { return forgotten_; }  // keys, for want of memory
    std::size_t memory_bytes() const;

private:
    struct Slot {
        std::uint64_t name = free;
        std::uint32_t written = InSession::nothing;
        std::uint32_t seen = InSession::nothing;
    };
    static constexpr std::uint64_t free = ~std::uint64_t{0};
    static std::uint64_t packed(const KeyName& name) { return std::uint64_t{name.database} << 48U | name.key; }
    Slot& use(const KeyName& name, std::uint32_t session);

    std::uint32_t keys_;
    std::vector<Slot> slots_;  // of each session, the key used last first
    std::vector<std::uint8_t> flags_;
    std::uint64_t forgotten_ = 0;
};

}  // namespace faultline::models
