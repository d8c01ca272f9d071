// Which region's reader endpoint a name stands for, seen from each place: the nearest whose readers the health checks
// still call healthy, and whose lag, as measured at the last check, is within the bound. Where no region is, the
// primary's.
//
// A check asks one reader of a region from every region; one answer is enough. It takes a few failures in a row to be
// called unhealthy, and clients keep an answer of the name for its time to live.
// Source: Route 53 Developer Guide, Latency-based routing; How Route 53 determines whether a health check is healthy.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/global/regional_cluster.hpp"

namespace faultline::models {

struct RouteShape {
    Duration interval{};  // between two checks, above 0
    Duration timeout{};
    int failures = 3;                        // in a row
    std::optional<Duration> staleness_most;  // none: any lag will do
    Duration time_to_live{};
};

class ReaderRoutes {
public:
    ReaderRoutes(engine::Simulation& simulation, const Transport& transport, const std::string& path, GlobalLog& log,
                 RouteShape shape);

    void add_region(RegionalCluster& cluster);
    // Building: the name as a client at this place knows it. Stable address.
    Endpoint& endpoint_for(PlaceId client);
    void begin(engine::Component& owner);
    // Which region a client at this place is sent to now.
    std::size_t region_for(PlaceId client) const;

private:
    struct Region {
        RegionalCluster* cluster = nullptr;
        int failed = 0;
        bool healthy = true;
        Duration lag{};
    };
    struct Route {
        PlaceId client{};
        std::unique_ptr<Endpoint> endpoint;
        std::vector<std::size_t> nearest_first;
        std::size_t chosen = 0;
    };
    engine::Process<> check(std::size_t region);
    engine::Process<bool> asked(std::size_t region, PlaceId from);
    void choose();
    std::size_t best_for(const Route& route) const;

    engine::Simulation& simulation_;
    const Transport& transport_;
    GlobalLog& log_;
    RouteShape shape_;
    engine::RandomStream draws_;
    std::vector<Region> regions_;
    std::vector<Route> routes_;
};

}  // namespace faultline::models
