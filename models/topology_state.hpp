// What models/topology.cpp, topology_routes.cpp and topology_analysis.cpp share. No other file includes it.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/large_pages.hpp"
#include "models/topology.hpp"

namespace faultline::models {

struct Topology::State {
    static constexpr std::uint32_t no_group = ~std::uint32_t{0};
    struct Place {
        std::string name;
        PlaceKind kind;
        PlaceId region;  // of a zone or region
        int failures = 0;
        std::uint32_t row;                              // among the regions and zones, or among the sites
        int control_plane_ill = 0, resolver_fails = 0;  // of a region
    };
    struct Link {
        LinkSpec spec;
        bool zone_uplink = false;
        int failures = 0;
        bool up = true;                         // what is true
        bool known_up = true;                   // what the routers believe
        std::optional<engine::Instant> notice;  // when they learn otherwise
        Degradation degradation{};
        JitterModel jitter_now{};                              // paths point here
        double jitter_mean_s = 0.0, jitter_deviation_s = 0.0;  // of jitter_now
        LinkQueue queue_forward{}, queue_back{};

        void set_jitter(const JitterModel& model) {
            jitter_now = model;
            jitter_mean_s = model.mean_s();
            jitter_deviation_s = model.mean_deviation_s();
        }
    };
    // What one way of a link carries. By way_number the two lie together, and the lines of one site, too: they are
    // asked for after every second, path by path.
    struct Way {
        std::int64_t carried = 0;  // bytes
        std::uint32_t group = no_group;
    };
    struct MadePath {
        Path* path;
        PlaceId from, to;
    };
    // All of the same size, so that they lie side by side however many there will be.
    using PathBlock = engine::LargePageVector<Path>;

    explicit State(const TopologyOptions& chosen);
    ~State();

    TopologyOptions options;
    const JitterModel* intra_zone_jitter;  // an array of one, for the paths within zones
    bool sealed = false;
    std::vector<Place> places;
    std::vector<Link> links;
    std::vector<Way> ways;
    std::vector<PlaceId> core;  // regions and zones
    std::vector<PlaceId> sites;
    // In ascending order; since seal().
    std::vector<std::vector<LinkId>> links_by_place;
    std::vector<LinkId> links_of_core;    // between regions and zones
    std::vector<std::vector<char>> cuts;  // by cut and place: does it stand inside? Empty: it has ended

    // A topology of thousands of sites has hundreds of thousands of pairs, of which few are ever asked for. So a path
    // is made for the first who asks, and the tables hold null until then. From each core place and each site to each
    // core place, from each site to each core place the way back, and from each site to itself.
    std::vector<const Path*> core_to_core, site_to_core, core_to_site, site_to_itself;
    std::vector<PathBlock> path_blocks;
    std::vector<MadePath> made;               // in that order
    std::vector<const Path*> touched;         // those that have sent something since it was counted
    std::vector<std::int64_t> group_carried;  // bytes
    int queues = 0;                           // ways of links on which requests wait
    Path none;
    // What the spans of the paths point into.
    std::pmr::monotonic_buffer_resource route_pool;

    // Of each of its links the way that leads away from its start: they lie behind the links (place_route).
    static const std::uint32_t* ways_on(const Path& path) {
        return reinterpret_cast<const std::uint32_t*>(path.links.data() + path.links.size());
    }
    Way& way(LinkId link, PlaceId from);
    bool is_core(PlaceId place) const { return places[place.value].kind <= PlaceKind::Zone; }
    bool alive(PlaceId place) const { return places[place.value].failures == 0; }
    bool apart(PlaceId a, PlaceId b) const;
    bool alive(const Link& link) const { return link.failures == 0 && alive(link.spec.from) && alive(link.spec.to); }

    void touch(Link& link, engine::Instant at);  // after its state may have changed
    void change(PlaceId place, int failures, engine::Instant at);
    const Path*& entry(PlaceId from, PlaceId to);  // of a table. Requires: there may be such a path
    const Path& make_path(PlaceId from, PlaceId to);
    void compute_routes();   // from what the routers believe, of all paths
    void refresh_figures();  // of all paths, from what is true now
    void count_sent();       // from paths to the links that they lead over
    void count_sent(const Path& path);
    void index_links();
    void refresh(Path& path, PlaceId from, PlaceId to) const;
    std::shared_ptr<const PathQueues> queues_on(const Path& path, PlaceId from) const;  // null: there are none

private:
    class Router;
    void find_route(const MadePath& path);
    void place_route(Path& path, PlaceId from, std::span<const LinkId> route);

    std::unique_ptr<Router> router_;  // since seal()
    std::vector<LinkId> route_;       // while it is placed
};

}  // namespace faultline::models
