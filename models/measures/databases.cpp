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
        for (Exposure* const exposure : {&database.any, &database.of_zone}) {
            exposure->lasted_ns.add(exposure->gap, static_cast<std::uint64_t>((now - since).count()));
            exposure->gap_max = std::max(exposure->gap_max, exposure->gap);
        }
    }
    database.since = std::max(database.since, now);
}

void Databases::exposure(std::size_t database, Duration gap, Duration of_zone, Instant now) {
    SIM_CHECK(database < databases_.size() && of_zone >= Duration{} && gap >= of_zone);
    Database& of = databases_[database];
    SIM_CHECK(now >= of.since);
    settle(of, now);
    of.any.gap = gap;
    of.of_zone.gap = of_zone;
    if (now < start_) return;
    of.any.gap_max = std::max(of.any.gap_max, gap);  // also one that lasts no time
    of.of_zone.gap_max = std::max(of.of_zone.gap_max, of_zone);
}

Duration Databases::Exposure::p99() const {
    const auto rank = static_cast<std::uint64_t>(std::ceil(nearly_all * static_cast<double>(lasted_ns.total())));
    return std::min(rank == 0 ? gap : lasted_ns.at_rank(rank), gap_max);
}

void Databases::replica_lag(std::size_t database, const std::string& of, Duration lag) {
    Database& seen = databases_[database];
    seen.lag_ms.record(engine::in_milliseconds(lag));
    seen.lags[of].record(lag);
}

void Databases::finish(Instant end, std::vector<scenarios::ExposureResult>& results) {
    for (std::size_t i = 0; i < databases_.size(); ++i) {
        Database& of = databases_[i];
        scenarios::ExposureResult& result = results[i];
        settle(of, end);
        result.p99_ns = of.any.p99().count();
        result.max_ns = of.any.gap_max.count();
        result.zone_p99_ns = of.of_zone.p99().count();
        result.zone_max_ns = of.of_zone.gap_max.count();
        const bool any_lag = of.lag_ms.count() > 0;
        result.replica_lag_ms_mean = any_lag ? of.lag_ms.mean() : 0.0;
        result.replica_lag_ms_max = any_lag ? of.lag_ms.max() : 0.0;
        for (const auto& [name, lag] : of.lags) result.lags.push_back({name, histogram_data(lag)});
        result.commit_latency = histogram_data(of.commit_latency);
        result.commits_acknowledged = of.commit_latency.answered();
        result.commits_durable_unacknowledged = of.durable_unacknowledged;
    }
}

std::size_t Databases::memory_bytes() const {
    std::size_t bytes = databases_.capacity() * sizeof(Database);
    for (const Database& of : databases_) {
        bytes += of.commit_latency.memory_bytes() - sizeof(of.commit_latency);
        for (const auto& [name, lag] : of.lags) bytes += lag.memory_bytes();
    }
    return bytes;
}

}  // namespace faultline::models
