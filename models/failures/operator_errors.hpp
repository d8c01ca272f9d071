// Operator errors: a bad deployment or a dropped table makes the data of some classes wrong, until somebody notices and
// the database is restored to just before the error, or rewound in place.
//
//   noticing -> decision -+-> restore -> recovery -> repointing -+-> reconnection      the old cluster serves meanwhile
//                         +-> backtrack ------------------------ +                     nobody serves meanwhile
//                         +-> repointing to a clone ------------ +                     the old cluster serves meanwhile
//                         +-> replay -> repointing to a delayed standby, the same
//                         +-> nothing to restore: older than the retention, for ever
//
// A cluster that is restored in its region is backed up anew from then on, and what was kept of the old one still is.
// A cluster of a database over several regions is restored in the primary's region, and every other region is copied
// anew from it. When another region takes over, it has the error too: the cure is begun again there.
// When the region is lost and the database restored from a copy elsewhere, that undoes every error since the copy;
// cures that were under way are given up, and of errors that the copy has nothing is kept.
//
// From the error on, answers of its classes are failures. A cure loses every commit acknowledged after the error, those
// of other classes too; and one by a clone those since the clone was begun, which was there when the error came. An
// error noticed only after hours is not simulated for hours: see docs/models/backups.md. Leaves out: a cure that fails,
// repair by hand, writes stopped while the cure goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/class_plan.hpp"
#include "models/cluster/backups/backups.hpp"
#include "models/cluster/cluster.hpp"
#include "models/global/global_database.hpp"
#include "models/measures/measures.hpp"

namespace faultline::models {

// The longest time of noticing that is simulated. What is beyond it is counted, not simulated.
inline constexpr Duration noticing_simulated_most = std::chrono::minutes{10};

struct OperatorError {
    std::string target;        // the database's name
    std::size_t database = 0;  // its number
    engine::Distribution noticed_after = engine::Distribution::constant(0.0);
    scenarios::MendedBy mended_by = scenarios::MendedBy::restore;
    std::vector<std::size_t> classes;  // whose answers become wrong
    std::optional<Duration> lasts;     // of one that nobody cures; none: for ever
};

class OperatorErrors {
public:
    // By database: its cluster, and its backups if it has any.
    struct Site {
        Cluster* cluster = nullptr;
        Backups* backups = nullptr;
        GlobalDatabase* global = nullptr;  // whose primary the cluster is; null: of one region
        friend bool operator==(const Site&, const Site&) = default;
    };
    OperatorErrors(engine::Simulation& simulation, Measures& measures, std::vector<ClassPlan>& classes,
                   std::vector<Site> sites);

    // The database serves so many fewer of its commits: told when it serves again.
    std::function<void(std::size_t database, std::uint64_t commits)> on_rewound;

    // By the fault's number in the scenario, and its database; before the run, and only for errors that it may have.
    // `at`: when it will come; none: by chance, any number of times, one after the other.
    void plan(std::size_t number, OperatorError error, std::optional<Instant> at);
    void begin();  // clones are made
    // The error, now, and its cure; ends when the data are right again. `fault`: by its index in the measures; it has
    // started.
    engine::Process<> run(std::size_t number, const std::string& database, std::size_t fault);
    // The database was restored elsewhere, from a copy that was taken then.
    void moved(std::size_t database, Site site, Instant taken);
    // It was restored from backups that had all up to then, in the region that is the primary's now.
    void restored(std::size_t database, Instant complete_until) { mend_all_since(database, complete_until); }
    // Another region's cluster is the primary now, with the same data.
    void taken_over(std::size_t database, Cluster& cluster) { sites_[database].cluster = &cluster; }

private:
    struct Point {
        Instant at{};
        std::uint64_t mark = 0;  // commits that the serving lineage had by then
    };
    struct Error {
        OperatorError plan;
        std::size_t number = 0;  // in the scenario
        std::size_t fault = 0;   // in the measures, of the last one
        Instant at{};
        Point before{};               // the error
        Point cloned{};               // before that
        Cluster* clone_of = nullptr;  // there once it is made
        Duration skipped{};
        bool open = false;
    };
    engine::Process<> cure(Error& error);
    engine::Process<> restore(Error& error);
    engine::Process<> repoint(Error& error, Point point);
    engine::Process<> clone(Error& error, Instant begun);
    engine::Process<> replay(Error& error);
    engine::Process<> backtrack(Error& error);
    engine::Process<> quiet(const Error& error, Site at);
    static bool at_rest(const Site& at);
    void rewind(const Error& error, const Point& point);
    void mend_all_since(std::size_t database, Instant point);
    // Is it still to be cured, and there?
    bool goes_on(const Error& error, const Site& at) { return error.open && site(error) == at; }
    void mend(Error& error);
    void stage(const char* name) { measures_.incident_stage(name, simulation_.now()); }
    Duration age(const Error& error) const { return simulation_.now() - error.at + error.skipped; }
    Site& site(const Error& error) { return sites_[error.plan.database]; }

    engine::Simulation& simulation_;
    Measures& measures_;
    std::vector<ClassPlan>& classes_;
    std::vector<Site> sites_;
    engine::RandomStream draws_;
    engine::RandomStream clone_draws_;
    std::vector<Error> errors_;  // in the order of their faults; no longer grows once the run has begun
};

}  // namespace faultline::models
