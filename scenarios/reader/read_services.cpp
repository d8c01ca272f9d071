#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_cost.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

std::vector<std::pair<std::string, int>> read_counts(ObjectReader& object, std::string_view key) {
    constexpr std::uint64_t instances_max = 10'000;
    std::vector<std::pair<std::string, int>> counts;
    for (const Child& child : object.map(key)) {
        const bool whole = child.value->is_number_unsigned();
        const std::uint64_t count = whole ? child.value->get<std::uint64_t>() : 0;
        if (count < 1 || count > instances_max) {
            object.report().add(child.at, fmt::format("expected a whole number from 1 to {}, found {}", instances_max,
                                                      shown(*child.value)));
        }
        counts.emplace_back(child.name, static_cast<int>(std::min(std::max<std::uint64_t>(count, 1), instances_max)));
    }
    if (counts.empty() && object.has(key)) object.problem(key, "expected at least one region");
    return counts;
}

ServiceStandby read_standby(const Child& child, const Report& report) {
    ObjectReader object(child, "service-standby", report);
    ServiceStandby standby;
    standby.region = child.name;
    standby.instances = object.integer("instances");
    standby.running = object.integer("running");
    if (object.has("instances") && standby.running >= standby.instances) {
        object.problem("running",
                       fmt::format("expected fewer than the {} instances, found {}: what runs all along stands in "
                                   "\"regions\" of the service",
                                   standby.instances, standby.running));
    }
    standby.deployment = object.random("deployment");
    standby.start_up = object.random("start_up");
    object.finish();
    return standby;
}

void read_service(const Child& child, Service& service, const Report& report) {
    ObjectReader object(child, "service", report);
    service.name = child.name;
    service.regions = read_counts(object, "regions");
    for (const Child& standby : object.map("standby")) service.standby.push_back(read_standby(standby, report));
    service.threads = object.integer("threads");
    service.vcpus = object.integer("vcpus");
    service.demand = object.random("demand");
    service.steering = object.text("steering");
    ObjectReader check(*object.child("health_check"), "health-check", report);
    service.health_check_interval = check.positive_duration("interval");
    const std::optional<Duration> timeout = check.maybe_duration("timeout");
    service.health_check_timeout =
        timeout.value_or(std::min<Duration>(std::chrono::seconds{5}, service.health_check_interval));
    if (timeout && (*timeout <= Duration{} || *timeout > service.health_check_interval)) {
        check.problem("timeout", "expected above 0s and at most the \"interval\"");
    }
    service.health_check_threshold = check.integer("threshold");
    check.finish();
    service.driver = read_driver(object, "driver");
    object.use_preset(object.one_of("pool_preset"));
    service.pool = object.integer("pool");
    service.pool_wait = object.positive_duration("pool_wait");
    const Duration lifetime = object.duration("max_lifetime");
    constexpr Duration lifetime_least = std::chrono::seconds{1};
    if (lifetime > Duration{}) service.max_lifetime = lifetime;
    if (lifetime > Duration{} && lifetime < lifetime_least) {
        object.problem("max_lifetime", "expected at least 1s, or 0s for connections that are never replaced");
    }
    service.queue = object.integer("queue");
    service.breaker = read_breaker(object);
    service.shedding = read_shedding(object.child("shedding"), report);
    service.outliers = read_outliers(object.child("outliers"), report);
    service.instance_price = read_money(object, "instance_price");
    object.finish();
}

bool known_preset(const ObjectReader& object, std::string_view key, const std::string& preset) {
    const Shape& shape = shape_named("driver");
    const std::vector<std::string_view> known = choices(*shape.find("preset"));
    if (std::find(known.begin(), known.end(), preset) != known.end()) return true;
    const std::string later = later_value(shape, "preset", preset, known);
    object.problem(key, later.empty()
                            ? fmt::format("no driver is named {}{}", in_quotes(preset), suggestion(preset, known))
                            : later);
    return false;
}

}  // namespace

Driver read_driver(ObjectReader& object, std::string_view key) {
    const Json* const value = object.raw(key);
    // A preset alone is short for an object that names it; a wrong one is reported where it stands, and then is
    // "plain".
    Json named = Json::object();
    const bool is_name = value != nullptr && value->is_string();
    if (is_name && known_preset(object, key, value->get_ref<const std::string&>())) named["preset"] = *value;
    ObjectReader reader({std::string{key}, is_name ? &named : value, object.at(key)}, "driver", object.report());
    Driver driver;
    driver.preset = reader.one_of("preset");
    reader.use_preset(driver.preset);
    driver.connect_timeout = reader.positive_duration("connect_timeout");
    driver.socket_timeout = reader.maybe_duration("socket_timeout");
    driver.dead_peer_after = reader.maybe_duration("dead_peer_after");
    driver.dns_cache = reader.duration("dns_cache");
    driver.monitor_after = reader.maybe_duration("monitor_after");
    driver.monitor_interval = reader.positive_duration("monitor_interval");
    driver.monitor_misses = reader.integer("monitor_misses");
    driver.topology_refresh = reader.maybe_duration("topology_refresh");
    driver.failover_refresh = reader.positive_duration("failover_refresh");
    driver.failover_timeout = reader.positive_duration("failover_timeout");
    driver.through_proxy = reader.flag("through_proxy");
    driver.proxy_delay = reader.random("proxy_delay");
    driver.borrow_timeout = reader.positive_duration("borrow_timeout");
    driver.pinned = reader.flag("pinned");
    const std::array limits{
        std::pair{"socket_timeout", driver.socket_timeout}, std::pair{"dead_peer_after", driver.dead_peer_after},
        std::pair{"monitor_after", driver.monitor_after}, std::pair{"topology_refresh", driver.topology_refresh}};
    for (const auto& [name, limit] : limits) {
        if (limit == Duration{} && reader.has(name))
            reader.problem(name, "expected a duration above 0; leave it out for none");
    }
    if (reader.has("proxy_delay") && !driver.through_proxy)
        reader.problem("proxy_delay", "there is no proxy; expected \"through_proxy\": true beside it");
    if (driver.pinned && !driver.through_proxy)
        reader.problem("pinned", "sessions are pinned in a proxy; expected \"through_proxy\": true beside it");
    reader.finish();
    return driver;
}

void read_services(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("services"))
        read_service(child, scenario.services.emplace_back(), file.report());
}

}  // namespace faultline::scenarios
