// Routes over what the routers believe to be alive, and the figures of each path.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <cmath>
#include <utility>

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

}  // namespace

// One graph for all sources: regions and zones, by their row, and behind them the source where it is a site, with the
// exchanges at which its own lines end. No arc leads from a region or zone to these, for the only way on would be back,
// through the office; so they are taken out again without a trace, and a source costs what it can reach.
class Topology::State::Router {
public:
    explicit Router(const State& state) : state_(state), graph_(state.core.size() + 1), links_of_(state.places.size()) {
        for (std::uint32_t i = 0; i < state.links.size(); ++i) {
            const LinkSpec& spec = state.links[i].spec;
            const bool within = state.is_core(spec.from) && state.is_core(spec.to);
            if (within) {
                add_arcs(i);
                continue;
            }
            links_of_[spec.from.value].push_back(i);
            links_of_[spec.to.value].push_back(i);
        }
    }

    std::vector<Route> from(PlaceId source) {
        if (state_.is_core(source)) return shortest(source);
        outside_ = {source};
        std::vector<std::uint32_t> own = links_of_[source.value];
        for (const std::uint32_t link : links_of_[source.value]) add_exchange(other_end(link, source), own);
        // In the order of links: of two ways that cost the same, the same one as ever.
        std::sort(own.begin(), own.end());
        own.erase(std::unique(own.begin(), own.end()), own.end());
        for (const std::uint32_t link : own) add_arcs(link);
        std::vector<Route> routes = shortest(source);
        for (const PlaceId place : outside_) boost::clear_out_edges(vertex(place), graph_);
        outside_.clear();
        return routes;
    }

private:
    PlaceId other_end(std::uint32_t link, PlaceId place) const {
        const LinkSpec& spec = state_.links[link].spec;
        return spec.from == place ? spec.to : spec.from;
    }

    void add_exchange(PlaceId place, std::vector<std::uint32_t>& own) {
        if (state_.places[place.value].kind != PlaceKind::Exchange || is_outside(place)) return;
        outside_.push_back(place);
        if (state_.core.size() + outside_.size() > boost::num_vertices(graph_)) boost::add_vertex(graph_);
        const std::vector<std::uint32_t>& ending_here = links_of_[place.value];
        own.insert(own.end(), ending_here.begin(), ending_here.end());
    }

    bool is_outside(PlaceId place) const {
        return std::find(outside_.begin(), outside_.end(), place) != outside_.end();
    }
    std::size_t vertex(PlaceId place) const {
        if (state_.is_core(place)) return state_.places[place.value].row;
        const auto found = std::find(outside_.begin(), outside_.end(), place);
        return state_.core.size() + static_cast<std::size_t>(found - outside_.begin());
    }

    void add_arcs(std::uint32_t number) {
        const Link& link = state_.links[number];
        const auto [from, to] = std::pair{link.spec.from, link.spec.to};
        const auto part = [this](PlaceId place) { return state_.is_core(place) || is_outside(place); };
        if (!link.known_up || !part(from) || !part(to)) return;
        const Arc arc{number,
                      link.spec.round_trip.count() + hop_penalty_ns + (link.zone_uplink ? uplink_penalty_ns : 0)};
        const bool from_core = state_.is_core(from), to_core = state_.is_core(to);
        if (to_core || !from_core) boost::add_edge(vertex(from), vertex(to), arc, graph_);
        if (from_core || !to_core) boost::add_edge(vertex(to), vertex(from), arc, graph_);
    }

    // To every region and zone, by row.
    std::vector<Route> shortest(PlaceId source) {
        const std::size_t origin = vertex(source);
        cost_.resize(boost::num_vertices(graph_));
        arrived_by_.resize(boost::num_vertices(graph_));
        const auto record = boost::record_edge_predecessors(arrived_by_.data(), boost::on_edge_relaxed());
        boost::dijkstra_shortest_paths(graph_, origin,
                                       boost::weight_map(boost::get(&Arc::cost_ns, graph_))
                                           .distance_map(cost_.data())
                                           .visitor(boost::make_dijkstra_visitor(record)));
        std::vector<Route> routes(state_.core.size());
        for (std::size_t row = 0; row < state_.core.size(); ++row) {
            std::size_t at = row;
            if (cost_[at] == std::numeric_limits<std::int64_t>::max()) continue;
            routes[row].found = true;
            for (; at != origin; at = boost::source(arrived_by_[at], graph_)) {
                routes[row].links.push_back({graph_[arrived_by_[at]].link});
            }
            std::reverse(routes[row].links.begin(), routes[row].links.end());
        }
        return routes;
    }

    const State& state_;
    ArcGraph graph_;
    std::vector<std::vector<std::uint32_t>> links_of_;  // by place: those that do not join two of the core
    std::vector<PlaceId> outside_;                      // the core, and in the graph now: the source first
    std::vector<std::int64_t> cost_;                    // by vertex
    std::vector<ArcHandle> arrived_by_;
};

void Topology::State::compute_routes() {
    count_sent();
    Router router(*this);
    std::vector<std::vector<Route>> from_core, from_sites;
    std::size_t link_total = 0;
    const auto collect = [&](const std::vector<PlaceId>& sources, std::vector<std::vector<Route>>& into) {
        for (const PlaceId source : sources) {
            into.push_back(router.from(source));
            for (const Route& route : into.back()) link_total += 2 * route.links.size();
        }
    };
    collect(core, from_core);
    collect(sites, from_sites);

    // The paths point into the pools, so these must not move while they fill.
    const std::size_t most = link_total + core.size();
    link_pool.clear(), way_pool.clear(), class_pool.clear(), jitter_pool.clear();
    link_pool.reserve(most), way_pool.reserve(most), class_pool.reserve(most), jitter_pool.reserve(most);
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
    PlaceId here = path.from;
    for (std::size_t i = 0; i < count; ++i) {
        const LinkId id = route.links[reversed ? count - 1 - i : i];
        const Link& link = links[id.value];
        const bool forward = link.spec.from == here;
        here = forward ? link.spec.to : link.spec.from;
        link_pool.push_back(id);
        way_pool.push_back(static_cast<std::uint32_t>(way_of(id, forward)));
        if (link.spec.jitter.body_median_s <= 0.0) continue;
        class_pool.push_back(link.spec.link_class);
        jitter_pool.push_back(&link.jitter_now);
    }
    path.reachable = route.found;
    path.links = {link_pool.data() + first_link, count};
    path.classes = {class_pool.data() + first_class, class_pool.size() - first_class};
    path.jitter = {jitter_pool.data() + first_class, jitter_pool.size() - first_class};
}

void Topology::State::name_paths() {
    const auto name = [this](Path& path, PlaceId from) {
        path.from = from;
        path.touched = &touched;
    };
    for (std::size_t a = 0; a < core.size(); ++a) {
        for (std::size_t b = 0; b < core.size(); ++b) name(core_to_core[a * core.size() + b], core[a]);
        for (std::size_t s = 0; s < sites.size(); ++s) {
            name(site_to_core[s * core.size() + a], sites[s]);
            name(core_to_site[a * sites.size() + s], core[a]);
        }
    }
}

void Topology::State::index_links() {
    links_by_place.resize(places.size());
    for (std::uint32_t i = 0; i < links.size(); ++i) {
        const LinkSpec& spec = links[i].spec;
        links_by_place[spec.from.value].push_back({i});
        if (spec.to != spec.from) links_by_place[spec.to.value].push_back({i});
        if (is_core(spec.from) && is_core(spec.to)) links_of_core.push_back({i});
    }
}

void Topology::State::count_sent() {
    // Paths are many, and each is met once a second: those that come next are fetched while one is counted.
    constexpr std::size_t ahead = 4;
    for (std::size_t i = 0; i < touched.size(); ++i) {
        if (i + 2 * ahead < touched.size()) touched[i + 2 * ahead]->prefetch();
        if (i + ahead < touched.size()) __builtin_prefetch(ways_on(*touched[i + ahead]));
        count_sent(*touched[i]);
    }
    touched.clear();
}

void Topology::State::count_sent(const Path& path) {
    const std::int64_t there = std::exchange(path.sent_there, 0);
    const std::int64_t back = std::exchange(path.sent_back, 0);
    const auto carry = [this](Way& way, std::int64_t bytes) {
        way.carried += bytes;
        if (way.group != no_group) group_carried[way.group] += bytes;
    };
    const std::uint32_t* const leading_away = ways_on(path);
    for (std::size_t i = 0; i < path.links.size(); ++i) {
        carry(ways[leading_away[i]], there);
        carry(ways[leading_away[i] ^ 1U], back);
    }
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
    path.usable = path.reachable && alive(from) && alive(to) && !apart(from, to);
    path.bandwidth = unlimited_bandwidth;
    double round_trip_ns = 0.0, deviation_s = 0.0, jitter_mean_s = 0.0;
    double arrives = 1.0, arrives_undegraded = 1.0;
    for (const LinkId id : path.links) {
        const Link& link = links[id.value];
        path.usable = path.usable && link.up;
        path.bandwidth = std::min(path.bandwidth, link.spec.bandwidth);
        round_trip_ns += static_cast<double>(link.spec.round_trip.count()) * link.degradation.latency_multiplier;
        if (link.jitter_now.body_median_s > 0.0) {
            jitter_mean_s += link.jitter_mean_s;
            deviation_s += link.jitter_deviation_s;
        }
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
            jitter_mean_s = intra_zone_jitter->mean_s();
            deviation_s = intra_zone_jitter->mean_deviation_s();
        }
    }
    path.set_jitter(path.jitter);
    double no_spike = 1.0;
    for (const JitterModel* const jitter : path.jitter) no_spike *= 1.0 - jitter->spike_probability;
    path.spike_probability = 1.0 - no_spike;
    path.seconds_per_byte = std::isinf(path.bandwidth.value) ? 0.0 : 8.0 / path.bandwidth.value;
    path.base_round_trip = Duration{std::llround(round_trip_ns)};
    path.extra_loss = arrives_undegraded - arrives;
    path.loss_one_way = path.usable ? 1.0 - arrives : 1.0;
    path.loss_per_round_trip = path.usable ? 1.0 - arrives * arrives : 1.0;
    const double smoothed_s = round_trip_ns * 1e-9 + jitter_mean_s;
    path.retransmission_timeout =
        engine::duration_from_seconds(smoothed_s + std::max(retransmission_least_s, 4.0 * deviation_s));
    path.queues = queues > 0 ? queues_on(path, from) : nullptr;
}

std::shared_ptr<const PathQueues> Topology::State::queues_on(const Path& path, PlaceId from) const {
    PathQueues found;
    PlaceId here = from;
    for (const LinkId id : path.links) {
        const Link& link = links[id.value];
        const bool forward = link.spec.from == here;
        here = forward ? link.spec.to : link.spec.from;
        const LinkQueue& there = forward ? link.queue_forward : link.queue_back;
        const LinkQueue& back = forward ? link.queue_back : link.queue_forward;
        if (there.busy > 0.0) found.there.push_back(there);
        if (back.busy > 0.0) found.back.push_back(back);
    }
    if (found.there.empty() && found.back.empty()) return nullptr;
    return std::make_shared<const PathQueues>(std::move(found));
}

}  // namespace faultline::models
