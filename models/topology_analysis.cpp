// Parts of a network that has come apart, and what would take it apart.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/connected_components.hpp>
#include <map>

#include "models/topology_state.hpp"

namespace faultline::models {
namespace {

// Undirected; vertices are local numbers, edges carry their link.
struct Edge {
    std::uint32_t link = 0;
    std::size_t component = 0;
};
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, Edge>;

// The regions and zones, and at most one site with its own exchanges: what that site's traffic may cross.
struct LocalGraph {
    std::vector<PlaceId> places;
    Graph graph;
};

// A vertex or an edge that is taken out.
struct Cut {
    std::size_t vertex = std::numeric_limits<std::size_t>::max();
    std::uint32_t link = std::numeric_limits<std::uint32_t>::max();
};

std::vector<char> reached(const Graph& graph, std::size_t from, const Cut& cut) {
    std::vector<char> seen(boost::num_vertices(graph), 0);
    std::vector<std::size_t> open{from};
    seen[from] = 1;
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (auto [edge, end] = boost::out_edges(at, graph); edge != end; ++edge) {
            const std::size_t next = boost::target(*edge, graph);
            if (seen[next] || next == cut.vertex || graph[*edge].link == cut.link) continue;
            seen[next] = 1;
            open.push_back(next);
        }
    }
    return seen;
}

// Articulation points and bridges. Of two parallel links Boost reports one as a bridge; who asks must see what a cut
// separates.
std::vector<Cut> candidates(Graph& graph) {
    std::vector<std::size_t> points;
    const std::size_t count =
        boost::biconnected_components(graph, boost::get(&Edge::component, graph), std::back_inserter(points)).first;
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    std::vector<Cut> cuts;
    for (const std::size_t point : points) cuts.push_back({.vertex = point});
    std::vector<std::size_t> edges_in(count, 0);
    for (auto [edge, end] = boost::edges(graph); edge != end; ++edge) ++edges_in[graph[*edge].component];
    for (auto [edge, end] = boost::edges(graph); edge != end; ++edge) {
        if (edges_in[graph[*edge].component] == 1) cuts.push_back({.link = graph[*edge].link});
    }
    return cuts;
}

LocalGraph local_graph(const Topology& topology, const std::vector<PlaceId>& core,
                       const std::vector<LinkId>& links_of_core, const PlaceId* site) {
    LocalGraph local;
    std::vector<LinkId> links = links_of_core;
    std::vector<int> number(topology.place_count(), -1);
    const auto add = [&](PlaceId place) {
        if (number[place.value] >= 0 || !topology.alive(place)) return;
        number[place.value] = static_cast<int>(local.places.size());
        local.places.push_back(place);
    };
    for (const PlaceId place : core) add(place);
    if (site != nullptr) {
        add(*site);
        for (const LinkId link : topology.links_of(*site)) {
            const LinkSpec& spec = topology.link(link);
            const PlaceId other = spec.from == *site ? spec.to : spec.from;
            if (topology.kind(other) != PlaceKind::Exchange) continue;
            add(other);
            const std::vector<LinkId> of_exchange = topology.links_of(other);
            links.insert(links.end(), of_exchange.begin(), of_exchange.end());
        }
        const std::vector<LinkId> of_site = topology.links_of(*site);
        links.insert(links.end(), of_site.begin(), of_site.end());
        std::sort(links.begin(), links.end());
        links.erase(std::unique(links.begin(), links.end()), links.end());
    }
    local.graph = Graph(local.places.size());
    for (const LinkId link : links) {
        const LinkSpec& spec = topology.link(link);
        const int a = number[spec.from.value], b = number[spec.to.value];
        if (a < 0 || b < 0 || !topology.alive(link)) continue;
        const bool within = topology.kind(spec.from) <= PlaceKind::Zone && topology.kind(spec.to) <= PlaceKind::Zone;
        if (site == nullptr && within && topology.apart(spec.from, spec.to)) continue;
        boost::add_edge(static_cast<std::size_t>(a), static_cast<std::size_t>(b), Edge{link.value, 0}, local.graph);
    }
    return local;
}

std::string kind_word(PlaceKind kind) {
    switch (kind) {
        case PlaceKind::Region:
            return "region ";
        case PlaceKind::Zone:
            return "zone ";
        case PlaceKind::Site:
            return "site ";
        case PlaceKind::Exchange:
            return "exchange ";
    }
    return "";
}

}  // namespace

std::vector<std::vector<PlaceId>> Topology::partitions() const {
    const LocalGraph local = local_graph(*this, state_->core, state_->links_of_core, nullptr);
    std::vector<std::size_t> part(local.places.size());
    const std::size_t count = boost::connected_components(local.graph, part.data());
    std::vector<std::vector<PlaceId>> parts(count);
    for (std::size_t i = 0; i < local.places.size(); ++i) parts[part[i]].push_back(local.places[i]);

    for (const PlaceId site : state_->sites) {
        if (!alive(site)) continue;
        const LocalGraph with_site = local_graph(*this, state_->core, state_->links_of_core, &site);
        const auto own = static_cast<std::size_t>(std::find(with_site.places.begin(), with_site.places.end(), site) -
                                                  with_site.places.begin());
        const std::vector<char> seen = reached(with_site.graph, own, {});
        bool alone = true;
        // A site that reaches two parts does not join them: it carries no traffic of others.
        for (std::size_t p = 0; p < count; ++p) {
            const std::size_t first = static_cast<std::size_t>(std::find(part.begin(), part.end(), p) - part.begin());
            if (!seen[first] || apart(site, local.places[first])) continue;
            parts[p].push_back(site);
            alone = false;
        }
        if (alone) parts.push_back({site});
    }
    return parts;
}

std::vector<SinglePoint> Topology::single_points(const std::function<bool(PlaceId, PlaceId)>& matters) const {
    // What is cut (places before links, by number), who is cut off, and from whom.
    std::map<std::pair<bool, std::uint32_t>, std::map<PlaceId, std::vector<PlaceId>>> found;
    const auto examine = [&](const PlaceId* site) {
        LocalGraph local = local_graph(*this, state_->core, state_->links_of_core, site);
        std::vector<std::vector<char>> whole(local.places.size());  // what each reaches while nothing is cut
        for (const Cut& cut : candidates(local.graph)) {
            const bool is_link = cut.vertex >= local.places.size();
            const auto key = std::pair{is_link, is_link ? cut.link : local.places[cut.vertex].value};
            for (std::size_t a = 0; a < local.places.size(); ++a) {
                const PlaceId from = local.places[a];
                if (a == cut.vertex || (site != nullptr ? from != *site : kind(from) != PlaceKind::Zone)) continue;
                std::vector<char>& before = whole[a];
                if (before.empty()) before = reached(local.graph, a, {});
                const std::vector<char> after = reached(local.graph, a, cut);
                for (std::size_t b = site != nullptr ? 0 : a + 1; b < local.places.size(); ++b) {
                    const PlaceId to = local.places[b];
                    if (b == cut.vertex || kind(to) != PlaceKind::Zone || !before[b] || after[b]) continue;
                    if (matters(from, to)) found[key][from].push_back(to);
                }
            }
        }
    };
    examine(nullptr);
    for (const PlaceId& site : state_->sites) {
        if (alive(site)) examine(&site);
    }

    std::vector<SinglePoint> points;
    for (auto& [what, separated] : found) {
        const auto& [is_link, number] = what;
        SinglePoint& point = points.emplace_back();
        if (is_link) {
            point.link = LinkId{number};
        } else {
            point.place = PlaceId{number};
        }
        for (auto& [from, others] : separated) point.separates.push_back({from, std::move(others)});
    }
    return points;
}

std::string Topology::words(const SinglePoint& point) const {
    return point.link ? "link " + link_name(*point.link) : kind_word(kind(point.place)) + name(point.place);
}

}  // namespace faultline::models
