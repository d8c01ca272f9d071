// Office, what stands before its attempts: a circuit breaker, a rate that adapts to refusals, and second copies of what
// is not answered soon.
#include <algorithm>

#include "models/clients/office.hpp"

namespace faultline::models {

void Office::make_guards() {
    for (std::size_t i = 0; i < context_.classes.size(); ++i) {
        const ClassPlan& plan = context_.classes[i];
        if (!plan.guarded) continue;
        guards_.resize(context_.classes.size());
        if (plan.hedge) guards_[i].hedging = std::make_unique<Hedging>(*plan.hedge);
        if (plan.retry.adaptive) guards_[i].rate = std::make_unique<AdaptiveRate>();
        if (!plan.breaker) continue;
        guards_[i].breaker =
            std::make_unique<CircuitBreaker>(simulation_, component_.path() + "/breakers/" + plan.name, *plan.breaker);
    }
}

// The breaker learns from what was sent: not from what it or the office's own pool refused.
engine::Process<Office::Attempt> Office::ask_guarded(const RequestRef& request, const ClassPlan& plan) {
    Guard& guard = guards_[request->query_class];
    BreakerLeave leave(guard.breaker.get());
    Attempt tried{because(FailureReason::breaker), false, false};
    if (leave.refused()) co_return tried;
    if (guard.rate != nullptr) {
        const bool granted = co_await may_send(request, plan, *guard.rate);
        if (!granted) co_return Attempt{because(FailureReason::own_rate), true, false};
    }
    const Instant begun = simulation_.now();
    if (guard.hedging != nullptr) {
        const Attempt asked = co_await ask_twice(request, plan, *guard.hedging);
        tried = asked;
    } else {
        const Attempt asked = co_await ask_unguarded(request, plan);
        tried = asked;
    }
    const bool failed = tried.timed_out || (tried.status != AnswerStatus::ok && tried.status != AnswerStatus::miss);
    if (tried.sent) leave.ended(failed, simulation_.now() - begun);
    if (guard.rate != nullptr && tried.sent) {
        guard.rate->ended(simulation_.now(), is_refused(tried.status));
    }
    co_return tried;
}

// Waits for a token of the rate, as part of its client's pauses. false: it takes longer than he waits for an attempt.
engine::Process<bool> Office::may_send(const RequestRef& request, const ClassPlan& plan, AdaptiveRate& rate) {
    const Duration wait = rate.take(simulation_.now(), plan.timeout);
    if (wait > Duration::zero()) {
        request.charge(Stage::retry_wait, simulation_.now());
        co_await simulation_.delay(std::min(wait, plan.timeout));
    }
    co_return wait <= plan.timeout;
}

// One attempt at a service, as query() makes it in place where nothing stands before it.
engine::Process<Office::Attempt> Office::ask_service(RequestRef request, const ClassPlan& plan) {
    const Instant give_up = simulation_.now() + plan.timeout;
    ServiceInstance* const instance = choose_instance(plan.service);
    const Ticket ticket = take_connection(plan.service, instance);
    const bool none = ticket == Ticket::none || ticket == Ticket::refused || ticket == Ticket::unresolved;
    if (none) co_return Attempt{why_none(ticket), false, ticket != Ticket::refused};
    ServiceRegion& region = *connections_[plan.service].region;
    if (ticket == Ticket::to_connect) {
        const AnswerStatus made = co_await connect(request, *instance, give_up);
        const bool late = made == because(FailureReason::unreachable);
        if (late) region.answered(*instance, false);
        if (made != AnswerStatus::ok) co_return Attempt{made, late};
    }
    request.charge(Stage::network, simulation_.now());
    const Delays legs = context_.transport.round_trip(shape_.place, instance->stand(), plan.call, request->network);
    engine::Timer patience(simulation_, give_up - simulation_.now());
    engine::Call<Answer> call(simulation_, instance->component(), instance->handle(request, legs.back), legs);
    co_await engine::any_of(call, patience);
    give_connection(plan.service, call.outcome() == engine::CallOutcome::answered);
    const Attempt tried = attempt_of(*request, call);
    region.answered(*instance, tried.status == AnswerStatus::ok);
    co_return tried;
}

bool Office::answered(const engine::Call<Attempt>& call) {
    return call.over() && !call.value().timed_out && call.value().status == AnswerStatus::ok;
}

// Copies are processes of their own: the slower one gives its connection back when it is answered, or gives up.
engine::Process<Office::Attempt> Office::ask_twice(const RequestRef& request, const ClassPlan& plan, Hedging& hedging) {
    const Instant begun = simulation_.now();
    hedging.asked();
    engine::Timer patience(simulation_, plan.timeout);
    engine::Timer soon(simulation_, hedging.delay());
    engine::Call<Attempt> first(simulation_, component_, ask_service(request, plan), Duration::zero());
    co_await engine::any_of(first, patience, soon);
    if (first.over() || patience.over() || !hedging.take()) {
        co_await engine::any_of(first, patience);
        if (answered(first)) hedging.answered(simulation_.now() - begun);
        if (first.over()) co_return first.value();
        co_return Attempt{because(FailureReason::connection_lost), true};
    }
    context_.measures.hedged(request->query_class, simulation_.now());
    engine::Call<Attempt> second(simulation_, component_, ask_service(request.silent(), plan), Duration::zero());
    co_await engine::any_of(first, second, patience);
    // A copy that failed leaves the other one.
    if (first.over() && !answered(first)) {
        co_await engine::any_of(second, patience);
    } else if (second.over() && !answered(second)) {
        co_await engine::any_of(first, patience);
    }
    const bool first_won = answered(first);
    if (!first_won && !answered(second)) {
        if (first.over()) co_return first.value();
        co_return Attempt{because(FailureReason::connection_lost), true};
    }
    hedging.answered(simulation_.now() - begun);
    if (hedging.cancels()) cancel(request, plan);
    if (first_won) co_return first.value();
    co_return second.value();
}

// The operation is over: whoever still has it before him hears of it after the way there.
void Office::cancel(const RequestRef& request, const ClassPlan& plan) {
    const PlaceId there = connections_[plan.service].region->balancer();
    request->cancel_at(simulation_.now() + context_.transport.path(shape_.place, there).base_round_trip / 2);
}

}  // namespace faultline::models
