#include "models/cache/key_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <set>

namespace faultline::models {
namespace {

CacheEntry entry_for(const KeyTable& table, std::uint64_t key) {
    CacheEntry entry;
    entry.hash = table.hash_of(key);
    entry.version = static_cast<std::uint32_t>(key);
    entry.set_charge(100);
    return entry;
}

TEST(KeyTableTest, HashIsABijection) {
    const KeyTable table(0, 42);
    for (const std::uint64_t key :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{123'456'789}, ~std::uint64_t{0}}) {
        EXPECT_EQ(table.key_of(table.hash_of(key)), key);
    }
}

// Goal: whatever is done to it, the table holds what a std::map holds.
// Method: random inserts, erases and lookups that make the table grow and shrink.
TEST(KeyTableTest, HoldsWhatAMapHolds) {
    KeyTable table(0, 7);
    std::map<std::uint64_t, std::uint32_t> expected;
    std::mt19937_64 generator(3);
    for (int i = 0; i < 300'000; ++i) {
        const std::uint64_t range = i % 60'000 < 40'000 ? 20'000 : 500;
        const std::uint64_t key = generator() % range;
        CacheEntry* const found = table.find(table.hash_of(key));
        ASSERT_EQ(found != nullptr, expected.contains(key));
        if (found != nullptr) {
            ASSERT_EQ(found->version, expected[key]);
        }
        if (generator() % 2 == 0 && found == nullptr) {
            table.insert(entry_for(table, key));
            expected[key] = static_cast<std::uint32_t>(key);
        } else if (found != nullptr) {
            table.erase(found);
            expected.erase(key);
        }
        ASSERT_EQ(table.size(), expected.size());
    }
    EXPECT_EQ(table.charged_bytes(), static_cast<std::int64_t>(expected.size()) * 100);
}

TEST(KeyTableTest, ATableMadeForItsKeysTakesAtMost32BytesEachAndDoesNotGrow) {
    KeyTable table(100'000, 0);
    const std::size_t bytes = table.memory_bytes();
    for (std::uint64_t key = 0; key < 100'001; ++key) table.insert(entry_for(table, key));
    EXPECT_EQ(table.memory_bytes(), bytes);
    EXPECT_LE(static_cast<double>(bytes) / 100'000.0, 32.0);
}

TEST(KeyTableTest, ATableThatGrowsStaysBelow38BytesAKey) {
    KeyTable table(0, 0);
    for (std::uint64_t key = 0; key < 100'000; ++key) {
        table.insert(entry_for(table, key));
        if (key > 5'000) {
            ASSERT_LE(static_cast<double>(table.memory_bytes()), 38.0 * static_cast<double>(key));
        }
    }
}

TEST(KeyTableTest, BucketsGrowAndShrinkAsThoseOfRedis) {
    KeyTable table(0, 0);
    for (std::uint64_t key = 0; key < 1'025; ++key) {
        table.insert(entry_for(table, key));
        if (key == 1'023) {
            EXPECT_EQ(table.bucket_bits(Members::All), 10);
        }
    }
    EXPECT_EQ(table.bucket_bits(Members::All), 11);
    for (std::uint64_t key = 0; key < 821; ++key) table.erase(table.find(table.hash_of(key)));
    EXPECT_EQ(table.size(), 204U);
    EXPECT_EQ(table.bucket_bits(Members::All), 8) << "below a tenth of 2048: made to fit";
}

TEST(KeyTableTest, ChainsHaveTheirNewestFirst) {
    KeyTable table(0, 0);
    for (std::uint64_t key = 0; key < 1'000; ++key) table.insert(entry_for(table, key));
    for (int round = 0; round < 40; ++round) {  // more than four bits can number
        table.erase(table.find(table.hash_of(5)));
        const CacheEntry* const newest = table.insert(entry_for(table, 5));
        const std::uint64_t bucket = table.bucket_of(Members::All, *newest);
        CacheEntry* other = table.first_in_bucket(Members::All, bucket);
        for (; other != nullptr && table.bucket_of(Members::All, *other) == bucket;
             other = table.next_resident(other + 1)) {
            if (other != newest) {
                ASSERT_LT(other->chain_rank(), newest->chain_rank());
            }
        }
    }
}

// Goal:   a key with company in its bucket is drawn less often, as from dictGetRandomKey.
// Method: the exact probability is 1 / (buckets in use) / (members of the bucket). Chi-squared over all keys.
TEST(KeyTableTest, OneSampleIsDrawnByBucket) {
    KeyTable table(0, 0);
    for (std::uint64_t key = 0; key < 200; ++key) table.insert(entry_for(table, key));
    std::map<std::uint64_t, int> members;
    for (std::uint64_t key = 0; key < 200; ++key) {
        ++members[table.bucket_of(Members::All, *table.find(table.hash_of(key)))];
    }
    std::map<std::uint64_t, int> drawn;
    std::mt19937_64 generator(5);
    const int draws = 400'000;
    for (int i = 0; i < draws; ++i) ++drawn[table.sample_one(Members::All, RandomBits(generator))->hash];
    double chi_squared = 0.0;
    for (std::uint64_t key = 0; key < 200; ++key) {
        const CacheEntry& entry = *table.find(table.hash_of(key));
        const double in_bucket = members[table.bucket_of(Members::All, entry)];
        const double expected = draws / static_cast<double>(members.size()) / in_bucket;
        chi_squared += std::pow(drawn[entry.hash] - expected, 2) / expected;
    }
    EXPECT_LT(chi_squared, 199.0 + 4.0 * std::sqrt(2.0 * 199.0));
}

// Ten at a time: the sixth of a chain is never among five, neither here nor in Redis.
TEST(KeyTableTest, ARunHasOnlyMembersAndMissesNobody) {
    KeyTable table(0, 0);
    for (std::uint64_t key = 0; key < 1'000; ++key) {
        CacheEntry entry = entry_for(table, key);
        if (key % 10 == 0) entry.set_expiry_ms(1);
        table.insert(entry);
    }
    std::mt19937_64 generator(5);
    for (const Members members : {Members::All, Members::WithExpiry}) {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 20'000; ++i) {
            std::array<const CacheEntry*, 10> found{};
            const std::size_t count = table.sample_run(members, RandomBits(generator), found);
            ASSERT_LE(count, 10U);
            ASSERT_GE(count, 1U);
            for (std::size_t k = 0; k < count; ++k) {
                seen.insert(found[k]->hash);
                ASSERT_TRUE(members == Members::All || found[k]->has_expiry());
            }
        }
        EXPECT_EQ(seen.size(), table.size(members));
    }
}

}  // namespace
}  // namespace faultline::models
