#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/catalogue.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

const Driver& driver_of(const Scenario& scenario, const QueryClass& query) {
    const Service* const service = find_named(scenario.services, query.via);
    return service != nullptr ? service->driver : scenario.workload.driver;
}

namespace {

void check_route(const QueryClass& query, const Pointer& at, const Report& report) {
    for (std::size_t i = 0; i < query.route.size(); ++i) {
        const RouteStep& step = query.route[i];
        const bool last = i + 1 == query.route.size();
        for (std::size_t j = 0; j < i; ++j) {
            if (query.route[j].name == step.name && query.route[j].role == step.role) {
                report.add(at / "route" / i, fmt::format("{} stands in this route twice", in_quotes(step.name)));
            }
        }
        if (last && step.role == TargetRole::cache) {
            report.add(at / "route" / i,
                       fmt::format("{} is a cache and cannot answer what it does not hold; end the route with "
                                   "a station or an endpoint",
                                   in_quotes(step.name)));
        } else if (!last && step.role != TargetRole::cache) {
            report.add(at / "route" / i,
                       fmt::format("{} answers, so the route ends here; only caches may stand before the end",
                                   in_quotes(step.name)));
        }
    }
}

// It is the time to live of entries that this class fills in.
void check_ttl(const Scenario& scenario, const QueryClass& query, const Pointer& at, const Report& report) {
    const Cache* const cache = find_named(scenario.caches, query.route.front().name);
    if (query.route.front().role != TargetRole::cache) {
        report.add(at, "this class goes through no cache, and fills nothing in");
    } else if (query.writes && cache != nullptr && cache->writes == CacheWrites::invalidate) {
        report.add(at, fmt::format("this class deletes entries of {}, and fills none in", in_quotes(cache->name)));
    }
}

void check_class(const Scenario& scenario, const QueryClass& query, const Report& report) {
    const Pointer at = Pointer{} / "workload" / "classes" / query.name;
    if (!query.via.empty() && find_named(scenario.services, query.via) == nullptr) {
        report.add(at / "via", unknown_name("service", query.via, names_of(scenario.services)));
    }
    if (query.route.empty()) return;  // one that could not be read
    check_route(query, at, report);
    const RouteStep& end = query.route.back();
    const bool cached = query.route.front().role == TargetRole::cache;
    const Database* const database = find_named(scenario.databases, end.name);
    const bool forwards = database != nullptr && database->write_forwarding != WriteForwarding::off;
    const bool at_reader = end.role == TargetRole::reader || end.role == TargetRole::custom;
    if (query.writes && at_reader && !forwards) {
        report.add(at / "route" / (query.route.size() - 1),
                   fmt::format("this class writes; a reader refuses that, write \"{}/writer\"", end.name));
    }
    if (end.role == TargetRole::custom && driver_of(scenario, query).through_proxy) {
        report.add(at / "route" / (query.route.size() - 1),
                   fmt::format("its driver goes through a proxy, and a proxy before a custom endpoint is not in this "
                               "version; write \"{}/reader\"",
                               end.name));
    }
    if (cached && query.via.empty()) {
        report.add(at / "via",
                   "only a service looks aside into a cache; name one, or leave the cache out of the route");
    }
    if (cached && !query.keys) {
        report.add(at / "keys",
                   fmt::format("\"keys\" is missing: what goes through a cache needs to say which keys it {}",
                               query.writes ? "writes" : "reads"));
    }
    if (query.ttl) check_ttl(scenario, query, at / "ttl", report);
    if (end.role == TargetRole::warehouse) check_warehouse_class(scenario, query, at, report);
    if (!query.via.empty() && end.role == TargetRole::warehouse) {
        report.add(at / "via", "offices ask a warehouse themselves in this version; leave \"via\" out");
    }
    if (!query.via.empty() && end.role == TargetRole::station) {
        report.add(at / "via", "a service asks databases; leave \"via\" out where a station answers");
    }
    if (query.transaction && end.role == TargetRole::station) {
        report.add(at / "transaction", "a station knows no transactions");
    }
}

// What its user asks next reads or writes the same key: the same number, in the same database.
void check_follow_up(const Scenario& scenario, const QueryClass& query, const Report& report) {
    const Pointer at = Pointer{} / "workload" / "classes" / query.name / "follow_up";
    if (!scenario.workload.sessions) {
        report.add(at, "a follow-up is of a user; give \"workload\" its \"sessions\"");
    }
    if (!query.keys) {
        report.add(at, "this class has no \"keys\", so nothing says of which key its follow-up is");
    }
    const QueryClass* const next = find_named(scenario.workload.classes, query.follow_up->query_class);
    if (query.follow_up->query_class.empty()) return;  // that it is missing was told
    if (next == nullptr) {
        report.add(at / "class",
                   unknown_name("class", query.follow_up->query_class, names_of(scenario.workload.classes)));
        return;
    }
    if (query.route.empty() || next->route.empty() || !query.keys) return;
    if (!next->keys || next->keys->count != query.keys->count) {
        report.add(at / "class", fmt::format("{} has {} keys and {} has {}; a follow-up is of the same key", query.name,
                                             query.keys->count, next->name, next->keys ? next->keys->count : 0));
    }
    if (next->route.back().name != query.route.back().name) {
        report.add(at / "class", fmt::format("{} ends at {} and {} at {}; a follow-up is of the same database",
                                             query.name, query.route.back().name, next->name, next->route.back().name));
    }
}

// Follow-ups that are certain to be followed by themselves would never end.
void check_follow_ups_end(const Scenario& scenario, const Report& report) {
    const std::vector<QueryClass>& classes = scenario.workload.classes;
    for (const QueryClass& first : classes) {
        const QueryClass* query = &first;
        for (std::size_t step = 0; step <= classes.size(); ++step) {
            const bool certain = query->follow_up && query->follow_up->probability >= 1.0;
            query = certain ? find_named(classes, query->follow_up->query_class) : nullptr;
            if (query == nullptr || query == &first) break;
        }
        if (query != &first) continue;
        report.add(Pointer{} / "workload" / "classes" / first.name / "follow_up",
                   "it leads back to this class and is always asked, so it would never end; give it a \"probability\" "
                   "below 100%");
        return;
    }
}

// What all sessions remember is made at the start (models/clients/sessions.hpp).
void check_session_memory(const Scenario& scenario, const Report& report) {
    if (!scenario.workload.sessions) return;
    constexpr double bytes_a_key = 16.0;
    constexpr double bytes_most = 4.0 * 1024.0 * 1024.0 * 1024.0;
    const Sessions& sessions = *scenario.workload.sessions;
    const double offices = static_cast<double>(scenario.offices.size());
    const double bytes = offices * sessions.per_office * sessions.keys * bytes_a_key;
    if (bytes <= bytes_most) return;
    report.add(Pointer{} / "workload" / "sessions" / "per_office",
               fmt::format("{:.0f} GiB for what the sessions of all offices remember; at most 4: fewer sessions, or "
                           "fewer \"keys\"",
                           bytes / (bytes_most / 4.0)));
}

void check_sessions(const Scenario& scenario, const Report& report) {
    const std::vector<QueryClass>& classes = scenario.workload.classes;
    for (const QueryClass& query : classes) {
        if (query.follow_up) check_follow_up(scenario, query, report);
        if (query.staleness_bound > Duration{} && !scenario.workload.sessions) {
            report.add(Pointer{} / "workload" / "classes" / query.name / "staleness_bound",
                       "stale reads are measured of users; give \"workload\" its \"sessions\"");
        }
    }
    check_follow_ups_end(scenario, report);
    check_session_memory(scenario, report);
    const bool any_keys = std::any_of(classes.begin(), classes.end(), [](const auto& query) { return query.keys; });
    if (scenario.workload.sessions && !any_keys && !classes.empty()) {
        report.add(Pointer{} / "workload" / "sessions",
                   "no class has \"keys\", so there is nothing that a session could remember");
    }
}

std::optional<int> connections_of(const Database& database) {
    if (database.connections_max) return database.connections_max;
    const InstanceClass* const entry = find_instance_class(CatalogueService::aurora, database.writer.class_name);
    if (entry == nullptr) return std::nullopt;
    return database.kind == "aurora-mysql" ? entry->connections_mysql : entry->connections_postgresql;
}

void check_connections(const Scenario& scenario, const Report& report) {
    for (const Database& database : scenario.databases) {
        const InstanceClass* const entry = find_instance_class(CatalogueService::aurora, database.writer.class_name);
        if (entry == nullptr || entry->vcpu == 0 || connections_of(database)) continue;
        report.add(Pointer{} / "databases" / database.name / "writer" / "class",
                   fmt::format("the catalogue knows no connection limit of {} for {}; give \"connections_max\"",
                               entry->name, database.kind));
    }
}

void check_shares(const Scenario& scenario, const Report& report) {
    const std::vector<QueryClass>& classes = scenario.workload.classes;
    if (classes.empty()) return;
    double sum = 0.0;
    for (const QueryClass& query : classes) {
        if (query.share < 0.0) return;  // one that could not be read
        sum += query.share;
    }
    constexpr double tolerance = 1e-6;
    if (std::abs(sum - 1.0) > tolerance) {
        report.add(Pointer{} / "workload" / "classes", fmt::format("the shares add up to {:.7g}; expected 1", sum));
    }
}

}  // namespace

void check_workload(const Scenario& scenario, const Report& report) {
    for (const QueryClass& query : scenario.workload.classes) check_class(scenario, query, report);
    check_shares(scenario, report);
    check_sessions(scenario, report);
    check_connections(scenario, report);
}

}  // namespace faultline::scenarios
