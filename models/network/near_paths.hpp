// The paths from one place to the few that it goes to: of thousands of sites each has its own, and here they lie beside
// what else the site looks at, where the topology's table and then the path would be two misses one after the other.
#pragma once

#include <array>
#include <cstddef>

#include "models/topology.hpp"

namespace faultline::models {

class NearPaths {
public:
    // O(1). A place takes the room of one whose number is the same modulo 4: those of one region's zones differ.
    const Path& to(PlaceId to, PlaceId from, const Topology& topology) {
        Entry& entry = entries_[to.value % entries_.size()];
        if (entry.path == nullptr || entry.to != to) [[unlikely]] {
            entry = {&topology.path(from, to), to};
        }
        return *entry.path;
    }

private:
    struct Entry {
        const Path* path = nullptr;
        PlaceId to{};
    };
    std::array<Entry, 4> entries_{};
};

}  // namespace faultline::models
