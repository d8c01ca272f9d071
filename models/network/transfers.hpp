// Bulk transfers as waits of processes: `const FlowOutcome end = co_await transfers.transfer(…);`. Drives the fluid
// flows (simgrid_flows.hpp) in their steps while one is active, and not at all otherwise; SimGrid itself is not begun
// before the first transfer.
//
// Streams (link_stream.hpp) share links with the transfers: while one is on a limited link of a stream's route, in its
// direction, the stream is a flow beside it, bounded by what it wants, and is told what it can have. Without a transfer
// on its way a stream costs nothing and has its links to itself: streams alone do not share among each other.
//
// Requests on limited links wait for the flows there (link_queue.hpp): the topology is told when their loads change.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/call.hpp"
#include "engine/statistics/time_weighted.hpp"
#include "engine/waits.hpp"
#include "models/network/link_stream.hpp"
#include "models/network/simgrid_flows.hpp"

namespace faultline::models {

struct TransferSpec {
    PlaceId from{};
    PlaceId to{};
    engine::Bytes size{};
    FlowOptions options{};
};

class Transfers {
public:
    // How often a stream beside a transfer is asked what it wants.
    static constexpr engine::Duration streams_asked_every = std::chrono::seconds{1};

    Transfers(engine::Simulation& simulation, Topology& topology)
        : simulation_(simulation), topology_(topology), component_(simulation, "network/transfers") {}

    // Ends when the last byte has arrived, or the flow has failed.
    engine::Process<FlowOutcome> transfer(TransferSpec spec);

    // From now on it shares its links; it leaves before it dies.
    void join(LinkStream& stream) { streams_.push_back({&stream}); }
    void leave(LinkStream& stream);

    // A place or link failed or came back: flows on it end now.
    void topology_changed();

    std::uint64_t started() const { return started_; }
    bool active() const { return driving_; }  // SimGrid is being driven
    // What flows have used of one way of a limited link, away from its end `from`: share of its bandwidth x seconds
    // since the start. Zero of a link without a limit.
    double used_seconds(LinkId link, PlaceId from) const;
    double used_seconds_of(std::size_t way) const;  // number 2 x link, and one more against its direction

private:
    struct Waiting {
        FlowId flow;
        engine::Condition ended;
        FlowOutcome outcome = FlowOutcome::Failed;
        bool over = false;
    };
    struct Shared {
        LinkStream* stream = nullptr;
        std::optional<FlowId> flow = std::nullopt;  // while a transfer is beside it
        LinkStream::Ends ends{};                    // of the flow
        double wanted_bps = 0.0;                    // its bound
        double told_bps = unlimited_bandwidth.value;
    };
    engine::Process<> drive();
    void begin_driving();
    void deliver(const Finished& end);
    void review_streams(bool routes_changed);
    void review(Shared& shared, bool routes_changed);
    void tell_shares();
    void tell(Shared& shared, double share_bps);
    void tell_queues();

    engine::Simulation& simulation_;
    Topology& topology_;
    engine::Component component_;
    std::unique_ptr<Flows> flows_;
    std::vector<Waiting*> waiting_;
    std::vector<Shared> streams_;
    struct Used {
        engine::TimeWeighted forward, back;
    };
    std::vector<Used> used_;  // by link, from the first transfer on
    engine::Instant review_at_{};
    std::uint64_t started_ = 0;
    bool driving_ = false;
};

}  // namespace faultline::models
