#include "models/network/simgrid_flows.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/network/simgrid_flows_platform.hpp"

namespace faultline::models {

using engine::Bytes;
using engine::Instant;
using namespace simgrid_engine;

Flows::Flows(const Topology& topology) : platform_(std::make_unique<Platform>(topology)) {}
Flows::~Flows() = default;

FlowId Flows::start(Instant now, PlaceId from, PlaceId to, Bytes size, FlowOptions options) {
    SIM_CHECK(size.count >= 0 && options.window.count > 0 && options.rate_most.value > 0.0);
    SIM_CHECK(options.connections > 0 && options.connections < 1'000'000);
    Platform& p = *platform_;
    p.run_until(now);
    const FlowId id{p.next_id++};
    const Path& path = p.topology.path(from, to);
    auto links = path.usable ? p.way(path, from) : std::nullopt;
    if (!links) {
        p.ended.push_back({id, now, FlowOutcome::Failed, Bytes{}});
        return id;
    }
    const double latency = latency_s(path.base_round_trip);
    double bound =
        std::min(static_cast<double>(options.window.count) / (2.0 * latency), bytes_per_s(options.rate_most));
    if (path.extra_loss > 0.0) {
        bound = std::min(bound, tcp_segment_bytes / (2.0 * latency) * mathis_constant / std::sqrt(path.extra_loss));
    }
    Platform::Active flow{.id = id,
                          .links = std::move(*links),
                          .first_byte = now + engine::duration_from_seconds(latency),
                          .total_bytes = static_cast<double>(size.count),
                          .bound_bytes_per_s = bound,
                          .connections = static_cast<double>(options.connections),
                          .from = from,
                          .to = to};
    p.start_on(flow, flow.total_bytes, latency);
    p.active.push_back(std::move(flow));
    p.run_until(now);
    return id;
}

std::optional<FlowId> Flows::start_stream(Instant now, PlaceId from, PlaceId to, engine::BitsPerSecond rate_most) {
    SIM_CHECK(rate_most.value > 0.0);
    Platform& p = *platform_;
    p.run_until(now);
    const Path& path = p.topology.path(from, to);
    auto links = path.usable ? p.way(path, from) : std::nullopt;
    if (!links) return std::nullopt;
    Platform::Active flow{.id = FlowId{p.next_id++},
                          .links = std::move(*links),
                          .first_byte = now,
                          .total_bytes = endless_bytes,
                          .bound_bytes_per_s = bytes_per_s(rate_most),
                          .endless = true,
                          .from = from,
                          .to = to};
    if (p.streams == 0) p.begin_measuring(now);
    ++p.streams;
    const FlowId id = flow.id;
    p.start_on(flow, flow.total_bytes, latency_least_s);
    p.active.push_back(std::move(flow));
    p.run_until(now);
    return id;
}

bool Flows::beside_flows(PlaceId from, PlaceId to) const {
    Platform& p = *platform_;
    const Path& path = p.topology.path(from, to);
    const auto links = path.usable ? p.way(path, from) : std::nullopt;
    if (!links) return false;
    return std::any_of(links->begin(), links->end(), [&](const s4u::Link* link) {
        if (!Platform::is_shared(link)) return false;
        return std::any_of(p.active.begin(), p.active.end(),
                           [&](const Platform::Active& flow) { return !flow.endless && Platform::uses(flow, link); });
    });
}

std::optional<engine::BitsPerSecond> Flows::present_share(FlowId stream) const {
    Platform& p = *platform_;
    for (const Platform::Active& flow : p.active) {
        if (flow.id != stream || !flow.rate_bytes_per_s) continue;
        double level = unlimited_bytes_per_s;
        for (const s4u::Link* const link : flow.links) {
            if (!Platform::is_shared(link)) continue;
            const std::optional<double> here = p.level_beside(flow, link);
            if (!here) return std::nullopt;
            level = std::min(level, *here);
        }
        return engine::BitsPerSecond{8.0 * std::max(level, *flow.rate_bytes_per_s)};
    }
    return std::nullopt;
}

void Flows::cancel(Instant now, FlowId flow) {
    Platform& p = *platform_;
    p.run_until(now);
    for (Platform::Active& running : p.active) {
        if (running.id != flow) continue;
        running.cancelled = true;
        running.remaining_at_cut = running.comm->get_remaining();
        running.comm->cancel();
    }
    p.run_until(now);
}

void Flows::cut_link(Instant now, LinkId link) {
    Platform& p = *platform_;
    p.run_until(now);
    Platform::TwoWays& ways = p.at(link);
    const bool was_on = ways.on();
    ++ways.cuts;
    p.set_power(ways, was_on, now);
}

void Flows::restore_link(Instant now, LinkId link) {
    Platform& p = *platform_;
    p.run_until(now);
    Platform::TwoWays& ways = p.at(link);
    SIM_CHECK(ways.cuts > 0);
    const bool was_on = ways.on();
    --ways.cuts;
    p.set_power(ways, was_on, now);
}

void Flows::follow_topology(Instant now) {
    Platform& p = *platform_;
    p.run_until(now);
    const auto follow = [&](Platform::TwoWays& ways, bool alive) {
        const bool was_on = ways.on();
        ways.dead = !alive;
        p.set_power(ways, was_on, now);
    };
    for (std::uint32_t i = 0; i < p.links.size(); ++i) follow(p.links[i], p.topology.alive(LinkId{i}));
    for (std::uint32_t i = 0; i < p.inside.size(); ++i) follow(p.inside[i], p.topology.alive(PlaceId{i}));
    if (!p.topology.any_cut()) return;
    for (Platform::Active& flow : p.active) {
        if (flow.severed || flow.cancelled || !p.topology.apart(flow.from, flow.to)) continue;
        flow.severed = true;
        flow.remaining_at_cut = flow.comm->get_remaining();
        flow.comm->cancel();
    }
    p.run_until(now);
}

void Flows::set_bandwidth(Instant now, LinkId link, engine::BitsPerSecond rate) {
    SIM_CHECK(rate.value > 0.0);
    Platform& p = *platform_;
    p.run_until(now);
    Platform::TwoWays& ways = p.at(link);
    SIM_CHECK(ways.limited);  // a link without a limit is not shared, and cannot become so
    ways.forward->set_bandwidth(bytes_per_s(rate));
    ways.back->set_bandwidth(bytes_per_s(rate));
    p.run_until(now);
    for (Platform::Active& flow : p.active) p.widen(flow, now);
    p.run_until(now);
    p.loads_changed = true;
}

bool Flows::active() const {
    return !platform_->active.empty();
}

Instant Flows::next_step(Instant now) const {
    if (!platform_->ended.empty()) return now;
    return active() ? engine::saturating_add(now, step_most) : engine::end_of_time;
}

std::span<const Finished> Flows::advance(Instant to) {
    Platform& p = *platform_;
    p.delivered.clear();
    if (!p.active.empty()) p.run_until(to);
    std::swap(p.delivered, p.ended);
    std::sort(p.delivered.begin(), p.delivered.end(), [](const Finished& a, const Finished& b) {
        return std::pair{a.at, a.flow} < std::pair{b.at, b.flow};
    });
    return p.delivered;
}

Bytes Flows::moved(FlowId flow) const {
    for (const Platform::Active& running : platform_->active) {
        if (running.id == flow) return Bytes{std::llround(running.total_bytes - running.comm->get_remaining())};
    }
    return Bytes{};
}

double Flows::utilisation(LinkId link) const {
    const LinkSpec& spec = platform_->topology.link(link);
    return std::max(load(link, spec.from).used, load(link, spec.to).used);
}

bool Flows::loads_changed() {
    return std::exchange(platform_->loads_changed, false);
}

LinkLoad Flows::load(LinkId link, PlaceId from) const {
    const Platform& p = *platform_;
    const Platform::TwoWays& ways = platform_->at(link);
    if (!ways.limited) return {};
    s4u::Link* const way = p.topology.link(link).from == from ? ways.forward : ways.back;
    LinkLoad load{way->get_usage() / way->get_bandwidth(), 0.0};
    for (const Platform::Active& flow : p.active) {
        if (flow.first_byte <= p.last && Platform::uses(flow, way)) load.connections += flow.connections;
    }
    return load;
}

}  // namespace faultline::models
