#include "tests/models/cache/cache_test_support.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/check.hpp"

namespace faultline::models::testing {
namespace {

constexpr engine::Bytes value_size{1000};
constexpr engine::Bytes overhead{90};
constexpr std::int64_t key_size = 10;

}  // namespace

ZipfDraws::ZipfDraws(std::uint64_t keys, double exponent) {
    double sum = 0.0;
    for (std::uint64_t rank = 0; rank < keys; ++rank) {
        sum += std::pow(static_cast<double>(rank + 1), -exponent);
        cumulative_.push_back(sum);
    }
    for (double& c : cumulative_) c /= sum;
    std::uint32_t rank = 0;
    for (std::uint64_t i = 0; i < keys; ++i) {
        while (cumulative_[rank] < static_cast<double>(i) / static_cast<double>(keys)) ++rank;
        guide_.push_back(rank);
    }
}

std::uint64_t ZipfDraws::draw(std::mt19937_64& generator) const {
    const double u = static_cast<double>(generator() >> 11) * 0x1.0p-53;
    std::size_t rank = guide_[static_cast<std::size_t>(u * static_cast<double>(guide_.size()))];
    while (rank + 1 < cumulative_.size() && cumulative_[rank] <= u) ++rank;
    return rank;
}

ExactLru::ExactLru(std::size_t keys, std::size_t capacity)
    : newer_(keys + 1), older_(keys + 1), resident_(keys), capacity_(capacity) {
    newer_[keys] = older_[keys] = static_cast<std::uint32_t>(keys);
}

void ExactLru::unlink(std::uint32_t key) {
    older_[newer_[key]] = older_[key];
    newer_[older_[key]] = newer_[key];
}

void ExactLru::push_front(std::uint32_t key) {
    const auto ring = static_cast<std::uint32_t>(resident_.size());
    newer_[key] = ring;
    older_[key] = older_[ring];
    newer_[older_[ring]] = key;
    older_[ring] = key;
}

bool ExactLru::access(std::uint64_t key) {
    const auto index = static_cast<std::uint32_t>(key);
    const bool hit = resident_[index];
    if (hit) {
        unlink(index);
    } else if (++size_ > capacity_) {
        --size_;
        const std::uint32_t oldest = newer_[resident_.size()];
        resident_[oldest] = false;
        unlink(oldest);
    }
    resident_[index] = true;
    push_front(index);
    return hit;
}

LookAsideClient::LookAsideClient(Store& store, LookAside options) : store_(store), options_(std::move(options)) {}

engine::Instant LookAsideClient::now() const {
    const double seconds = static_cast<double>(requests_) / options_.requests_per_s;
    return engine::start_of_time + engine::duration_from_seconds(seconds);
}

bool LookAsideClient::request(std::uint64_t key) {
    const engine::Instant at = now();
    ++requests_;
    for (; next_expiry_cycle_ <= at; next_expiry_cycle_ += ExpiryOptions{}.period) {
        store_.expire_cycle(next_expiry_cycle_);
    }
    const bool hit = store_.get(key, at).outcome == LookupOutcome::Hit;
    if (!hit || options_.renew_on_hit) {
        store_.set({.key = key, .value = value_size, .version = 1, .ttl = options_.ttl()}, at);
    }
    return hit;
}

StoreOptions store_for_objects(std::size_t objects, const EvictionOptions& eviction) {
    const std::int64_t charge = value_size.count + key_size + overhead.count;
    return {.maxmemory = {static_cast<std::int64_t>(objects) * charge},
            .eviction = eviction,
            .key_bytes = key_size,
            .overhead_per_key = overhead,
            .keys_expected = objects};
}

std::vector<Row> read_table(const std::string& file_name) {
    std::ifstream file(std::string(FAULTLINE_SOURCE_DIR "/tests/oracles/data/") + file_name);
    SIM_CHECK(file.is_open());
    const auto cells_of = [](const std::string& line) {
        std::vector<std::string> cells;
        std::istringstream stream(line);
        for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
        return cells;
    };
    std::string line;
    std::getline(file, line);
    const std::vector<std::string> names = cells_of(line);
    std::vector<Row> rows;
    while (std::getline(file, line)) {
        const std::vector<std::string> cells = cells_of(line);
        Row row;
        for (std::size_t i = 0; i < cells.size(); ++i) row.cells[names.at(i)] = cells[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.cells.size() << " cells";
}

double number(const Row& row, const std::string& column) {
    return std::stod(row.at(column));
}

}  // namespace faultline::models::testing
