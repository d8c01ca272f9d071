#include "models/cache/command.hpp"

#include "models/cache/node.hpp"

namespace faultline::models {

using engine::CallOutcome;

CacheCommand::CacheCommand(Fire action, engine::EventKind kind, CacheNode& node, const CacheOrder& order, bool left)
    : CalendarNode(action, kind, node.component().number()), node_(&node), order_(order), left_(left) {}

// To a dead node the packet goes all the same: what comes back is a reset, or nothing.
CacheExchange::CacheExchange(CacheNode& node, const CacheOrder& order, const Delays& legs, Duration timeout)
    : CacheCommand(&fall_due, engine::EventKind::started, node, order, false),
      simulation_(node.component().simulation()),
      back_(legs.back),
      deadline_(engine::saturating_add(simulation_.now(), timeout)) {
    arrival_ = engine::saturating_add(simulation_.now(), legs.forward);
    const engine::Health health = node.component().health();
    if (!legs.delivered || health == engine::Health::silent) {
        node_ = nullptr;
        end_at(deadline_, CallOutcome::none);
    } else if (!node.component().up()) {
        node_ = nullptr;
        end_at(engine::saturating_add(arrival_, back_), CallOutcome::reset);
    } else if (arrival_ >= deadline_) {
        node_ = nullptr;
        node.leave_behind(order, arrival_);
        end_at(deadline_, CallOutcome::none);
    } else {
        under_way_ = true;
        node.list(*this);
        simulation_.schedule(*this, arrival_);
    }
}

CacheExchange::~CacheExchange() {
    if (pending()) simulation_.cancel(*this);
    if (node_ == nullptr) return;
    node_->unlist(*this);
    if (under_way_) node_->leave_behind(order_, arrival_);
}

// The client's process goes on within this event, and may end.
void CacheExchange::fall_due(engine::CalendarNode& node, engine::Simulation& /*simulation*/) {
    auto& exchange = static_cast<CacheExchange&>(node);
    if (exchange.under_way_) return exchange.arrive();
    exchange.outcome_ = exchange.coming_;
    if (exchange.waiter_ != nullptr) exchange.waiter_->wake_now(0);
}

void CacheExchange::arrive() {
    under_way_ = false;
    const engine::SerialServer::Turn turn = node_->execute(order_, answer_);
    started_ = turn.start;
    finished_ = turn.end;
    end_at(engine::saturating_add(finished_, back_), CallOutcome::answered);
}

// Unless the client's patience ends before.
void CacheExchange::end_at(Instant at, CallOutcome outcome) {
    const bool in_time = at < deadline_;
    coming_ = in_time ? outcome : CallOutcome::none;
    label(!in_time                           ? engine::EventKind::timer
          : outcome == CallOutcome::answered ? engine::EventKind::answered
                                             : engine::EventKind::reset);
    simulation_.schedule(*this, in_time ? at : deadline_);
}

// An answer that has left is not called back.
void CacheExchange::node_died(engine::Health how) {
    node_ = nullptr;
    if (!pending() || (!under_way_ && finished_ <= simulation_.now())) return;
    simulation_.cancel(*this);
    under_way_ = false;
    const bool silent = how == engine::Health::silent;
    end_at(silent ? deadline_ : engine::saturating_add(simulation_.now(), back_), CallOutcome::reset);
}

void CacheExchange::charge(const RequestRef& request, Instant now) const {
    if (finished_ == Instant{}) return;
    request.charge(Stage::queue, arrival_);
    if (started_ <= now) request.charge(Stage::cache, started_);
    if (finished_ <= now) request.charge(Stage::network, finished_);
}

LeftCommand::LeftCommand(CacheNode& node, const CacheOrder& order)
    : CacheCommand(&fall_due, engine::EventKind::started, node, order, true) {}

void LeftCommand::fall_due(engine::CalendarNode& node, engine::Simulation& /*simulation*/) {
    auto& command = static_cast<LeftCommand&>(node);
    Answer nobodys;
    command.node_->execute(command.order_, nobodys);
    command.node_->unlist(command);
    delete &command;
}

}  // namespace faultline::models
