// Which version of a key a read finds: the newest on the writer, an older one on a replica that lags. 8 bytes a key.
#pragma once

#include <cstdint>

#include "engine/large_pages.hpp"
#include "engine/time.hpp"

namespace faultline::models {

class KeyVersions {
public:
    explicit KeyVersions(std::uint64_t keys) : keys_(keys) {}

    void commit(std::uint64_t key, engine::Instant now) {
        if (key >= keys_.size()) return;
        ++keys_[key].version;
        keys_[key].committed_us = microseconds(now);
    }
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
    std::size_t memory_bytes() const { return keys_.size() * sizeof(Key); }

private:
    struct Key {
        std::uint32_t version = 0;
        std::uint32_t committed_us = 0;  // modulo 71 minutes: lags are seconds
    };
    static std::uint32_t microseconds(engine::Instant t) {
        return static_cast<std::uint32_t>(t.time_since_epoch().count() / 1000);
    }
    engine::LargePageVector<Key> keys_;
};

}  // namespace faultline::models
