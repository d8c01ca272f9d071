#include "engine/simulation.hpp"

#include <utility>

#include "engine/call.hpp"

namespace faultline::engine {

Simulation::Simulation(RunIdentity identity) : identity_(identity) {
    outer_check_clock_ = check_clock_ns;
    check_clock_ns = &check_clock_ns_;
}

Simulation::~Simulation() {
    close();
    check_clock_ns = outer_check_clock_;
}

// Fires the next event at or before `end`; false if there is none. An event of the calendar was scheduled before the
// clock came to its instant: it precedes all that is ready.
inline bool Simulation::dispatch_next(Instant end) {
    const bool ready = !ready_.empty();
    Calendar::Due due = calendar_.pop_due(ready ? now_ : end);
    if (due.node == nullptr) {
        if (!ready) return false;
        due = {&ready_.pop(), now_};
    }
    SIM_CHECK(due.at >= now_);
    events_at_instant_ = due.at == now_ ? events_at_instant_ + 1 : 0;
    now_ = due.at;
    check_clock_ns_ = due.at.time_since_epoch().count();
    ++events_run_;
    fingerprint_.add(due.at, due.node->kind(), due.node->component());
    due.node->fire(*this);
    return true;
}

StopReason Simulation::run_until(Instant end) {
    SIM_CHECK(end >= now_ && running_ == nullptr);
    check_clock_ns = &check_clock_ns_;
    while (dispatch_next(end)) {
        if (events_at_instant_ > events_at_one_instant_max) return StopReason::stuck;
        if (events_run_ % events_between_reports == 0 && progress_ && !progress_(now_, events_run_)) {
            return StopReason::cancelled;
        }
    }
    const bool nothing_left = calendar_.empty();
    if (end != end_of_time) now_ = end;
    check_clock_ns_ = now_.time_since_epoch().count();
    return nothing_left ? StopReason::no_more_events : StopReason::reached_end;
}

void Simulation::branch(std::uint64_t future) {
    SIM_CHECK(future_ == 0 && future != 0);
    future_ = future;
    for (const Branching* one = streams_.next(); one != &streams_; one = one->next()) {
        const_cast<Branching*>(one)->branch(future);  // none of them is made const
    }
}

bool Simulation::running_belongs_to(const Component& owner) const {
    return running_ != nullptr && running_->owner_ == &owner;
}

void Simulation::end_processes_of(const Component& owner, Health how) {
    SIM_CHECK(!running_belongs_to(owner));
    std::vector<ProcessState*> theirs = processes_.oldest_first();
    std::erase_if(theirs, [&](const ProcessState* state) { return state->owner_ != &owner; });
    for (ProcessState* const state : theirs) {
        if (state->root_.call != nullptr) state->root_.call->callee_died(how);
    }
    for (auto state = theirs.rbegin(); state != theirs.rend(); ++state) (*state)->destroy();
}

void Simulation::close() {
    closing_ = true;
    const std::vector<ProcessState*> all = processes_.oldest_first();
    for (auto state = all.rbegin(); state != all.rend(); ++state) (*state)->destroy();
    SIM_CHECK(processes_.size() == 0);
}

std::vector<std::string> Simulation::waiting_paths() const {
    std::vector<std::string> paths;
    for (const ProcessState* const state : processes_.oldest_first()) paths.push_back(state->owner_->path());
    return paths;
}

void ProcessState::leave_calendar() {
    simulation_->cancel(*this);
}

void ProcessState::tell_caller() {
    root_.call->callee_ended_without_answer();
}

void ProcessState::destroy() {
    ProcessState* leaf = this;
    while (leaf->child_ != nullptr) leaf = leaf->child_;
    while (leaf != this) {
        ProcessState* const parent = leaf->as_child_.parent;
        *leaf->as_child_.frame = nullptr;
        parent->child_ = nullptr;
        leaf->handle_.destroy();
        leaf = parent;
    }
    handle_.destroy();
}

void ProcessState::resume_now(CalendarNode& node, Simulation& simulation) {
    simulation.run(static_cast<ProcessState&>(node));
}

void ProcessState::wake_later(std::uint32_t index) {
    if (woken_) return;
    woken_ = true;
    woken_by_ = index;
    label(EventKind::resumed, owner_->number());
    simulation_->schedule_now(*this);
}

void ProcessState::become_child_of(ProcessState& parent, void** frame_of_child) {
    simulation_ = parent.simulation_;
    owner_ = parent.owner_;
    is_child_ = true;
    as_child_ = {&parent, frame_of_child};
    parent.child_ = this;
    simulation_->next_ = this;
}

void ProcessState::resume_parent() noexcept {
    as_child_.parent->child_ = nullptr;
    simulation_->next_ = as_child_.parent;
}

Component::Component(Simulation& simulation, std::string path)
    : simulation_(simulation), path_(std::move(path)), number_(++simulation.components_) {}

Component::~Component() {
    // In the closing state the processes are gone already.
    if (!simulation_.closing()) simulation_.end_processes_of(*this, Health::silent);
}

void Component::kill(Health how) {
    SIM_CHECK(how != Health::up);
    health_ = how;
    simulation_.end_processes_of(*this, how);
}

void Component::enter(std::string_view state) {
    state_ = state;
    if (simulation_.on_state_change) simulation_.on_state_change(simulation_.now(), *this, state);
}

}  // namespace faultline::engine
