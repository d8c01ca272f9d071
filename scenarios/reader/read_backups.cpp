// Backups of a database, and the operator errors that they cure.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::chrono::hours day{24};

Duration duration_between(ObjectReader& object, std::string_view key, Duration least, Duration most,
                          std::string_view expected) {
    const std::optional<Duration> found = object.maybe_duration(key);
    if (found && (*found < least || *found > most)) {
        object.problem(key, fmt::format("expected {}, found {}", expected, to_text(*found)));
    }
    return found.value_or(least);
}

engine::BitsPerSecond positive_bandwidth(ObjectReader& object, std::string_view key) {
    const engine::BitsPerSecond found = object.maybe_bandwidth(key).value_or(engine::BitsPerSecond{1.0});
    if (found.value <= 0.0) object.problem(key, "expected a bandwidth above 0");
    return found;
}

Restore read_restore(const Child& child, const std::string& kind, const Report& report) {
    ObjectReader object(child, "restore", report);
    object.use_preset(kind);
    Restore restore;
    restore.alarm_after = object.duration("alarm_after");
    restore.decision = object.random("decision");
    restore.node_rate = positive_bandwidth(object, "node_rate");
    restore.instances = object.random("instances");
    restore.recovery = object.random("recovery");
    restore.log_apply = positive_bandwidth(object, "log_apply");
    restore.repointing = object.random("repointing");
    restore.backtrack = object.random("backtrack");
    restore.clone = object.random("clone");
    object.finish();
    return restore;
}

// Source: Aurora User Guide, Backtracking an Aurora DB cluster.
void read_backtrack(ObjectReader& object, const std::string& kind, Backups& backups) {
    backups.backtrack = object.maybe_duration("backtrack");
    if (!object.has("backtrack")) return;
    if (kind != "aurora-mysql") {
        object.problem("backtrack",
                       fmt::format("only the kind aurora-mysql has backtrack, and the kind is {}", in_quotes(kind)));
    } else if (backups.backtrack && (*backups.backtrack <= Duration{} || *backups.backtrack > 3 * day)) {
        object.problem("backtrack",
                       fmt::format("expected a window of at most 72h, above 0, found {}", to_text(*backups.backtrack)));
    }
}

// Sources: PostgreSQL 15 documentation, recovery_min_apply_delay; MySQL 8.0 Reference Manual, 17.4.11 Delayed
// Replication.
void read_delayed_standby(ObjectReader& object, const std::string& kind, Backups& backups) {
    backups.delayed_standby = object.maybe_duration("delayed_standby");
    if (!object.has("delayed_standby")) return;
    if (!has_standbys(kind)) {
        object.problem("delayed_standby",
                       fmt::format("only postgresql and mysql have standbys, and the kind is {}", in_quotes(kind)));
    } else if (backups.delayed_standby &&
               (*backups.delayed_standby < std::chrono::minutes{1} || *backups.delayed_standby > 7 * day)) {
        object.problem("delayed_standby",
                       fmt::format("expected 1min to 7d, found {}", to_text(*backups.delayed_standby)));
    }
}

}  // namespace

void read_backups(ObjectReader& object, Database& database) {
    const std::optional<Child> child = object.child("backups");
    if (!child) return;
    ObjectReader of(*child, "backups", object.report());
    Backups& backups = database.backups.emplace();
    backups.retention = duration_between(of, "retention", day, 35 * day, "1d to 35d");
    backups.log_interval =
        duration_between(of, "log_interval", std::chrono::seconds{1}, std::chrono::hours{1}, "1s to 1h");
    backups.snapshot_interval = duration_between(of, "snapshot_interval", std::chrono::hours{1}, 35 * day, "1h to 35d");
    backups.copy_to = of.text("copy_to");
    backups.copy_streams = of.integer("copy_streams");
    read_backtrack(of, database.kind, backups);
    read_delayed_standby(of, database.kind, backups);
    backups.restore = read_restore(*of.child("restore"), database.kind, object.report());
    of.finish();
}

void check_backups(const Scenario& scenario, const Database& database, const Pointer& at, const Report& report) {
    if (database.backups && database.backups->backtrack && !database.secondaries.empty()) {
        report.add(at / "backups" / "backtrack", "a database over several regions has no backtrack");
    }
    if (!database.backups || database.backups->copy_to.empty()) return;
    const std::string& to = database.backups->copy_to;
    if (to == database.region) {
        report.add(at / "backups" / "copy_to", "a copy in the database's own region is lost with it; name another");
    } else if (find_named(scenario.regions, to) == nullptr) {
        report.add(at / "backups" / "copy_to", unknown_name("region", to, names_of(scenario.regions)));
    } else if (database.secondaries.empty() && !has_standbys(database.kind)) {
        // A cluster restored there has the same quorums.
        check_quorum(database, *find_named(scenario.regions, to), report);
    }
}

void read_operator_error(ObjectReader& object, Fault& fault) {
    fault.noticed_after = object.random("noticed_after");
    const std::string cure = object.one_of("mends_by");
    fault.mended_by = cure == "restore"           ? MendedBy::restore
                      : cure == "backtrack"       ? MendedBy::backtrack
                      : cure == "clone"           ? MendedBy::clone
                      : cure == "delayed-standby" ? MendedBy::delayed_standby
                                                  : MendedBy::nothing;
    fault.classes = object.names("classes");
    if (fault.kind != FaultKind::operator_error) {
        const bool expires = fault.kind == FaultKind::certificate_expiry;
        const bool of_table = fault.kind == FaultKind::schema_change;
        if (!expires && object.has("noticed_after")) {
            object.problem("noticed_after", "only an operator-error or a certificate-expiry has this");
        }
        if (object.has("mends_by")) object.problem("mends_by", "only an operator-error has this");
        if (!of_table && object.has("classes")) {
            object.problem("classes", "only an operator-error or a schema-change has this");
        }
        return;
    }
    if (object.has("mode")) object.problem("mode", "an operator-error takes nothing down: peers get wrong answers");
    if (object.has("lasts") && fault.mended_by != MendedBy::nothing) {
        object.problem("lasts",
                       "the cure decides how long an operator-error lasts; give \"mends_by\": \"none\" with it");
    }
}

void check_operator_error(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    const Database* const database = find_named(scenario.databases, fault.target);
    if (database == nullptr) return;  // the target was reported
    const bool mends = fault.mended_by != MendedBy::nothing;
    if (fault.mended_by == MendedBy::clone && has_standbys(database->kind)) {
        report.add(at / "mends_by", fmt::format("the kind {} has no shared volume to clone; give \"restore\"",
                                                in_quotes(database->kind)));
    } else if (mends && !database->backups) {
        report.add(at / "mends_by", fmt::format("{} has no \"backups\" to restore", in_quotes(database->name)));
    } else if (fault.mended_by == MendedBy::backtrack && !database->backups->backtrack) {
        report.add(at / "mends_by", fmt::format("{} has no \"backtrack\" in its backups", in_quotes(database->name)));
    } else if (fault.mended_by == MendedBy::delayed_standby && !database->backups->delayed_standby) {
        report.add(at / "mends_by",
                   fmt::format("{} has no \"delayed_standby\" in its backups", in_quotes(database->name)));
    }
    check_classes_of(scenario, fault, report);
}

void check_classes_of(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    for (std::size_t i = 0; i < fault.classes.size(); ++i) {
        const QueryClass* const found = find_named(scenario.workload.classes, fault.classes[i]);
        if (found == nullptr) {
            report.add(at / "classes" / i,
                       unknown_name("class", fault.classes[i], names_of(scenario.workload.classes)));
        } else if (found->route.empty() || found->route.back().name != fault.target) {
            report.add(at / "classes" / i,
                       fmt::format("{} does not end at {}", in_quotes(fault.classes[i]), in_quotes(fault.target)));
        }
    }
}

}  // namespace faultline::scenarios
