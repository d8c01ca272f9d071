// Which version of a key a read finds: the newest on the writer, an older one on a replica that lags. 8 bytes a key.
//
// Versions never go back: a commit that a promotion has lost is a loss, and keeps its number.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/large_pages.hpp"
#include "engine/time.hpp"
#include "models/cluster/commit_history.hpp"

namespace faultline::models {

class KeyVersions {
public:
    explicit KeyVersions(std::uint64_t keys) : keys_(keys) {}

    // Building: which commits a reader misses is known exactly from now on, and not of the last one alone.
    void keep_history() { history_ = std::make_unique<CommitHistory>(keys_.size()); }
    bool has_history() const { return history_ != nullptr; }

    // `end`: where its log ends; of use with a history alone. Returns the key's version, 0 for what is no key.
    std::uint32_t commit(std::uint64_t key, engine::Instant now, Lsn end) {
        if (key >= keys_.size()) return 0;
        if (history_) history_->commit(key, now, end);
        keys_[key].committed_us = microseconds(now);
        return ++keys_[key].version;
    }
    // The end of the log with the next commit, where it is counted in commits.
    Lsn next_end() { return ++commits_; }
    std::uint32_t newest(std::uint64_t key) const { return key < keys_.size() ? keys_[key].version : 0; }
    void prefetch(std::uint64_t key) const {
        if (key < keys_.size()) __builtin_prefetch(&keys_[key]);
    }

    // What a replica that lags by `lag` shows at `now`. Only the last commit's instant is kept: a key written twice
    // within the lag shows the version before the last.
    std::uint32_t at_replica(std::uint64_t key, engine::Instant now, engine::Duration lag) const {
        if (key >= keys_.size()) return 0;
        const Key& state = keys_[key];
        const std::uint32_t age_us = microseconds(now) - state.committed_us;
        const bool unseen = state.version > 0 && age_us < static_cast<std::uint32_t>(lag.count() / 1000);
        return unseen ? state.version - 1 : state.version;
    }
    // With a history. What is seen by who shows the log up to `shown`.
    std::uint32_t at_end(std::uint64_t key, Lsn shown) const {
        return key < keys_.size() ? keys_[key].version - history_->hidden(key, shown) : 0;
    }
    // With a history. How long ago, at `now`, this version was replaced, at least; negative: it is not.
    engine::Duration replaced_for(std::uint64_t key, std::uint32_t version, engine::Instant now) const {
        if (version >= newest(key)) return engine::Duration{-1};
        return now - history_->told(key, keys_[key].version - version - 1);
    }
    // The log goes on from `end`: see CommitHistory.
    void lose_beyond(Lsn end) {
        if (history_) history_->lose_beyond(end);
    }
    std::size_t memory_bytes() const { return engine::bytes_taken(keys_) + (history_ ? history_->memory_bytes() : 0); }

private:
    struct Key {
        std::uint32_t version = 0;
        std::uint32_t committed_us = 0;  // modulo 71 minutes: lags are seconds
    };
    static std::uint32_t microseconds(engine::Instant t) {
        return static_cast<std::uint32_t>(t.time_since_epoch().count() / 1000);
    }
    engine::LargePageVector<Key> keys_;
    std::unique_ptr<CommitHistory> history_;
    Lsn commits_ = 0;
};

}  // namespace faultline::models
