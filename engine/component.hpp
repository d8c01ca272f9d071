// A named part of a model: an instance, a zone, an office. Its path ("us-east-1/orders/instance-1") is its identity:
// what random streams are keyed by, and what the timeline shows. Never a role and never an index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::engine {

class Simulation;

// How a dead node looks to its peers. crash: whoever calls it is told (a reset); silent: no packet ever, the peer's own
// timer decides. A gray node is up: its servers are slow and its network is bad.
enum class Health : std::uint8_t { up, crash, silent };

// Owns processes. Not copied or moved; outlives its processes, or ends them.
class Component {
public:
    Component(Simulation& simulation, std::string path);
    ~Component();
    Component(const Component&) = delete;
    Component& operator=(const Component&) = delete;

    Simulation& simulation() const { return simulation_; }
    const std::string& path() const { return path_; }
    std::uint32_t number() const { return number_; }  // in the order of construction
    Health health() const { return health_; }
    bool up() const { return health_ == Health::up; }

    // Ends all its processes at once; nothing completes on it. Calls that wait for one of them are reset (crash), in
    // the order in which they were made and as events of this instant, or hear nothing ever (silent). Requires: `how`
    // is not up; the running process is not one of its own.
    void kill(Health how);
    void revive() { health_ = Health::up; }

    // A state that the timeline shows ("promoting"). `state` must outlive the simulation.
    void enter(std::string_view state);
    std::string_view state() const { return state_; }

private:
    Simulation& simulation_;
    std::string path_;
    std::string_view state_;
    std::uint32_t number_;
    Health health_ = Health::up;
};

}  // namespace faultline::engine
