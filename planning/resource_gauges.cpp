#include "planning/resource_gauges.hpp"

namespace faultline::planning {

using models::ResourceReading;

std::size_t ResourceGauges::add(const ResourceOwner& owner, const char* kind, double capacity, Read read) {
    scenarios::ResourceResult described;
    described.name = owner.path + "/" + kind;
    described.kind = kind;
    described.of = owner.of;
    described.words = owner.words + ": " + kind;
    described.capacity = capacity;
    const std::size_t resource = uses_.add(std::move(described), read());
    gauges_.push_back({resource, std::move(read)});
    return resource;
}

void ResourceGauges::add(const ResourceOwner& owner, const char* kind, const engine::ServerPool& what) {
    add(owner, kind, what.servers(), [&what] {
        return ResourceReading{what.busy_seconds(), what.waiting_seconds(), static_cast<double>(what.servers())};
    });
}

void ResourceGauges::add(const ResourceOwner& owner, const char* kind, const engine::SerialServer& what) {
    add(owner, kind, 1.0, [this, &what] {
        return ResourceReading{what.busy_seconds(simulation_.now()), what.waited_seconds(), 1.0};
    });
}

void ResourceGauges::add(const ResourceOwner& owner, const char* kind, const models::ServiceLanes& what) {
    add(owner, kind, what.lanes(), [this, &what] {
        return ResourceReading{what.busy_seconds(simulation_.now()), 0.0, static_cast<double>(what.lanes())};
    });
}

void ResourceGauges::add_tokens(const ResourceOwner& owner, const char* kind,
                                std::function<const engine::Tokens&()> tokens) {
    const auto capacity = static_cast<double>(tokens().tokens());
    add(owner, kind, capacity, [this, tokens = std::move(tokens)] {
        const engine::Tokens& now = tokens();
        return ResourceReading{now.in_use_seconds(simulation_.now()), now.waiting_seconds(simulation_.now()),
                               static_cast<double>(now.tokens())};
    });
}

void ResourceGauges::read_all() {
    for (const Gauge& gauge : gauges_) uses_.read(gauge.resource, gauge.read());
}

}  // namespace faultline::planning
