#include "tests/planning/availability/small_models.hpp"

namespace faultline::planning::tests {
namespace {

using engine::Distribution;
using scenarios::FaultKind;

FailureProcess process(const std::string& name, FaultKind kind, double every_s, double lasts_s) {
    FailureProcess one;
    one.name = name;
    one.kind = kind;
    one.rate_each = 1.0 / every_s;
    if (lasts_s > 0.0) one.lasts = Distribution::exponential(lasts_s);
    return one;
}

}  // namespace

OutageModel model_of(const SmallCluster& cluster) {
    OutageModel model;
    model.region_names = {"home"};
    DatabaseModel database;
    database.name = "orders";
    database.detection = Distribution::exponential(cluster.failover_s);
    database.rebuild = Distribution::exponential(cluster.rebuild_s);
    FailureProcess crash = process("crash", FaultKind::instance_crash, cluster.member_every_s, cluster.member_lasts_s);
    FailureProcess zone = process("zone", FaultKind::zone_outage, cluster.zone_every_s, cluster.zone_lasts_s);
    for (std::size_t i = 0; i < cluster.members; ++i) {
        const auto number = static_cast<std::uint8_t>(i);
        model.zone_names.push_back("home/" + std::to_string(i));
        model.region_of_zone.push_back(0);
        database.members.push_back({.name = "orders/" + std::to_string(i), .zone = number});
        crash.targets.push_back({TargetType::member, 0, number});
        zone.targets.push_back({TargetType::zone, 0, number});
    }
    model.databases.push_back(database);
    model.processes = {crash, zone};
    CellModel cell;
    cell.offices = "orders";
    cell.ends = Ends::writer;
    model.cells.push_back(cell);
    model.sum_rates();
    return model;
}

ClusterChain chain_of(const SmallCluster& cluster) {
    ClusterChain chain;
    for (std::size_t i = 0; i < cluster.members; ++i) {
        chain.members.push_back({1.0 / cluster.member_every_s, 1.0 / cluster.member_lasts_s});
        chain.zones.push_back({1.0 / cluster.zone_every_s, 1.0 / cluster.zone_lasts_s});
        chain.zone_of.push_back(i);
    }
    chain.failover = 1.0 / cluster.failover_s;
    chain.rebuild = 1.0 / cluster.rebuild_s;
    chain.depth = 2 * cluster.members;
    return chain;
}

void add_volume(OutageModel& model, double node_every_s, double node_refill_s) {
    VolumeModel& volume = model.databases.front().volume;
    volume.copies_per_zone = 2;
    volume.write_quorum = 4;
    volume.read_quorum = 3;
    volume.nodes_per_zone = 6;
    volume.groups = 4;
    volume.zones = {0, 1, 2};
    volume.node_refill_s = node_refill_s;
    volume.zone_refill_s = node_refill_s;
    for (std::size_t group = 0; group < volume.groups; ++group) {
        for (std::size_t zone = 0; zone < 3; ++zone) {
            volume.node_of.push_back(static_cast<std::uint16_t>((2 * group) % 6));
            volume.node_of.push_back(static_cast<std::uint16_t>((2 * group + 1 + zone % 2) % 6));
        }
    }
    FailureProcess nodes = process("nodes", FaultKind::storage_node_loss, node_every_s, 0.0);
    for (std::uint16_t node = 0; node < 18; ++node) nodes.targets.push_back({TargetType::storage_node, 0, node});
    model.processes.push_back(nodes);
    model.sum_rates();
}

}  // namespace faultline::planning::tests
