// The kinds postgresql and mysql: what they have beyond an Aurora-style cluster, and what they have not.
#include <fmt/format.h>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

SynchronousCommit commit_mode(const std::string& name) {
    if (name == "off") return SynchronousCommit::off;
    if (name == "local") return SynchronousCommit::local;
    if (name == "remote_write") return SynchronousCommit::remote_write;
    return name == "on" ? SynchronousCommit::on : SynchronousCommit::remote_apply;
}

Replication read_replication(const Child& child, const std::string& kind, const Report& report) {
    ObjectReader object(child, "replication", report);
    object.use_preset(kind);
    Replication replication;
    replication.synchronous_commit = commit_mode(object.one_of("synchronous_commit"));
    replication.synchronous_standbys = object.integer("synchronous_standbys");
    replication.goes_on_without_standby = object.one_of("standby_lost") == "go-on";
    replication.bandwidth = object.maybe_bandwidth("bandwidth");
    if (replication.bandwidth && replication.bandwidth->value <= 0.0) {
        object.problem("bandwidth", "expected a bandwidth above 0");
    }
    replication.under_way_lost = object.one_of("under_way") == "lost";
    replication.log_writer_delay = object.positive_duration("log_writer_delay");
    replication.flush = object.random("flush");
    replication.apply = object.duration("apply");
    object.finish();
    return replication;
}

Monitor read_monitor(const Child& child, const Report& report) {
    ObjectReader object(child, "monitor", report);
    Monitor monitor{object.positive_duration("interval"), object.positive_duration("timeout"),
                    object.integer("failures"), object.share("fence_fails")};
    object.finish();
    return monitor;
}

void check_mode(const Database& database, const Pointer& at, const Report& report) {
    const Replication& replication = database.replication;
    const SynchronousCommit mode = replication.synchronous_commit;
    const int standbys = replication.synchronous_standbys;
    if (database.kind == "mysql" && mode != SynchronousCommit::local && mode != SynchronousCommit::remote_write) {
        report.add(at / "synchronous_commit",
                   "mysql has \"local\" (asynchronous) and \"remote_write\" (semisynchronous)");
        return;
    }
    if (standbys > static_cast<int>(database.replicas.size())) {
        report.add(at / "synchronous_standbys", fmt::format("{} of {} standbys: every commit would wait for ever",
                                                            standbys, database.replicas.size()));
    }
    if (mode <= SynchronousCommit::local && standbys > 0) {
        report.add(at / "synchronous_standbys", "with synchronous_commit off or local no commit waits for a standby");
    }
    if (standbys == 0 && (mode == SynchronousCommit::remote_write || mode == SynchronousCommit::remote_apply)) {
        report.add(at / "synchronous_commit",
                   "waits for no standby: \"synchronous_standbys\" is 0; give it, or write \"local\"");
    }
}

}  // namespace

void read_standbys(ObjectReader& object, Database& database) {
    const bool standbys = has_standbys(database.kind);
    if (standbys && object.has("storage")) {
        object.problem("storage",
                       fmt::format("the shared volume is Aurora's; an instance of the kind {} has a log disk "
                                   "of its own: see \"replication\"",
                                   database.kind));
    }
    if (standbys && object.has("replica_stream")) {
        object.problem("replica_stream", fmt::format("of the kind {} it is \"replication\"", database.kind));
    }
    for (const std::string_view key : {"replication", "monitor"}) {
        if (standbys || !object.has(key)) continue;
        object.problem(key, fmt::format("only the kinds postgresql and mysql have this, and the kind is {}",
                                        in_quotes(database.kind)));
    }
    const Report& report = object.report();
    database.replication = read_replication(*object.child("replication"), database.kind, report);
    database.monitor = read_monitor(*object.child("monitor"), report);
}

void check_standbys(const Database& database, const Pointer& at, const Report& report) {
    const bool standbys = has_standbys(database.kind);
    if (!database.writer.region.empty() && database.writer.region != database.region) {
        report.add(at / "writer" / "region", "the first writer stands in the database's region");
    }
    for (std::size_t i = 0; i < database.replicas.size() && !standbys; ++i) {
        const std::string& region = database.replicas[i].region;
        if (region.empty() || region == database.region) continue;
        report.add(
            at / "replicas" / i / "region",
            fmt::format("a replica of the kind {} reads the volume of its own region; only standbys of postgresql "
                        "and mysql stand in another",
                        database.kind));
    }
    if (standbys) check_mode(database, at / "replication", report);
}

}  // namespace faultline::scenarios
