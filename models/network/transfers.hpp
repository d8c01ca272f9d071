// Bulk transfers as waits of processes: `const FlowOutcome end = co_await transfers.transfer(…);`. Drives the fluid
// flows (simgrid_flows.hpp) in their steps while one is active, and not at all otherwise; SimGrid itself is not begun
// before the first transfer.
#pragma once

#include <memory>
#include <vector>

#include "engine/call.hpp"
#include "engine/waits.hpp"
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
    Transfers(engine::Simulation& simulation, const Topology& topology)
        : simulation_(simulation), topology_(topology), component_(simulation, "network/transfers") {}

    // Ends when the last byte has arrived, or the flow has failed.
    engine::Process<FlowOutcome> transfer(TransferSpec spec);

    // A place or link failed or came back: flows on it end now.
    void topology_changed();

    std::uint64_t started() const { return started_; }

private:
    struct Waiting {
        FlowId flow;
        engine::Condition ended;
        FlowOutcome outcome = FlowOutcome::Failed;
        bool over = false;
    };
    engine::Process<> drive();
    void begin_driving();
    void deliver(const Finished& end);

    engine::Simulation& simulation_;
    const Topology& topology_;
    engine::Component component_;
    std::unique_ptr<Flows> flows_;
    std::vector<Waiting*> waiting_;
    std::uint64_t started_ = 0;
    bool driving_ = false;
};

}  // namespace faultline::models
