// What is read of each queue and link once a second (models/measures/resource_use.hpp), and what each is called.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/queueing/serial_server.hpp"
#include "engine/queueing/server_pool.hpp"
#include "engine/simulation.hpp"
#include "engine/tokens.hpp"
#include "models/cluster/service_lanes.hpp"
#include "models/measures/resource_use.hpp"

namespace faultline::planning {

// Where it stands in words, and whose it is.
struct ResourceOwner {
    std::string path;   // of its component
    std::string of;     // in the scenario: "shop"
    std::string words;  // "shop, us-east-1a"
};

class ResourceGauges {
public:
    using Read = std::function<models::ResourceReading()>;

    ResourceGauges(const engine::Simulation& simulation, models::ResourceUses& uses)
        : simulation_(simulation), uses_(uses) {}

    // Returns its number in the uses.
    std::size_t add(const ResourceOwner& owner, const char* kind, double capacity, Read read);

    // `what` outlives the gauges. Tokens may be made anew, so they are asked for each time.
    void add(const ResourceOwner& owner, const char* kind, const engine::ServerPool& what);
    void add(const ResourceOwner& owner, const char* kind, const engine::SerialServer& what);
    void add(const ResourceOwner& owner, const char* kind, const models::ServiceLanes& what);
    void add_tokens(const ResourceOwner& owner, const char* kind, std::function<const engine::Tokens&()> tokens);

    // A second has passed.
    void read_all();

private:
    struct Gauge {
        std::size_t resource = 0;
        Read read;
    };
    const engine::Simulation& simulation_;
    models::ResourceUses& uses_;
    std::vector<Gauge> gauges_;
};

}  // namespace faultline::planning
