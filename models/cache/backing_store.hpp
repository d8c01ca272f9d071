// The database behind a cache, as one of its nodes reaches it: with connections of its own, to write what the cache has
// taken (write_behind.hpp), or to read what is to be in it before anybody asks (CacheNode::warm_up). Outlives the node.
#pragma once

#include <cstdint>

#include "engine/process.hpp"
#include "models/request.hpp"

namespace faultline::models {

class BackingStore {
public:
    virtual ~BackingStore() = default;

    // A query of this class for one key, opened and sent. Nobody is measured who would wait for it; request.applied
    // says that its commit is durable, which it may be before its answer.
    virtual RequestRef open(std::uint64_t key, ClassId by) = 0;
    virtual engine::Process<Answer> run(const RequestRef& request) = 0;
    virtual void forget() = 0;  // the node died: its connections are gone

    // A write is taken, and will come; what was taken is written, or lost.
    virtual void taken(std::uint64_t key) = 0;
    virtual void settled(std::uint64_t key) = 0;
    // The version that the key has when all that was taken is written.
    virtual std::uint32_t newest_version(std::uint64_t key) const = 0;
    // Acknowledged writes. gap: from the first of them to the loss.
    virtual void lost(std::uint64_t writes, Duration gap) = 0;
};

}  // namespace faultline::models
