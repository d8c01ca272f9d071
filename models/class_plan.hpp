// A query class, made ready for the hot path: names are indices, distributions are the engine's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/random/distributions.hpp"
#include "engine/random/zipf.hpp"
#include "models/network/round_trip.hpp"
#include "models/request.hpp"
#include "models/warehouse/warehouse_query.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// A DNS name of a database.
struct EndpointPlan {
    std::string name;  // "orders/writer", "orders/reader" or "orders/reporting"
    std::size_t database = nowhere;
    std::size_t custom = nowhere;  // number among its custom endpoints; nowhere: the writer's or the readers'
    bool writes = false;           // the writer's
};

// What the canaries of the offices ask: an endpoint directly, or through a service as the clients of a class do.
struct CanaryPlan {
    std::string name;                // "orders/writer", "orders/writer via shop"
    std::size_t endpoint = nowhere;  // index
    std::size_t service = nowhere;   // index; nowhere: directly
};

// What a user asks next, of the same key.
struct FollowUpPlan {
    ClassId query_class = 0;
    double probability = 0.0;
    engine::Distribution after = engine::Distribution::constant(0.0);  // seconds from the answer on
};

struct ClassPlan {
    std::string name;
    std::size_t service = nowhere;   // index; nowhere: the office asks the last step itself
    std::size_t cache = nowhere;     // looked aside
    std::size_t endpoint = nowhere;  // index
    std::size_t database = nowhere;  // that the endpoint belongs to
    std::size_t station = nowhere;
    std::size_t warehouse = nowhere;
    WarehouseQuery scan;  // what it does there
    int statements = 1;
    int pages = 1;  // that a statement touches
    bool transaction = false;
    bool writes = false;
    bool idempotent = true;
    engine::Distribution demand = engine::Distribution::constant(0.0);
    Payload call;       // office <-> service, or station
    Payload statement;  // service or office <-> database
    std::optional<engine::Zipf> keys;
    std::uint64_t key_multiplier = 1;  // spreads ranks over key numbers: neighbours in rank are strangers
    std::uint64_t drift_by = 0;        // ranks that the hot set moves by, below keys->ranks(); 0: it stays
    Duration drift_every{};
    Duration deadline{};
    Duration timeout{};
    scenarios::RetryPolicy retry;
    std::optional<scenarios::Breaker> breaker;
    std::optional<scenarios::Hedge> hedge;
    bool guarded = false;  // it has one of these, an adaptive rate or a service that watches for outliers
    scenarios::Priority priority = scenarios::Priority::normal;
    std::size_t tenant = nowhere;
    double cumulative_share = 0.0;
    std::optional<FollowUpPlan> follow_up;
    Duration staleness_bound{};  // a read of what was replaced longer ago is stale
    int wrong_data = 0;          // operator errors that make its answers wrong now
};

}  // namespace faultline::models
