// The flows' platform in SimGrid: what is running on it, and how it is driven. Only simgrid_flows.cpp includes it.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/network/fair_level.hpp"
#include "models/network/simgrid_flows.hpp"
#include "models/network/simgrid_flows_engine.hpp"

namespace faultline::models {

namespace s4u = simgrid::s4u;

namespace simgrid_engine {

// Stands for "no limit"; such links are not shared, so its size decides no share.
inline constexpr double unlimited_bytes_per_s = 1e12;
// The weight of every flow (see start_on): above any latency, in seconds, and otherwise arbitrary.
inline constexpr double penalty_s = 1000.0;
inline constexpr double tcp_segment_bytes = 1460.0;
// Of a stream: more than it sends while a flow is beside it, and few enough that a double still knows single bytes.
inline constexpr double endless_bytes = 1e12;
// Of a rate, at least: it is a difference of doubles.
inline constexpr engine::Duration measured_over = std::chrono::microseconds{100};
inline constexpr double mathis_constant = 1.22;  // sqrt(3/2), bandwidth_limits.csv

inline double bytes_per_s(engine::BitsPerSecond rate) {
    return std::isinf(rate.value) ? unlimited_bytes_per_s : std::min(rate.value / 8.0, unlimited_bytes_per_s);
}

inline double latency_s(engine::Duration round_trip) {
    return std::max(latency_least_s, engine::in_seconds(round_trip) / 2.0);
}

}  // namespace simgrid_engine

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
        engine::Instant first_byte{};  // may arrive from here on: the latency is paid
        double total_bytes = 0.0;
        double bound_bytes_per_s = 0.0;      // by window, options and gray loss
        double narrowest_bytes_per_s = 0.0;  // of the links, when the comm started: SimGrid keeps it as a bound
        double remaining_at_cut = 0.0;
        double connections = 1.0;
        bool endless = false;
        bool cancelled = false;
        PlaceId from{}, to{};
        bool severed = false;  // its ends stand apart
        // How fast it went when that was last measured, and where the next measurement begins.
        std::optional<double> rate_bytes_per_s = std::nullopt;
        double measured_remaining = 0.0;
    };

    explicit Platform(const Topology& described) : topology(described), engine(simgrid_engine::make_engine()) {
        zone = new simgrid_engine::InjectedRoute("topology");  // SimGrid owns it
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
        s4u::Link* const link = zone->get_iface()->create_link(name, simgrid_engine::bytes_per_s(rate));
        if (std::isinf(rate.value)) link->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE);
        return link;
    }

    // SimGrid adds up steps of doubles: its clock may be a rounding beyond the instant that it was last run to, and to
    // be asked for that instant again would end the program.
    void run_simgrid(engine::Instant to) {
        engine.run_until(std::max(engine::in_seconds(to), s4u::Engine::get_clock()));
    }

    // Lets everything up to `now` happen, what was asked for at `now` included, and notes what has ended.
    void run_until(engine::Instant now) {
        SIM_CHECK(now >= last);
        // A step later, too: the rounding of SimGrid's clock.
        const auto begins = [&](const Active& flow) {
            return flow.first_byte > last - Flows::step_most && flow.first_byte <= now;
        };
        if (std::any_of(active.begin(), active.end(), begins)) loads_changed = true;
        last = now;
        run_simgrid(now);
        if (streams > 0) measure(now);
        // A failure has no time of its own in SimGrid; it happens only in the call that causes it, so it is now.
        std::erase_if(active, [&](Active& flow) {
            const s4u::Activity::State state = flow.comm->get_state();
            if (state != s4u::Activity::State::FINISHED && state != s4u::Activity::State::FAILED &&
                state != s4u::Activity::State::CANCELED) {
                return false;
            }
            const bool completed = state == s4u::Activity::State::FINISHED && !flow.cancelled;
            const double left = completed ? 0.0 : flow.remaining_at_cut;
            const engine::Instant at = completed ? finish_of(flow) : now;
            const FlowOutcome outcome = completed        ? FlowOutcome::Completed
                                        : flow.cancelled ? FlowOutcome::Cancelled
                                                         : FlowOutcome::Failed;
            ended.push_back({flow.id, at, outcome, engine::Bytes{std::llround(flow.total_bytes - left)}});
            if (flow.endless) --streams;
            loads_changed = true;
            return true;
        });
    }

    // Nobody's rate is known yet.
    void begin_measuring(engine::Instant now) {
        measured_at = now;
        for (Active& flow : active) {
            flow.rate_bytes_per_s.reset();
            flow.measured_remaining = flow.comm->get_remaining();
        }
    }

    // What each flow has moved since the last measurement. Called before and after each change of the set of flows, so
    // the rates stood still in between.
    void measure(engine::Instant now) {
        if (now == measured_at) return;
        const engine::Duration over = now - measured_at;
        for (Active& flow : active) {
            if (flow.comm->get_state() != s4u::Activity::State::STARTED) continue;
            const double remaining = flow.comm->get_remaining();
            const bool known = over >= simgrid_engine::measured_over && flow.first_byte <= measured_at;
            if (known) flow.rate_bytes_per_s = (flow.measured_remaining - remaining) / engine::in_seconds(over);
            flow.measured_remaining = remaining;
        }
        measured_at = now;
    }

    static bool uses(const Active& flow, const s4u::Link* link) {
        return std::find(flow.links.begin(), flow.links.end(), link) != flow.links.end();
    }
    static bool is_shared(const s4u::Link* link) {
        return link->get_sharing_policy() != s4u::Link::SharingPolicy::FATPIPE;
    }

    // What one connection more could have of this link, beside all but `flow`; none: somebody's rate is not known yet.
    std::optional<double> level_beside(const Active& flow, const s4u::Link* link) {
        others.clear();
        for (const Active& other : active) {
            if (&other == &flow || !uses(other, link)) continue;
            if (other.first_byte >= last) continue;  // still on its way there
            if (!other.rate_bytes_per_s) return std::nullopt;
            others.push_back({*other.rate_bytes_per_s, other.connections});
        }
        return fair_level(link->get_bandwidth(), others);
    }

    engine::Instant finish_of(const Active& flow) const {
        return std::min(last, engine::Instant{engine::duration_from_seconds(flow.comm->get_finish_time())});
    }

    // Gives the flow a comm for its last `bytes`, after `latency` more seconds.
    void start_on(Active& flow, double bytes, double latency) {
        zone->links = flow.links;
        zone->latency_s = latency;
        double inverse_sum = 0.0;
        flow.narrowest_bytes_per_s = simgrid_engine::unlimited_bytes_per_s;
        for (const s4u::Link* const link : flow.links) {
            inverse_sum += 1.0 / link->get_bandwidth();
            flow.narrowest_bytes_per_s = std::min(flow.narrowest_bytes_per_s, link->get_bandwidth());
        }
        // SimGrid shares by weight, 1 / (latency + S x sum of 1/bandwidth): with one S for all, a flow over three links
        // or over a slow one gets less than its fair share. With an S of its own each flow has the same weight.
        // One with several connections counts as often.
        s4u::Engine::set_config("network/weight-S",
                                (simgrid_engine::penalty_s / flow.connections - latency) / inverse_sum);
        // SimGrid's bound is gamma / (2 x latency).
        s4u::Engine::set_config("network/TCP-gamma", flow.bound_bytes_per_s * 2.0 * latency);
        flow.comm = s4u::Comm::sendto_init(hosts.front(), hosts.back());
        flow.comm->set_payload_size(static_cast<std::uint64_t>(std::max(1.0, std::ceil(bytes))));
        flow.comm->start();
        flow.measured_remaining = std::max(1.0, std::ceil(bytes));
        // A change of bandwidth adds S x the difference to the weights of running flows: not with S = 0.
        s4u::Engine::set_config("network/weight-S", 0.0);
    }

    // SimGrid never lets a flow exceed the bandwidth that its links had at its start. A flow that a wider link would
    // let run faster starts anew on what is left, without paying its latency again.
    void widen(Active& flow, engine::Instant now) {
        double narrowest = simgrid_engine::unlimited_bytes_per_s;
        for (const s4u::Link* const link : flow.links) narrowest = std::min(narrowest, link->get_bandwidth());
        if (narrowest <= flow.narrowest_bytes_per_s) return;
        const double left = flow.comm->get_remaining();
        const double latency = std::max(simgrid_engine::latency_least_s, engine::in_seconds(flow.first_byte - now));
        flow.comm->cancel();
        run_simgrid(now);
        start_on(flow, left, latency);
    }

    void set_power(TwoWays& link, bool was_on, engine::Instant now) {
        if (link.on() == was_on) return;
        for (s4u::Link* const way : {link.forward, link.back}) {
            if (way == nullptr) continue;
            if (link.on()) {
                way->turn_on();
                continue;
            }
            for (Active& flow : active) {
                if (uses(flow, way)) flow.remaining_at_cut = flow.comm->get_remaining();
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
    simgrid_engine::InjectedRoute* zone = nullptr;
    std::vector<s4u::Host*> hosts;
    std::vector<TwoWays> links;
    std::vector<TwoWays> inside;  // of each place; one way serves both
    std::vector<Active> active;   // by id
    std::vector<Finished> ended, delivered;
    std::vector<LinkUser> others;  // of level_beside(), kept for its memory
    bool loads_changed = false;
    engine::Instant measured_at = engine::start_of_time;
    int streams = 0;  // of the active
    engine::Instant last = engine::start_of_time;
    std::uint64_t next_id = 0;
};

}  // namespace faultline::models
