#include "models/global/reader_routes.hpp"

#include <algorithm>

#include "models/cluster/probe.hpp"

namespace faultline::models {

ReaderRoutes::ReaderRoutes(engine::Simulation& simulation, const Transport& transport, const std::string& path,
                           GlobalLog& log, RouteShape shape)
    : simulation_(simulation),
      transport_(transport),
      log_(log),
      shape_(shape),
      draws_(simulation.stream(path, "health checks")) {}

void ReaderRoutes::add_region(RegionalCluster& cluster) {
    regions_.push_back({&cluster, 0, true, Duration::zero()});
}

Endpoint& ReaderRoutes::endpoint_for(PlaceId client) {
    for (const Route& known : routes_) {
        if (known.client == client) return *known.endpoint;
    }
    Route route{client, std::make_unique<Endpoint>(shape_.time_to_live), {}, 0};
    for (std::size_t i = 0; i < regions_.size(); ++i) route.nearest_first.push_back(i);
    const auto distance = [&](std::size_t region) {
        return transport_.path(client, regions_[region].cluster->region()).base_round_trip;
    };
    std::stable_sort(route.nearest_first.begin(), route.nearest_first.end(),
                     [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
    route.chosen = best_for(route);
    route.endpoint->stand_for(regions_[route.chosen].cluster->reader_endpoint());
    routes_.push_back(std::move(route));
    return *routes_.back().endpoint;
}

void ReaderRoutes::begin(engine::Component& owner) {
    choose();
    for (std::size_t region = 0; region < regions_.size(); ++region) simulation_.spawn(owner, check(region));
}

std::size_t ReaderRoutes::region_for(PlaceId client) const {
    for (const Route& known : routes_) {
        if (known.client == client) return known.chosen;
    }
    return log_.primary();
}

engine::Process<> ReaderRoutes::check(std::size_t number) {
    for (;;) {
        co_await simulation_.delay(shape_.interval);
        bool answered = false;
        for (std::size_t from = 0; from < regions_.size() && !answered; ++from) {
            const bool here = co_await asked(number, regions_[from].cluster->region());
            answered = here;
        }
        Region& region = regions_[number];
        region.failed = answered ? 0 : region.failed + 1;
        region.healthy = region.failed < shape_.failures;
        region.lag = log_.lag(number, simulation_.now());
        choose();
    }
}

engine::Process<bool> ReaderRoutes::asked(std::size_t number, PlaceId from) {
    Endpoint& readers = regions_[number].cluster->reader_endpoint();
    if (readers.addresses().empty() || !transport_.topology().alive(from)) co_return false;
    Instance& reader = *readers.addresses().front();
    const Question question{from, reader.stand(), shape_.timeout};
    const bool answered = co_await answers(simulation_, transport_, reader.component(), question, draws_);
    co_return answered;
}

void ReaderRoutes::choose() {
    for (Route& route : routes_) {
        route.chosen = best_for(route);
        route.endpoint->stand_for(regions_[route.chosen].cluster->reader_endpoint());
    }
}

std::size_t ReaderRoutes::best_for(const Route& route) const {
    for (const std::size_t number : route.nearest_first) {
        const Region& region = regions_[number];
        const RegionRole role = region.cluster->region_role();
        const bool serves = role == RegionRole::primary || role == RegionRole::secondary;
        if (!serves || !region.healthy || region.cluster->instances().empty()) continue;
        if (shape_.staleness_most && region.lag > *shape_.staleness_most) continue;
        return number;
    }
    return log_.primary();
}

}  // namespace faultline::models
