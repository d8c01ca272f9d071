// One question over the network: is there anybody? Control planes, monitors, health checks and operators ask it. An
// answer that does not come in time, a refusal and silence are all the same: nobody.
#pragma once

#include "engine/call.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"

namespace faultline::models {

struct Question {
    Stand from{};
    Stand to{};
    Duration timeout{};
};

// What whoever is there says at once. `travel`: how long that is under way.
engine::Process<Answer> here(Duration travel);

// `asked` outlives the question.
engine::Process<bool> answers(engine::Simulation& simulation, const Transport& transport, engine::Component& asked,
                              Question question, engine::RandomStream& draws);

}  // namespace faultline::models
