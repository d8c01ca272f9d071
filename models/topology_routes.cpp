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
// through the office; so they are taken out again without a trace, and a source costs what it can reach. What was found
// for a source is kept: a link for each place.
class Topology::State::Router {
public:
    explicit Router(const State& state)
        : state_(state), graph_(state.core.size() + 1), links_of_(state.places.size()), trees_(state.places.size()) {
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

    // From a region, zone or site to a region or zone, its links into `into`. False: there is none.
    bool route(PlaceId source, PlaceId to, std::vector<LinkId>& into) {
        const Tree& tree = from(source);
        into.clear();
        for (PlaceId at = to; at != source;) {
            const std::uint32_t link = tree.arrived_by[tree.vertex(state_, at)];
            if (link == no_link) return false;
            into.push_back({link});
            at = other_end(link, at);
        }
        std::reverse(into.begin(), into.end());
        return true;
    }

private:
    static constexpr std::uint32_t no_link = ~std::uint32_t{0};
    struct Tree {
        std::vector<std::uint32_t> arrived_by;  // by vertex: the last link of the way there; of the source none
        std::vector<PlaceId> outside;           // of the core: the source first, where it is one

        std::size_t vertex(const State& state, PlaceId place) const {
            if (state.is_core(place)) return state.places[place.value].row;
            const auto found = std::find(outside.begin(), outside.end(), place);
            return state.core.size() + static_cast<std::size_t>(found - outside.begin());
        }
    };

    const Tree& from(PlaceId source) {
        Tree& tree = trees_[source.value];
        if (!tree.arrived_by.empty()) return tree;
        if (!state_.is_core(source)) add_outside(source);
        find_shortest(source);
        tree.arrived_by.assign(boost::num_vertices(graph_), no_link);
        for (std::size_t at = 0; at < tree.arrived_by.size(); ++at) {
            const bool found = cost_[at] != std::numeric_limits<std::int64_t>::max();
            if (found && at != vertex(source)) tree.arrived_by[at] = graph_[arrived_by_[at]].link;
        }
        for (const PlaceId place : outside_) boost::clear_out_edges(vertex(place), graph_);
        tree.outside = std::exchange(outside_, {});
        return tree;
    }

    void add_outside(PlaceId source) {
        outside_ = {source};
        std::vector<std::uint32_t> own = links_of_[source.value];
        for (const std::uint32_t link : links_of_[source.value]) add_exchange(other_end(link, source), own);
        // In the order of links: of two ways that cost the same, the same one as ever.
        std::sort(own.begin(), own.end());
        own.erase(std::unique(own.begin(), own.end()), own.end());
        for (const std::uint32_t link : own) add_arcs(link);
    }

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

    void find_shortest(PlaceId source) {
        cost_.resize(boost::num_vertices(graph_));
        arrived_by_.resize(boost::num_vertices(graph_));
        const auto record = boost::record_edge_predecessors(arrived_by_.data(), boost::on_edge_relaxed());
        boost::dijkstra_shortest_paths(graph_, vertex(source),
                                       boost::weight_map(boost::get(&Arc::cost_ns, graph_))
                                           .distance_map(cost_.data())
                                           .visitor(boost::make_dijkstra_visitor(record)));
    }

    const State& state_;
    ArcGraph graph_;
    std::vector<std::vector<std::uint32_t>> links_of_;  // by place: those that do not join two of the core
    std::vector<PlaceId> outside_;                      // the core, and in the graph now: the source first
    std::vector<std::int64_t> cost_;                    // by vertex
    std::vector<ArcHandle> arrived_by_;
    std::vector<Tree> trees_;  // by source
};

Topology::State::State(const TopologyOptions& chosen)
    : options(chosen), intra_zone_jitter(&options.intra_zone_jitter) {}
Topology::State::~State() = default;

void Topology::State::compute_routes() {
    count_sent();
    router_ = std::make_unique<Router>(*this);
    route_pool.release();
    for (const MadePath& path : made) find_route(path);
    refresh_figures();
}

const Path*& Topology::State::entry(PlaceId from, PlaceId to) {
    const std::size_t a = places[from.value].row, b = places[to.value].row;
    if (is_core(to)) return (is_core(from) ? core_to_core : site_to_core)[a * core.size() + b];
    return is_core(from) ? core_to_site[b * core.size() + a] : site_to_itself[a];
}

const Path& Topology::State::make_path(PlaceId from, PlaceId to) {
    constexpr std::size_t in_block = engine::LargePages<Path>::page / 8 / sizeof(Path);
    if (made.size() % in_block == 0) path_blocks.emplace_back(in_block);
    const MadePath path{&path_blocks.back()[made.size() % in_block], from, to};
    path.path->touched = &touched;
    made.push_back(path);
    find_route(path);
    refresh(*path.path, from, to);
    entry(from, to) = path.path;
    return *path.path;
}

void Topology::State::find_route(const MadePath& path) {
    const auto [from, to] = std::pair{path.from, path.to};
    // One computation for both directions, or ties could be broken differently there and back.
    const bool reversed = is_core(from) && (!is_core(to) || places[to.value].row < places[from.value].row);
    const bool itself = from == to;
    path.path->reachable = itself || (reversed ? router_->route(to, from, route_) : router_->route(from, to, route_));
    if (itself || !path.path->reachable) route_.clear();
    if (reversed) std::reverse(route_.begin(), route_.end());
    place_route(*path.path, from, route_);
}

void Topology::State::place_route(Path& path, PlaceId from, std::span<const LinkId> route) {
    const std::size_t count = route.size();
    // The ways behind the links: of a path that has sent something both are needed at once.
    static_assert(alignof(LinkId) == alignof(std::uint32_t) && sizeof(LinkId) == sizeof(std::uint32_t));
    auto* const own_links =
        static_cast<LinkId*>(route_pool.allocate(count * (sizeof(LinkId) + sizeof(std::uint32_t)), alignof(LinkId)));
    auto* const own_ways = reinterpret_cast<std::uint32_t*>(own_links + count);
    auto* const classes = static_cast<LinkClass*>(route_pool.allocate(count * sizeof(LinkClass), alignof(LinkClass)));
    auto* const jitter = static_cast<const JitterModel**>(
        route_pool.allocate(count * sizeof(const JitterModel*), alignof(const JitterModel*)));
    std::size_t jittery = 0;
    PlaceId here = from;
    for (std::size_t i = 0; i < count; ++i) {
        const Link& link = links[route[i].value];
        const bool forward = link.spec.from == here;
        here = forward ? link.spec.to : link.spec.from;
        std::construct_at(own_links + i, route[i]);
        std::construct_at(own_ways + i, static_cast<std::uint32_t>(way_number(route[i], forward)));
        if (link.spec.jitter.body_median_s <= 0.0) continue;
        std::construct_at(classes + jittery, link.spec.link_class);
        std::construct_at(jitter + jittery, &link.jitter_now);
        ++jittery;
    }
    path.links = {own_links, count};
    path.classes = {classes, jittery};
    path.jitter = {jitter, jittery};
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
    for (const MadePath& path : made) refresh(*path.path, path.from, path.to);
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
