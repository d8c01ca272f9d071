// An office's canaries: each second, for each target, one statement over a new connection. Nothing is remembered from
// one to the next: a canary asks DNS anew.
#include <algorithm>

#include "models/clients/office.hpp"

namespace faultline::models {

namespace {
constexpr Duration canary_interval = std::chrono::seconds{1};
constexpr Payload canary_call{Bytes{128}, Bytes{128}};  // as small as its statement
}  // namespace

void Office::begin_canaries() {
    engine::RandomStream phases = simulation_.stream(component_.path(), "canary");
    for (std::size_t target = 0; target < targets_.canaries.size(); ++target) {
        const Duration offset = engine::duration_from_seconds(phases.uniform());
        const CanaryTarget& asked = targets_.canaries[target];
        if (asked.direct != nullptr || asked.service != nowhere) simulation_.spawn(component_, canary(target, offset));
    }
}

engine::Process<> Office::canary(std::size_t target, Duration offset) {
    co_await simulation_.delay(offset);
    for (;;) {
        if (targets_.canaries[target].service == nowhere) {
            simulation_.spawn(component_, try_canary(target));
        } else {
            simulation_.spawn(component_, try_canary_via_service(target));
        }
        co_await simulation_.delay(canary_interval);
    }
}

engine::Process<> Office::try_canary(std::size_t target) {
    const Instant due = simulation_.now();
    const CanaryTarget& asked = targets_.canaries[target];
    const bool writes = context_.endpoints[asked.endpoint].writes;
    const Statement statement{.writes = writes, .commits = writes};
    engine::Timer patience(simulation_, shape_.canary_timeout);
    engine::Call<Answer> call(simulation_, component_, asked.direct->probe(statement), Duration::zero());
    co_await engine::any_of(call, patience);
    const bool good = call.outcome() == engine::CallOutcome::answered && call.value().status == AnswerStatus::ok;
    context_.measures.canary(shape_.id, target, due, good);
}

// TCP and TLS towards the balancer, and a call over them. It is none of the connections that the office's users share.
engine::Process<> Office::try_canary_via_service(std::size_t target) {
    const Instant due = simulation_.now();
    const CanaryTarget& asked = targets_.canaries[target];
    ServiceRegion& region = *preferred_now(asked.service);
    ServiceInstance* const instance = region.has_record() ? region.next(shape_.place) : nullptr;
    bool good = false;
    if (instance != nullptr) {
        const int exchanges = connection_cost(Protocol::Https).round_trips();
        const Delays shake = context_.transport.handshake(shape_.place, instance->stand(), exchanges, canary_draws_);
        const Duration needed = shake.delivered ? shake.forward + shake.back : Duration::max();
        co_await simulation_.delay(std::min(needed, shape_.canary_timeout));
        if (needed < shape_.canary_timeout && region.certificate_valid()) {
            const Delays legs =
                context_.transport.round_trip(shape_.place, instance->stand(), canary_call, canary_draws_);
            engine::Timer patience(simulation_, shape_.canary_timeout - needed);
            engine::Call<Answer> call(simulation_, instance->component(),
                                      instance->handle_canary(asked.endpoint, legs.back), legs);
            co_await engine::any_of(call, patience);
            good = call.outcome() == engine::CallOutcome::answered && call.value().status == AnswerStatus::ok;
        }
    }
    context_.measures.canary(shape_.id, target, due, good);
}

}  // namespace faultline::models
