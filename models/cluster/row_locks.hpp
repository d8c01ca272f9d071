// The row locks of an instance: a transaction that changes a row holds it until it ends; others wait for it in the
// order of their coming. A transaction locks one row, that of its operation's key, so none waits in a circle.
//
// A row's lock is a token; it exists for as long as somebody holds it or waits. Transactions are numbers, so that one
// whose client has left, or whose instance has begun anew, is no dangling pointer.
// Leaves out: shared locks and gaps, escalation, deadlocks, reads (which see versions and wait for nobody).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/tokens.hpp"
#include "models/cluster/number_index.hpp"

namespace faultline::models {

class RowLocks {
public:
    using Transaction = std::uint64_t;  // an incarnation of the instance, and a number
    static constexpr Transaction none = ~Transaction{0};

    Transaction open();
    // Commit, or rollback: the row is free. If a statement of it runs, the rollback comes when that ends (its client
    // has left and the server has not seen it yet). Nothing happens to one of an earlier incarnation.
    void close(Transaction transaction);

    // Its next statement begins; false: it is no longer there. Each must end.
    bool begin_statement(Transaction transaction);
    void end_statement(Transaction transaction);

    // Has it asked for a row, or got it?
    bool holds_row(Transaction transaction) {
        const Entry* const entry = find(transaction);
        return entry != nullptr && entry->lease.has_value();
    }

    // Asks for a row; true: it has it. Else `lease_of` is to be waited for. Requires: a statement of it runs.
    bool take(Transaction transaction, std::uint64_t row);
    engine::Tokens::Lease& lease_of(Transaction transaction) { return *at(transaction).lease; }

    // The instance died: all are gone. Those who waited died with it.
    void clear();

    std::size_t rows_locked() const { return index_.size(); }
    std::size_t transactions_open() const { return open_; }

private:
    struct Row {
        engine::Tokens lock{1};
        std::uint64_t number = 0;
        std::uint32_t users = 0;  // that hold it or wait
    };
    struct Entry {
        std::optional<engine::Tokens::Lease> lease;
        std::uint32_t row = 0;
        std::uint32_t generation = 0;
        bool open = false;
        bool in_statement = false;
        bool abandoned = false;
    };
    auto number_of() const {
        return [this](NumberIndex::Place place) { return rows_[place]->number; };
    }
    Entry& at(Transaction transaction) { return *entries_[static_cast<std::uint32_t>(transaction)]; }
    Entry* find(Transaction transaction);
    void end(std::uint32_t place);
    void leave_row(Entry& entry);

    std::vector<std::unique_ptr<Row>> rows_;  // before the entries, whose leases give back to them
    std::vector<std::uint32_t> free_rows_;
    std::vector<std::unique_ptr<Entry>> entries_;
    std::vector<std::uint32_t> free_entries_;
    NumberIndex index_;
    std::size_t open_ = 0;
};

}  // namespace faultline::models
