// The databases of a scenario as years see them.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/random/stream.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::planning {
namespace {

using engine::Distribution;
using scenarios::Database;
using scenarios::Scenario;

constexpr double group_bytes = 10e9;    // Verbitski et al., SIGMOD 2017, section 2.2
constexpr double segment_s = 8.0;       // 10 GB at 10 Gbit/s, the same
constexpr double node_noticed_s = 3.0;  // assumption, docs/models/faults.md

double mean_of(const scenarios::RandomDuration& duration) {
    return distribution_of(duration).mean();
}

MemberModel member_of(const OutageModel& model, const Scenario& scenario, const std::string& name,
                      const std::string& region, const scenarios::DatabaseInstance& one) {
    return {.name = name,
            .zone = static_cast<std::uint8_t>(zone_number(model, region, one.zone)),
            .region = static_cast<std::uint8_t>(index_of(scenario.regions, region)),
            .tier = one.promotion_tier};
}

// One that is made when the database moves to a region where none runs.
void add_later(OutageModel& model, DatabaseModel& into, const Scenario& scenario, const std::string& region) {
    const std::size_t number = index_of(scenario.regions, region);
    MemberModel member{
        .name = into.name + "/" + region + "/added",
        .zone = static_cast<std::uint8_t>(zone_number(model, region, scenario.regions[number].zones.front())),
        .region = static_cast<std::uint8_t>(number),
        .tier = 15,
        .added_later = true};
    into.members.push_back(std::move(member));
}

void add_members(OutageModel& model, DatabaseModel& into, const Scenario& scenario, const Database& database) {
    const auto name = [&](std::size_t i) { return database.name + "/" + scenarios::instance_name(i); };
    into.members.push_back(member_of(model, scenario, name(0), database.region, database.writer));
    for (std::size_t i = 0; i < database.replicas.size(); ++i) {
        const scenarios::DatabaseInstance& one = database.replicas[i];
        const std::string& region = one.region.empty() ? database.region : one.region;
        into.members.push_back(member_of(model, scenario, name(i + 1), region, one));
        if (region != database.region) into.follows[index_of(scenario.regions, region)] = true;  // a standby
    }
    for (const scenarios::Secondary& secondary : database.secondaries) {
        into.follows[index_of(scenario.regions, secondary.region)] = true;
        for (std::size_t i = 0; i < secondary.replicas.size(); ++i) {
            const std::string full = database.name + "/" + secondary.region + "/" + scenarios::instance_name(i);
            into.members.push_back(member_of(model, scenario, full, secondary.region, secondary.replicas[i]));
        }
        if (secondary.replicas.empty()) add_later(model, into, scenario, secondary.region);
    }
}

// The groups' segments on the nodes of each zone, dealt evenly from a shuffled deck as a run deals them.
VolumeModel volume_of(const OutageModel& model, const Scenario& scenario, const Database& database) {
    VolumeModel volume;
    if (scenarios::has_standbys(database.kind)) return volume;
    volume.copies_per_zone = database.storage.copies_per_zone;
    volume.write_quorum = database.storage.write_quorum;
    volume.read_quorum = database.storage.read_quorum;
    volume.nodes_per_zone = database.storage.nodes_per_zone;
    volume.groups =
        static_cast<std::size_t>(std::max(1.0, std::ceil(static_cast<double>(database.data.count) / group_bytes)));
    const auto& zones = scenario.regions[index_of(scenario.regions, database.region)].zones;
    for (const std::string& zone : scenarios::volume_zones(database, database.region, zones)) {
        volume.zones.push_back(static_cast<std::uint8_t>(zone_number(model, database.region, zone)));
    }
    const auto copies = static_cast<std::size_t>(volume.copies_per_zone);
    const auto nodes = static_cast<std::size_t>(volume.nodes_per_zone);
    volume.node_of.resize(volume.groups * volume.zones.size() * copies);
    engine::RandomStream draws{engine::stream_key({}, 0, "databases/" + database.name, "availability segments")};
    std::vector<std::uint16_t> deck(nodes);
    std::size_t left = 0;
    for (std::size_t place = 0; place < volume.node_of.size(); place += copies) {
        if (left < copies) {
            std::iota(deck.begin(), deck.end(), std::uint16_t{0});
            for (std::size_t i = nodes - 1; i > 0; --i) {
                std::swap(deck[i], deck[static_cast<std::size_t>(draws.uniform() * static_cast<double>(i + 1))]);
            }
            left = nodes;
        }
        for (std::size_t c = 0; c < copies; ++c) volume.node_of[place + c] = deck[--left];
    }
    const double segments = std::ceil(static_cast<double>(volume.groups * copies) / static_cast<double>(nodes));
    // A lost node's segments go to as many others, side by side; a zone's come back to its nodes one after the other.
    volume.node_refill_s = node_noticed_s + segment_s * std::ceil(segments / std::max(1.0, double(nodes) - 1.0));
    volume.zone_refill_s = node_noticed_s + segment_s * segments;
    return volume;
}

void set_failover(DatabaseModel& into, const Database& database) {
    const scenarios::Failover& failover = database.failover;
    into.promotion = distribution_of(failover.promotion);
    into.dns_update = distribution_of(failover.dns_update);
    into.restart = distribution_of(failover.restart);
    into.rebuild = distribution_of(failover.rebuild);
    into.stuck = failover.fails.probability;
    into.stuck_noticed = distribution_of(failover.fails.noticed_after);
    into.by_hand = distribution_of(failover.fails.by_hand);
    if (scenarios::has_standbys(database.kind)) {
        const scenarios::Monitor& monitor = database.monitor;
        const double interval_s = engine::in_seconds(monitor.interval);
        into.heartbeat = Distribution::uniform(0.0, interval_s);
        into.detection =
            Distribution::constant((monitor.failures - 1) * interval_s + engine::in_seconds(monitor.timeout));
        return;
    }
    into.heartbeat = Distribution::uniform(0.0, 2.0);  // docs/models/cluster.md: up to 2 s before the first is missed
    into.detection = distribution_of(failover.detection);
}

void set_regional(DatabaseModel& into, const Scenario& scenario, const Database& database) {
    const scenarios::GlobalOperation& global = database.global;
    into.alarm_s = engine::in_seconds(global.alarm_after);
    into.decision = distribution_of(global.decision);
    into.fence_s = engine::in_seconds(global.fence_timeout);
    into.regional_promotion = distribution_of(global.promotion);
    into.switchover = distribution_of(global.switchover);
    into.regional_dns = distribution_of(global.dns_update);
    into.add_instance = distribution_of(global.add_instance);
    into.step_fails = global.step_fails;
    into.retry = distribution_of(global.retry);
    into.reader_health_s = engine::in_seconds(global.health_interval) * global.health_failures;
    const double bits = 8.0 * static_cast<double>(database.data.count);
    into.copy_s = global.copy_rate.value > 0.0 ? bits / global.copy_rate.value : 0.0;
    if (database.has_standby_elsewhere()) {  // the operator has a standby promoted (docs/models/standby.md)
        into.regional_promotion = into.promotion;
        into.step_fails = 0.0;
        into.copy_s = mean_of(database.failover.restart) + mean_of(database.failover.rebuild);
        return;
    }
    if (!database.backups || database.backups->copy_to.empty()) return;
    const scenarios::Restore& restore = database.backups->restore;
    into.copies_in = static_cast<std::uint8_t>(index_of(scenario.regions, database.backups->copy_to));
    into.restore_alarm_s = engine::in_seconds(restore.alarm_after);
    into.restore_decision = distribution_of(restore.decision);
    const double nodes = std::max(1, database.storage.nodes_per_zone);
    into.restore_fill_s = std::max(bits / std::max(1.0, restore.node_rate.value * nodes), mean_of(restore.instances));
    into.restore_recovery = distribution_of(restore.recovery);
    into.restore_repointing = distribution_of(restore.repointing);
}

}  // namespace

void add_databases(OutageModel& model, const Scenario& scenario) {
    for (const Database& database : scenario.databases) {
        DatabaseModel into;
        into.name = database.name;
        into.home = static_cast<std::uint8_t>(index_of(scenario.regions, database.region));
        add_members(model, into, scenario, database);
        into.volume = volume_of(model, scenario, database);
        set_failover(into, database);
        set_regional(into, scenario, database);
        if (into.copies_in) add_later(model, into, scenario, database.backups->copy_to);
        model.databases.push_back(std::move(into));
    }
}

}  // namespace faultline::planning
