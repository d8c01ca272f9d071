// One question over the network to something that answers pings: is there anybody? Control planes, monitors, health
// checks and operators ask it. An answer that does not come in time, a refusal and silence are all the same: nobody.
#pragma once

#include "engine/call.hpp"
#include "engine/waits.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"

namespace faultline::models {

struct Question {
    PlaceId from{};
    PlaceId to{};
    Duration timeout{};
};

// `asked` has component() and ping(travel), as an Instance has. It outlives the question.
template <class Asked>
engine::Process<bool> answers(engine::Simulation& simulation, const Transport& transport, Asked& asked,
                              Question question, engine::RandomStream& draws) {
    constexpr Payload small{Bytes{64}, Bytes{64}};
    const Delays legs = transport.round_trip(question.from, question.to, small, draws);
    engine::Timer patience(simulation, question.timeout);
    engine::Call<Answer> call(simulation, asked.component(), asked.ping(legs.back), legs);
    co_await engine::any_of(call, patience);
    co_return call.outcome() == engine::CallOutcome::answered;
}

}  // namespace faultline::models
