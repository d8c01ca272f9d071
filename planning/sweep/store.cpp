#include "planning/sweep/store.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <span>

#include "planning/model_text.hpp"
#include "planning/numeric_fingerprint.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/sha256.hpp"

namespace faultline::planning {
namespace {

constexpr std::int64_t application_id = 0x464c7377;  // "FLsw", in the header of the file
constexpr int patience_ms = 10'000;

// docs/sweep.md says what each column is.
constexpr const char* tables = R"(
CREATE TABLE programs(id INTEGER PRIMARY KEY, version TEXT NOT NULL, numeric_fingerprint TEXT NOT NULL,
                      UNIQUE(version, numeric_fingerprint));
CREATE TABLE points(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scenario TEXT NOT NULL);
CREATE TABLE settings(point INTEGER NOT NULL REFERENCES points(id), pointer TEXT NOT NULL, value TEXT NOT NULL,
                      PRIMARY KEY(point, pointer)) WITHOUT ROWID;
CREATE TABLE replications(id INTEGER PRIMARY KEY, point INTEGER NOT NULL REFERENCES points(id), seed TEXT NOT NULL,
                          replication INTEGER NOT NULL, program INTEGER NOT NULL REFERENCES programs(id),
                          fingerprint TEXT NOT NULL, events INTEGER NOT NULL, result BLOB NOT NULL,
                          UNIQUE(point, seed, replication, program));
CREATE TABLE measures(replication INTEGER NOT NULL REFERENCES replications(id), name TEXT NOT NULL,
                      text TEXT NOT NULL, unit TEXT NOT NULL, value REAL, PRIMARY KEY(replication, name)) WITHOUT ROWID;
CREATE VIEW results AS
  SELECT points.hash, replications.seed, replications.replication, programs.version, measures.name, measures.text,
         measures.unit, measures.value, points.id AS point
  FROM measures JOIN replications ON replications.id = measures.replication
  JOIN points ON points.id = replications.point JOIN programs ON programs.id = replications.program;
)";

// Judging needs no second by second series, and they are most of a result.
scenarios::ReplicationResult without_timelines(scenarios::ReplicationResult result) {
    for (scenarios::ClassResult& one : result.classes) {
        one.due_per_s.clear();
        one.good_per_s.clear();
        one.latency_mean_ms_per_s.clear();
        one.repeats_per_s.clear();
    }
    for (scenarios::CacheResult& one : result.caches) one.hit_rate_per_s.clear();
    result.states.clear();
    result.traced.clear();
    return result;
}

// An empty file is a new database. Says what is wrong with another one.
std::string prepare(SqliteDatabase& database) {
    const std::int64_t application = database.number("PRAGMA application_id");
    const std::int64_t things = database.number("SELECT count(*) FROM sqlite_master");
    if (application != application_id) {
        if (application != 0 || things != 0) return "is a database of another program";
        database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        SqliteTransaction transaction{database};
        // Two sweeps may have been started at once.
        if (database.number("SELECT count(*) FROM sqlite_master") == 0) {
            database.run(tables);
            database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", application_id,
                                     SweepStore::schema_version));
        }
        transaction.commit();
        return {};
    }
    const std::int64_t version = database.number("PRAGMA user_version");
    if (version != SweepStore::schema_version) {
        return fmt::format("is of schema version {}, and this program reads {}; {}", version,
                           SweepStore::schema_version,
                           version > SweepStore::schema_version ? "use a newer program" : "name another file");
    }
    database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return {};
}

std::string seed_text(std::uint64_t seed) {
    return std::to_string(seed);  // SQLite's integers have a sign
}

}  // namespace

std::string sweep_hash(const scenarios::Scenario& scenario) {
    const std::string model =
        model_hash(scenario.source, {"/run/replications", "/run/seed", "/run/confidence", "/run/joint"});
    const auto& trace = scenario.workload.arrivals.trace;
    if (!trace) return model;
    scenarios::Sha256 both;
    both.add(model);
    both.add(trace->facts.sha256);
    return both.digest();
}

std::unique_ptr<SweepStore> SweepStore::open(const std::string& path, const std::string& tool_version,
                                             scenarios::Problems& problems) {
    try {
        SqliteDatabase database{path, patience_ms};
        if (const std::string wrong = prepare(database); !wrong.empty()) {
            problems.add(path, "", wrong);
            return nullptr;
        }
    } catch (const SqliteError& error) {
        if (!error.damaged()) throw;  // a full disk is no mistake of whoever named the file
        // "results/s.db: file is not a database"
        const std::string why = error.what();
        problems.add(path, "", why.starts_with(path + ": ") ? why.substr(path.size() + 2) : why);
        return nullptr;
    }
    return std::unique_ptr<SweepStore>(new SweepStore(path, tool_version));
}

SweepStore::SweepStore(const std::string& path, const std::string& tool_version) : database_{path, patience_ms} {
    database_.run("PRAGMA synchronous = FULL;");
    const std::string fingerprint = fmt::format("{:016x}", numeric_fingerprint());
    SqliteStatement{database_, "INSERT OR IGNORE INTO programs(version, numeric_fingerprint) VALUES(?, ?)"}
        .bind(1, tool_version)
        .bind(2, fingerprint)
        .run();
    SqliteStatement known{database_, "SELECT id FROM programs WHERE version = ? AND numeric_fingerprint = ?"};
    if (known.bind(1, tool_version).bind(2, fingerprint).next()) program_ = known.integer(0);
}

PointId SweepStore::point(const scenarios::Scenario& scenario, const Settings& settings) {
    const std::string hash = sweep_hash(scenario);
    SqliteStatement{database_, "INSERT OR IGNORE INTO points(hash, scenario) VALUES(?, ?)"}
        .bind(1, hash)
        .bind(2, scenario.source)
        .run();
    SqliteStatement known{database_, "SELECT id FROM points WHERE hash = ?"};
    PointId point;
    if (known.bind(1, hash).next()) point.value = known.integer(0);
    SqliteStatement setting{database_, "INSERT OR IGNORE INTO settings(point, pointer, value) VALUES(?, ?, ?)"};
    for (const auto& [pointer, value] : settings) setting.bind(1, point.value).bind(2, pointer).bind(3, value).run();
    return point;
}

void SweepStore::together(const std::function<void()>& doing) {
    SqliteTransaction transaction{database_};
    doing();
    transaction.commit();
}

std::set<std::uint32_t> SweepStore::done(PointId point, std::uint64_t seed) {
    SqliteStatement all{database_, "SELECT replication FROM replications WHERE point = ? AND seed = ? AND program = ?"};
    all.bind(1, point.value).bind(2, seed_text(seed)).bind(3, program_);
    std::set<std::uint32_t> numbers;
    while (all.next()) numbers.insert(static_cast<std::uint32_t>(all.integer(0)));
    return numbers;
}

void SweepStore::add(PointId point, const scenarios::Scenario& scenario,
                     const scenarios::ReplicationResult& replication) {
    const std::vector<std::uint8_t> bytes = scenarios::to_cbor(without_timelines(replication));
    SqliteTransaction transaction{database_};
    // Another process may have been as far: the same in every bit, and not done twice.
    const std::int64_t before = database_.number("SELECT total_changes()");
    SqliteStatement{
        database_,
        "INSERT OR IGNORE INTO replications(point, seed, replication, program, fingerprint, events, result) "
        "VALUES(?, ?, ?, ?, ?, ?, ?)"}
        .bind(1, point.value)
        .bind(2, seed_text(scenario.run.seed))
        .bind(3, std::int64_t{replication.replication})
        .bind(4, program_)
        .bind(5, fmt::format("{:016x}", replication.fingerprint))
        .bind(6, static_cast<std::int64_t>(replication.events))
        .bind(7, std::span<const std::uint8_t>{bytes})
        .run();
    if (database_.number("SELECT total_changes()") > before) {
        add_measures(database_.last_row(), scenario, replication);
    }
    transaction.commit();
}

void SweepStore::add_measures(std::int64_t row, const scenarios::Scenario& scenario,
                              const scenarios::ReplicationResult& replication) {
    SqliteStatement insert{database_,
                           "INSERT INTO measures(replication, name, text, unit, value) VALUES(?, ?, ?, ?, ?)"};
    for (const Measure& measure : measures_of(scenario, true)) {
        insert.bind(1, row).bind(2, measure.name).bind(3, measure.text).bind(4, measure.unit);
        insert.bind(5, measure.of_replication(scenario, replication)).run();
    }
}

std::vector<scenarios::ReplicationResult> SweepStore::results(PointId point, std::uint64_t seed, std::uint32_t most) {
    SqliteStatement all{database_,
                        "SELECT result FROM replications WHERE point = ? AND seed = ? AND program = ? "
                        "AND replication <= ? ORDER BY replication"};
    all.bind(1, point.value).bind(2, seed_text(seed)).bind(3, program_).bind(4, std::int64_t{most});
    std::vector<scenarios::ReplicationResult> results;
    while (all.next()) {
        std::string error;
        auto result = scenarios::from_cbor(all.bytes(0), error);
        if (!result) throw SqliteError("a stored replication cannot be read: " + error);
        results.push_back(std::move(*result));
    }
    return results;
}

std::int64_t SweepStore::foreign_replications() {
    return database_.number(fmt::format("SELECT count(*) FROM replications WHERE program <> {}", program_));
}

}  // namespace faultline::planning
