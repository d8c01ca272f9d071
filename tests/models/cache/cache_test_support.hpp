// What the tests of the cache share: Zipf draws, exact LRU, the look-aside client, and tables of measured figures.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "models/cache/store.hpp"

namespace faultline::models::testing {

// Rank r = 0 … keys - 1 with probability proportional to (r + 1)^-exponent. By inversion of the exact sums.
class ZipfDraws {
public:
    ZipfDraws(std::uint64_t keys, double exponent);
    std::uint64_t draw(std::mt19937_64& generator) const;

private:
    std::vector<double> cumulative_;
    std::vector<std::uint32_t> guide_;  // where to begin the search
};

// Least recently used, exactly, by a list. Objects of one size.
class ExactLru {
public:
    ExactLru(std::size_t keys, std::size_t capacity);
    bool access(std::uint64_t key);  // true: a hit. On a miss it takes the key, and gives up the oldest.

private:
    void unlink(std::uint32_t key);
    void push_front(std::uint32_t key);

    std::vector<std::uint32_t> newer_, older_;  // a ring through the sentinel at index `keys`
    std::vector<bool> resident_;
    std::size_t capacity_;
    std::size_t size_ = 0;
};

// A client that asks the store, and on a miss sets the key, at a constant rate. Active expiry runs at its period.
struct LookAside {
    double requests_per_s = 1000.0;
    std::function<std::optional<engine::Duration>()> ttl = [] { return std::optional<engine::Duration>(); };
    bool renew_on_hit = false;
};
class LookAsideClient {
public:
    LookAsideClient(Store& store, LookAside options);
    bool request(std::uint64_t key);  // true: a hit
    engine::Instant now() const;

private:
    Store& store_;
    LookAside options_;
    std::uint64_t requests_ = 0;
    engine::Instant next_expiry_cycle_{};
};

// Values of a fixed size, and memory for exactly so many of them.
StoreOptions store_for_objects(std::size_t objects, const EvictionOptions& eviction);

// A comma separated table with a line of names. Aborts the test program if the file cannot be read.
struct Row {
    std::map<std::string, std::string> cells;
    const std::string& at(const std::string& column) const { return cells.at(column); }
};
void PrintTo(const Row& row, std::ostream* out);  // for messages of GoogleTest
std::vector<Row> read_table(const std::string& file_name);
double number(const Row& row, const std::string& column);

}  // namespace faultline::models::testing
