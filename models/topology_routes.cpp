// Routes over what the routers believe to be alive, and the figures of each path.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cmath>

#include "engine/check.hpp"
#include "models/topology_state.hpp"

namespace faultline::models {
namespace {

using engine::Duration;

struct Arc {
    std::uint32_t link = 0;
    std::int64_t cost_ns = 0;
};
using ArcGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, Arc>;
using ArcHandle = boost::graph_traits<ArcGraph>::edge_descriptor;

// A detour through the border costs more than any direct way: zones of one region talk directly while they can.
constexpr std::int64_t uplink_penalty_ns = 1'000'000'000;
// Of two routes of equal latency, the one with fewer links.
constexpr std::int64_t hop_penalty_ns = 1;

constexpr double retransmission_least_s =
    0.2;  // Linux: TCP_RTO_MIN, the least that is added to the smoothed round trip

}  // namespace

std::vector<Topology::State::Route> Topology::State::routes_from(PlaceId source) const {
    // Only what the source's traffic may cross: regions, zones, and the exchanges at which the source's own lines end.
    std::vector<char> allowed(places.size(), 0);
    for (const PlaceId place : core) allowed[place.value] = 1;
    allowed[source.value] = 1;
    for (const Link& link : links) {
        if (is_core(source) || (link.spec.from != source && link.spec.to != source)) continue;
        const PlaceId other = link.spec.from == source ? link.spec.to : link.spec.from;
        if (places[other.value].kind == PlaceKind::Exchange) allowed[other.value] = 1;
    }
    ArcGraph graph(places.size());
    for (std::uint32_t i = 0; i < links.size(); ++i) {
        const LinkSpec& spec = links[i].spec;
        if (!links[i].known_up || !allowed[spec.from.value] || !allowed[spec.to.value]) continue;
        const Arc arc{i, spec.round_trip.count() + hop_penalty_ns + (links[i].zone_uplink ? uplink_penalty_ns : 0)};
        // No arc leads from a region into an exchange or a site: the only way on would be back, through the office.
        if (is_core(spec.to) || !is_core(spec.from)) boost::add_edge(spec.from.value, spec.to.value, arc, graph);
        if (is_core(spec.from) || !is_core(spec.to)) boost::add_edge(spec.to.value, spec.from.value, arc, graph);
    }
    std::vector<std::int64_t> cost(places.size());
    std::vector<ArcHandle> arrived_by(places.size());
    const auto record = boost::record_edge_predecessors(arrived_by.data(), boost::on_edge_relaxed());
    boost::dijkstra_shortest_paths(graph, source.value,
                                   boost::weight_map(boost::get(&Arc::cost_ns, graph))
                                       .distance_map(cost.data())
                                       .visitor(boost::make_dijkstra_visitor(record)));

    std::vector<Route> routes(core.size());
    for (std::size_t row = 0; row < core.size(); ++row) {
        std::size_t at = core[row].value;
        if (cost[at] == std::numeric_limits<std::int64_t>::max()) continue;
        routes[row].found = true;
        for (; at != source.value; at = boost::source(arrived_by[at], graph)) {
            routes[row].links.push_back({graph[arrived_by[at]].link});
        }
        std::reverse(routes[row].links.begin(), routes[row].links.end());
    }
    return routes;
}

void Topology::State::compute_routes() {
    std::vector<std::vector<Route>> from_core, from_sites;
    std::size_t link_total = 0;
    const auto collect = [&](const std::vector<PlaceId>& sources, std::vector<std::vector<Route>>& into) {
        for (const PlaceId source : sources) {
            into.push_back(routes_from(source));
            for (const Route& route : into.back()) link_total += 2 * route.links.size();
        }
    };
    collect(core, from_core);
    collect(sites, from_sites);

    // The paths point into the pools, so these must not move while they fill.
    const std::size_t most = link_total + core.size();
    link_pool.clear(), class_pool.clear(), jitter_pool.clear();
    link_pool.reserve(most), class_pool.reserve(most), jitter_pool.reserve(most);
    for (std::size_t a = 0; a < core.size(); ++a) {
        for (std::size_t b = a; b < core.size(); ++b) {
            // One computation for both directions, or ties could be broken differently there and back.
            place_route(core_to_core[a * core.size() + b], from_core[a][b], false);
            if (a != b) place_route(core_to_core[b * core.size() + a], from_core[a][b], true);
        }
    }
    for (std::size_t s = 0; s < sites.size(); ++s) {
        for (std::size_t b = 0; b < core.size(); ++b) {
            place_route(site_to_core[s * core.size() + b], from_sites[s][b], false);
            place_route(core_to_site[b * sites.size() + s], from_sites[s][b], true);
        }
        site_to_itself[s].reachable = true;
    }
    refresh_figures();
}

void Topology::State::place_route(Path& path, const Route& route, bool reversed) {
    const std::size_t first_link = link_pool.size(), first_class = class_pool.size();
    const std::size_t count = route.links.size();
    for (std::size_t i = 0; i < count; ++i) {
        const LinkId id = route.links[reversed ? count - 1 - i : i];
        const Link& link = links[id.value];
        link_pool.push_back(id);
        if (link.spec.jitter.body_median_s <= 0.0) continue;
        class_pool.push_back(link.spec.link_class);
        jitter_pool.push_back(&link.jitter_now);
    }
    path.reachable = route.found;
    path.links = {link_pool.data() + first_link, count};
    path.classes = {class_pool.data() + first_class, class_pool.size() - first_class};
    path.jitter = {jitter_pool.data() + first_class, jitter_pool.size() - first_class};
}

void Topology::State::refresh_figures() {
    if (!sealed) return;
    for (std::size_t a = 0; a < core.size(); ++a) {
        for (std::size_t b = 0; b < core.size(); ++b) refresh(core_to_core[a * core.size() + b], core[a], core[b]);
        for (std::size_t s = 0; s < sites.size(); ++s) {
            refresh(site_to_core[s * core.size() + a], sites[s], core[a]);
            refresh(core_to_site[a * sites.size() + s], core[a], sites[s]);
        }
    }
    for (std::size_t s = 0; s < sites.size(); ++s) refresh(site_to_itself[s], sites[s], sites[s]);
}

void Topology::State::refresh(Path& path, PlaceId from, PlaceId to) const {
    path.usable = path.reachable && alive(from) && alive(to);
    path.bandwidth = unlimited_bandwidth;
    double round_trip_ns = 0.0, deviation_s = 0.0, jitter_mean_s = 0.0;
    double arrives = 1.0, arrives_undegraded = 1.0;
    for (const LinkId id : path.links) {
        const Link& link = links[id.value];
        path.usable = path.usable && link.up;
        path.bandwidth = std::min(path.bandwidth, link.spec.bandwidth);
        round_trip_ns += static_cast<double>(link.spec.round_trip.count()) * link.degradation.latency_multiplier;
        arrives_undegraded *= 1.0 - link.spec.jitter.loss_probability;
        arrives *= (1.0 - link.spec.jitter.loss_probability) * (1.0 - link.degradation.extra_loss);
    }
    if (from == to && places[from.value].kind == PlaceKind::Zone) {
        round_trip_ns = static_cast<double>(options.intra_zone_round_trip.count());
        path.bandwidth = options.intra_zone_bandwidth;
        arrives = arrives_undegraded = 1.0 - options.intra_zone_jitter.loss_probability;
        if (options.intra_zone_jitter.body_median_s > 0.0) {
            static constexpr LinkClass within_zone[] = {LinkClass::IntraZone};
            path.classes = within_zone;
            path.jitter = {&intra_zone_jitter, 1};
        }
    }
    double no_spike = 1.0;
    for (const JitterModel* const jitter : path.jitter) {
        no_spike *= 1.0 - jitter->spike_probability;
        jitter_mean_s += jitter->mean_s();
        deviation_s += jitter->mean_deviation_s();
    }
    path.spike_probability = 1.0 - no_spike;
    path.seconds_per_byte = std::isinf(path.bandwidth.value) ? 0.0 : 8.0 / path.bandwidth.value;
    path.base_round_trip = Duration{std::llround(round_trip_ns)};
    path.extra_loss = arrives_undegraded - arrives;
    path.loss_one_way = path.usable ? 1.0 - arrives : 1.0;
    path.loss_per_round_trip = path.usable ? 1.0 - arrives * arrives : 1.0;
    const double smoothed_s = round_trip_ns * 1e-9 + jitter_mean_s;
    path.retransmission_timeout =
        engine::duration_from_seconds(smoothed_s + std::max(retransmission_least_s, 4.0 * deviation_s));
}

}  // namespace faultline::models
