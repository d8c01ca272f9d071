#include "models/cache/command.hpp"

#include <utility>

#include "models/cache/node.hpp"

namespace faultline::models {

CacheCommand::CacheCommand(CacheNode& node, CacheExchange& client, const CacheOrder& order, Duration back)
    : CalendarNode(&fall_due, engine::EventKind::started, node.component().number()),
      node_(node),
      client_(&client),
      order_(order),
      back_(back) {}

void CacheCommand::fall_due(engine::CalendarNode& node, engine::Simulation& simulation) {
    auto& command = static_cast<CacheCommand&>(node);
    switch (command.leg_) {
        case Leg::there:
            return command.node_.take_in(command);
        case Leg::inside:
            command.node_.execute(command);
            if (command.client_ == nullptr) break;  // nobody is there to be answered
            command.client_->finished_ = simulation.now();
            return command.go_back(simulation, Leg::back);
        case Leg::back:
        case Leg::reset:
            return command.hand_over();
    }
    delete &command;
}

void CacheCommand::go_back(engine::Simulation& simulation, Leg leg) {
    leg_ = leg;
    label(leg == Leg::back ? engine::EventKind::answered : engine::EventKind::reset);
    simulation.schedule(*this, engine::saturating_add(simulation.now(), back_));
}

// The client's process goes on within this event, and may end.
void CacheCommand::hand_over() {
    CacheExchange& client = *client_;
    client.command_ = nullptr;
    client.answer_ = answer_;
    const auto outcome = leg_ == Leg::back ? engine::CallOutcome::answered : engine::CallOutcome::reset;
    delete this;
    client.end(outcome);
}

CacheExchange::CacheExchange(CacheNode& node, const CacheOrder& order, const Delays& legs, Duration timeout)
    : CalendarNode(&run_out, engine::EventKind::timer), simulation_(node.component().simulation()) {
    simulation_.schedule(*this, engine::saturating_add(simulation_.now(), timeout));
    if (legs.delivered) command_ = node.send(*this, order, legs);
}

CacheExchange::~CacheExchange() {
    if (pending()) simulation_.cancel(*this);
    if (command_ == nullptr) return;
    command_->client_ = nullptr;
    if (command_->leg_ == CacheCommand::Leg::there || command_->leg_ == CacheCommand::Leg::inside) return;
    simulation_.cancel(*command_);
    delete command_;
}

void CacheExchange::run_out(engine::CalendarNode& node, engine::Simulation& /*simulation*/) {
    static_cast<CacheExchange&>(node).end(engine::CallOutcome::none);
}

void CacheExchange::end(engine::CallOutcome outcome) {
    if (over_) return;  // given up, and still in its scope: what comes later is nobody's
    outcome_ = outcome;
    over_ = true;
    if (waiter_ != nullptr) waiter_->wake_now(0);
}

void CacheExchange::charge(const RequestRef& request, Instant now) const {
    if (arrived_ == Instant{}) return;
    request.charge(Stage::queue, arrived_);
    if (started_ <= now) request.charge(Stage::cache, started_);
    if (finished_ != Instant{}) request.charge(Stage::network, finished_);
}

}  // namespace faultline::models
