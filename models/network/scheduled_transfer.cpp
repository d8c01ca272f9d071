#include "models/network/scheduled_transfer.hpp"

namespace faultline::models {

ScheduledTransfer::ScheduledTransfer(engine::Simulation& simulation, Transfers& transfers, TransferSchedule schedule)
    : simulation_(simulation),
      transfers_(transfers),
      schedule_(std::move(schedule)),
      component_(simulation, "transfers/" + schedule_.name) {
    SIM_CHECK(!schedule_.every || *schedule_.every > engine::Duration::zero());
}

void ScheduledTransfer::begin() {
    simulation_.spawn(component_, keep());
}

engine::Process<> ScheduledTransfer::keep() {
    engine::Instant due = schedule_.first;
    for (;;) {
        co_await simulation_.delay(due - simulation_.now());
        ++counts_.due;
        if (moving_) {
            ++counts_.overlapped;
        } else {
            moving_ = true;
            simulation_.spawn(component_, move());
        }
        if (!schedule_.every) co_return;
        due += *schedule_.every;
    }
}

engine::Process<> ScheduledTransfer::move() {
    component_.enter("moving");
    const engine::Instant begun = simulation_.now();
    const FlowOutcome outcome = co_await transfers_.transfer(schedule_.spec);
    if (outcome == FlowOutcome::Completed) {
        ++counts_.completed;
        counts_.durations.push_back(simulation_.now() - begun);
    } else {
        ++counts_.failed;
    }
    component_.enter(outcome == FlowOutcome::Completed ? "idle" : "failed");
    moving_ = false;
}

}  // namespace faultline::models
