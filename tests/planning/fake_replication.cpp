// A stand-in for the models, linked into test programs only: a replication whose outcome the scenario's text decides.
// The name of the scenario says what it does: "dies by signal", "dies once", "throws", "breaks a check", "sleeps",
// "exits", "starts a child", "loses a future"; any other ends at once, "saturates" with answers that take 0.1 ms longer
// for each operation a second, and "plans" with answers that take the longer the fewer instances its services have. A
// number after "only" confines it to that replication: "throws only 2".
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "engine/check.hpp"
#include "engine/random/stream.hpp"
#include "planning/replication.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

bool is_asked(const std::string& name, const std::string& what, std::uint32_t replication) {
    if (!name.starts_with(what)) return false;
    const std::size_t only = name.find(" only ");
    return only == std::string::npos || name.substr(only + 6) == std::to_string(replication);
}

// Each service takes 12 ms, shared by its instances in all regions; the first one matters most.
double planned_s(const scenarios::Scenario& scenario) {
    double sum_s = 0.0, weight = 1.0;
    for (const scenarios::Service& service : scenario.services) {
        int instances = 0;
        for (const auto& [region, count] : service.regions) instances += count;
        sum_s += weight * 0.012 / instances;
        weight *= 0.7;
    }
    return sum_s;
}

void sleep_long() {
    std::this_thread::sleep_for(std::chrono::seconds{60});
}

}  // namespace

scenarios::ReplicationResult run_replication(const scenarios::Scenario& scenario, std::uint32_t replication,
                                             const engine::ProgressListener& progress, std::uint32_t /*traced*/) {
    const std::string& name = scenario.name;
    progress(engine::start_of_time + scenario.run.measured / 2, 1000);
    if (is_asked(name, "dies by signal", replication)) std::raise(SIGKILL);
    if (is_asked(name, "dies once", replication) && std::ofstream{"died", std::ios::app}.tellp() == 0) {
        std::ofstream{"died"} << "once\n";
        std::raise(SIGKILL);
    }
    if (is_asked(name, "throws", replication)) throw std::runtime_error("the volume has no copy left");
    if (is_asked(name, "breaks a check", replication)) SIM_CHECK(replication > 1000);
    if (is_asked(name, "exits", replication)) std::exit(0);
    if (is_asked(name, "sleeps", replication)) sleep_long();
    if (is_asked(name, "starts a child", replication)) {
        if (::fork() == 0) sleep_long();
        sleep_long();
    }
    // Later replications end first: results must come in their order all the same.
    if (name != "plans") {
        std::this_thread::sleep_for(std::chrono::milliseconds{replication < 5 ? 60 - 10 * replication : 5});
    }

    engine::RandomStream draws{engine::stream_key(engine::Seed{scenario.run.seed}, replication, "fake", "latency")};
    scenarios::ReplicationResult result = tests::example_replication(replication);
    for (auto& one : result.classes) {
        one.steady.clear();
        for (std::size_t i = 0; i < scenario.offices.size(); ++i) {
            std::vector<double> latencies_s;
            const double loaded_s = name == "saturates" ? 1e-4 * scenario.workload.arrivals.rate_per_s
                                    : name == "plans"   ? planned_s(scenario)
                                                        : 0.0;
            for (int query = 0; query < 500; ++query) {
                latencies_s.push_back(0.010 + loaded_s + 0.005 * draws.uniform());
            }
            one.steady.push_back(tests::at_office(latencies_s));
        }
    }
    if (is_asked(name, "loses a future", replication)) {
        for (std::uint32_t number = 1; number <= 3; ++number) result.futures.push_back({.number = number});
        result.futures.back().failure = "killed by signal 9 (Killed)";
    }
    result.fingerprint = draws();
    return result;
}

}  // namespace faultline::planning
