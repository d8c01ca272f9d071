// What breaks, and how often: the faults that a scenario draws at random, and defaults for the kinds that it does not.
#include <fmt/format.h>

#include <algorithm>

#include "planning/availability/failure_defaults.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"

namespace faultline::planning {
namespace {

using scenarios::Fault;
using scenarios::FaultKind;
using scenarios::Scenario;

std::vector<FailureTarget> targets_of(const OutageModel& model, DefaultOf of) {
    std::vector<FailureTarget> targets;
    const auto add = [&](TargetType type, std::size_t owner, std::size_t index) {
        targets.push_back({type, static_cast<std::uint8_t>(owner), static_cast<std::uint16_t>(index)});
    };
    const std::size_t regions = model.region_names.size();
    switch (of) {
        case DefaultOf::instances:
            for (std::size_t d = 0; d < model.databases.size(); ++d) {
                for (std::size_t m = 0; m < model.databases[d].members.size(); ++m) {
                    if (!model.databases[d].members[m].added_later) add(TargetType::member, d, m);
                }
            }
            break;
        case DefaultOf::storage_nodes:
            for (std::size_t d = 0; d < model.databases.size(); ++d) {
                const VolumeModel& volume = model.databases[d].volume;
                const std::size_t nodes = volume.zones.size() * static_cast<std::size_t>(volume.nodes_per_zone);
                for (std::size_t n = 0; n < nodes; ++n) add(TargetType::storage_node, d, n);
            }
            break;
        case DefaultOf::service_instances:
            for (std::size_t p = 0; p < model.pools.size(); ++p) {
                for (int i = 0; i < model.pools[p].instances; ++i) add(TargetType::pool, 0, p);
            }
            break;
        case DefaultOf::warehouse_nodes:
        case DefaultOf::cache_nodes:
            break;  // by their number: see add_default
        case DefaultOf::zones:
            for (std::size_t z = 0; z < model.zone_names.size(); ++z) add(TargetType::zone, 0, z);
            break;
        case DefaultOf::regions:
            for (std::size_t r = 0; r < regions; ++r) add(TargetType::region, 0, r);
            break;
        case DefaultOf::links:
            for (std::size_t a = 0; a < regions; ++a) {
                for (std::size_t b = a + 1; b < regions; ++b) add(TargetType::link, 0, a * regions_most + b);
            }
            break;
        case DefaultOf::databases:
            for (std::size_t d = 0; d < model.databases.size(); ++d) add(TargetType::database, d, 0);
            break;
    }
    return targets;
}

// Whom planned work stops, and for how long, by how it is done (docs/models/planned-work.md). Work that copies beside
// what serves, a lock of an instant, and what moves with its clients stop nobody here.
void set_planned(FailureProcess& process, const Scenario& scenario, const Fault& fault) {
    using scenarios::WorkMethod;
    const WorkMethod method = fault.planned.method;
    const auto mean_s = [](const scenarios::RandomDuration& one) { return distribution_of(one).mean(); };
    const std::string target = fault.at_random ? fault.at_random->targets.front() : fault.target;
    const std::string owner = target.substr(0, target.find('/'));
    const auto database = std::find_if(scenario.databases.begin(), scenario.databases.end(),
                                       [&](const scenarios::Database& one) { return one.name == owner; });
    const bool of_database = database != scenario.databases.end();
    process.lasts = distribution_of(fault.planned.work);
    switch (fault.kind) {
        case FaultKind::patch:
        case FaultKind::upgrade:
        case FaultKind::warehouse_resize:
        case FaultKind::class_change:
            process.stops_writes = method != WorkMethod::no_restart;
            process.hands_over = of_database && (method == WorkMethod::failover || method == WorkMethod::rolling);
            process.stops_reads = process.stops_writes && !process.hands_over && fault.kind != FaultKind::class_change;
            if (!process.hands_over) return;
            process.alone_lasts = process.lasts;
            process.lasts = engine::Distribution::constant(mean_s(database->failover.promotion) +
                                                           mean_s(database->failover.dns_update));
            return;
        case FaultKind::schema_change:
            process.stops_writes = method != WorkMethod::online;
            if (fault.classes.empty()) return;
            process.stops_classes = 0;
            for (const std::string& name : fault.classes) {
                process.stops_classes |= std::uint64_t{1} << index_of(scenario.workload.classes, name);
            }
            return;
        case FaultKind::switchover:
            if (!of_database) return;
            process.stops_writes = true;
            process.lasts = engine::Distribution::constant(mean_s(database->global.switchover) +
                                                           mean_s(database->global.dns_update));
            return;
        case FaultKind::evacuation:
        case FaultKind::zone_evacuation:
            process.stops_writes = true;  // of what it moves, by its own stages
            return;
        default:
            return;
    }
}

// Of a switchover, its target names the region that takes over: "orders/us-west-2".
FailureTarget planned_target(const OutageModel& model, const Scenario& scenario, const Fault& fault,
                             const std::string& target) {
    if (fault.kind != FaultKind::switchover) return failure_target(model, scenario, target);
    const std::size_t slash = target.find('/');
    FailureTarget moved = failure_target(model, scenario, target.substr(0, slash));
    moved.index = static_cast<std::uint16_t>(index_of(scenario.regions, target.substr(slash + 1)));
    return moved;
}

// A planned fault of the scenario says how such work is done there.
void set_default_work(FailureProcess& process, const FailureDefault& one, const Scenario& scenario) {
    process.lasts = default_lasts(one);
    process.stops_writes = process.stops_reads = process.planned;
    for (const Fault& fault : scenario.faults) {
        if (fault.kind == one.kind && process.planned) return set_planned(process, scenario, fault);
    }
}

void add_default(OutageModel& model, const Scenario& scenario, const FailureDefault& one) {
    FailureProcess process;
    process.name = one.name;
    process.kind = one.kind;
    process.of_service_instances = one.of == DefaultOf::service_instances;
    process.planned = scenarios::is_planned(one.kind);
    process.targets = targets_of(model, one.of);
    if (one.of == DefaultOf::warehouse_nodes) {
        for (std::size_t w = 0; w < scenario.warehouses.size(); ++w) {
            const int nodes = std::max(1, scenario.warehouses[w].nodes);
            for (int i = 0; i < nodes; ++i) {
                process.targets.push_back({TargetType::warehouse, 0, static_cast<std::uint16_t>(w)});
            }
        }
    }
    if (one.of == DefaultOf::cache_nodes) {
        std::size_t nodes = 0;
        for (const scenarios::Cache& cache : scenario.caches) {
            nodes += cache.regions.size() * static_cast<std::size_t>(cache.shards * (1 + cache.replicas));
        }
        process.targets.resize(nodes);  // nothing that this model knows
    }
    if (process.targets.empty()) return;
    process.rate_each = one.per_year / year_s;
    set_default_work(process, one, scenario);
    if (one.kind == FaultKind::zone_outage) process.launches_share = launches_share_of_zone_outages;
    if (process.planned) process.every = engine::Distribution::constant(year_s / one.per_year);
    process.source = fmt::format("{}; lasts: {}", one.source, default_lasts_source(one));
    process.confidence = one.confidence;
    model.processes.push_back(std::move(process));
}

// What ends by itself has keys of its own.
engine::Distribution lasts_of(const Fault& fault) {
    if (fault.kind == FaultKind::certificate_expiry) {
        const double noticed_s = distribution_of(fault.noticed_after).mean();
        return engine::Distribution::constant(noticed_s + distribution_of(fault.renewal).mean());
    }
    if (fault.at_random) return distribution_of(fault.at_random->lasts);
    return engine::Distribution::constant(engine::in_seconds(fault.lasts.value_or(engine::Duration{})));
}

// What describes an event of this fault, wherever its time comes from.
FailureProcess process_of(const OutageModel& model, const Scenario& scenario, const Fault& fault) {
    FailureProcess process;
    process.name = fault.name;
    process.kind = fault.kind;
    process.resets = fault.mode == scenarios::FailureMode::crash;
    process.planned = scenarios::is_planned(fault.kind);
    process.lasts = lasts_of(fault);
    if (process.planned) set_planned(process, scenario, fault);
    process.confidence = "scenario";
    const std::string region = fault.target.substr(0, fault.target.find('/'));
    for (const std::string& zone : fault.zones) {
        const auto found = std::find(model.zone_names.begin(), model.zone_names.end(), region + "/" + zone);
        if (found == model.zone_names.end()) continue;
        process.zones_with.push_back(static_cast<std::uint16_t>(found - model.zone_names.begin()));
    }
    return process;
}

void add_random(OutageModel& model, const Scenario& scenario, const Fault& fault) {
    const scenarios::RandomFaults& random = *fault.at_random;
    FailureProcess process = process_of(model, scenario, fault);
    for (const std::string& target : random.targets) {
        process.targets.push_back(planned_target(model, scenario, fault, target));
    }
    const engine::Distribution every = distribution_of(random.every);
    const bool away = scenarios::moves_away(fault.kind);
    if (away || random.every.kind != scenarios::DistributionKind::exponential) process.every = every;
    if (away) process.returns_after = distribution_of(random.lasts);
    // There, and after `lasts` back: two orders, or one with its return.
    const double orders = scenarios::goes_back(fault.kind) ? 2.0 : 1.0;
    process.rate_each = orders / (every.mean() + (away ? process.returns_after->mean() : 0.0));
    process.of_service_instances = fault.kind == FaultKind::instance_crash &&
                                   std::all_of(process.targets.begin(), process.targets.end(),
                                               [](const auto& one) { return one.type == TargetType::pool; });
    process.zone_share = random.zone_share;
    process.region_share = random.region_share;
    process.zone_lasts = distribution_of(random.zone_lasts);
    process.source = "the scenario: at random";
    model.processes.push_back(std::move(process));
}

// What follows a fault at random. What follows a scheduled one has no rate.
void add_followers(OutageModel& model, const Scenario& scenario) {
    const auto process_named = [&](const std::string& name) {
        const auto found = std::find_if(model.processes.begin(), model.processes.end(),
                                        [&](const FailureProcess& one) { return one.name == name; });
        return static_cast<std::size_t>(found - model.processes.begin());
    };
    // A follower of a follower needs as many rounds as the chain is long.
    for (std::size_t round = 0; round < scenario.faults.size(); ++round) {
        for (const Fault& fault : scenario.faults) {
            if (!fault.follows || process_named(fault.name) < model.processes.size()) continue;
            const std::size_t before = process_named(fault.follows->fault);
            if (before == model.processes.size()) continue;
            FailureProcess process = process_of(model, scenario, fault);
            process.targets = {planned_target(model, scenario, fault, fault.target)};
            process.source = fmt::format("the scenario: follows \"{}\" in {:.3g} %", fault.follows->fault,
                                         100.0 * fault.follows->probability);
            model.processes.push_back(std::move(process));
            model.processes[before].consequences.push_back(
                {model.processes.size() - 1, distribution_of(fault.follows->after), fault.follows->probability});
        }
    }
}

bool is_of_service(const Scenario& scenario, const std::string& target) {
    return std::any_of(scenario.services.begin(), scenario.services.end(),
                       [&](const auto& service) { return target.starts_with(service.name + "/"); });
}

// An office's own line takes nothing from the others: "boston/line".
bool is_of_office(const Scenario& scenario, const std::string& target) {
    return std::any_of(scenario.offices.begin(), scenario.offices.end(),
                       [&](const auto& office) { return target.starts_with(office.name + "/"); });
}

// `of_services`: of their instances, else of anything else that many use.
bool has_at_random(const Scenario& scenario, FaultKind kind, bool of_services) {
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const Fault& fault) {
        if (!fault.at_random || fault.kind != kind) return false;
        const auto& targets = fault.at_random->targets;
        return std::any_of(targets.begin(), targets.end(), [&](const auto& one) {
            return is_of_service(scenario, one) == of_services && !is_of_office(scenario, one);
        });
    });
}

FailureTarget member_named(const OutageModel& model, std::size_t database, const std::string& name) {
    const auto& members = model.databases[database].members;
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (members[m].name != name) continue;
        return {TargetType::member, static_cast<std::uint8_t>(database), static_cast<std::uint16_t>(m)};
    }
    return {};
}

// "orders/writer", "orders/instance-2", "orders/storage/a/1", "reports/node-1".
FailureTarget part_named(const OutageModel& model, const Scenario& scenario, const std::string& text) {
    const std::string owner = text.substr(0, text.find('/'));
    for (std::size_t d = 0; d < model.databases.size(); ++d) {
        if (model.databases[d].name != owner) continue;
        const auto number = static_cast<std::uint8_t>(d);
        if (text == owner) return {TargetType::database, number, 0};
        if (text == owner + "/writer") return {TargetType::member, number, 0, true};
        const std::string storage = owner + "/storage/";
        if (!text.starts_with(storage)) return member_named(model, d, text);
        const std::size_t slash = text.rfind('/');
        const VolumeModel& volume = model.databases[d].volume;
        const std::string zone =
            scenario.databases[d].region + "/" + text.substr(storage.size(), slash - storage.size());
        for (std::size_t z = 0; z < volume.zones.size(); ++z) {
            if (model.zone_names[volume.zones[z]] != zone) continue;
            const auto node = z * static_cast<std::size_t>(volume.nodes_per_zone) +
                              static_cast<std::size_t>(std::stoi(text.substr(slash + 1)) - 1);
            return {TargetType::storage_node, number, static_cast<std::uint16_t>(node)};
        }
    }
    for (std::size_t p = 0; p < model.pools.size(); ++p) {
        const PoolModel& pool = model.pools[p];
        const std::string place = scenario.services[pool.service].name + "/" + model.region_names[pool.region];
        if (text.starts_with(place + "/")) return {TargetType::pool, 0, static_cast<std::uint16_t>(p)};
    }
    for (std::size_t w = 0; w < model.warehouses.size(); ++w) {
        if (model.warehouses[w].name == owner) return {TargetType::warehouse, 0, static_cast<std::uint16_t>(w)};
    }
    return {};
}

}  // namespace

FailureTarget failure_target(const OutageModel& model, const Scenario& scenario, const std::string& text) {
    const auto number = [](const std::vector<std::string>& names, const std::string& name) {
        return static_cast<std::uint16_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    for (const std::string role : {"az-of: ", "region-of: "}) {
        if (!text.starts_with(role)) continue;
        const std::string database = text.substr(role.size(), text.find('/') - role.size());
        return {role == "az-of: " ? TargetType::zone : TargetType::region,
                static_cast<std::uint8_t>(index_of(scenario.databases, database)), 0, true};
    }
    const std::size_t dash = text.find(" - ");
    if (dash != std::string::npos) {
        const std::size_t a = number(model.region_names, text.substr(0, dash));
        const std::size_t b = number(model.region_names, text.substr(dash + 3));
        return {TargetType::link, 0, static_cast<std::uint16_t>(std::min(a, b) * regions_most + std::max(a, b))};
    }
    const std::uint16_t zone = number(model.zone_names, text);
    if (zone < model.zone_names.size()) return {TargetType::zone, 0, zone};
    const std::uint16_t region = number(model.region_names, text);
    if (region < model.region_names.size()) return {TargetType::region, 0, region};
    return part_named(model, scenario, text);
}

bool OutageModel::knows_effect(const FailureProcess& process) const {
    const auto planned = [&](const FailureTarget& target) {
        const auto any_database = [&](auto has) { return std::any_of(databases.begin(), databases.end(), has); };
        // Of an evacuation what it moves besides offices, instances and connections.
        if (process.kind == FaultKind::evacuation) {
            return any_database([](const DatabaseModel& one) {
                return std::any_of(one.follows.begin(), one.follows.end(), [](bool follows) { return follows; });
            });
        }
        if (process.kind == FaultKind::zone_evacuation) {
            return any_database([&](const DatabaseModel& one) {
                return std::any_of(one.members.begin(), one.members.end(),
                                   [&](const MemberModel& member) { return member.zone == target.index; });
            });
        }
        const bool place = target.type == TargetType::database || target.type == TargetType::member ||
                           target.type == TargetType::warehouse;
        return place && (process.stops_writes || process.stops_reads);
    };
    return std::any_of(process.targets.begin(), process.targets.end(), [&](const FailureTarget& target) {
        return process.planned ? planned(target) : takes_down(process.kind, target.type);
    });
}

void add_processes(OutageModel& model, const Scenario& scenario) {
    for (const Fault& fault : scenario.faults) {
        // Of an operator error nothing is down: its data are wrong, and no year of outages knows for how long.
        const bool of_data = fault.kind == FaultKind::operator_error;
        if (fault.at_random && !of_data) add_random(model, scenario, fault);
        if (fault.at_random && of_data) {
            model.not_modelled.push_back(fmt::format("\"{}\": of an operator error nothing is down", fault.name));
        }
    }
    add_followers(model, scenario);
    for (const FailureDefault& one : failure_defaults) {
        const bool service = one.of == DefaultOf::service_instances;
        if (!has_at_random(scenario, one.kind, service)) add_default(model, scenario, one);
    }
    // A region that is cut off: its own links, all of them.
    for (FailureProcess& process : model.processes) {
        if (process.kind != FaultKind::link_cut) continue;
        for (FailureTarget& target : process.targets) {
            if (target.type != TargetType::region) continue;
            target.type = TargetType::link;
            target.index = static_cast<std::uint16_t>(target.index * regions_most + target.index);
        }
    }
}

}  // namespace faultline::planning
