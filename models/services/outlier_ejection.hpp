// A balancer's own judgement of the instances of a service in a region, by the answers that its callers get: one that
// has failed some times in a row is sent nothing for a while, the n-th time n times as long up to a bound. It finds
// those that pass their health checks and fail their calls.
//
// Once in an interval those whose time is over come back; one that is not out is trusted again by one time less. Never
// more than a share of the instances are out, but one may always be.
// Source: Envoy documentation, Outlier detection (consecutive 5xx; base_ejection_time, max_ejection_time,
// max_ejection_percent). Failed is what timed out, was refused or came back as an error. Leaves out: success rates of
// hosts against each other, gateway failures and failures of the caller's own apart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/component.hpp"
#include "engine/simulation.hpp"
#include "scenarios/clients.hpp"

namespace faultline::models {

class OutlierWatch {
public:
    OutlierWatch(engine::Simulation& simulation, const scenarios::OutlierEjection& settings)
        : simulation_(simulation), settings_(settings) {}

    // Building: one more, whose states the timeline shows under this path.
    void add(std::string path);
    void answered(std::size_t index, bool well);
    bool out(std::size_t index) const { return instances_[index].out; }
    // Looks at those that are out, again and again; its owner spawns it.
    engine::Process<> look();

private:
    struct Watched {
        std::unique_ptr<engine::Component> component;
        int failures = 0;  // in a row
        int times = 0;     // it was put out, less those that are forgiven
        bool out = false;
        engine::Instant until{};
    };
    void put_out(Watched& one);

    engine::Simulation& simulation_;
    scenarios::OutlierEjection settings_;
    std::vector<Watched> instances_;
    std::size_t out_ = 0;  // of them
};

}  // namespace faultline::models
