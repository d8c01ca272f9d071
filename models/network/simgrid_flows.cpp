#include "models/network/simgrid_flows.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <optional>
#include <simgrid/kernel/routing/NetPoint.hpp>
#include <simgrid/kernel/routing/NetZoneImpl.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

namespace s4u = simgrid::s4u;
namespace routing = simgrid::kernel::routing;
using engine::Bytes;
using engine::Instant;

constexpr double latency_least_s = 1e-9;  // a route without latency is served before all others
// Stands for "no limit"; such links are not shared, so its size decides no share.
constexpr double unlimited_bytes_per_s = 1e12;
// The weight of every flow (see start_on): above any latency, in seconds, and otherwise arbitrary.
constexpr double penalty_s = 1000.0;
constexpr double segment_bytes = 1460.0;
constexpr double mathis_constant = 1.22;  // sqrt(3/2), bandwidth_limits.csv

double bytes_per_s(engine::BitsPerSecond rate) {
    return std::isinf(rate.value) ? unlimited_bytes_per_s : std::min(rate.value / 8.0, unlimited_bytes_per_s);
}

double latency_s(engine::Duration round_trip) {
    return std::max(latency_least_s, engine::in_seconds(round_trip) / 2.0);
}

// SimGrid routes are fixed when its platform is; ours follow the topology. So this zone holds no routes: it hands out
// the one that the flow about to start has been given.
class InjectedRoute : public routing::NetZoneImpl {
public:
    explicit InjectedRoute(const std::string& name) : routing::NetZoneImpl(name) {}

    void get_local_route(const routing::NetPoint*, const routing::NetPoint*, routing::Route* into,
                         double* latency) override {
        for (const s4u::Link* const link : links) into->link_list_.push_back(link->get_impl());
        *latency += latency_s;
    }

    std::vector<s4u::Link*> links;
    double latency_s = latency_least_s;
};

// The Engine's constructor takes over SIGINT and SIGSEGV, and SIGINT then exits with status 1.
class KeptSignals {
public:
    KeptSignals() {
        for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], nullptr, &actions_[i]);
    }
    ~KeptSignals() {
        for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], &actions_[i], nullptr);
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;

private:
    static constexpr int signals[] = {SIGINT, SIGSEGV, SIGBUS, SIGABRT, SIGTERM, SIGFPE, SIGILL};
    struct sigaction actions_[std::size(signals)] = {};
};

// Never destroyed: SimGrid cannot be started twice in a process, nor ended before its static objects are.
s4u::Engine& make_engine() {
    SIM_CHECK(!s4u::Engine::has_instance());
    const KeptSignals kept;
    static char name[] = "flows";
    static char* arguments[] = {name, nullptr};
    int count = 1;  // no option of ours may be read as one of SimGrid's
    static s4u::Engine* const engine = new s4u::Engine(&count, arguments);
    // LV08, the default, multiplies latency by 13; CM02 adds nothing of its own.
    s4u::Engine::set_config("network/model", std::string{"CM02"});
    s4u::Engine::set_config("network/crosstraffic", false);
    s4u::Engine::set_config("network/weight-S", 0.0);
    return *engine;
}

}  // namespace

struct Flows::Platform {
    // One topology link is two of SimGrid's: the two ways do not share.
    struct TwoWays {
        s4u::Link* forward = nullptr;  // from spec.from to spec.to
        s4u::Link* back = nullptr;
        int cuts = 0;
        bool dead = false;  // in the topology, when it was last looked at
        bool limited = true;
        bool on() const { return cuts == 0 && !dead; }
    };
    struct Active {
        FlowId id;
        s4u::CommPtr comm = nullptr;
        std::vector<s4u::Link*> links = {};
        Instant first_byte{};  // may arrive from here on: the latency is paid
        double total_bytes = 0.0;
        double bound_bytes_per_s = 0.0;      // by window, options and gray loss
        double narrowest_bytes_per_s = 0.0;  // of the links, when the comm started: SimGrid keeps it as a bound
        double remaining_at_cut = 0.0;
        bool cancelled = false;
    };

    explicit Platform(const Topology& described) : topology(described), engine(make_engine()) {
        zone = new InjectedRoute("topology");  // SimGrid owns it
        s4u::NetZone* const face = zone->get_iface();
        for (std::uint32_t i = 0; i < topology.place_count(); ++i) {
            hosts.push_back(face->create_host("place-" + std::to_string(i), 1.0));
            hosts.back()->seal();
        }
        for (std::uint32_t i = 0; i < topology.link_count(); ++i) {
            const LinkSpec& spec = topology.link({i});
            const std::string name = "link-" + std::to_string(i);
            links.push_back({make_link(name + "-forward", spec.bandwidth), make_link(name + "-back", spec.bandwidth)});
            links.back().limited = !std::isinf(spec.bandwidth.value);
        }
        // Inside a zone each pair of nodes has the bandwidth to itself.
        for (std::uint32_t i = 0; i < topology.place_count(); ++i) {
            inside.push_back({make_link("inside-" + std::to_string(i), topology.options().intra_zone_bandwidth)});
            inside.back().forward->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE);
        }
        for (const TwoWays& link : links) link.forward->seal(), link.back->seal();
        for (const TwoWays& link : inside) link.forward->seal();
        face->seal();
        engine.seal_platform();
    }

    // A comm that is dropped while it runs makes SimGrid print a backtrace.
    ~Platform() {
        for (const Active& flow : active) flow.comm->cancel();
        if (!active.empty()) run_simgrid(last);
    }
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    s4u::Link* make_link(const std::string& name, engine::BitsPerSecond rate) {
        s4u::Link* const link = zone->get_iface()->create_link(name, bytes_per_s(rate));
        if (std::isinf(rate.value)) link->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE);
        return link;
    }

    // SimGrid adds up steps of doubles: its clock may be a rounding beyond the instant that it was last run to, and to
    // be asked for that instant again would end the program.
    void run_simgrid(Instant to) { engine.run_until(std::max(engine::in_seconds(to), s4u::Engine::get_clock())); }

    // Lets everything up to `now` happen, what was asked for at `now` included, and notes what has ended.
    void run_until(Instant now) {
        SIM_CHECK(now >= last);
        last = now;
        run_simgrid(now);
        // A failure has no time of its own in SimGrid; it happens only in the call that causes it, so it is now.
        std::erase_if(active, [&](Active& flow) {
            const s4u::Activity::State state = flow.comm->get_state();
            if (state != s4u::Activity::State::FINISHED && state != s4u::Activity::State::FAILED &&
                state != s4u::Activity::State::CANCELED) {
                return false;
            }
            const bool completed = state == s4u::Activity::State::FINISHED && !flow.cancelled;
            const double left = completed ? 0.0 : flow.remaining_at_cut;
            const Instant at = completed ? finish_of(flow) : now;
            const FlowOutcome outcome = completed        ? FlowOutcome::Completed
                                        : flow.cancelled ? FlowOutcome::Cancelled
                                                         : FlowOutcome::Failed;
            ended.push_back({flow.id, at, outcome, Bytes{std::llround(flow.total_bytes - left)}});
            return true;
        });
    }

    Instant finish_of(const Active& flow) const {
        return std::min(last, Instant{engine::duration_from_seconds(flow.comm->get_finish_time())});
    }

    // Gives the flow a comm for its last `bytes`, after `latency` more seconds.
    void start_on(Active& flow, double bytes, double latency) {
        zone->links = flow.links;
        zone->latency_s = latency;
        double inverse_sum = 0.0;
        flow.narrowest_bytes_per_s = unlimited_bytes_per_s;
        for (const s4u::Link* const link : flow.links) {
            inverse_sum += 1.0 / link->get_bandwidth();
            flow.narrowest_bytes_per_s = std::min(flow.narrowest_bytes_per_s, link->get_bandwidth());
        }
        // SimGrid shares by weight, 1 / (latency + S x sum of 1/bandwidth): with one S for all, a flow over three links
        // or over a slow one gets less than its fair share. With an S of its own each flow has the same weight.
        s4u::Engine::set_config("network/weight-S", (penalty_s - latency) / inverse_sum);
        // SimGrid's bound is gamma / (2 x latency).
        s4u::Engine::set_config("network/TCP-gamma", flow.bound_bytes_per_s * 2.0 * latency);
        flow.comm = s4u::Comm::sendto_init(hosts.front(), hosts.back());
        flow.comm->set_payload_size(static_cast<std::uint64_t>(std::max(1.0, std::ceil(bytes))));
        flow.comm->start();
        // A change of bandwidth adds S x the difference to the weights of running flows: not with S = 0.
        s4u::Engine::set_config("network/weight-S", 0.0);
    }

    // SimGrid never lets a flow exceed the bandwidth that its links had at its start. A flow that a wider link would
    // let run faster starts anew on what is left, without paying its latency again.
    void widen(Active& flow, Instant now) {
        double narrowest = unlimited_bytes_per_s;
        for (const s4u::Link* const link : flow.links) narrowest = std::min(narrowest, link->get_bandwidth());
        if (narrowest <= flow.narrowest_bytes_per_s) return;
        const double left = flow.comm->get_remaining();
        const double latency = std::max(latency_least_s, engine::in_seconds(flow.first_byte - now));
        flow.comm->cancel();
        run_simgrid(now);
        start_on(flow, left, latency);
    }

    void set_power(TwoWays& link, bool was_on, Instant now) {
        if (link.on() == was_on) return;
        for (s4u::Link* const way : {link.forward, link.back}) {
            if (way == nullptr) continue;
            if (link.on()) {
                way->turn_on();
                continue;
            }
            for (Active& flow : active) {
                const bool hit = std::find(flow.links.begin(), flow.links.end(), way) != flow.links.end();
                if (hit) flow.remaining_at_cut = flow.comm->get_remaining();
            }
            way->turn_off();
        }
        run_until(now);
    }

    TwoWays& at(LinkId link) {
        SIM_CHECK(link.value < links.size());
        return links[link.value];
    }

    // The SimGrid links from `from` to `to`, in the direction of travel; nothing if one of them is off.
    std::optional<std::vector<s4u::Link*>> way(const Path& path, PlaceId from) {
        std::vector<s4u::Link*> route;
        PlaceId here = from;
        for (const LinkId id : path.links) {
            const LinkSpec& spec = topology.link(id);
            if (!at(id).on()) return std::nullopt;
            route.push_back(spec.from == here ? at(id).forward : at(id).back);
            here = spec.from == here ? spec.to : spec.from;
        }
        if (route.empty()) {
            if (!inside[from.value].on()) return std::nullopt;
            route.push_back(inside[from.value].forward);
        }
        return route;
    }

    const Topology& topology;
    s4u::Engine& engine;
    InjectedRoute* zone = nullptr;
    std::vector<s4u::Host*> hosts;
    std::vector<TwoWays> links;
    std::vector<TwoWays> inside;  // of each place; one way serves both
    std::vector<Active> active;   // by id
    std::vector<Finished> ended, delivered;
    Instant last = engine::start_of_time;
    std::uint64_t next_id = 0;
};

Flows::Flows(const Topology& topology) : platform_(std::make_unique<Platform>(topology)) {}
Flows::~Flows() = default;

FlowId Flows::start(Instant now, PlaceId from, PlaceId to, Bytes size, FlowOptions options) {
    SIM_CHECK(size.count >= 0 && options.window.count > 0 && options.rate_most.value > 0.0);
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
        bound = std::min(bound, segment_bytes / (2.0 * latency) * mathis_constant / std::sqrt(path.extra_loss));
    }
    Platform::Active flow{.id = id,
                          .links = std::move(*links),
                          .first_byte = now + engine::duration_from_seconds(latency),
                          .total_bytes = static_cast<double>(size.count),
                          .bound_bytes_per_s = bound};
    p.start_on(flow, flow.total_bytes, latency);
    p.active.push_back(std::move(flow));
    p.run_until(now);
    return id;
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
    const Platform::TwoWays& ways = platform_->at(link);
    if (!ways.limited) return 0.0;
    const double used = std::max(ways.forward->get_usage(), ways.back->get_usage());
    return used / ways.forward->get_bandwidth();
}

}  // namespace faultline::models
