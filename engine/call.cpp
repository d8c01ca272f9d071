#include "engine/call.hpp"

namespace faultline::engine {

CallBase::CallBase(Simulation& simulation, Component& callee, ProcessState& state, const Delays& delays)
    : CalendarNode(&arrive, EventKind::answered, callee.number()), simulation_(simulation), back_(delays.back) {
    if (!delays.delivered) {
        state.destroy();
        lose();
        return;
    }
    simulation.adopt(state, callee);
    state.label(EventKind::started, callee.number());
    state.root_.call = this;
    callee_ = &state;
    if (callee.up()) {
        simulation.schedule(state, saturating_add(simulation.now(), delays.forward));
        return;
    }
    // A dead peer: the packet arrives, and what comes back is a reset or nothing.
    back_ = delays.forward + delays.back;
    const Health health = callee.health();
    callee_died(health);
    state.destroy();
}

void CallBase::answer_travels(Duration travel) {
    callee_->root_.call = nullptr;
    callee_ = nullptr;
    if (travel == Duration::max()) {
        lose();
        return;
    }
    coming_ = CallOutcome::answered;
    label(EventKind::answered);
    simulation_.schedule(*this, saturating_add(simulation_.now(), travel));
}

void CallBase::callee_died(Health how) {
    if (callee_ != nullptr) callee_->root_.call = nullptr;
    callee_ = nullptr;
    if (how == Health::silent) {
        lose();
        return;
    }
    coming_ = CallOutcome::reset;
    label(EventKind::reset);
    simulation_.schedule(*this, saturating_add(simulation_.now(), back_));
}

// A callee whose owner was destroyed, or which ended without a value: the caller hears nothing.
void CallBase::callee_ended_without_answer() {
    callee_ = nullptr;
    lose();
}

void CallBase::lose() {
    lost_ = true;
    ++simulation_.calls_unanswered_;
    if (alone_) ++simulation_.calls_without_timer_;
}

void CallBase::forget_lost() {
    --simulation_.calls_unanswered_;
    if (alone_) --simulation_.calls_without_timer_;
}

void CallBase::arrive(CalendarNode& node, Simulation& /*simulation*/) {
    auto& call = static_cast<CallBase&>(node);
    call.outcome_ = call.coming_;
    if (call.waiter_ != nullptr) call.waiter_->wake_now(call.index_);
}

}  // namespace faultline::engine
