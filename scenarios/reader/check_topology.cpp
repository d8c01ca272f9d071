#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/catalogue.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::scenarios {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// The region of a thing, or nullptr and a problem; an empty name is missing and was reported.
const Region* find_region(const Scenario& scenario, const std::string& name, const Pointer& at, const Report& report) {
    const Region* const region = find_named(scenario.regions, name);
    if (region == nullptr && !name.empty()) report.add(at, unknown_name("region", name, names_of(scenario.regions)));
    return region;
}

}  // namespace

void check_zone(const Region* region, const std::string& zone, const Pointer& at, const Report& report) {
    if (region == nullptr || zone.empty() || region->zones.empty() || contains(region->zones, zone)) return;
    const std::string what = "zone of " + region->name;
    if (zone.find('/') != std::string::npos) {
        report.add(at, fmt::format("expected the zone's short name, such as {}, found {}",
                                   in_quotes(region->zones.front()), in_quotes(zone)));
    } else {
        report.add(at, unknown_name(what, zone, views(region->zones)));
    }
}

// Source of the rules: Gifford, Weighted Voting for Replicated Data, SOSP 1979: reads meet the last write, and two
// writes meet each other.
void check_quorum(const Database& database, const Region& region, const Report& report) {
    const Pointer at = Pointer{} / "databases" / database.name / "storage";
    const StorageVolume& storage = database.storage;
    const std::size_t zones = volume_zones(database, region.name, region.zones).size();
    const int copies = storage.copies_per_zone * static_cast<int>(zones);
    const std::string of = fmt::format("{} copies ({} in each of {} zones of {})", copies, storage.copies_per_zone,
                                       zones, in_quotes(region.name));
    if (region.zones.empty()) return;
    if (region.name == database.region && storage.nodes_per_zone < storage.copies_per_zone) {
        report.add(at / "nodes_per_zone", fmt::format("expected at least {}, one for each copy in a zone, found {}",
                                                      storage.copies_per_zone, storage.nodes_per_zone));
    }
    if (storage.write_quorum > copies) {
        report.add(at / "write_quorum", fmt::format("{} of {} can never be reached", storage.write_quorum, of));
    } else if (2 * storage.write_quorum <= copies) {
        report.add(at / "write_quorum",
                   fmt::format("expected more than half of {}, found {}: two writes could miss each other", of,
                               storage.write_quorum));
    }
    if (storage.read_quorum > copies) {
        report.add(at / "read_quorum", fmt::format("{} of {} can never be reached", storage.read_quorum, of));
    } else if (storage.write_quorum + storage.read_quorum <= copies) {
        report.add(
            at / "read_quorum",
            fmt::format("with a write quorum of {} expected more than {} of {}, found {}: a read could miss a write",
                        storage.write_quorum, copies - storage.write_quorum, of, storage.read_quorum));
    }
}

namespace {

void check_database(const Scenario& scenario, const Database& database, const Report& report) {
    const Pointer at = Pointer{} / "databases" / database.name;
    const Region* const region = find_region(scenario, database.region, at / "region", report);
    check_zone(region, database.writer.zone, at / "writer" / "zone", report);
    for (std::size_t i = 0; i < database.replicas.size(); ++i) {
        const DatabaseInstance& replica = database.replicas[i];
        const Pointer place = at / "replicas" / i;
        const bool elsewhere = !replica.region.empty() && has_standbys(database.kind);
        const Region* const own = elsewhere ? find_region(scenario, replica.region, place / "region", report) : region;
        check_zone(own, replica.zone, place / "zone", report);
    }
    check_standbys(database, at, report);
    check_global(scenario, database, report);
    check_backups(scenario, database, at, report);
    if (region != nullptr && !has_standbys(database.kind)) check_quorum(database, *region, report);
}

// Somebody has to give a region up before anything is started elsewhere.
bool regions_are_given_up(const Scenario& scenario) {
    const auto moves = [](const Database& database) {
        return !database.secondaries.empty() || (database.backups && !database.backups->copy_to.empty());
    };
    const auto evacuates = [](const Fault& fault) { return fault.kind == FaultKind::evacuation; };
    return std::any_of(scenario.databases.begin(), scenario.databases.end(), moves) ||
           std::any_of(scenario.faults.begin(), scenario.faults.end(), evacuates);
}

void check_standby(const Scenario& scenario, const Service& service, const Report& report) {
    const bool ordered = regions_are_given_up(scenario);
    for (const ServiceStandby& standby : service.standby) {
        const Pointer at = Pointer{} / "services" / service.name / "standby" / standby.region;
        find_region(scenario, standby.region, at, report);
        const auto runs_there = [&](const auto& own) { return own.first == standby.region; };
        if (std::any_of(service.regions.begin(), service.regions.end(), runs_there)) {
            report.add(at, "this service runs there already: it stands in its \"regions\"");
        }
        if (!ordered) {
            report.add(at,
                       "nobody would ever start it: that is ordered by the operator of a database with \"secondaries\" "
                       "or \"copy_to\", or by an evacuation");
        }
    }
}

void check_steering(const Service& service, std::vector<std::string_view> own, const Report& report) {
    const Pointer at = Pointer{} / "services" / service.name / "steering";
    const std::string_view steering = service.steering;
    constexpr std::string_view fixed = "region:";
    constexpr std::string_view first = "failover:";
    if (steering == "nearest") return;
    if (!steering.starts_with(fixed) && !steering.starts_with(first)) {
        report.add(at, fmt::format("expected \"nearest\", \"region:<name>\" or \"failover:<name>\", found {}",
                                   in_quotes(steering)));
        return;
    }
    const std::string_view region = steering.substr(steering.find(':') + 1);
    if (std::find(own.begin(), own.end(), region) != own.end()) return;
    report.add(at, unknown_name("region of this service", region, own));
}

void check_services(const Scenario& scenario, const Report& report) {
    for (const Service& service : scenario.services) {
        const Pointer at = Pointer{} / "services" / service.name;
        std::vector<std::string_view> own;
        for (const auto& [region, count] : service.regions) {
            find_region(scenario, region, at / "regions" / region, report);
            own.push_back(region);
        }
        for (const ServiceStandby& standby : service.standby) own.push_back(standby.region);
        check_standby(scenario, service, report);
        check_steering(service, std::move(own), report);
    }
}

void check_stations(const Scenario& scenario, const Report& report) {
    for (const Station& station : scenario.stations) {
        if (station.zone.empty()) continue;
        const Pointer at = Pointer{} / "stations" / station.name / "zone";
        const std::size_t slash = station.zone.find('/');
        if (slash == std::string::npos) {
            report.add(at, fmt::format("expected \"region/zone\", found {}", in_quotes(station.zone)));
            continue;
        }
        const Region* const region = find_region(scenario, station.zone.substr(0, slash), at, report);
        check_zone(region, station.zone.substr(slash + 1), at, report);
    }
}

// A route names caches, stations and databases alike, and faults and states name services with them.
void check_shared_names(const Scenario& scenario, const Report& report) {
    std::map<std::string_view, std::string_view> first;
    const auto take = [&](std::string_view map, const auto& things) {
        for (const auto& thing : things) {
            const auto [entry, added] = first.emplace(thing.name, map);
            if (added) continue;
            report.add(Pointer{} / map / thing.name,
                       fmt::format("{} is the name of one of the {} as well; stations, databases, caches, services, "
                                   "warehouses and regions share their names",
                                   in_quotes(thing.name), entry->second));
        }
    };
    take("regions", scenario.regions);
    take("stations", scenario.stations);
    take("databases", scenario.databases);
    take("caches", scenario.caches);
    take("services", scenario.services);
    take("warehouses", scenario.warehouses);
}

// Of those who fill it in: how long each says, or for ever.
void check_fill_times(const Scenario& scenario, const Cache& cache, const Pointer& at, const Report& report) {
    constexpr std::size_t times_most = 8;  // of a warm start: models/cache/steady_contents.hpp
    std::vector<Duration> times;
    bool some_last = false;
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.empty() || query.route.front().name != cache.name) continue;
        if (query.writes && cache.writes == CacheWrites::invalidate) continue;
        const std::optional<Duration> ttl = query.ttl ? query.ttl : cache.ttl;
        some_last = some_last || !ttl;
        if (ttl && std::find(times.begin(), times.end(), *ttl) == times.end()) times.push_back(*ttl);
    }
    if (times.size() > 1 && cache.policy == "volatile-ttl") {
        report.add(at,
                   "with \"volatile-ttl\" entries of the shorter times to live are evicted first, but for those that "
                   "its sampling spares, and how many these are is not known beforehand; give a \"warm_up\" to the "
                   "run");
    }
    const std::size_t all = times.size() + (some_last ? 1 : 0);
    if (all > times_most)
        report.add(at, fmt::format("{} times to live; a warm start tells at most {} apart", all, times_most));
}

// The popularity of keys says what it holds.
void check_warm_start(const Scenario& scenario, const Cache& cache, bool is_read, const Report& report) {
    const Pointer at = Pointer{} / "caches" / cache.name / "starts";
    constexpr std::uint64_t keys_most = 20'000'000;  // each is looked at, and takes 16 bytes meanwhile
    if (!is_read) report.add(at, "no class reads through this cache, so nothing says what it would hold");
    if (!scenario.workload.arrivals.trace) check_fill_times(scenario, cache, at, report);
    for (const QueryClass& query : scenario.workload.classes) {
        if (!query.keys || query.keys->count <= keys_most || query.route.front().name != cache.name) continue;
        report.add(at, fmt::format("class {} has {} keys; at most {} are looked at for a warm start", query.name,
                                   query.keys->count, keys_most));
    }
}

// What it asks a database by itself: of one database only, and of some class at all.
void check_own_queries(const Scenario& scenario, const Cache& cache, const Report& report) {
    const Pointer at = Pointer{} / "caches" / cache.name;
    const QueryClass* written = nullptr;
    bool is_read = false;
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.size() < 2 || query.route.front().name != cache.name) continue;
        is_read = is_read || !query.writes;
        if (!query.writes) continue;
        if (written != nullptr && written->route.back().name != query.route.back().name &&
            cache.writes == CacheWrites::write_behind) {
            report.add(at / "writes",
                       fmt::format("writes behind this cache go to {} ({}) and to {} ({}); all must go to one database",
                                   written->route.back().name, written->name, query.route.back().name, query.name));
        }
        written = &query;
    }
    if (cache.writes == CacheWrites::write_behind && written == nullptr)
        report.add(at / "writes", "no class writes through this cache, so it has nothing to write behind");
    if (cache.warm_up && !is_read)
        report.add(at / "warm_up", "no class reads through this cache, so nothing says which keys are popular");
    if (cache.starts == CacheStart::warm) check_warm_start(scenario, cache, is_read, report);
}

// Classes that read through one cache share its keys, and a key has one value. What a write puts there is as large.
void check_value_sizes(const Scenario& scenario, const Cache& cache, const Report& report) {
    const QueryClass* first = nullptr;
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.size() < 2 || query.route.front().name != cache.name || query.writes || !query.keys) continue;
        if (first == nullptr) first = &query;
        if (query.keys->value == first->keys->value) continue;
        report.add(
            Pointer{} / "workload" / "classes" / query.name / "keys" / "value",
            fmt::format("the classes of cache \"{}\" share its keys, whose values have {} in class \"{}\"; found {}",
                        cache.name, to_text(first->keys->value), first->name, to_text(query.keys->value)));
    }
}

void check_cache(const Scenario& scenario, const Cache& cache, const Report& report) {
    const Pointer at = Pointer{} / "caches" / cache.name;
    check_own_queries(scenario, cache, report);
    check_value_sizes(scenario, cache, report);
    const bool one = cache.regions.size() == 1;
    for (std::size_t r = 0; r < cache.regions.size(); ++r) {
        const Pointer place = one ? at / "region" : at / "regions" / r;
        const Region* const region = find_region(scenario, cache.regions[r], place, report);
        for (std::size_t i = 0; i < cache.zones.size(); ++i)
            check_zone(region, cache.zones[i], at / "zones" / i, report);
    }
    const InstanceClass* const entry = find_instance_class(CatalogueService::elasticache, cache.class_name);
    if (entry != nullptr && cache.memory && *cache.memory > entry->memory) {
        report.add(at / "memory", fmt::format("{} is more than the class {} has", to_text(*cache.memory), entry->name));
    }
    constexpr std::size_t regions_most = 3;  // ElastiCache User Guide, Global datastores: up to two secondaries
    if (cache.global && (cache.regions.size() < 2 || cache.regions.size() > regions_most)) {
        report.add(at / "global", fmt::format("a data set over several regions has a primary and one or two others; "
                                              "\"regions\" names {}",
                                              cache.regions.size()));
    }
    if (cache.global && cache.writes == CacheWrites::write_behind)
        report.add(at / "writes", "write-behind of a data set over several regions is not in this version");
    if (cache.global && cache.warm_up)
        report.add(at / "warm_up", "the nodes of a data set over several regions are filled by their primary");
    if (cache.failover.by == FailoverBy::cluster && cache.shards < 3) {
        report.add(at / "failover" / "by",
                   fmt::format("of {} shards there is no majority without one, so nobody would be elected; give at "
                               "least 3, or fail over by \"service\"",
                               cache.shards));
    }
}

}  // namespace

void check_topology(const Scenario& scenario, const Report& report) {
    if (scenario.network.profile != "zero") {
        for (const Region& region : scenario.regions) {
            if (contains(profile_regions(), region.name)) continue;
            report.add(Pointer{} / "regions" / region.name,
                       unknown_name("region of the profile", region.name, views(profile_regions())));
        }
    }
    for (const Database& database : scenario.databases) check_database(scenario, database, report);
    for (const Cache& cache : scenario.caches) check_cache(scenario, cache, report);
    check_services(scenario, report);
    check_stations(scenario, report);
    check_shared_names(scenario, report);
}

}  // namespace faultline::scenarios
