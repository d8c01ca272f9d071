#include "models/cluster/commit_history.hpp"

#include <algorithm>

namespace faultline::models {

void CommitHistory::commit(std::uint64_t key, engine::Instant now, Lsn end) {
    entries_[next_ % kept] = {now, end, newest(key)};
    newest_of_[key] = static_cast<std::uint32_t>(next_);
    ++next_;
    if (static_cast<std::uint32_t>(next_) == 0) ++next_;  // 0 is no commit
}

// The low half stands for the last number that it fits.
std::uint64_t CommitHistory::newest(std::uint64_t key) const {
    const std::uint32_t low = newest_of_[key];
    if (low == 0) return 0;
    const auto back = static_cast<std::uint32_t>(next_) - low;
    return next_ - back;
}

std::uint32_t CommitHistory::hidden(std::uint64_t key, Lsn shown) const {
    std::uint32_t count = 0;
    const Entry* entry = find(newest(key));
    for (; entry != nullptr && entry->end > shown; entry = find(entry->before)) ++count;
    return count;
}

engine::Instant CommitHistory::told(std::uint64_t key, std::uint32_t newer) const {
    const Entry* entry = find(newest(key));
    for (; entry != nullptr && newer > 0; entry = find(entry->before)) --newer;
    const std::uint64_t oldest = next_ > kept ? next_ - kept : 1;
    return entry != nullptr ? entry->told : entries_[oldest % kept].told;
}

void CommitHistory::lose_beyond(Lsn end) {
    for (Entry& entry : entries_) {
        if (entry.end > end) entry.end = 0;
    }
}

std::size_t CommitHistory::memory_bytes() const {
    return entries_.capacity() * sizeof(Entry) + newest_of_.capacity() * sizeof(std::uint32_t);
}

}  // namespace faultline::models
