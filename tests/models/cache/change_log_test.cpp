// What is undone is as it was.
#include "models/cache/change_log.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "models/cache/store.hpp"
#include "tests/support/test_generator.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

using engine::Bytes;
using engine::Instant;

constexpr std::uint64_t keys = 300;

std::vector<std::uint32_t> versions_of(Store store, Instant now) {  // a copy: reads touch access clocks
    std::vector<std::uint32_t> versions;
    for (std::uint64_t key = 0; key < keys; ++key) {
        const Found found = store.get(key, now);
        versions.push_back(found.outcome == LookupOutcome::Hit ? found.version : 0);
    }
    return versions;
}

// A thousand commands on a store that evicts: taken back, newest first, every key has the version that it had, and the
// memory charged is the same.
TEST(ChangeLogTest, UndoingAllGivesBackWhatWas) {
    test::TestGenerator generator{7};
    StoreOptions options;
    options.maxmemory = Bytes{20'000};
    options.eviction.policy = EvictionPolicy::AllkeysLru;
    Store store(options, RandomBits(generator));
    std::uint32_t version = 0;
    Instant now = engine::start_of_time;
    const auto some_commands = [&](int count) {
        for (int i = 0; i < count; ++i) {
            now += 1ms;
            const std::uint64_t key = generator() % keys;
            if (generator() % 4 == 0) store.erase(key);
            store.set({.key = generator() % keys,
                       .value = Bytes{static_cast<std::int64_t>(generator() % 200)},
                       .version = ++version},
                      now);
        }
    };
    some_commands(1000);
    const auto before = versions_of(store, now);
    const Bytes memory = store.used_memory();
    ChangeLog changes;
    store.record_changes(&changes);
    some_commands(1000);
    ASSERT_GT(store.counters().evicted, 0U);
    ASSERT_NE(versions_of(store, now), before);
    for (std::uint64_t number = changes.next(); number > changes.first(); --number)
        store.undo(changes.change(number - 1).before);
    EXPECT_EQ(versions_of(store, now), before);
    EXPECT_EQ(store.used_memory(), memory);
}

TEST(ChangeLogTest, ForgetsWhatAllHave) {
    ChangeLog changes;
    for (std::uint64_t hash = 0; hash < 10; ++hash) changes.note(nullptr, hash, ChangedBy::command);
    changes.forget_before(4);
    EXPECT_EQ(changes.first(), 4U);
    EXPECT_EQ(changes.next(), 10U);
    EXPECT_EQ(changes.change(4).before.hash, 4U);
    EXPECT_FALSE(changes.change(4).before.resident());
}

}  // namespace
}  // namespace faultline::models
