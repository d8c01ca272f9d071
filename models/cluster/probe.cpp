#include "models/cluster/probe.hpp"

#include "engine/waits.hpp"

namespace faultline::models {

namespace {
constexpr Payload small{Bytes{64}, Bytes{64}};
}

engine::Process<Answer> here(Duration travel) {
    co_return Answer{travel, AnswerStatus::ok, 0};
}

engine::Process<bool> answers(engine::Simulation& simulation, const Transport& transport, engine::Component& asked,
                              Question question, engine::RandomStream& draws) {
    const Delays legs = transport.round_trip(question.from, question.to, small, draws);
    engine::Timer patience(simulation, question.timeout);
    engine::Call<Answer> call(simulation, asked, here(legs.back), legs);
    co_await engine::any_of(call, patience);
    co_return call.outcome() == engine::CallOutcome::answered;
}

}  // namespace faultline::models
