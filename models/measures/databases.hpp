// What is measured of each database all run: RPO exposure weighted by time, commit latency, replica lag as readers saw
// it. Memory: 117 KB a database, and its histogram of commit latency.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/statistics/latency_histogram.hpp"
#include "engine/statistics/tally.hpp"
#include "models/measures/flat_histogram.hpp"
#include "models/measures/shape.hpp"

namespace faultline::models {

class Databases {
public:
    explicit Databases(const MeasuresShape& shape) : start_{shape.warm_up_end}, databases_(shape.databases.size()) {}

    // From `now` on the loss of a zone or of less would leave `of_zone`, any loss `gap`. Before the measured part it
    // sets the level at its start.
    void exposure(std::size_t database, Duration gap, Duration of_zone, Instant now);
    void commit_acknowledged(std::size_t database, Duration latency) {
        databases_[database].commit_latency.record(latency);
    }
    // `of`: the region's part of the database, "orders/us-west-2".
    void replica_lag(std::size_t database, const std::string& of, Duration lag);
    void durable_unacknowledged(std::size_t database) { ++databases_[database].durable_unacknowledged; }

    // Fills all but the names.
    void finish(Instant end, std::vector<scenarios::ExposureResult>& results);
    std::size_t memory_bytes() const;

private:
    struct Exposure {
        Duration gap{};
        Duration gap_max{};
        FlatHistogram<7, std::uint64_t> lasted_ns;  // by gap

        Duration p99() const;
    };
    struct Database {
        Instant since{};
        Exposure any;
        Exposure of_zone;
        engine::LatencyHistogram commit_latency;
        engine::Tally lag_ms;
        std::map<std::string, engine::LatencyHistogram> lags;  // by region
        std::uint64_t durable_unacknowledged = 0;
    };
    void settle(Database& database, Instant now) const;

    Instant start_;
    std::vector<Database> databases_;
};

}  // namespace faultline::models
