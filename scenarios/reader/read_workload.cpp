#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// The names that a database answers to in a route.
std::vector<std::string_view> endpoints_of(const Database& database) {
    std::vector<std::string_view> known = names_of(database.endpoints);
    known.insert(known.begin(), {"reader", "writer"});
    return known;
}

// "hot-east" is a cache, a station or a warehouse, "orders/reader" an endpoint of a database. None, and a problem, for
// anything else.
std::optional<RouteStep> read_endpoint(const std::string& text, const Pointer& at, const Scenario& scenario,
                                       const Report& report) {
    const std::size_t slash = text.find('/');
    const std::string name = text.substr(0, slash), endpoint = text.substr(slash + 1);
    const Database* const database = find_named(scenario.databases, name);
    if (database == nullptr) {
        report.add(at, unknown_name("database", name, names_of(scenario.databases)));
        return std::nullopt;
    }
    if (endpoint == "writer") return RouteStep{TargetRole::writer, name};
    if (endpoint == "reader") return RouteStep{TargetRole::reader, name};
    if (find_named(database->endpoints, endpoint) != nullptr) return RouteStep{TargetRole::custom, name, endpoint};
    report.add(at, fmt::format("a database has no endpoint {}{}", in_quotes(endpoint),
                               suggestion(endpoint, endpoints_of(*database))));
    return std::nullopt;
}

std::optional<RouteStep> read_step(const Child& child, const Scenario& scenario, const Report& report) {
    if (!child.value->is_string()) {
        report.add(child.at, fmt::format("expected a name such as \"orders/reader\", found {}", shown(*child.value)));
        return std::nullopt;
    }
    const auto& name = child.value->get_ref<const std::string&>();
    if (name.find('/') != std::string::npos) return read_endpoint(name, child.at, scenario, report);
    if (find_named(scenario.caches, name) != nullptr) return RouteStep{TargetRole::cache, name};
    if (find_named(scenario.stations, name) != nullptr) return RouteStep{TargetRole::station, name};
    if (find_named(scenario.warehouses, name) != nullptr) return RouteStep{TargetRole::warehouse, name};
    if (find_named(scenario.databases, name) != nullptr) {
        report.add(child.at,
                   fmt::format("{} is a database; write \"{}/reader\" or \"{}/writer\"", in_quotes(name), name, name));
        return std::nullopt;
    }
    std::vector<std::string> known;
    for (const Cache& cache : scenario.caches) known.push_back(cache.name);
    for (const Station& station : scenario.stations) known.push_back(station.name);
    for (const Warehouse& warehouse : scenario.warehouses) known.push_back(warehouse.name);
    for (const Database& database : scenario.databases) {
        for (const std::string_view endpoint : endpoints_of(database)) {
            known.push_back(fmt::format("{}/{}", database.name, endpoint));
        }
    }
    report.add(child.at, unknown_name("cache, station, warehouse or endpoint", name, {known.begin(), known.end()}));
    return std::nullopt;
}

// Empty after any problem: what is half a route would only give more of them.
std::vector<RouteStep> read_route(ObjectReader& object, const Scenario& scenario) {
    std::vector<RouteStep> route;
    bool right = true;
    for (const Child& child : object.list("route")) {
        const std::optional<RouteStep> step = read_step(child, scenario, object.report());
        right = right && step;
        if (step) route.push_back(*step);
    }
    const Json* const value = object.has("route") ? object.raw("route") : nullptr;
    if (value != nullptr && value->is_array() && value->empty()) {
        object.problem("route", "expected at least one step, such as \"orders/reader\": nothing answers this class");
    }
    if (!right) route.clear();
    return route;
}

std::optional<Keys> read_keys(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "keys", report);
    Keys keys{object.number("zipf"), object.whole("count"), object.bytes("value"), std::nullopt};
    if (keys.value == Bytes{}) object.problem("value", "expected a size above 0");
    if (const std::optional<Child> drift = object.child("drift")) {
        ObjectReader into(*drift, "drift", report);
        keys.drift = Drift{into.whole("by"), into.duration("every")};
        if (into.has("every") && keys.drift->every == Duration{}) into.problem("every", "expected a time above 0");
        if (keys.drift->by >= keys.count && keys.count > 0) {
            into.problem("by", fmt::format("expected fewer than the {} keys that there are", keys.count));
        }
        into.finish();
    }
    object.finish();
    return keys;
}

std::optional<FollowUp> read_follow_up(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "follow-up", report);
    const FollowUp follow_up{object.text("class"), object.share("probability"), object.random("after")};
    object.finish();
    return follow_up;
}

std::optional<Sessions> read_sessions(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "sessions", report);
    const Sessions sessions{object.integer("per_office"), object.integer("keys")};
    object.finish();
    return sessions;
}

constexpr std::array<std::pair<std::string_view, QueryKind>, 6> query_kinds{{{"point-read", QueryKind::point_read},
                                                                             {"range-read", QueryKind::range_read},
                                                                             {"update", QueryKind::update},
                                                                             {"complex-join", QueryKind::complex_join},
                                                                             {"analytic", QueryKind::analytic},
                                                                             {"other", QueryKind::other}}};

void read_kind(ObjectReader& object, QueryClass& into) {
    const TargetRole answers = into.route.empty() ? TargetRole::reader : into.route.back().role;
    std::string_view otherwise = "point-read";
    if (answers == TargetRole::writer) otherwise = "update";
    if (answers == TargetRole::station) otherwise = "other";
    if (answers == TargetRole::warehouse) otherwise = "analytic";
    const std::string kind = object.maybe_one_of("kind").value_or(std::string{otherwise});
    for (const auto& [name, value] : query_kinds) {
        if (name == kind) into.kind = value;
    }
    object.use_preset(kind);
    const bool writes = object.flag("writes");
    into.writes = into.kind == QueryKind::update || (into.kind == QueryKind::other && writes);
    if (object.has("writes") && into.kind != QueryKind::other) {
        object.problem("writes", fmt::format("only a class of the kind \"other\" says whether it writes; this is {}",
                                             in_quotes(kind)));
    }
}

void read_class_sizes(ObjectReader& object, QueryClass& into) {
    into.demand = object.random("demand");
    if (into.kind == QueryKind::other && !object.has("demand")) {
        object.report().add(object.at("demand"), "\"demand\" is missing: a class of the kind \"other\" has no default");
    }
    into.request = object.bytes("request");
    into.response = object.bytes("response");
    into.log = object.bytes("log");
    read_warehouse_work(object, into);
    if (object.has("log") && !into.writes) object.problem("log", "this class does not write, so it has no log");
    // A message or log record beyond this would be a bulk transfer, not a query.
    constexpr Bytes largest{std::int64_t{1} << 30};
    for (const auto& [key, size] :
         {std::pair{"request", into.request}, {"response", into.response}, {"log", into.log}}) {
        if (size > largest) object.problem(key, "expected at most 1GiB");
    }
}

void read_class(const Child& child, QueryClass& into, const Scenario& scenario, const Report& report) {
    ObjectReader object(child, "class", report);
    into.name = child.name;
    into.route = read_route(object, scenario);
    if (child.value->is_object()) {
        read_kind(object, into);
    } else {
        for (const std::string_view key : {"kind", "writes"}) object.raw(key);
    }
    into.share = object.number("share");
    const Json* const share = object.has("share") ? object.raw("share") : nullptr;
    const bool right = share != nullptr && share->is_number() && *share == into.share;
    if (!right) into.share = -1.0;  // then the sum is not judged
    into.traced_as = object.texts("traced_as");
    into.via = object.text("via");
    into.deadline = object.positive_duration("deadline");
    const bool has_timeout = object.has("timeout");
    into.timeout =
        has_timeout ? object.positive_duration("timeout") : object.maybe_duration("timeout").value_or(into.deadline);
    into.retry = read_retry(*object.child("retry"), report);
    into.breaker = read_breaker(object);
    into.hedge = read_hedge(object.child("hedge"), report);
    into.priority = read_priority(object);
    into.statements = object.integer("statements");
    into.transaction = object.flag("transaction");
    into.idempotent = object.flag("idempotent");
    into.keys = read_keys(object.child("keys"), report);
    into.follow_up = read_follow_up(object.child("follow_up"), report);
    into.ttl = object.maybe_duration("ttl");
    if (object.has("ttl") && into.ttl == Duration{}) object.problem("ttl", "expected a duration above 0");
    into.staleness_bound = object.duration("staleness_bound");
    if (object.has("staleness_bound") && into.writes) {
        object.problem("staleness_bound", "this class writes; only a read can be stale");
    }
    into.pages = object.integer("pages");
    if (child.value->is_object()) {
        read_class_sizes(object, into);
    } else {
        for (const std::string_view key :
             {"demand", "request", "response", "log", "queue", "tables", "scan", "redistribute"})
            object.raw(key);
    }
    object.finish();
}

}  // namespace

void read_workload(ObjectReader& file, Scenario& scenario) {
    const std::optional<Child> child = file.child("workload");
    if (!child) return;
    ObjectReader workload(*child, "workload", file.report());
    read_demand(workload, scenario.workload);
    for (const Child& entry : workload.map("classes")) {
        read_class(entry, scenario.workload.classes.emplace_back(), scenario, file.report());
    }
    if (workload.has("classes") && scenario.workload.classes.empty() && workload.raw("classes")->is_object()) {
        workload.problem("classes", "expected at least one class");
    }
    ObjectReader canary(*workload.child("canary"), "canary", file.report());
    scenario.workload.canary = {canary.flag("enabled"), canary.positive_duration("timeout")};
    canary.finish();
    scenario.workload.driver = read_driver(workload, "driver");
    scenario.workload.office_pool = workload.integer("office_pool");
    scenario.workload.direct_pool = workload.integer("direct_pool");
    scenario.workload.sessions = read_sessions(workload.child("sessions"), file.report());
    read_tenants(workload, scenario.workload);
    scenario.workload.storm = read_storm(*workload.child("storm"), file.report());
    workload.finish();
}

}  // namespace faultline::scenarios
