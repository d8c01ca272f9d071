// Bulk transfers as fluid flows: replication streams, backups, restores, loads. Flows share links max-min fairly, each
// way of a link by itself; a flow is further bounded by its window over the round trip, and fails with a link on its
// route.
//
// SimGrid computes the shares; this class drives it from outside, and no file but simgrid_flows* knows it.
// SimGrid is one engine a process, so there is one Flows a process (SIM_CHECK). A fork() in mid-flow goes on in the
// child. Between its calls nothing runs: the owner schedules next_step() and calls advance() then.
//
//     flows.start(now, from, to, Bytes{64 << 20});
//     …at flows.next_step(now):  for (const Finished& end : flows.advance(now)) …
//
// A stream is a flow without an end (start_stream): a replication stream, while bulk flows are beside it.
//
// What flows cost requests on their links follows from the loads (link_queue.hpp). It leaves out: slow start,
// loss-limited rates but for gray links, and the cost of headers. Assumptions and sources: docs/models/flows.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/time.hpp"
#include "models/topology.hpp"

namespace faultline::models {

// Counted from 0 in the order of the starts.
struct FlowId {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(FlowId, FlowId) = default;
};

enum class FlowOutcome : std::uint8_t {
    Completed,  // the last byte has arrived
    Failed,     // a link of its route was cut, or there was no usable route to start on
    Cancelled,  // by its owner
};

struct FlowOptions {
    // Bytes in flight. The default is what Linux's default buffers give: throughput = 3.02 MB / round trip, 130 runs of
    // 2021 (linux_default_single_flow_inflight of bandwidth_limits.csv).
    engine::Bytes window{3'020'000};                        // > 0
    engine::BitsPerSecond rate_most = unlimited_bandwidth;  // a network card, a throttle; > 0
    int connections = 1;  // side by side, that share it; each has the share of one on a full link. 1..999,999
};

struct Finished {
    FlowId flow;
    engine::Instant at;  // exact, at or before the end of the step
    FlowOutcome outcome;
    engine::Bytes moved;  // what had arrived, whatever the outcome
};

class Flows {
public:
    // A step is at most this long while a flow is active, so that no completion is delivered later than this.
    static constexpr engine::Duration step_most = std::chrono::milliseconds{1};

    // The platform is the topology's: its links with their bandwidths, half the round trip as latency each way. The
    // topology must be sealed and must outlive the flows.
    explicit Flows(const Topology& topology);
    ~Flows();
    Flows(const Flows&) = delete;
    Flows& operator=(const Flows&) = delete;

    // All calls take the present, which never goes back. What ends by them is delivered by the next advance().

    // Along topology.path(from, to) as it is now, to the end of the flow: later routes are for later flows. A gray path
    // lowers the rate by its extra loss (Mathis et al. 1997). Requires size.count >= 0.
    FlowId start(engine::Instant now, PlaceId from, PlaceId to, engine::Bytes size, FlowOptions options = {});
    void cancel(engine::Instant now, FlowId flow);  // nothing if it has ended

    // A stream that has been running: no latency is paid, it wants `rate_most` all along, and it ends by a cut, by
    // cancel(), or completed after 1 TB, to be started again. None: there is no usable route to start on.
    std::optional<FlowId> start_stream(engine::Instant now, PlaceId from, PlaceId to, engine::BitsPerSecond rate_most);
    // Is a flow with an end on a limited link of the path from `from` to `to`, in that direction?
    bool beside_flows(PlaceId from, PlaceId to) const;
    // What a stream could have, from what all flows moved of late: what it gets; or, while it wants less than its fair
    // share, that share. None: not known before 0.1 ms without a change, so ask at the next step.
    std::optional<engine::BitsPerSecond> present_share(FlowId stream) const;

    // A cut fails the flows on the link. Cuts nest, as failures of the topology do.
    void cut_link(engine::Instant now, LinkId link);
    void restore_link(engine::Instant now, LinkId link);
    // Cuts what is dead in the topology and restores what is alive again; the inside of a zone dies with the zone.
    void follow_topology(engine::Instant now);
    // Of each way of a link, from now on, for running flows as for new ones.
    void set_bandwidth(engine::Instant now, LinkId link, engine::BitsPerSecond rate);

    bool active() const;  // a flow is running
    // When advance() is due: now, if something is to be delivered; now + 1 ms while a flow is active; else end_of_time.
    engine::Instant next_step(engine::Instant now) const;
    // Runs the flows to `to`. What ended since the last call, each flow once, by (instant, flow); valid until the next
    // call of any function.
    std::span<const Finished> advance(engine::Instant to);

    // What has arrived of a running flow.
    engine::Bytes moved(FlowId flow) const;
    // Used share of a link in its busier direction, 0..1, now. 0 for a link without a limit.
    double utilisation(LinkId link) const;
    // May loads be others than when this was last asked? A flow began to move, ended, or a link changed.
    bool loads_changed();
    // Of the way of a link that leads away from its end `from`. A flow that is still on its way there does not count.
    LinkLoad load(LinkId link, PlaceId from) const;

private:
    struct Platform;
    std::unique_ptr<Platform> platform_;
};

}  // namespace faultline::models
