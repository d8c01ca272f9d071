// What simgrid_flows.cpp needs of SimGrid before there is a platform: its one engine, and a zone whose routes follow
// the topology. No other file includes it.
#pragma once

#include <algorithm>
#include <csignal>
#include <simgrid/kernel/routing/NetPoint.hpp>
#include <simgrid/kernel/routing/NetZoneImpl.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "engine/check.hpp"

namespace faultline::models::simgrid_engine {

namespace s4u = simgrid::s4u;
namespace routing = simgrid::kernel::routing;

inline constexpr double latency_least_s = 1e-9;  // a route without latency is served before all others

// SimGrid routes are fixed when its platform is; ours follow the topology. So this zone holds no routes: it hands out
// the one that the flow about to start has been given.
class InjectedRoute : public routing::NetZoneImpl {
public:
    explicit InjectedRoute(const std::string& name) : routing::NetZoneImpl(name) {}

    void get_local_route(const routing::NetPoint*, const routing::NetPoint*, routing::Route* into,
                         double* latency) override {
        for (const s4u::Link* const link : links) into->link_list_.push_back(link->get_impl());
        *latency += latency_s;
    }

    std::vector<s4u::Link*> links;
    double latency_s = latency_least_s;
};

// The Engine's constructor takes over SIGINT and SIGSEGV, and SIGINT then exits with status 1.
class KeptSignals {
public:
    KeptSignals() {
        for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], nullptr, &actions_[i]);
    }
    ~KeptSignals() {
        for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], &actions_[i], nullptr);
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;

private:
    static constexpr int signals[] = {SIGINT, SIGSEGV, SIGBUS, SIGABRT, SIGTERM, SIGFPE, SIGILL};
    struct sigaction actions_[std::size(signals)] = {};
};

// Never destroyed: SimGrid cannot be started twice in a process, nor ended before its static objects are.
inline s4u::Engine& make_engine() {
    SIM_CHECK(!s4u::Engine::has_instance());
    const KeptSignals kept;
    static char name[] = "flows";
    static char* arguments[] = {name, nullptr};
    int count = 1;  // no option of ours may be read as one of SimGrid's
    static s4u::Engine* const engine = new s4u::Engine(&count, arguments);
    // LV08, the default, multiplies latency by 13; CM02 adds nothing of its own.
    s4u::Engine::set_config("network/model", std::string{"CM02"});
    s4u::Engine::set_config("network/crosstraffic", false);
    s4u::Engine::set_config("network/weight-S", 0.0);
    return *engine;
}

}  // namespace faultline::models::simgrid_engine
