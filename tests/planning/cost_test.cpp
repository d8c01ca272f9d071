// Goal:   every line of a bill is its amount times its price, what is not known is never zero, and the bytes that a
// bill
//         is made of are those of the queries.
// Method: bills of small scenarios against figures worked out by hand from the catalogue's rows; one short run whose
//         traffic follows from the number of its queries.
#include <gtest/gtest.h>

#include <algorithm>

#include "models/cost/bill.hpp"
#include "planning/measure.hpp"
#include "planning/money.hpp"
#include "planning/replication.hpp"
#include "planning/requirement.hpp"
#include "reports/cost_table.hpp"
#include "scenarios/price_list.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/traffic_kinds.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::CostLine;
using scenarios::example_text;
using scenarios::replaced;
using scenarios::Scenario;

Scenario scenario_of(const std::string& text) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(text, "s.json", "", problems);
    EXPECT_TRUE(scenario) << scenarios::all_of(problems);
    return scenario.value_or(Scenario{});
}

const CostLine* line_of(const scenarios::CostResult& bill, const std::string& of, const std::string& what) {
    const auto found = std::find_if(bill.lines.begin(), bill.lines.end(), [&](const CostLine& line) {
        return line.of == of && line.what.find(what) != std::string::npos;
    });
    return found == bill.lines.end() ? nullptr : &*found;
}

void expect_line(const scenarios::CostResult& bill, const std::string& of, const std::string& what, double amount,
                 double price, const char* group = "running") {
    const CostLine* const line = line_of(bill, of, what);
    ASSERT_NE(line, nullptr) << of << ": " << what;
    EXPECT_EQ(line->group, group) << what;
    EXPECT_NEAR(line->amount, amount, 1e-9 * amount) << what;
    ASSERT_TRUE(line->price) << what;
    EXPECT_NEAR(*line->price, price, 1e-9) << what;
    EXPECT_NEAR(line->per_month.value_or(-1.0), amount * price, 1e-9 * amount * price) << what;
    EXPECT_FALSE(line->price_date.empty() && line->source.find("MEMORY") == std::string::npos) << what;
    EXPECT_FALSE(line->source.empty()) << what;
    EXPECT_NE(line->confidence, "none") << what;
}

TEST(PriceListTest, KnownByRegionByMultiplierAndNotAtAll) {
    const scenarios::Price io = scenarios::item_price("aurora", "io_requests", "us-east-1");
    EXPECT_EQ(io.dollars, 0.2);
    EXPECT_EQ(io.unit, "million");
    EXPECT_EQ(io.confidence, "high");
    // us-west-1: 2.076 x 1.1034.
    const auto writer = scenarios::instance_hour(scenarios::InstancePrice::aurora, "db.r6g.4xlarge", "us-west-1");
    EXPECT_NEAR(writer.dollars.value_or(0.0), 2.076 * 1.1034, 1e-9);
    EXPECT_NE(writer.source.find("us-east-1 x 1.1034"), std::string::npos) << writer.source;
    EXPECT_FALSE(scenarios::item_price("aurora", "no such item", "us-east-1").dollars);
    EXPECT_FALSE(scenarios::item_price("direct_connect", "data_out", "us-west-2").dollars) << "traffic does not scale";
    EXPECT_FALSE(scenarios::instance_hour(scenarios::InstancePrice::redis, "cache.r9.huge", "us-east-1").dollars);
}

TEST(PriceListTest, RegionsOfTheEastCoastArePricedByThemselves) {
    EXPECT_EQ(scenarios::item_price("data_transfer", "inter_region_out", "us-east-1", "us-east-2").dollars, 0.01);
    EXPECT_EQ(scenarios::item_price("data_transfer", "inter_region_out", "us-east-1", "us-west-2").dollars, 0.02);
    EXPECT_EQ(scenarios::item_price("data_transfer", "inter_az", "us-west-2").dollars, 0.01);
}

// 20,000 GB: 10,240 at 0.09, the rest at 0.085.
TEST(PriceListTest, TiersAreTakenFromTheBottom) {
    const auto price = scenarios::tiered_price("data_transfer", "internet_egress", "us-east-1", 20'000.0);
    EXPECT_NEAR(price.dollars.value_or(0.0) * 20'000.0, 10'240.0 * 0.09 + 9'760.0 * 0.085, 1e-6);
}

// The example measures 10 min at a flat rate: a month has 730 h x 6 of it.
TEST(BillTest, LinesAreAmountTimesPrice) {
    const Scenario scenario = scenario_of(example_text());
    EXPECT_NEAR(models::month_weight(scenario), 730.0 * 6.0, 1e-9);
    scenarios::ReplicationResult used;
    used.instances.resize(1);
    used.instances[0].name = "orders/instance-1";
    used.instances[0].page_misses = 1'000;
    used.databases.resize(1);
    used.databases[0].database = "orders";
    used.databases[0].commits_acknowledged = 30'000;
    const std::vector<scenarios::ReplicationResult> results{used};
    const scenarios::CostResult bill = models::bill_of(scenario, results);
    const auto class_hour = scenarios::instance_hour(scenarios::InstancePrice::aurora, "db.r6g.large", "us-east-1");
    ASSERT_TRUE(class_hour.dollars);
    expect_line(bill, "orders", "1 x db.r6g.large", 730.0, *class_hour.dollars);
    expect_line(bill, "orders", "volume", 10.0, 0.1);
    expect_line(bill, "orders", "pages read", 1'000 * 4380.0 / 1e6, 0.2);
    expect_line(bill, "orders", "log writes", 30'000 * 4380.0 / 1e6, 0.2);
    // 1 KiB of log a commit, kept for two days of 730 h.
    const double kept_gb = 30'000 * 4380.0 * 1024.0 / (1024.0 * 1024.0 * 1024.0) * 48.0 / 730.0;
    expect_line(bill, "orders", "log kept", kept_gb, 0.021, "standby");
    expect_line(bill, "hot", "1 x cache.r6g.large", 730.0, 0.206);
    EXPECT_EQ(bill.unknown, 1) << "the service";
    EXPECT_NEAR(bill.per_month, models::sum_of(bill.lines).dollars, 1e-9);
}

TEST(BillTest, EveryPriceHasItsDateAndSourceAndTheReportTellsTheDates) {
    scenarios::CostResult bill = models::bill_of(scenario_of(example_text()), {});
    for (const CostLine& line : bill.lines) {
        EXPECT_FALSE(line.source.empty() || line.region.empty()) << line.what;
        EXPECT_EQ(line.price.has_value(), !line.price_date.empty()) << line.what;
    }
    std::string text;
    for (CostLine& line : bill.lines) line.price_date = "golden file of 2025-03";
    bill.lines.front().price_date = "2026 (table); another 2021-08-03";
    for (const std::string& line : reports::cost_lines(bill, 80)) text += line;
    EXPECT_NE(text.find("Prices are of 2025-03 to 2026; "), std::string::npos) << text;
}

TEST(BillTest, WhatIsNotKnownIsNeverZero) {
    const scenarios::CostResult bill = models::bill_of(scenario_of(example_text()), {});
    const CostLine* const shop = line_of(bill, "shop", "3 instances");
    ASSERT_NE(shop, nullptr);
    EXPECT_FALSE(shop->price);
    EXPECT_FALSE(shop->per_month);
    EXPECT_EQ(shop->confidence, "none");
    EXPECT_TRUE(reports::cost_total(bill).starts_with("at least $")) << reports::cost_total(bill);
    EXPECT_NE(reports::cost_total(bill).find("(1 price unknown)"), std::string::npos) << reports::cost_total(bill);
    const std::string given =
        replaced(example_text(), R"("us-east-1": 3 } })", R"("us-east-1": 3 }, "instance_price": "$0.1/h" })");
    const scenarios::CostResult known = models::bill_of(scenario_of(given), {});
    EXPECT_EQ(known.unknown, 0);
    EXPECT_NEAR(line_of(known, "shop", "3 instances")->per_month.value_or(0.0), 3 * 730.0 * 0.1, 1e-9);
}

TEST(BillTest, WhatExistsForRecoveryAloneStandsApart) {
    std::string text = replaced(example_text(), R"("orders/reader"])", R"("orders/writer"])");
    text = replaced(text, R"("cache.r6g.large" })", R"("cache.r6g.large", "replicas": 1 })");
    text = replaced(text, R"("requirements":)",
                    R"("cost": { "drills": { "per_year": 6, "lasts": "4h" } }, "requirements":)");
    const scenarios::CostResult bill = models::bill_of(scenario_of(text), {});
    std::vector<std::string> groups;
    for (const CostLine& line : bill.lines) {
        if (line.of == "orders" && line.kind == "instances") groups.push_back(line.group);
    }
    EXPECT_EQ(groups, (std::vector<std::string>{"running", "standby", "drills"})) << "nobody reads from the replica";
    expect_line(bill, "hot", "replicas", 730.0, 0.206, "standby");
    const auto hour = scenarios::instance_hour(scenarios::InstancePrice::aurora, "db.r6g.large", "us-east-1");
    expect_line(bill, "orders", "restored copy", 2.0, hour.dollars.value_or(0.0), "drills");
}

TEST(BillTest, NoChargeForIoWhereTheStorageIsOptimisedForIt) {
    const std::string text =
        replaced(example_text(), R"("data": "10GiB")", R"("data": "10GiB", "storage_price": "io-optimized")");
    scenarios::ReplicationResult used;
    used.databases.resize(1);
    used.databases[0].database = "orders";
    used.databases[0].commits_acknowledged = 30'000;
    const std::vector<scenarios::ReplicationResult> results{used};
    const scenarios::CostResult bill = models::bill_of(scenario_of(text), results);
    expect_line(bill, "orders", "volume", 10.0, 0.225);
    EXPECT_EQ(line_of(bill, "orders", "log writes"), nullptr);
}

// Flat arrivals: time alone. "office-day" at its busiest hour has more than a month's mean.
TEST(BillTest, AMonthIsNotAllBusyHour) {
    const std::string busy =
        replaced(example_text(), R"("rate": "100/s" })", R"("rate": "100/s", "curve": "office-day" })");
    EXPECT_LT(models::month_weight(scenario_of(busy)), 0.6 * 730.0 * 6.0);
    EXPECT_GT(models::month_weight(scenario_of(busy)), 0.1 * 730.0 * 6.0);
}

// Without a fault, a cache and canaries: n queries of 1,000 B there and 10,000 B back, each once over the internet and
// once between service and writer, from two zones in turn, of which one is the writer's.
TEST(TrafficTest, IsTheBytesOfTheQueries) {
    const Scenario scenario = scenario_of(R"json({
      "name": "Bytes", "run": { "warm_up": "10s", "measured": "60s", "seed": 3 },
      "regions": { "us-east-1": { "zones": ["a", "b"] } },
      "offices": { "boston": { "city": "Boston, US" } },
      "databases": { "orders": { "kind": "postgresql", "region": "us-east-1", "data": "10GiB",
                                 "writer": { "class": "db.r6g.large", "zone": "a" } } },
      "services": { "shop": { "regions": { "us-east-1": 2 } } },
      "workload": { "canary": { "enabled": false }, "arrivals": { "rate": "100/s" },
        "classes": { "read": { "share": 1, "via": "shop", "route": ["orders/writer"], "deadline": "1s",
                               "kind": "point-read", "request": "1KB", "response": "10KB" } } }
    })json");
    const scenarios::ReplicationResult result = run_replication(scenario, 1, {}, 0);
    double queries = 0.0;
    for (const auto& office : result.classes.at(0).steady) queries += static_cast<double>(office.outcomes.due);
    ASSERT_GT(queries, 5'000.0);
    const auto bytes = [&](const char* kind, const char* from) {
        double sum = 0.0;
        for (const auto& way : result.traffic) {
            if (way.kind == kind && way.of == from) sum += way.steady.mean * static_cast<double>(way.steady.seconds);
        }
        return sum;
    };
    // At both ends of the run one or two queries are under way.
    EXPECT_NEAR(bytes(scenarios::traffic_internet, "us-east-1"), queries * 10'000.0, 0.002 * queries * 10'000.0);
    EXPECT_NEAR(bytes(scenarios::traffic_internet, scenarios::traffic_offices), queries * 1'000.0, 2.0 * queries);
    EXPECT_NEAR(bytes(scenarios::traffic_between_zones, "us-east-1/a"), 0.5 * queries * 10'000.0, 300.0 * queries);
    EXPECT_NEAR(bytes(scenarios::traffic_between_zones, "us-east-1/b"), 0.5 * queries * 1'000.0, 30.0 * queries);
    const std::vector<scenarios::ReplicationResult> results{result};
    const scenarios::CostResult bill = models::bill_of(scenario, results);
    const CostLine* const out = line_of(bill, "network", "to offices, internet");
    ASSERT_NE(out, nullptr);
    EXPECT_NEAR(out->amount, bytes(scenarios::traffic_internet, "us-east-1") * 730.0 * 60.0 / 1073741824.0, 0.01);
    const CostLine* const zones = line_of(bill, "network", "between zones");
    ASSERT_NE(zones, nullptr);
    const double crossed =
        bytes(scenarios::traffic_between_zones, "us-east-1/a") + bytes(scenarios::traffic_between_zones, "us-east-1/b");
    EXPECT_NEAR(zones->amount, 2.0 * crossed * 730.0 * 60.0 / 1073741824.0, 0.01) << "both sides pay";
}

scenarios::IncidentResult incident_of(const char* fault, std::int64_t bad_s, std::int64_t gap_s) {
    scenarios::IncidentResult incident;
    incident.faults = {fault};
    scenarios::Recovery recovery;
    recovery.of = "update", recovery.office = "boston", recovery.any_bad = bad_s > 0;
    recovery.bad_time_ns = bad_s * 1'000'000'000;
    incident.recoveries = {recovery};
    scenarios::DataLoss loss;
    loss.database = "orders", loss.gap_ns = gap_s * 1'000'000'000;
    incident.losses = {loss};
    return incident;
}

// Downtime of 360 s on average at $1,000/h, and 30 s of commits at $60/min: $130 an incident.
TEST(LossTest, OfScheduledFaultsByIncidentAndOfRandomOnesByYear) {
    Scenario scenario = scenario_of(example_text());
    scenario.cost.downtime_per_h = 1'000.0;
    scenario.cost.loss_per_min = 60.0;
    std::vector<scenarios::ReplicationResult> results(2);
    results[0].incidents = {incident_of("zone lost", 240, 0)};
    results[1].incidents = {incident_of("zone lost", 480, 60)};
    scenarios::CostResult cost = cost_of(scenario, results);
    ASSERT_EQ(cost.losses.size(), 1U);
    EXPECT_NEAR(cost.losses[0].per_incident, 130.0, 1e-9);
    EXPECT_FALSE(cost.losses[0].incidents_a_year);
    EXPECT_FALSE(cost.loss_a_year);
    scenario.faults.front().at_random.emplace();
    scenario.faults.front().at_random->targets = {"us-east-1/a", "us-east-1/b"};
    scenario.faults.front().at_random->every.values = {4380.0 * 3600.0};  // each zone twice a year
    cost = cost_of(scenario, results);
    EXPECT_NEAR(cost.losses[0].incidents_a_year.value_or(0.0), 4.0, 1e-9);
    EXPECT_NEAR(cost.loss_a_year.value_or(0.0), 520.0, 1e-9);
    // There, a sixth of a year, and back: three orders a year of each.
    scenario.faults.front().kind = scenarios::FaultKind::class_change;
    scenario.faults.front().at_random->lasts.values = {1460.0 * 3600.0};
    cost = cost_of(scenario, results);
    EXPECT_NEAR(cost.losses[0].incidents_a_year.value_or(0.0), 6.0, 1e-9);
}

scenarios::Verdict verdict_of(const std::string& service, const char* limit) {
    std::string text = replaced(example_text(), R"("us-east-1": 3 } })", service);
    text = replaced(text, R"("requirements": {)",
                    R"("requirements": { "cheap": { "measure": "cost", "at_most": ")" + std::string{limit} + R"(" },)");
    const Scenario scenario = scenario_of(text);
    const std::vector<scenarios::ReplicationResult> results(3);
    return judge(scenario, scenario.requirements.front(), results).verdict;
}

TEST(CostRequirementTest, IsJudgedOnTheMonthlySumAndIsOpenWhilePricesAreUnknown) {
    const char* const priced = R"("us-east-1": 3 }, "instance_price": "$0.1/h" })";
    EXPECT_EQ(verdict_of(priced, "$2k/month"), scenarios::Verdict::met);
    EXPECT_EQ(verdict_of(priced, "$500/month"), scenarios::Verdict::violated);
    const char* const unpriced = R"("us-east-1": 3 } })";
    EXPECT_EQ(verdict_of(unpriced, "$2k/month"), scenarios::Verdict::undecided) << "it may cost more";
    EXPECT_EQ(verdict_of(unpriced, "$500/month"), scenarios::Verdict::violated) << "what is known costs more already";
}

// What systems are compared by is a figure of each replication, also where no requirement asks for it.
TEST(CostTest, ABillIsAMeasureOfAReplication) {
    const Scenario asked = scenario_of(example_text());
    const Scenario dearer = scenario_of(replaced(example_text(), "db.r6g.large", "db.r6g.2xlarge"));
    const std::vector<Measure> measures = measures_of({&asked, &dearer}, false);
    const auto cost =
        std::find_if(measures.begin(), measures.end(), [](const Measure& one) { return one.unit == "$/month"; });
    ASSERT_NE(cost, measures.end());
    EXPECT_TRUE(cost->less_is_better);
    const scenarios::ReplicationResult unused;
    EXPECT_EQ(cost->of_replication(asked, unused), models::bill_of(asked, {&unused, 1}).per_month);
    EXPECT_GT(cost->of_replication(dearer, unused), cost->of_replication(asked, unused));
    const auto measures_alone = measures_of(asked, false);
    EXPECT_TRUE(std::none_of(measures_alone.begin(), measures_alone.end(), [](const Measure& one) {
        return one.unit == "$/month";
    })) << "of one scenario: its requirements";
}

}  // namespace
}  // namespace faultline::planning
