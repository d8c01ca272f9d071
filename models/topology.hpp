// The network as a graph: regions with their zones, sites (branch offices), and the links between them; which links
// carry the traffic of two places now, and what is lost until the routers have noticed a failure.
//
//   zone --- region's border --- backbone --- border of another region --- zone
//   site --- exchange --- internet or carrier --- border of each region
//
// A place that fails takes its links with it, a region also its zones. Routes are least in latency over what was alive
// when the routers last converged: from a failure until then packets are sent on and lost, after a repair they still
// take the detour. Traffic crosses no site and no other site's exchange, and goes from zone to zone of one region
// directly unless that link is gone. Gray failures move no route: routers see neither latency nor loss. A cut parts
// places whose links are alive: what stands inside goes on, and carries nothing to what does not.
//
// It leaves out: routing policy and asymmetric routes, sites that talk to each other, packets in flight at a change.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/time.hpp"
#include "models/network/jitter.hpp"
#include "models/network/link_queue.hpp"

namespace faultline::models {

// A region's border, a zone, a site or an exchange. Counted from 0 in the order in which they were added.
struct PlaceId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(PlaceId, PlaceId) = default;
};
struct LinkId {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(LinkId, LinkId) = default;
};

// The place of one way of a link, from its first end on (`forward`) or back, in arrays over the ways of all links.
constexpr std::size_t way_number(LinkId link, bool forward) {
    return 2 * std::size_t{link.value} + (forward ? 0 : 1);
}

// Where somebody stands, and which machine he is, by the number of its component: a gray one is slower than its place.
struct Stand {
    static constexpr std::uint32_t any = ~std::uint32_t{0};  // none that could be gray
    PlaceId place;
    std::uint32_t machine;
    constexpr Stand(PlaceId at = {}, std::uint32_t of = any) : place(at), machine(of) {}  // NOLINT: any place is one
};

enum class PlaceKind : std::uint8_t { Region, Zone, Site, Exchange };

// How the routers at the ends of a link notice that it is gone, or back.
enum class Convergence : std::uint8_t {
    Bfd,  // probes every 300 ms, three missed: 0.9 s (RFC 5880; the interval and multiplier that AWS Direct Connect
          // sets)
    Bgp,  // the hold timer: 90 s (RFC 4271 section 10)
};

inline constexpr engine::BitsPerSecond unlimited_bandwidth{std::numeric_limits<double>::infinity()};

struct LinkSpec {
    PlaceId from{};
    PlaceId to{};
    engine::Duration round_trip{};  // its share of the base, >= 0
    LinkClass link_class = LinkClass::Ideal;
    JitterModel jitter{};                                   // the class's, or the path's own draw of it
    engine::BitsPerSecond bandwidth = unlimited_bandwidth;  // each way, > 0
    Convergence convergence = Convergence::Bgp;
};

struct Degradation {
    double latency_multiplier = 1.0;  // on base and jitter, > 0
    double extra_loss = 0.0;          // per packet and direction, 0..1
    bool any() const { return latency_multiplier != 1.0 || extra_loss > 0.0; }
};

struct TopologyOptions {
    engine::Duration intra_zone_round_trip = std::chrono::microseconds{100};
    JitterModel intra_zone_jitter{};
    engine::BitsPerSecond intra_zone_bandwidth = unlimited_bandwidth;  // of one flow
    // From a zone to its region's border. Figures "to a region" hold half of the 1.0 ms between two zones at each end.
    engine::Duration zone_uplink_round_trip = std::chrono::microseconds{500};
    engine::Duration bfd_convergence = std::chrono::milliseconds{900};
    engine::Duration bgp_convergence = std::chrono::seconds{90};
};

// How packets go from one place to another at this moment. Made when it is first asked for. Its address is stable; its
// contents change with every call of fail, restore, degrade or converge, so do not copy it across one.
struct alignas(64) Path {
    static constexpr std::size_t bodies_most = 4;

    // What each message looks at, and who counts them, in three lines of the processor's cache and with no pointer to
    // follow: paths are many, and seldom there.
    bool usable = false;                 // a packet sent now arrives, but for loss_one_way
    bool reachable = false;              // the routers know a route, whether it is alive or not
    std::uint8_t body_count = 0;         // of `bodies`
    engine::Duration base_round_trip{};  // median, without jitter
    double loss_per_round_trip = 1.0;    // request or answer lost
    double spike_probability = 0.0;      // that any of its links has a spike in a round trip
    double seconds_per_byte = 0.0;       // of `bandwidth`
    // Bytes that messages have sent on it since Topology::count_carried.
    mutable std::int64_t sent_there = 0, sent_back = 0;
    std::shared_ptr<const PathQueues> queues{};    // beside bulk flows; null: no packet waits for any
    std::array<JitterBody, bodies_most> bodies{};  // of the first of `jitter`
    // Those that have sent something since then: of a large topology's paths a small part. null: nobody counts it.
    std::vector<const Path*>* touched = nullptr;
    std::span<const LinkId> links;  // from its start on; none inside a zone
    // Of these models from now on, which must stay where they are.
    void set_jitter(std::span<const JitterModel* const> models) {
        jitter = models;
        body_count = static_cast<std::uint8_t>(std::min(models.size(), bodies_most));
        for (std::size_t i = 0; i < body_count; ++i) bodies[i] = body_of(*models[i]);
    }
    // Where the processor has nothing else to wait for: a message will be sent on it soon.
    void prefetch() const {
        const auto* const lines = reinterpret_cast<const std::byte*>(this);
        __builtin_prefetch(lines, 1);
        __builtin_prefetch(lines + 64);
        __builtin_prefetch(lines + 128);
    }
    void send(engine::Bytes there, engine::Bytes back) const {
        if (sent_there + sent_back == 0 && there.count + back.count > 0 && touched != nullptr) touched->push_back(this);
        sent_there += there.count;
        sent_back += back.count;
    }

    double loss_one_way = 1.0;  // per packet; 1 while not usable
    double extra_loss = 0.0;    // the part of loss_one_way that degradations add
    // What TCP waits before it sends a lost packet again: smoothed round trip + max(200 ms, 4 x mean deviation).
    engine::Duration retransmission_timeout{};
    engine::BitsPerSecond bandwidth = unlimited_bandwidth;  // of the narrowest link
    std::span<const JitterModel* const> jitter;             // of the links that have any; usually at most 4
    std::span<const LinkClass> classes;                     // of the same
};

// One place or link whose loss alone separates places that were connected.
struct SinglePoint {
    struct Separation {
        PlaceId from;
        std::vector<PlaceId> others;
    };
    PlaceId place{};
    std::optional<LinkId> link{};  // none: it is the place
    std::vector<Separation> separates{};
};

class Topology {
public:
    explicit Topology(TopologyOptions options = {});
    Topology(Topology&&) noexcept;
    Topology& operator=(Topology&&) noexcept;
    ~Topology();

    // Building; all of it before seal(). Names are for reports; that they differ is the caller's care.
    PlaceId add_region(std::string name);
    PlaceId add_zone(PlaceId region, std::string name);  // with its link to the region's border (BFD)
    PlaceId add_site(std::string name);
    PlaceId add_exchange(std::string name);  // where a site's access lines end and its carriers begin
    LinkId add_link(const LinkSpec& link);
    void seal();  // computes the routes; paths and failures need it

    // O(1) but for the first time, which finds the route. Between regions' borders, zones and sites, in either
    // direction. From a place to itself: within it. Between two sites, or to an exchange: not reachable.
    const Path& path(PlaceId from, PlaceId to) const {
        if (to.value < lookup_.columns.size() && lookup_.columns[to.value] >= 0) [[likely]] {
            const Path* const* const row = lookup_.rows[from.value];
            if (row != nullptr && row[lookup_.columns[to.value]] != nullptr) [[likely]] {
                return *row[lookup_.columns[to.value]];
            }
        }
        return rare_path(from, to);
    }

    // These zones and sites reach one another and nothing else, and nothing else reaches them, from now on; a region's
    // border is never among them. No route leads around it. Cuts overlap. Returns a number for join().
    std::size_t cut_off(const std::vector<PlaceId>& inside);
    void join(std::size_t cut);
    bool any_cut() const { return cuts_ > 0; }
    // A cut stands between them, whatever else does.
    bool apart(PlaceId a, PlaceId b) const { return cuts_ > 0 && stand_apart(a, b); }

    // Failures nest: what failed twice is alive after two restores. `at` is the present.
    void fail_link(LinkId link, engine::Instant at);
    void restore_link(LinkId link, engine::Instant at);
    void fail_place(PlaceId place, engine::Instant at);
    void restore_place(PlaceId place, engine::Instant at);
    void degrade_link(LinkId link, Degradation degradation);  // replaces the last one; {} ends it

    // One machine's network is slow or loses packets, wherever its packets go; {} ends it. Paths stay as they are.
    void degrade_machine(std::uint32_t machine, Degradation degradation);
    bool any_gray_machine() const { return !gray_machines_.empty(); }
    Degradation degradation_of(std::uint32_t machine) const;

    // What requests wait at one way of a link, away from its end `from`, from now on; {} ends it.
    void set_queue(LinkId link, PlaceId from, const LinkQueue& queue);
    // Bytes of messages (Path::send) on one way of a link, away from its end `from`, from the start until
    // count_carried() was last called, which asks every path that has sent. Retransmissions and bulk flows are not
    // among them.
    void count_carried();
    engine::Bytes carried(LinkId link, PlaceId from) const;
    // The same by way_number.
    std::int64_t carried_bytes(std::size_t way) const;
    // A sum over ways of links, away from their ends `from`: of what they carry from now on. A way is of one group.
    std::size_t add_carried_group();
    void count_into(std::size_t group, LinkId link, PlaceId from);
    engine::Bytes carried_in(std::size_t group) const;
    // A region's control plane is ill: nothing new starts, the vendor's services fail nothing over, scale nothing and
    // change no names there. Or its resolver: who stands in it can look up no name. Neither changes a path. They nest;
    // of a zone its region's. Of a site: never.
    void impair_control_plane(PlaceId region, bool ill);
    bool control_plane_ill(PlaceId place) const;
    void impair_resolver(PlaceId region, bool ill);
    bool resolver_fails(PlaceId place) const;

    // When routers next notice something, end_of_time if nothing is pending. The simulation calls converge() then; true
    // if routes were computed anew.
    engine::Instant next_convergence() const;
    bool converge(engine::Instant now);

    // What is connected over what is alive now, routes or not. Regions and zones stand in one part each; a site stands
    // in every part that it reaches, or alone.
    std::vector<std::vector<PlaceId>> partitions() const;

    // Articulation points and bridges over what is alive now that separate at least one pair that matters. Asked only
    // of pairs of zones and of a site and a zone, the site first.
    std::vector<SinglePoint> single_points(const std::function<bool(PlaceId, PlaceId)>& matters) const;
    std::string words(const SinglePoint& point) const;  // "link boston - boston exchange", "region us-east-1"

    std::size_t path_count() const;  // of those made
    std::size_t place_count() const;
    std::size_t link_count() const;
    const std::string& name(PlaceId place) const;
    PlaceKind kind(PlaceId place) const;
    PlaceId region_of(PlaceId zone) const;  // of a region: itself. Requires a zone or a region
    bool alive(PlaceId place) const;
    bool alive(LinkId link) const;  // both its ends included
    const LinkSpec& link(LinkId link) const;
    std::string link_name(LinkId link) const;  // "us-east-1 - us-west-2"
    std::vector<LinkId> links_of(PlaceId place) const;
    const TopologyOptions& options() const;

private:
    // The paths to regions and zones, which are nearly all that are asked for: by place, where its row of them begins
    // (null: it has none; in it, null: not made yet), and the column of each region and zone (-1: it is neither).
    struct Lookup {
        std::vector<const Path* const*> rows;
        std::vector<std::int32_t> columns;
    };
    const Path& rare_path(PlaceId from, PlaceId to) const;
    bool stand_apart(PlaceId a, PlaceId b) const;

    struct State;
    std::unique_ptr<State> state_;
    Lookup lookup_;
    int cuts_ = 0;  // active ones
    std::vector<std::pair<std::uint32_t, Degradation>> gray_machines_;
};

}  // namespace faultline::models
