#include "models/measures/databases.hpp"

#include <algorithm>
#include <cmath>

#include "engine/check.hpp"
#include "models/measures/histogram_data.hpp"

namespace faultline::models {
namespace {

constexpr double nearly_all = 0.99;

}  // namespace

// What the level was until now counts for as long as it lasted.
void Databases::settle(Database& database, Instant now) const {
    const Instant since = std::max(database.since, start_);
    if (now > since) {
        database.exposure_ns.add(database.gap, static_cast<std::uint64_t>((now - since).count()));
        database.gap_max = std::max(database.gap_max, database.gap);
    }
    database.since = std::max(database.since, now);
}

void Databases::exposure(std::size_t database, Duration gap, Instant now) {
    SIM_CHECK(database < databases_.size() && gap >= Duration{});
    Database& of = databases_[database];
    SIM_CHECK(now >= of.since);
    settle(of, now);
    of.gap = gap;
    if (now >= start_) of.gap_max = std::max(of.gap_max, gap);  // also one that lasts no time
}

void Databases::finish(Instant end, std::vector<scenarios::ExposureResult>& results) {
    for (std::size_t i = 0; i < databases_.size(); ++i) {
        Database& of = databases_[i];
        scenarios::ExposureResult& result = results[i];
        settle(of, end);
        const auto rank =
            static_cast<std::uint64_t>(std::ceil(nearly_all * static_cast<double>(of.exposure_ns.total())));
        const Duration p99 = rank == 0 ? of.gap : of.exposure_ns.at_rank(rank);
        result.p99_ns = std::min(p99, of.gap_max).count();
        result.max_ns = of.gap_max.count();
        const bool any_lag = of.lag_ms.count() > 0;
        result.replica_lag_ms_mean = any_lag ? of.lag_ms.mean() : 0.0;
        result.replica_lag_ms_max = any_lag ? of.lag_ms.max() : 0.0;
        result.commit_latency = histogram_data(of.commit_latency);
        result.commits_acknowledged = of.commit_latency.answered();
        result.commits_durable_unacknowledged = of.durable_unacknowledged;
    }
}

std::size_t Databases::memory_bytes() const {
    std::size_t bytes = databases_.capacity() * sizeof(Database);
    for (const Database& of : databases_) bytes += of.commit_latency.memory_bytes() - sizeof(of.commit_latency);
    return bytes;
}

}  // namespace faultline::models
