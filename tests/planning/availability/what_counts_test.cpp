// Goal:   what the result of years counts, what it does not, and what it costs.
// Method: the flagship's topology, with and without what is asked for; differences against rates by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "planning/availability/availability.hpp"
#include "planning/availability/model_of.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::AvailabilityResult;
using scenarios::Scenario;

Scenario flagship() {
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario_file("scenarios/xyz-corporation.json", "", problems);
    EXPECT_TRUE(problems.empty());
    return scenario.value_or(Scenario{});
}

AvailabilityResult counted_years(const Scenario& scenario, std::uint64_t years = 4'000,
                                 MeasuredRecoveries measured = {}) {
    const OutageModel model = outage_model_of(scenario, std::move(measured));
    const YearsPlan plan{.years = years, .seed = {1}};
    return summarised(scenario, model, simulate_years(model, plan), plan);
}

double lookup_minutes(const AvailabilityResult& result) {
    for (const scenarios::YearsOf& one : result.classes) {
        if (one.of == "lookup") return one.minutes.mean;
    }
    ADD_FAILURE() << "no class \"lookup\"";
    return 0.0;
}

// Nodes of caches are lost at their default rate; it counts as soon as a run has said what that does. What a run has
// seen and nothing brings about does not count, and the result says so.
TEST(CountedYearsTest, ALostCacheNodeCountsByWhatARunMeasuredOfIt) {
    const Scenario scenario = flagship();
    std::size_t nodes = 0;
    for (const scenarios::Cache& cache : scenario.caches) {
        nodes += cache.regions.size() * static_cast<std::size_t>(cache.shards * (1 + cache.replicas));
    }
    ASSERT_GT(nodes, 0U);
    const AvailabilityResult alone = counted_years(scenario);
    ASSERT_EQ(alone.not_counted.size(), 1U);
    EXPECT_TRUE(alone.not_counted.front().starts_with("\"cache node lost\" (cache-node-loss, "));
    MeasuredRecoveries measured;
    const std::vector<double> bad_s{600.0, 0.0, 0.0, 0.0, 0.0};  // lookup
    measured.kinds.push_back({scenarios::FaultKind::cache_node_loss, false, true, {{bad_s}}});
    measured.kinds.push_back({scenarios::FaultKind::brown_out, false, false, {{bad_s}}});
    const AvailabilityResult seen = counted_years(scenario, 4'000, measured);
    EXPECT_TRUE(seen.not_counted.empty());
    const double minutes = 10.0 * 0.02 * static_cast<double>(nodes);  // of 4,000 years: some 960 events, 3.2 % each way
    EXPECT_NEAR(lookup_minutes(seen) - lookup_minutes(alone), minutes, 0.13 * minutes);
    ASSERT_EQ(seen.measured.size(), 2U);
    EXPECT_EQ(seen.measured.front(), "cache-node-loss: 1 incident");
    EXPECT_NE(seen.measured.back().find("which do not count: nothing says how often"), std::string::npos);
}

// An hour is priced by the offices at which any class is away: no less than the worst class, and no more than all.
TEST(CountedYearsTest, DowntimeHasItsPriceAYear) {
    Scenario scenario = flagship();
    scenario.cost.downtime_per_h.reset();
    EXPECT_FALSE(counted_years(scenario, 100).downtime_cost.has_value());
    const AvailabilityResult free = counted_years(scenario);
    scenario.cost.downtime_per_h = 6000.0;
    const AvailabilityResult priced = counted_years(scenario);
    EXPECT_EQ(priced.events, free.events);
    ASSERT_TRUE(priced.downtime_cost.has_value());
    const scenarios::DowntimeCost& cost = *priced.downtime_cost;
    double worst = 0.0, sum = 0.0, worst_planned = 0.0;
    for (std::size_t i = 1; i < priced.classes.size(); ++i) {
        EXPECT_EQ(priced.classes[i].minutes.mean, free.classes[i].minutes.mean);
        worst = std::max(worst, priced.classes[i].minutes.mean);
        worst_planned = std::max(worst_planned, priced.classes[i].planned_minutes);
        sum += priced.classes[i].minutes.mean;
    }
    EXPECT_GE(cost.minutes.mean, worst);
    EXPECT_LE(cost.minutes.mean, sum);
    EXPECT_NEAR(cost.a_year.mean, 100.0 * cost.minutes.mean, 1e-9);
    EXPECT_NEAR(cost.planned_minutes, worst_planned, 0.01 * worst_planned);
}

// A result of another scenario, or of a run without a class, is no word that nothing stopped that class.
TEST(CountedYearsTest, AnIncidentThatTellsNothingOfAClassIsLeftOut) {
    const Scenario scenario = flagship();
    scenarios::RunResult result;
    scenarios::ReplicationResult& replication = result.replications.emplace_back();
    scenarios::FaultResult& fault = replication.faults.emplace_back();
    fault.name = "lost";
    fault.kind = "zone-outage";
    scenarios::IncidentResult& incident = replication.incidents.emplace_back();
    incident.faults = {"lost"};
    for (const scenarios::QueryClass& one : scenario.workload.classes) {
        if (one.name == "update") continue;
        scenarios::Recovery& recovery = incident.recoveries.emplace_back();
        recovery.of = one.name;
        recovery.office = scenario.offices.front().name;
        recovery.recovered = true;
        recovery.bad_time_ns = 30'000'000'000;
    }
    const MeasuredRecoveries without = measured_in(result, scenario);
    EXPECT_TRUE(without.kinds.empty());
    EXPECT_EQ(without.left_out, 1U);
    EXPECT_EQ(without.untold, std::vector<std::string>{"update"});
    incident.recoveries.emplace_back(incident.recoveries.front()).of = "update";
    const MeasuredRecoveries with = measured_in(result, scenario);
    ASSERT_EQ(with.kinds.size(), 1U);
    EXPECT_DOUBLE_EQ(with.kinds.front().incidents.front().bad_s.at(0), 30.0);
    EXPECT_TRUE(with.untold.empty());
}

}  // namespace
}  // namespace faultline::planning
