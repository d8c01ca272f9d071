// Goal:   a described topology becomes the years that an architect expects: more copies, fewer minutes; faults of the
//         scenario in place of defaults; what full runs measured in place of stages.
// Method: ready scenarios, and comparisons that hold whatever the defaults are. The closed form must lie within a tenth
//         of what is simulated: it takes stages as exponential and leaves storage out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "planning/availability/availability.hpp"
#include "planning/availability/cluster_chain.hpp"
#include "planning/availability/model_of.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::AvailabilityResult;
using scenarios::Scenario;
using scenarios::YearsOf;

Scenario read(const std::string& name, const std::string& variant = "") {
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario_file("scenarios/" + name + ".json", variant, problems);
    EXPECT_TRUE(problems.empty()) << name << " " << variant;
    return scenario.value_or(Scenario{});
}

AvailabilityResult years_of(const Scenario& scenario, std::uint64_t years = 4'000, MeasuredRecoveries measured = {}) {
    const OutageModel model = outage_model_of(scenario, std::move(measured));
    const YearsPlan plan{.years = years, .seed = {1}};
    return summarised(scenario, model, simulate_years(model, plan), plan);
}

const YearsOf& of(const AvailabilityResult& result, const std::string& name) {
    const auto found =
        std::find_if(result.classes.begin(), result.classes.end(), [&](const YearsOf& one) { return one.of == name; });
    EXPECT_NE(found, result.classes.end()) << name;
    return found == result.classes.end() ? result.classes.front() : *found;
}

bool has_cause(const YearsOf& of, const std::string& kinds) {
    return std::any_of(of.causes.begin(), of.causes.end(), [&](const auto& one) { return one.kinds == kinds; });
}

TEST(TopologyYearsTest, MoreZonesAreFewerMinutes) {
    const AvailabilityResult flagship = years_of(read("xyz-corporation"));
    const AvailabilityResult single = years_of(read("xyz-corporation", "single-az"));
    EXPECT_GT(of(single, "update").minutes.low, 2.0 * of(flagship, "update").minutes.high);
    EXPECT_GT(of(single, "lookup").minutes.low, of(flagship, "lookup").minutes.high);
    EXPECT_TRUE(has_cause(of(single, "update"), "zone-outage"));
    EXPECT_GT(of(flagship, "update").minutes.mean, 0.0);
    EXPECT_GT(of(flagship, "update").planned_minutes, 0.0);
    EXPECT_LE(of(flagship, "update").p50, of(flagship, "update").p95);
    EXPECT_LE(of(flagship, "update").p95, of(flagship, "update").p99);
}

TEST(TopologyYearsTest, TheClosedFormIsBeside) {
    for (const std::string variant : {"", "single-az", "multi-az"}) {
        const Scenario scenario = read("xyz-corporation", variant);
        const AvailabilityResult result = years_of(scenario, 20'000);
        const scenarios::ClosedForm& writer = result.closed_forms.front();
        EXPECT_LT(writer.low, 1.1 * writer.simulated.high) << variant;
        EXPECT_GT(writer.high, 0.9 * writer.simulated.low) << variant;
        EXPECT_LE(writer.low, writer.high) << variant;
        const std::vector<AnalyticBounds> bounds = analytic_bounds(scenario);
        ASSERT_FALSE(bounds.empty());
        EXPECT_NEAR(bounds.front().low * year_s / 60.0, writer.low, 1e-9 * writer.low);
    }
}

TEST(TopologyYearsTest, RatesOfTheScenarioTakeThePlaceOfDefaults) {
    const OutageModel model = outage_model_of(read("chance"));
    const auto named = [&](const std::string& name) {
        return std::count_if(model.processes.begin(), model.processes.end(),
                             [&](const FailureProcess& one) { return one.name == name; });
    };
    EXPECT_EQ(named("crashes"), 1);
    EXPECT_EQ(named("control plane ill"), 1 + 1);  // what follows, and the default
    EXPECT_EQ(named("host of an instance lost"), 0);
    EXPECT_EQ(named("zone lost"), 1);
    const FailureProcess& crashes = model.processes.front();
    EXPECT_NEAR(crashes.rate_each, 1.0 / 1200.0, 1e-12);
    EXPECT_EQ(crashes.targets.size(), 3U);
    EXPECT_EQ(crashes.consequences.size(), 1U);
    EXPECT_NEAR(crashes.zone_share, 0.2, 1e-12);
}

scenarios::Fault at_random(scenarios::FaultKind kind, const std::string& target) {
    scenarios::Fault fault;
    fault.name = "at random";
    fault.kind = kind;
    fault.planned.work.values = fault.noticed_after.values = {30.0};
    fault.renewal.values = {12.0};
    fault.at_random.emplace().targets = {target};
    fault.at_random->every.values = {1e6};
    return fault;
}

// What ends by itself lasts as long as its own keys say; a service's instance is no database's; a slow one is not down.
TEST(TopologyYearsTest, WhatComesAtRandomHitsWhatItNamesForAsLongAsItLasts) {
    const auto process_of = [](const scenarios::Fault& fault) {
        Scenario scenario = read("xyz-corporation");
        scenario.faults = {fault};
        const OutageModel model = outage_model_of(scenario, {});
        EXPECT_EQ(model.processes.front().name, fault.name);
        return std::pair{model.processes.front(), model.processes.size()};
    };
    const auto crash = process_of(at_random(scenarios::FaultKind::instance_crash, "shop/us-east-1/instance-1"));
    EXPECT_TRUE(crash.first.of_service_instances);
    EXPECT_EQ(crash.first.targets.front().type, TargetType::pool);
    const auto writer = process_of(at_random(scenarios::FaultKind::instance_crash, "orders/writer"));
    EXPECT_FALSE(writer.first.of_service_instances);
    const auto slow = process_of(at_random(scenarios::FaultKind::brown_out, "shop/us-east-1/instance-1"));
    EXPECT_FALSE(slow.first.of_service_instances);
    const auto expired = process_of(at_random(scenarios::FaultKind::certificate_expiry, "orders"));
    EXPECT_DOUBLE_EQ(expired.first.lasts.mean(), 42.0);
    const auto patch = process_of(at_random(scenarios::FaultKind::patch, "orders"));
    EXPECT_TRUE(patch.first.planned);
    EXPECT_DOUBLE_EQ(patch.first.lasts.mean(), 30.0);
}

// A writer that is slow a third of the time, and a storage node: neither fails over, nor is repaired.
TEST(TopologyYearsTest, WhatIsSlowIsNotDown) {
    using scenarios::FaultKind;
    Scenario scenario = read("xyz-corporation");
    const double before = of(years_of(scenario), "update").minutes.mean;
    const std::vector<std::pair<FaultKind, std::string>> slow{{FaultKind::brown_out, "orders/writer"},
                                                              {FaultKind::machine_gray, "orders/writer"},
                                                              {FaultKind::machine_gray, "orders/storage/a/1"},
                                                              {FaultKind::slow_disk, "orders/storage/a/1"}};
    for (const auto& [kind, target] : slow) {
        scenarios::Fault fault = at_random(kind, target);
        fault.at_random->lasts.values = {5e5};
        scenario.faults = {fault};
        const AvailabilityResult result = years_of(scenario);
        const std::string name{scenarios::fault_kind_name(kind)};
        EXPECT_FALSE(has_cause(of(result, "update"), name)) << name << " of " << target;
        EXPECT_LT(of(result, "update").minutes.mean, 1.5 * before) << name << " of " << target;
        const bool told = std::any_of(result.not_counted.begin(), result.not_counted.end(),
                                      [](const std::string& one) { return one.starts_with("\"at random\""); });
        EXPECT_TRUE(told) << name << " of " << target;
    }
}

// One event of a fault, struck by hand in a topology that is whole: what of the classes is away at once, and until
// when.
struct Struck {
    double update = 0.0, lookup = 0.0, planned_update = 0.0, planned_lookup = 0.0;
    double away_until_s = 0.0;
    bool told_as_left_out = false;
};
Struck strike(const scenarios::Fault& fault, const MeasuredRecoveries& measured = {}) {
    Scenario scenario = read("xyz-corporation");
    scenario.faults = {fault};
    const OutageModel model = outage_model_of(scenario, measured);
    const OutageSimulator simulator{model};
    OutageState state = simulator.start({1}, 0);
    state.next_failure = std::numeric_limits<double>::infinity();
    state.pending_count = state.background_count = 0;
    OutageLedger ledger{model.cells.size()};
    EXPECT_EQ(model.processes.front().name, fault.name);
    simulator.strike(state, 0, 0);
    simulator.look(state, ledger);
    Struck struck;
    for (std::size_t i = 0; i < model.cells.size(); ++i) {
        const CellState& cell = state.cells[i];
        const auto worst = [](double& into, float share) { into = std::max(into, static_cast<double>(share)); };
        if (model.cells[i].query_class == "update") worst(struck.update, cell.unplanned);
        if (model.cells[i].query_class == "lookup") worst(struck.lookup, cell.unplanned);
        if (model.cells[i].query_class == "update") worst(struck.planned_update, cell.planned);
        if (model.cells[i].query_class == "lookup") worst(struck.planned_lookup, cell.planned);
    }
    while (state.pending_count > 0) {
        if (state.any_away) struck.away_until_s = simulator.next_time(state);
        simulator.run_next(state, ledger);
    }
    EXPECT_FALSE(state.any_away);
    const YearsPlan plan{.years = 100, .seed = {1}};
    for (const std::string& one : summarised(scenario, model, simulate_years(model, plan), plan).not_counted) {
        struck.told_as_left_out = struck.told_as_left_out || one.find("\"" + fault.name + "\"") != std::string::npos;
    }
    return struck;
}

TEST(TopologyYearsTest, WhatIsSlowStopsNobodyAndIsToldUnlessItWasMeasured) {
    using scenarios::FaultKind;
    for (const auto& [kind, target] :
         {std::pair{FaultKind::brown_out, "orders/instance-1"}, std::pair{FaultKind::machine_gray, "orders/instance-1"},
          std::pair{FaultKind::zone_gray, "us-east-1/a"}, std::pair{FaultKind::slow_disk, "orders/storage/a/1"},
          std::pair{FaultKind::dns_failure, "orders"}, std::pair{FaultKind::cache_node_loss, "hot/shard-1/primary"}}) {
        const scenarios::Fault fault = at_random(kind, target);
        const Struck alone = strike(fault);
        EXPECT_EQ(alone.update + alone.lookup + alone.planned_update, 0.0) << target;
        EXPECT_TRUE(alone.told_as_left_out) << target;
        MeasuredRecoveries measured;
        measured.kinds.push_back({kind, false, true, {{{0.0, 0.0, 75.0, 0.0, 0.0}}}});  // update
        const Struck seen = strike(fault, measured);
        EXPECT_EQ(seen.update, 1.0) << target;
        EXPECT_EQ(seen.lookup, 0.0) << target;
        EXPECT_FALSE(seen.told_as_left_out) << target;
    }
}

TEST(TopologyYearsTest, AnExpiredCertificateClosesTheDatabaseUntilItIsRenewed) {
    const Struck struck = strike(at_random(scenarios::FaultKind::certificate_expiry, "orders"));
    EXPECT_EQ(struck.update, 1.0);
    EXPECT_EQ(struck.lookup, 1.0);
    EXPECT_DOUBLE_EQ(struck.away_until_s, 42.0);
    EXPECT_FALSE(struck.told_as_left_out);
}

TEST(TopologyYearsTest, AZoneThatIsCutOffIsLostWithWhatStandsInIt) {
    scenarios::Fault cut = at_random(scenarios::FaultKind::zone_cut, "us-east-1/a");
    cut.at_random->lasts.values = {3600.0};
    const Struck of_writer = strike(cut);
    EXPECT_EQ(of_writer.update, 1.0);
    EXPECT_LT(of_writer.away_until_s, 600.0);  // another zone takes over
    EXPECT_FALSE(of_writer.told_as_left_out);
    cut.at_random->targets = {"us-east-1/c"};
    EXPECT_LT(strike(cut).update, 1.0);  // the writer is elsewhere
}

TEST(TopologyYearsTest, PlannedWorkStopsWhomItsMethodStops) {
    using scenarios::FaultKind;
    using scenarios::WorkMethod;
    const auto planned = [](FaultKind kind, WorkMethod method, const std::string& target = "orders/instance-1") {
        scenarios::Fault fault = at_random(kind, target);
        fault.planned.method = method;
        return fault;
    };
    const Struck over = strike(planned(FaultKind::class_change, WorkMethod::failover));
    EXPECT_EQ(over.planned_update, 1.0);
    EXPECT_EQ(over.planned_lookup + over.update, 0.0);
    EXPECT_EQ(strike(planned(FaultKind::class_change, WorkMethod::failover, "orders/instance-2")).planned_update, 0.0);
    EXPECT_EQ(strike(planned(FaultKind::class_change, WorkMethod::in_place)).planned_update, 1.0);
    const Struck rolled = strike(planned(FaultKind::patch, WorkMethod::rolling, "orders"));
    EXPECT_EQ(rolled.planned_update, 1.0) << "for a switchover";
    EXPECT_EQ(rolled.planned_lookup, 0.0);
    EXPECT_EQ(strike(planned(FaultKind::schema_change, WorkMethod::online, "orders")).planned_update, 0.0);
    EXPECT_EQ(strike(planned(FaultKind::schema_change, WorkMethod::copy, "orders")).planned_update, 1.0);
    scenarios::Fault of_table = planned(FaultKind::schema_change, WorkMethod::copy, "orders");
    of_table.classes = {"lookup"};
    EXPECT_EQ(strike(of_table).planned_update, 0.0);
    EXPECT_EQ(strike(planned(FaultKind::patch, WorkMethod::no_restart, "orders")).planned_update, 0.0);
    const Struck patch = strike(planned(FaultKind::patch, WorkMethod::restart, "orders"));
    EXPECT_EQ(patch.planned_update + patch.planned_lookup, 2.0);
    EXPECT_DOUBLE_EQ(patch.away_until_s, 30.0);
}

// There, for 10 days, and back: two orders in 40 days.
TEST(TopologyYearsTest, WorkThatGoesBackIsOrderedTwice) {
    Scenario scenario = read("xyz-corporation");
    scenario.faults = {at_random(scenarios::FaultKind::class_change, "orders/instance-1")};
    scenario.faults.front().at_random->every.values = {30 * 86400.0};
    scenario.faults.front().at_random->lasts.values = {10 * 86400.0};
    const FailureProcess process = outage_model_of(scenario, {}).processes.front();
    EXPECT_NEAR(1.0 / process.rate_each, 20 * 86400.0, 1e-3);
    scenario.faults.front().kind = scenarios::FaultKind::zone_evacuation;
    scenario.faults.front().at_random->targets = {"us-east-1/a"};
    EXPECT_NEAR(1.0 / outage_model_of(scenario, {}).processes.front().rate_each, 40 * 86400.0, 1e-3);
}

// Crashes of the writer, each of which makes the control plane ill for an hour a second later, or for no time at all:
// nobody is promoted meanwhile, and the outage is of both.
TEST(TopologyYearsTest, AnIllControlPlaneHoldsAFailoverUp) {
    const auto struck = [](double ill_s) {
        scenarios::Fault crash = at_random(scenarios::FaultKind::instance_crash, "orders/instance-1");
        crash.at_random->lasts.values = {7200.0};
        Scenario scenario = read("xyz-corporation");
        scenarios::Fault ill;
        ill.name = "ill";
        ill.kind = scenarios::FaultKind::control_plane_impaired;
        ill.target = "us-east-1";
        ill.lasts = engine::duration_from_seconds(ill_s);
        ill.follows = {{.fault = "at random", .after = {}, .probability = 1.0}};
        ill.follows->after.values = {1.0};
        scenario.faults = {crash, ill};
        const OutageModel model = outage_model_of(scenario, {});
        const OutageSimulator simulator{model};
        OutageState state = simulator.start({1}, 0);
        state.next_failure = std::numeric_limits<double>::infinity();
        state.pending_count = state.background_count = 0;
        OutageLedger ledger{model.cells.size()};
        simulator.strike(state, 0, 0);
        while (state.databases[0].mode != DatabaseMode::serving) simulator.run_next(state, ledger);
        return std::pair{state.now, state.databases[0].faults_overlap};
    };
    const auto well = struck(0.0), ill = struck(3600.0);
    EXPECT_LT(well.first, 300.0);
    EXPECT_FALSE(well.second);
    EXPECT_DOUBLE_EQ(ill.first, 3601.0);
    EXPECT_TRUE(ill.second);
}

TEST(TopologyYearsTest, StuckFailoversCostTheirShare) {
    Scenario scenario = read("xyz-corporation");
    const double before = of(years_of(scenario), "update").minutes.mean;
    scenario.databases.front().failover.fails.probability = 1.0;
    EXPECT_GT(of(years_of(scenario), "update").minutes.mean, before + 0.1);
}

TEST(TopologyYearsTest, MeasuredIncidentsTakeThePlaceOfStages) {
    const Scenario scenario = read("xyz-corporation");
    MeasuredRecoveries measured;
    std::vector<double> bad_s(scenario.workload.classes.size(), 0.0);
    bad_s[2] = 3600.0;  // update
    measured.kinds.push_back({scenarios::FaultKind::zone_outage, true, false, {{bad_s}}});
    const YearsOf before = of(years_of(scenario), "update"), after = of(years_of(scenario, 4'000, measured), "update");
    const auto zone = [](const YearsOf& years) {
        for (const auto& cause : years.causes) {
            if (cause.kinds == "zone-outage" && !cause.overlapping) return cause;
        }
        return scenarios::OutageCause{};
    };
    // The writer's zone is lost at its rate, and each time takes an hour.
    EXPECT_NEAR(zone(after).minutes, 60.0 * 0.015, 0.25);
    EXPECT_LT(zone(before).minutes, 0.1);
}

TEST(TopologyYearsTest, ARequirementIsJudgedOnItsInterval) {
    Scenario scenario = read("xyz-corporation");
    const OutageModel model = outage_model_of(scenario);
    const Years years = simulate_years(model, {.years = 4'000, .seed = {1}});
    scenarios::Requirement requirement;
    requirement.name = "all year";
    requirement.measure = "availability-per-year";
    requirement.statistic = "mean";
    requirement.of = "update";
    requirement.at_most = false;
    const auto verdict = [&](double limit) {
        requirement.limit = limit;
        return judge_years(scenario, requirement, model, years);
    };
    EXPECT_EQ(verdict(0.99).verdict, scenarios::Verdict::met);
    EXPECT_EQ(verdict(1.0 - 1e-9).verdict, scenarios::Verdict::violated);
    const double estimate = verdict(0.99).estimate;
    EXPECT_EQ(verdict(estimate).verdict, scenarios::Verdict::undecided);
    requirement.planned_included = true;
    EXPECT_LT(verdict(0.99).estimate, estimate);
    requirement.planned_included = false;
    requirement.statistic = "p99";
    EXPECT_LT(verdict(0.99).estimate, estimate);  // the worst year in a hundred
}

TEST(TopologyYearsTest, ATooLargeOneIsRefusedInWords) {
    Scenario scenario = read("xyz-corporation");
    EXPECT_TRUE(too_large_for_years(scenario).empty());
    while (scenario.regions.size() < 9)
        scenario.regions.push_back({"r" + std::to_string(scenario.regions.size()), {"a"}});
    const std::vector<std::string> wrong = too_large_for_years(scenario);
    ASSERT_FALSE(wrong.empty());
    EXPECT_EQ(wrong.front(), "9 regions: at most 8");
    EXPECT_TRUE(analytic_bounds(scenario).empty());
}

}  // namespace
}  // namespace faultline::planning
