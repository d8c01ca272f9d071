// A queue with c servers and nothing else: what theory knows the answer of.
#pragma once

#include <string>

#include "engine/call.hpp"
#include "engine/queueing/server_pool.hpp"
#include "models/request.hpp"
#include "models/topology.hpp"

namespace faultline::models {

class Station {
public:
    Station(engine::Simulation& simulation, std::string path, PlaceId place, engine::PoolShape shape)
        : simulation_(simulation),
          component_(simulation, std::move(path)),
          place_(place),
          pool_(simulation, component_.number(), shape) {}

    engine::Process<Answer> serve(RequestRef request, Duration demand, Duration travel) {
        request.charge(Stage::queue, simulation_.now());
        const engine::Served served = co_await pool_.serve(demand);
        if (served.refused) co_return Answer{travel, because(FailureReason::queue), 0};
        charge_service(request, served.started);
        co_return Answer{travel, AnswerStatus::ok, 0};
    }

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    engine::ServerPool& pool() { return pool_; }

private:
    void charge_service(const RequestRef& request, Instant started) const {
        request.charge(Stage::cpu, started);
        request.charge(Stage::network, simulation_.now());
    }
    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    engine::ServerPool pool_;
};

}  // namespace faultline::models
