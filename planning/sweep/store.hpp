// What a sweep has finished, in one SQLite file (its tables: docs/sweep.md). Each replication is a transaction of its
// own: a sweep that is killed at any moment finds what had ended, and only that, when it is started again.
//
// A replication is known by the hash of its whole model, the seed and its number, and by the program and the arithmetic
// that made it: nothing is taken for done that this program would have done differently. What decides when to stop or
// how sure to be (run.replications, confidence) is no part of that, so a sweep can be continued with more of them.
//
// All functions throw SqliteError (full disk, file lost): what was committed before stays.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "planning/measure.hpp"
#include "planning/sweep/sqlite.hpp"
#include "scenarios/problem.hpp"

namespace faultline::planning {

// Pointer and JSON text; of lost domains the pointer is "lost".
using Settings = std::vector<std::pair<std::string, std::string>>;

// A number in the database.
struct PointId {
    std::int64_t value = 0;
};

class SweepStore {
public:
    static constexpr int schema_version = 1;

    // Null, and a problem: the file is no database, one of another program, or of another schema version. Throws if it
    // cannot be made or written.
    static std::unique_ptr<SweepStore> open(const std::string& path, const std::string& tool_version,
                                            scenarios::Problems& problems);

    PointId point(const scenarios::Scenario& scenario, const Settings& settings);
    // What is done in it is one transaction: ten thousand points are not ten thousand waits for a disk.
    void together(const std::function<void()>& doing);

    std::set<std::uint32_t> done(PointId point, std::uint64_t seed);
    void add(PointId point, const scenarios::Scenario& scenario, const scenarios::ReplicationResult& replication);
    // Of replications 1 .. `most`, those that are there, in order, without their timelines.
    std::vector<scenarios::ReplicationResult> results(PointId point, std::uint64_t seed, std::uint32_t most);

    // Replications in it that another version, or a machine that computes differently, has made: not used here.
    std::int64_t foreign_replications();

private:
    SweepStore(const std::string& path, const std::string& tool_version);
    void add_measures(std::int64_t row, const scenarios::Scenario& scenario,
                      const scenarios::ReplicationResult& replication);

    SqliteDatabase database_;
    std::int64_t program_ = 0;
};

// What a model is known by: its text without what decides how often it is run, and the digest of the trace it replays.
std::string sweep_hash(const scenarios::Scenario& scenario);

}  // namespace faultline::planning
