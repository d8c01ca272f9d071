// A described warehouse as the models take it.
#pragma once

#include "models/warehouse/warehouse.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Where it stands: its region's border, and the region's zones, its own first.
struct WarehousePlaces {
    models::PlaceId region{};
    std::vector<models::PlaceId> zones;
    std::optional<models::PlaceId> copy_to;
};

models::WarehouseShape warehouse_shape_of(const scenarios::Warehouse& warehouse, const scenarios::Scenario& scenario,
                                          const WarehousePlaces& places, engine::Instant warm_up_end);

models::TableShape table_shape_of(const scenarios::Warehouse& warehouse, const scenarios::WarehouseTable& table,
                                  const scenarios::Scenario& scenario);

// Of a class whose route ends there.
models::WarehouseQuery warehouse_query_of(const scenarios::QueryClass& query_class,
                                          const scenarios::Warehouse& warehouse);

}  // namespace faultline::planning
