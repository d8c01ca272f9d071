#include "models/cache/write_behind.hpp"

#include <algorithm>

namespace faultline::models {

void WriteBehind::serve_from(engine::Component& node, BackingStore& database) {
    database_ = &database;
    ++shift_;
    arrived_.notify_all();  // who is still there of the shift before
    for (int worker = 0; worker < shape_.workers; ++worker) simulation_.spawn(node, work());
}

void WriteBehind::stop() {
    for (InHand* const hand : in_hand_) {
        if (hand->request && hand->request->applied > 0) {
            database_->settled(hand->entry.key);
            ++counters_.transactions;
        } else {
            again_.push_back(hand->entry);
        }
    }
    in_hand_.clear();
}

std::uint32_t WriteBehind::next_version(std::uint64_t key) {
    return database_->newest_version(key) + (waiting_for(key) != nullptr ? 0 : 1);
}

void WriteBehind::accept(const CacheOrder& order, Instant at, std::uint64_t change) {
    ++counters_.accepted;
    if (Entry* const known = waiting_for(order.key); known != nullptr) {
        known->change = change;
        known->by = order.by;
        known->last = at;
        ++known->writes;
        return;
    }
    wait({.key = order.key, .change = change, .writes = 1, .by = order.by, .first = at, .last = at});
    database_->taken(order.key);
    arrived_.notify_one();
}

void WriteBehind::wait(const Entry& entry) {
    const auto place = static_cast<NumberIndex::Place>(waiting_.push(entry));
    by_key_.insert(entry.key, place, key_of());
}

WriteBehind::Entry* WriteBehind::waiting_for(std::uint64_t key) {
    const NumberIndex::Place place = by_key_.find(key, key_of());
    return place == NumberIndex::none ? nullptr : entry_at(place);
}

WriteBehind::Entry WriteBehind::take() {
    if (!again_.empty()) {
        const Entry entry = again_.back();
        again_.pop_back();
        return entry;
    }
    by_key_.erase(waiting_.front().key, key_of());
    return waiting_.pop();
}

// A node behind a cut goes on when another one serves: its workers find their shift over, each where it waited.
engine::Process<> WriteBehind::work() {
    const std::uint32_t own_shift = shift_;
    while (own_shift == shift_) {
        if (again_.empty() && waiting_.empty()) {
            engine::Condition::Wait more(arrived_);
            co_await more;
            continue;
        }
        const Duration due_in =
            again_.empty() ? waiting_.front().first + shape_.delay - simulation_.now() : Duration::zero();
        if (due_in > Duration::zero()) {
            co_await simulation_.delay(due_in);
            continue;
        }
        InHand hand{take(), {}};
        in_hand_.push_back(&hand);
        for (;;) {
            hand.request = database_->open(hand.entry.key, hand.entry.by);
            const Answer answer = co_await database_->run(hand.request);
            if (own_shift != shift_) co_return;  // the successor's workers have it
            if (answer.status == AnswerStatus::ok) break;
            co_await simulation_.delay(shape_.retry_after);
            if (own_shift != shift_) co_return;
        }
        done(hand);
    }
}

void WriteBehind::done(InHand& hand) {
    std::erase(in_hand_, &hand);
    database_->settled(hand.entry.key);
    ++counters_.transactions;
}

// Of a key that was written more than once all writes count, though a successor may have an earlier one.
void WriteBehind::lose(const std::uint64_t* beyond, Instant lost_at) {
    std::uint64_t writes = 0;
    Instant first = lost_at;
    const auto goes = [&](const Entry& entry) {
        if (beyond != nullptr && entry.change <= *beyond) return false;
        database_->settled(entry.key);
        const std::uint32_t answered = entry.writes - (entry.last > lost_at ? 1 : 0);  // else in the node's queue
        if (answered > 0) first = std::min(first, entry.first);
        writes += answered;
        return true;
    };
    std::erase_if(again_, goes);
    by_key_.clear();
    for (std::size_t left = waiting_.size(); left > 0; --left) {
        const Entry entry = waiting_.pop();
        if (!goes(entry)) wait(entry);
    }
    if (writes == 0) return;
    counters_.lost += writes;
    database_->lost(writes, lost_at - first);
}

Duration WriteBehind::exposure(Instant now) const {
    Instant first = now;
    for (const InHand* const hand : in_hand_) first = std::min(first, hand->entry.first);
    for (const Entry& entry : again_) first = std::min(first, entry.first);
    if (!waiting_.empty()) first = std::min(first, waiting_.front().first);
    return now - first;
}

}  // namespace faultline::models
