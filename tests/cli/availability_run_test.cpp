// Goal:   years recover from a lost writer as full runs do.
// Method: one scenario in both. A run loses the writer's host in each of 16 replications, and canaries see for how long
//         updates are away; the years' state is given the same fault 2'000 times. The means differ by no more than 3.3
//         standard errors and the second that a canary resolves.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/statistics/tally.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/availability/outage_simulator.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"
#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

constexpr const char* lost_host = R"({
  "name": "Host lost",
  "run": {"warm_up": "1min", "measured": "4min", "replications": 16, "seed": 1},
  "regions": {"us-east-1": {"zones": ["a", "b", "c"]}},
  "offices": {"boston": {"city": "Boston, US"}},
  "databases": {"orders": {"kind": "aurora-mysql", "region": "us-east-1", "data": "20GiB",
    "buffer_pool": {"working_set": "1GiB"},
    "writer": {"class": "db.r6g.large", "zone": "a"}, "replicas": [{"zone": "b"}, {"zone": "c"}]}},
  "services": {"shop": {"regions": {"us-east-1": 3}, "driver": "fast-failover"}},
  "workload": {"arrivals": {"rate": "4/s"}, "classes": {
    "update": {"kind": "update", "share": 1, "via": "shop", "route": ["orders/writer"], "deadline": "2s"}}},
  "faults": {"host lost": {"kind": "instance-crash", "target": "orders/writer", "at": "30s", "lasts": "10min"}}})";

engine::Tally recoveries_of_runs(const scenarios::RunResult& result) {
    engine::Tally seen;
    for (const scenarios::ReplicationResult& replication : result.replications) {
        for (const scenarios::IncidentResult& incident : replication.incidents) {
            for (const scenarios::Recovery& one : incident.recoveries) {
                if (one.of != "update" || !one.canary) continue;
                EXPECT_TRUE(one.recovered);
                seen.record(static_cast<double>(one.rto_ns) * 1e-9);
            }
        }
    }
    return seen;
}

engine::Tally recoveries_of_years(const planning::OutageModel& model) {
    const planning::OutageSimulator simulator{model};
    std::size_t host = 0, cell = 0;
    while (model.processes[host].name != "host of an instance lost") ++host;
    while (model.cells[cell].query_class != "update") ++cell;
    engine::Tally seen;
    for (std::uint64_t i = 0; i < 2'000; ++i) {
        planning::OutageState state = simulator.start({1}, i);
        state.next_failure = 1e18;
        planning::OutageLedger ledger{model.cells.size()};
        simulator.strike(state, host, 0);
        simulator.look(state, ledger);
        EXPECT_EQ(state.cells[cell].unplanned, 1.0F);
        while (state.cells[cell].unplanned > 0.0F) simulator.run_next(state, ledger);
        seen.record(state.now);
    }
    return seen;
}

TEST(AvailabilityRunTest, YearsRecoverAsRunsDo) {
    Folder folder;
    folder.write("s.json", lost_host);
    const Ended ended = run_program(folder, {"run", "s.json", "--result", "result.json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    scenarios::Problems problems;
    const auto result = scenarios::read_result(folder.path("result.json"), problems);
    const auto scenario = scenarios::read_scenario_file(folder.path("s.json"), "", problems);
    ASSERT_TRUE(result && scenario && problems.empty());
    const engine::Tally of_runs = recoveries_of_runs(*result);
    const engine::Tally of_years = recoveries_of_years(planning::outage_model_of(*scenario));
    ASSERT_EQ(of_runs.count(), 16U);
    constexpr double canary_s = 1.0;
    const double error = std::sqrt(of_runs.variance() / 16.0 + of_years.variance() / 2'000.0);
    EXPECT_NEAR(of_years.mean(), of_runs.mean(), 3.3 * error + canary_s);
    EXPECT_LT(3.3 * error, 0.25 * of_runs.mean());

    // Recoveries that were measured stand for stages, as they are.
    const planning::MeasuredRecoveries measured = planning::measured_in(*result, *scenario);
    ASSERT_EQ(measured.kinds.size(), 1U);
    EXPECT_TRUE(measured.kinds[0].took_writer);
    EXPECT_FALSE(measured.kinds[0].at_once);
    EXPECT_EQ(measured.kinds[0].incidents.size(), 16U);
    const Ended years = run_program(folder, {"availability", "s.json", "--years", "500", "--rto-from", "result.json"});
    EXPECT_EQ(years.code, 0) << years.err;
    EXPECT_NE(years.out.find("instance-crash of the writer: 16 incidents"), std::string::npos) << years.out;
}

}  // namespace
}  // namespace faultline::tests
