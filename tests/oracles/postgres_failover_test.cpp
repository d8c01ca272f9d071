// Failover against PostgreSQL 15, measured by a monitor, writers that retry, and rows that are missing afterwards:
// pg_failover.csv. The model is told of the set-up (round trips, threads, timers) and of nothing that was measured.
#include <cmath>

#include "tests/oracles/postgres_pair.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using namespace models;
using namespace std::chrono_literals;

constexpr Instant killed_at = engine::start_of_time + 1s;
constexpr Duration probe_interval = 200ms;

struct Recovery {
    double detected_s = 0.0, promoted_s = 0.0, first_write_s = 0.0, all_writing_s = 0.0, gap_ms = 0.0;
    std::uint64_t lost = 0;
    std::uint64_t acknowledged = 0;
    double rate_per_s = 0.0;
};

struct Writers {
    PostgresPair& pair;
    DatabaseClient& to_primary;
    DatabaseClient& to_standby;
    DatabaseWork insert;
    std::uint64_t acknowledged = 0;
    std::vector<double> first_after_s{};  // of each thread
};

// One row a transaction, each after the acknowledgement of the one before; after a failure it turns to the standby and
// asks again and again.
engine::Process<> writer(Writers& writers) {
    bool failed = false;
    while (!failed) {
        const RequestRef request = writers.pair.request();
        const Answer answer = co_await writers.to_primary.run(request, writers.insert);
        failed = answer.status != AnswerStatus::ok;
        writers.acknowledged += failed ? 0 : 1;
    }
    while (failed) {
        const RequestRef request = writers.pair.request();
        const Answer answer = co_await writers.to_standby.run(request, writers.insert);
        failed = answer.status != AnswerStatus::ok;
        if (failed) co_await writers.pair.simulation().delay(20ms);
    }
    writers.first_after_s.push_back(engine::in_seconds(writers.pair.simulation().now() - killed_at));
}

// `site`: the number in "purge20"; none: the process on loopback.
struct Case {
    std::string scenario, sync;
    std::optional<Duration> site;
    int threads = 8;
};

CommitMode mode_of(const std::string& sync) {
    if (sync == "async") return CommitMode::local;
    if (sync == "remote_write") return CommitMode::remote_write;
    return sync == "on" ? CommitMode::on : CommitMode::remote_apply;
}

Recovery recover(const Case& of, std::uint64_t seed, bool under_way_lost = true) {
    const bool loop = !of.site;
    PostgresPair pair({.client_round_trip = loop ? Duration{} : 1ms,
                       .standby_round_trip = of.site.value_or(Duration{}),
                       .monitor_round_trip = loop ? Duration{} : 1ms,
                       .mode = mode_of(of.sync),
                       .under_way_lost = under_way_lost,
                       .seed = seed});
    const auto to_primary = pair.client_of(pair.primary(), of.threads, 1s);
    const auto to_standby = pair.client_of(pair.standby(), of.threads, 1s);
    const engine::Distribution cpu = engine::Distribution::constant(engine::in_seconds(demand));
    DatabaseWork insert;
    insert.writes = true;
    insert.demand = &cpu;
    Writers writers{pair, *to_primary, *to_standby, insert};
    engine::Component office(pair.simulation(), "office");
    // The monitor's probes begin at 0: the kill comes at another phase of them in every run.
    engine::RandomStream phase = pair.simulation().stream("kill", "phase");
    pair.simulation().run_until(engine::start_of_time + Duration{static_cast<std::int64_t>(phase.uniform() * 2e8)});
    for (int i = 0; i < of.threads; ++i) pair.simulation().spawn(office, writer(writers));
    Recovery found;
    pair.simulation().run_until(killed_at + Duration{static_cast<std::int64_t>(phase.uniform() * 2e8)});
    const Instant killed = pair.simulation().now();
    if (!loop) pair.topology().fail_place(pair.primary_place(), killed);
    pair.primary().crash(loop ? engine::Health::crash : engine::Health::silent);
    const std::uint64_t told = pair.cluster().primary_log().commits_acknowledged();
    pair.simulation().run_until(killed + 10s);
    const double late_s = engine::in_seconds(killed - killed_at);
    found.acknowledged = writers.acknowledged;
    found.rate_per_s = static_cast<double>(told) / engine::in_seconds(killed);
    EXPECT_EQ(pair.recovered.size(), 1U);
    if (!pair.recovered.empty()) {
        found.lost = pair.recovered.front().commits_lost;
        found.gap_ms = engine::in_milliseconds(pair.recovered.front().gap);
    }
    for (const auto& [stage, at] : pair.stages) {
        if (stage == "promotion") found.detected_s = engine::in_seconds(at - killed);
        if (stage != "dns") continue;
        // pg_ctl looks every 100 ms whether the standby has been promoted.
        found.promoted_s =
            found.detected_s + std::ceil((engine::in_seconds(at - killed) - found.detected_s) / 0.1) * 0.1;
    }
    EXPECT_EQ(writers.first_after_s.size(), static_cast<std::size_t>(of.threads));
    if (!writers.first_after_s.empty()) {
        found.first_write_s = quantile(writers.first_after_s, 0.0) - late_s;
        found.all_writing_s = quantile(writers.first_after_s, 1.0) - late_s;
    }
    pair.simulation().close();
    return found;
}

std::vector<Recovery> repeated(const Case& of) {
    constexpr std::uint64_t runs = 15;
    std::vector<Recovery> all;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) all.push_back(recover(of, seed));
    return all;
}

template <class Of>
double median(const std::vector<Recovery>& runs, Of of) {
    std::vector<double> values;
    for (const Recovery& run : runs) values.push_back(of(run));
    return quantile(std::move(values), 0.5);
}

struct Table {
    Case of;
    std::vector<TheoryRow> rows;
    std::vector<Recovery> runs{};  // of the model
    double median_of(const std::string& column) const {
        std::vector<double> values;
        for (const TheoryRow& row : rows) values.push_back(row.number(column));
        return quantile(std::move(values), 0.5);
    }
    // Since the primary was gone: a site is cut off at 0 s, the kill of all processes takes until the last answer.
    double median_since_death(const std::string& column) const {
        std::vector<double> values;
        for (const TheoryRow& row : rows)
            values.push_back(row.number(column) - (of.site ? 0.0 : row.number("t_last_ack")));
        return quantile(std::move(values), 0.5);
    }
};

// By scenario and mode: what was measured, and what the model says.
std::vector<Table> make_tables() {
    std::vector<Table> tables;
    for (const TheoryRow& row : read_theory("pg_failover.csv")) {
        const std::string& scenario = row.text("scenario");
        if (tables.empty() || tables.back().of.scenario != scenario || tables.back().of.sync != row.text("sync")) {
            Case of{scenario, row.text("sync"), std::nullopt, row.whole("threads")};
            const std::size_t digits = scenario.find_first_of("0123456789");
            if (digits != std::string::npos) of.site = std::chrono::milliseconds{std::stoi(scenario.substr(digits))};
            tables.push_back({of, {}});
        }
        tables.back().rows.push_back(row);
    }
    for (Table& table : tables) table.runs = repeated(table.of);
    return tables;
}

const std::vector<Table>& tables() {
    static const std::vector<Table> all = make_tables();
    return all;
}

// Goal:   detection, promotion and the first write come when they were measured, as medians.
// Method: 15 kills at random phases of the probes. Tolerance: one probe interval, 200 ms.
TEST(PostgresFailoverTest, StagesWithinOneProbeInterval) {
    const double probe_s = engine::in_seconds(probe_interval);
    for (const Table& table : tables()) {
        const std::vector<Recovery>& runs = table.runs;
        const std::string name = table.of.scenario + " " + table.of.sync;
        const auto compare = [&](const std::string& column, double model_s) {
            EXPECT_NEAR(model_s, table.median_since_death(column), probe_s) << name << ", " << column;
            record(name + ", " + column, model_s, table.median_since_death(column));
        };
        compare("t_detect", median(runs, [](const auto& run) { return run.detected_s; }));
        compare("t_promote_done", median(runs, [](const auto& run) { return run.promoted_s; }));
        compare("t_first_write", median(runs, [](const auto& run) { return run.first_write_s; }));
        compare("t_all_writing", median(runs, [](const auto& run) { return run.all_writing_s; }));
    }
}

// Goal:   a synchronous mode loses nothing at all; an asynchronous one loses the one-way delay when what was under way
// is
//         lost, at the rate of the commits. Tolerance: -2 and +1 ms, as the table's README suggests.
TEST(PostgresFailoverTest, LossIsTheOneWayDelayOrNothing) {
    int lossy = 0;
    for (const Table& table : tables()) {
        const std::vector<Recovery>& runs = table.runs;
        const std::string name = table.of.scenario + " " + table.of.sync;
        const double gap_ms = median(runs, [](const auto& run) { return run.gap_ms; });
        if (table.of.sync != "async") {
            for (const Recovery& run : runs) EXPECT_EQ(run.lost, 0U) << name;
            for (const TheoryRow& row : table.rows) EXPECT_EQ(row.whole("lost_tx"), 0) << name;
        } else if (table.of.site) {
            ++lossy;
            const double measured_ms = table.median_of("rpo_s") * 1e3;
            const double one_way_ms = engine::in_milliseconds(*table.of.site) / 2;
            EXPECT_GE(measured_ms, one_way_ms - 2.0) << name;
            EXPECT_LE(measured_ms, one_way_ms + 1.0) << name;
            EXPECT_GE(gap_ms, one_way_ms - 2.0) << name;
            EXPECT_LE(gap_ms, one_way_ms + 1.0) << name;
            const double lost = median(runs, [](const auto& run) { return static_cast<double>(run.lost); });
            const double rate = median(runs, [](const auto& run) { return run.rate_per_s; });
            record(name + ", rpo in ms", gap_ms, measured_ms);
            EXPECT_NEAR(lost, rate * gap_ms * 1e-3, 0.3 * rate * gap_ms * 1e-3) << name;
        }
    }
    EXPECT_GT(lossy, 0);
}

// Goal:   what was under way and arrives is not lost: then even an asynchronous primary loses nothing, as its log
// leaves
//         at each commit.
TEST(PostgresFailoverTest, NothingIsLostIfWhatWasUnderWayArrives) {
    for (const Duration round_trip : {20ms, 70ms}) {
        const Recovery run = recover({"cut", "async", round_trip, 8}, 1, false);
        EXPECT_EQ(run.lost, 0U);
        EXPECT_GT(run.acknowledged, 500U);
    }
}

}  // namespace
}  // namespace faultline::oracles
