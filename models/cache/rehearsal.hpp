// What a cache node went through before the run begins: recorded reads and writes of a time that ends as the run
// begins, carried out by its own store, with its policy and expiry, and by nothing else: no network, no thread, no
// database. A read that finds nothing, or an ageing entry, fills it in at once.
//
// The rehearsal begins with an empty store, as if all had been asked for in one instant: what is popular would expire
// together ever after. So the first stay of a key is the rest of one that began earlier, even over (0, its time to
// live): the equilibrium of a renewal process whose gaps are short (D. R. Cox, Renewal Theory, 1962, 5.1).
//
// Memory: a bit a key. Leaves out: the time that filling in takes; what replicas had received; LFU counters begin anew.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cache/node.hpp"

namespace faultline::models {

class CacheRehearsal {
public:
    // Requires an empty node that outlives it, before the simulation begins. `known`: by key, whether it was ever set;
    // of all shards together, false at first. `writes_set`: a write sets its key, else it deletes it.
    CacheRehearsal(CacheNode& node, std::vector<bool>& known, bool writes_set);

    // `at`: after the beginning of the rehearsal, never earlier than the one before.
    void read(std::uint64_t key, ClassId by, Duration at);
    void write(std::uint64_t key, ClassId by, Duration at);

    // The run begins. Once, at last.
    void end(Duration at);

private:
    Instant pass_to(Duration at);
    void set(std::uint64_t key, ClassId by, Instant at);

    CacheNode& node_;
    bool writes_set_;
    std::vector<bool>& known_;
    engine::RandomStream draws_;
    Instant next_expiry_;
    ChangeLog* recorded_;  // of the run's changes; meanwhile of none
};

}  // namespace faultline::models
