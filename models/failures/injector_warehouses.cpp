#include <string_view>

#include "models/failures/injector.hpp"

#include "models/retry_pause.hpp"

namespace faultline::models {

using engine::Health;

// A node, and with it the compute that it belongs to, until its control plane has mended that.
engine::Process<> Injector::lose_warehouse_node(std::size_t index, const scenarios::Fault& fault) {
    const WarehouseNode node = warehouse_node_named(fault.target);
    if (!node.compute->up()) co_return;
    const Health how = fault.mode == scenarios::FailureMode::crash ? Health::crash : Health::silent;
    cut(index, fault.target, [&] { node.warehouse->lose_node(*node.compute, how); });
    while (!node.compute->up()) {
        co_await simulation_.delay(retry_pause);
    }
}

// They come back by themselves: see models/warehouse/warehouse_recovery.cpp.
void Injector::strike_warehouses(std::size_t index, PlaceId zone, Health how) {
    for (const auto& warehouse : targets_.warehouses) {
        for (const auto& compute : warehouse->mains()) {
            if (compute->place() != zone || !compute->up()) continue;
            cut(index, compute->component().path(), [&] { warehouse->lose_zone(*compute, how); });
        }
    }
}

// "reports/node-5": nodes are counted through the computes, from 1.
Injector::WarehouseNode Injector::warehouse_node_named(const std::string& target) const {
    for (const auto& warehouse : targets_.warehouses) {
        int node = 0;
        for (const auto& compute : warehouse->mains()) {
            for (int i = 0; i < compute->shape().nodes; ++i) {
                if (target == warehouse->component().path() + "/node-" + std::to_string(++node))
                    return {warehouse.get(), compute.get()};
            }
        }
    }
    return {};
}

}  // namespace faultline::models
