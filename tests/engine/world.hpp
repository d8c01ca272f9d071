// What most tests of the kernel need: a run, a component that owns processes, and a log of what happened in which
// order.
#pragma once

#include <string>
#include <vector>

#include "engine/simulation.hpp"

namespace faultline::engine {

struct World {
    void note(std::string what) { log.push_back(std::move(what)); }
    Instant at(Duration since_start) const { return start_of_time + since_start; }

    Simulation sim{RunIdentity{}};
    Component part{sim, "part"};
    std::vector<std::string> log;
};

using Log = std::vector<std::string>;

// Notes its name when it is destroyed: a local variable of a process tells when the process was.
class Farewell {
public:
    Farewell(World& world, std::string name) : world_(world), name_(std::move(name)) {}
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;
    ~Farewell() { world_.note("~" + name_); }

private:
    World& world_;
    std::string name_;
};

}  // namespace faultline::engine
