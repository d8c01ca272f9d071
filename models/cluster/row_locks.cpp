#include "models/cluster/row_locks.hpp"

namespace faultline::models {

RowLocks::Transaction RowLocks::open() {
    if (free_entries_.empty()) {
        free_entries_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.push_back(std::make_unique<Entry>());
    }
    const std::uint32_t place = free_entries_.back();
    free_entries_.pop_back();
    Entry& entry = *entries_[place];
    entry.open = true;
    entry.in_statement = entry.abandoned = false;
    ++open_;
    return std::uint64_t{entry.generation} << 32U | place;
}

RowLocks::Entry* RowLocks::find(Transaction transaction) {
    const auto place = static_cast<std::uint32_t>(transaction);
    if (transaction == none || place >= entries_.size()) return nullptr;
    Entry& entry = *entries_[place];
    return entry.open && entry.generation == transaction >> 32U ? &entry : nullptr;
}

void RowLocks::close(Transaction transaction) {
    Entry* const entry = find(transaction);
    if (entry == nullptr) return;
    if (entry->in_statement) {
        entry->abandoned = true;
    } else {
        end(static_cast<std::uint32_t>(transaction));
    }
}

bool RowLocks::begin_statement(Transaction transaction) {
    Entry* const entry = find(transaction);
    if (entry == nullptr) return false;
    entry->in_statement = true;
    return true;
}

void RowLocks::end_statement(Transaction transaction) {
    Entry* const entry = find(transaction);
    if (entry == nullptr) return;
    entry->in_statement = false;
    if (entry->abandoned) end(static_cast<std::uint32_t>(transaction));
}

bool RowLocks::take(Transaction transaction, std::uint64_t number) {
    Entry& entry = at(transaction);
    if (entry.lease) return entry.lease->held();
    NumberIndex::Place place = index_.find(number, number_of());
    if (place == NumberIndex::none) {
        if (free_rows_.empty()) {
            free_rows_.push_back(static_cast<std::uint32_t>(rows_.size()));
            rows_.push_back(std::make_unique<Row>());
        }
        place = free_rows_.back();
        free_rows_.pop_back();
        rows_[place]->number = number;
        index_.insert(number, place, number_of());
    }
    Row& row = *rows_[place];
    ++row.users;
    entry.row = place;
    entry.lease.emplace(row.lock);
    if (row.lock.free() == 0) return false;
    engine::Tokens::Acquire at_once(*entry.lease);
    at_once.begin();
    return true;
}

void RowLocks::leave_row(Entry& entry) {
    if (!entry.lease) return;
    entry.lease.reset();
    Row& row = *rows_[entry.row];
    if (--row.users > 0) return;
    index_.erase(row.number, number_of());
    free_rows_.push_back(entry.row);
}

void RowLocks::end(std::uint32_t place) {
    Entry& entry = *entries_[place];
    leave_row(entry);
    entry.open = false;
    ++entry.generation;
    free_entries_.push_back(place);
    --open_;
}

void RowLocks::clear() {
    for (std::uint32_t place = 0; place < entries_.size(); ++place) {
        if (entries_[place]->open) end(place);
    }
}

}  // namespace faultline::models
