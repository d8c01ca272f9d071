// Replication lag against PostgreSQL 15, measured by WAL rate and bandwidth: pg_replication_lag.csv.
#include "tests/oracles/postgres_pair.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using namespace models;

// Log of one INSERT beyond its row: header of the record, index entry, commit record. Measured: 278 bytes a transaction
// at rows of 100 bytes.
constexpr std::int64_t record_overhead = 178;
constexpr Lsn page = 8192;

struct Sample {
    double t_s = 0.0;
    double log = 0.0;        // bytes since the start
    double flush_lag = 0.0;  // bytes, as the primary knows it
};

// One measured run: the rows of one set of parameters.
struct Measured {
    std::string name;
    double round_trip_ms = 0.0, limit_mbit = 0.0, insert_bytes = 0.0, rate_per_s = 0.0;
    std::vector<Sample> samples;

    // The load ends when the log does.
    double load_end_s() const {
        constexpr double own_records = 2000.0;  // the server's, after the load
        for (const Sample& sample : samples) {
            if (sample.log >= samples.back().log - own_records) return sample.t_s;
        }
        return 0.0;
    }
};

std::vector<Measured> measured_runs() {
    std::vector<Measured> runs;
    for (const TheoryRow& row : read_theory("pg_replication_lag.csv")) {
        const std::string name = row.text("rtt_primary_standby_ms") + " ms, " + row.text("rate_limit_mbit") +
                                 " Mbit/s, " + row.text("target_tps") + " tps of " + row.text("insert_bytes") + " B";
        if (runs.empty() || runs.back().name != name) {
            runs.push_back({name,
                            row.number("rtt_primary_standby_ms"),
                            row.number("rate_limit_mbit"),
                            row.number("insert_bytes"),
                            row.number("target_tps"),
                            {}});
        }
        runs.back().samples.push_back(
            {row.number("t_s"), row.number("wal_bytes_since_start"), row.number("flush_lag_bytes")});
    }
    return runs;
}

engine::Process<> insert_at_random(PostgresPair& pair, double rate_per_s, Instant end) {
    engine::RandomStream draws = pair.simulation().stream("load", "arrivals");
    const engine::Distribution gap = engine::Distribution::exponential(1.0 / rate_per_s);
    while (pair.simulation().now() < end) {
        const Statement insert{.writes = true, .commits = true, .demand = demand};
        pair.simulation().spawn(pair.primary().component(), pair.primary().execute({}, insert, Duration{}));
        co_await pair.simulation().delay(gap.sample_duration(draws));
    }
}

// The same load on the model, sampled at the same instants.
std::vector<Sample> simulated(const Measured& measured) {
    PairShape shape{.standby_round_trip = engine::duration_from_seconds(measured.round_trip_ms * 1e-3),
                    .mode = CommitMode::off,
                    .record = engine::Bytes{static_cast<std::int64_t>(measured.insert_bytes) + record_overhead}};
    if (measured.limit_mbit > 0.0) shape.bandwidth = engine::BitsPerSecond{measured.limit_mbit * 1e6};
    PostgresPair pair(shape);
    engine::Component load(pair.simulation(), "load");
    const auto seconds = [](double s) { return engine::start_of_time + engine::duration_from_seconds(s); };
    pair.simulation().spawn(load, insert_at_random(pair, measured.rate_per_s, seconds(measured.load_end_s())));
    std::vector<Sample> samples;
    for (const Sample& at : measured.samples) {
        pair.simulation().run_until(seconds(at.t_s));
        const auto end = pair.cluster().primary_log().end();
        const auto flushed = pair.stream().reported(Reached::flushed, pair.simulation().now());
        EXPECT_GE(end, flushed);
        // What was measured counts what the server had written: whole pages, until the log writer comes.
        const auto written = std::max(flushed, end - end % page);
        samples.push_back({at.t_s, static_cast<double>(written), static_cast<double>(written - flushed)});
    }
    pair.simulation().close();
    return samples;
}

// Least squares, bytes a second.
double slope(const std::vector<Sample>& samples, double from_s, double to_s) {
    double n = 0.0, t = 0.0, lag = 0.0, t_t = 0.0, t_lag = 0.0;
    for (const Sample& sample : samples) {
        if (sample.t_s <= from_s || sample.t_s > to_s || sample.flush_lag <= 0.0) continue;
        n += 1.0;
        t += sample.t_s;
        lag += sample.flush_lag;
        t_t += sample.t_s * sample.t_s;
        t_lag += sample.t_s * sample.flush_lag;
    }
    return (n * t_lag - t * lag) / (n * t_t - t * t);
}

double mean_lag(const std::vector<Sample>& samples, double until_s) {
    double sum = 0.0, n = 0.0;
    for (const Sample& sample : samples) {
        if (sample.t_s > until_s) break;
        sum += sample.flush_lag;
        n += 1.0;
    }
    return sum / n;
}

// Goal:   without a limit the lag is what the log writer has not flushed, and what is under way.
// Method: mean over the samples of the load. Tolerance: 20 % and half a page of 8 KiB: samples come every 250 ms and a
//         burst every 200 ms, so 19 of them see the saw-tooth at five phases, and the server writes whole pages.
TEST(PostgresLagTest, WithoutALimitItIsTheLogWritersBurst) {
    int runs = 0;
    for (const Measured& measured : measured_runs()) {
        if (measured.limit_mbit > 0.0) continue;
        ++runs;
        const double expected = mean_lag(measured.samples, measured.load_end_s());
        const double actual = mean_lag(simulated(measured), measured.load_end_s());
        EXPECT_NEAR(actual, expected, 0.2 * expected + page / 2) << measured.name;
        record("mean lag in bytes, " + measured.name, actual, expected);
    }
    EXPECT_GT(runs, 0);
}

// Goal:   beyond the limit the lag grows at the difference of the two rates, and drains at the limit's payload.
// Method: least squares over the load without its first second, and from half a second after the load on. Tolerance: 10
// %,
//         as the table's README suggests.
TEST(PostgresLagTest, BeyondALimitItGrowsAndDrainsAsMeasured) {
    int runs = 0;
    for (const Measured& measured : measured_runs()) {
        if (measured.limit_mbit <= 0.0) continue;
        const double end_s = measured.load_end_s();
        const std::vector<Sample> model = simulated(measured);
        const double last_s = measured.samples.back().t_s;
        const double log_rate = measured.rate_per_s * (measured.insert_bytes + record_overhead);
        if (log_rate < measured.limit_mbit * 1e6 / 8) {  // within the limit: bursts of 200 ms queue, and no more
            EXPECT_LT(std::abs(slope(model, 1.0, end_s)), 0.1 * log_rate) << measured.name;
            EXPECT_EQ(model.back().flush_lag, 0.0) << measured.name;
            continue;
        }
        ++runs;
        const double growth = slope(measured.samples, 1.0, end_s);
        const double model_growth = slope(model, 1.0, end_s);
        EXPECT_NEAR(model_growth, growth, 0.1 * growth) << measured.name;
        record("growth in bytes a second, " + measured.name, model_growth, growth);
        const double drain = slope(measured.samples, end_s + 0.5, last_s);
        const double model_drain = slope(model, end_s + 0.5, last_s);
        EXPECT_LT(drain, 0.0);
        EXPECT_NEAR(model_drain, drain, -0.1 * drain) << measured.name;
        record("drain in bytes a second, " + measured.name, model_drain, drain);
    }
    EXPECT_GT(runs, 0);
}

}  // namespace
}  // namespace faultline::oracles
