// Whoever needs a table, or the whole engine, for itself: a change of a table's definition, or a patch that waits for a
// quiet instant. Statements that come while it is closed wait in front of it; those of a transaction that has changed a
// row already go on, for the one who closed it waits for them.
//
// Source: MySQL 8.0 Reference Manual, 8.11.4 Metadata Locking: a request for an exclusive lock waits for the shared
// ones that are held, and every later request waits behind it. Leaves out: the gate of a reader, which replays the
// change.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/waits.hpp"
#include "models/request.hpp"

namespace faultline::models {

class TableGate {
public:
    // By class of query; empty: all. `writes_only`: who reads goes on.
    void close(std::vector<char> classes, bool writes_only) {
        classes_ = std::move(classes);
        writes_only_ = writes_only;
        closed_ = true;
        changed_.notify_all();
    }
    void open() {
        closed_ = false;
        changed_.notify_all();
    }
    // Its instance ended, and with it those who waited.
    void forget() { closed_ = false; }

    bool closed() const { return closed_; }
    bool stops(const RequestRef& request, bool writes, bool has_row) const {
        if (!closed_ || has_row || (writes_only_ && !writes)) return false;
        if (classes_.empty()) return true;
        return request && classes_[request->query_class] != 0;
    }
    engine::Condition& changed() { return changed_; }

private:
    bool closed_ = false;
    bool writes_only_ = false;
    std::vector<char> classes_;
    engine::Condition changed_;
};

}  // namespace faultline::models
