#include "planning/replication.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include "engine/statistics/warm_up.hpp"
#include "planning/futures.hpp"
#include "planning/world.hpp"
#include "scenarios/constant_load.hpp"

namespace faultline::planning {

namespace {

using engine::Duration;

// The pilot of an automatic warm-up: the calm before the first fault or surge, at constant load, at most half of what
// is measured.
Duration calm_at_the_beginning(const scenarios::Scenario& scenario) {
    Duration calm = std::min(scenario.run.measured / 2, scenarios::constant_load(scenario));
    for (const scenarios::Fault& fault : scenario.faults) calm = std::min(calm, fault.at);
    for (const scenarios::Surge& surge : scenario.workload.arrivals.surges) calm = std::min(calm, surge.at);
    return calm;
}

// Mean latency over all classes for each second in which something was answered.
std::vector<double> latency_by_second(const scenarios::ReplicationResult& pilot) {
    std::vector<double> means_ms;
    std::size_t seconds = 0;
    for (const auto& query_class : pilot.classes) seconds = std::max(seconds, query_class.good_per_s.size());
    for (std::size_t second = 0; second < seconds; ++second) {
        double weighted = 0.0;
        double count = 0.0;
        for (const auto& query_class : pilot.classes) {
            if (second >= query_class.good_per_s.size() || second >= query_class.latency_mean_ms_per_s.size()) continue;
            const double good = query_class.good_per_s[second];
            if (good == 0.0) continue;
            weighted += good * static_cast<double>(query_class.latency_mean_ms_per_s[second]);
            count += good;
        }
        if (count > 0.0) means_ms.push_back(weighted / count);
    }
    return means_ms;
}

// MSER-5 over a pilot run without faults. Where it finds no cut in the first half, the whole calm is warm-up.
Duration automatic_warm_up(const scenarios::Scenario& scenario, std::uint32_t replication) {
    scenarios::Scenario calm = scenario;
    calm.run.measured = calm_at_the_beginning(scenario);
    World pilot(calm, {.replication = replication, .warm_up = Duration::zero(), .with_faults = false});
    const scenarios::ReplicationResult seen = pilot.run({});
    const auto cut = engine::mser5_truncation(latency_by_second(seen));
    return cut ? std::chrono::seconds{static_cast<std::int64_t>(*cut)} : calm.run.measured;
}

// All is visible when a run begins. By then every table has had a load or two, which the pilot knows nothing of.
Duration until_tables_age(const scenarios::Scenario& scenario) {
    Duration longest{};
    for (const scenarios::Warehouse& warehouse : scenario.warehouses) {
        for (const scenarios::WarehouseTable& table : warehouse.tables) longest = std::max(longest, table.interval);
    }
    return 2 * longest;
}

}  // namespace

scenarios::ReplicationResult run_replication(const scenarios::Scenario& scenario, std::uint32_t replication,
                                             const engine::ProgressListener& progress, std::uint32_t traced) {
    const Duration warm_up = scenario.run.warm_up
                                 ? *scenario.run.warm_up
                                 : std::max(automatic_warm_up(scenario, replication), until_tables_age(scenario));
    Futures futures{scenario.run.futures.count};
    World world(scenario, {.replication = replication,
                           .warm_up = warm_up,
                           .with_faults = true,
                           .traced = traced,
                           .branch = [&futures](engine::Instant now, std::uint64_t events) {
                               return futures.branch(now, events);
                           }});
    try {
        scenarios::ReplicationResult result = world.run(futures.around(progress));
        if (futures.is_child()) futures.end_child(std::move(result));
        futures.add_to(result);
        return result;
    } catch (const std::exception& error) {
        if (futures.is_child()) Futures::fail_child(error.what());
        throw;
    }
}

}  // namespace faultline::planning
