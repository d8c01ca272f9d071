// Goal:   whatever is violated has its top contributor, of its own phase and place, and in words.
// Method: results made by hand in which one cause outweighs the others, one for each measure.
#include "planning/cause.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Phase;
using scenarios::ReplicationResult;
using scenarios::Requirement;
using scenarios::Stage;

Requirement requirement(const char* measure, const char* of, Phase phase = Phase::all) {
    Requirement made;
    made.measure = measure;
    made.of = of;
    made.phase = phase;
    return made;
}

// Lookups go through a shop to a database by way of a cache; Denver is the worse office.
scenarios::Scenario scenario() {
    scenarios::Scenario made = tests::example_scenario();
    auto& lookup = made.workload.classes.front();
    lookup.via = "shop";
    lookup.route = {{scenarios::TargetRole::cache, "hot"}, {scenarios::TargetRole::reader, "orders"}};
    return made;
}

void add_resource(ReplicationResult& to, const char* kind, const char* of, const char* words, double steady,
                  double incident) {
    scenarios::ResourceResult one;
    one.name = words;
    one.kind = kind;
    one.of = of;
    one.words = words;
    one.steady = {.seconds = 100, .mean = steady};
    one.incidents = {{.seconds = 100, .mean = incident}};
    to.resources.push_back(one);
}

// Where lookups spend their time, and where it is short.
void slow_in(ReplicationResult& to, Stage stage) {
    auto& lookup = to.classes.front();
    lookup.stage_slow_ns = {};
    lookup.stage_slow_ns[static_cast<std::size_t>(stage)] = 62;
    lookup.stage_slow_ns[static_cast<std::size_t>(Stage::network)] += 38;
    add_resource(to, scenarios::resource_connections, "shop", "shop, us-east-1b: connections", 0.98, 0.2);
    add_resource(to, scenarios::resource_connections, "shop", "shop, us-east-1a: connections", 0.9, 0.99);
    add_resource(to, scenarios::resource_connections, "others", "others: connections", 1.0, 1.0);
    add_resource(to, scenarios::resource_cpu, "orders", "orders/instance-2 (replica): CPU", 0.7, 0.8);
    add_resource(to, scenarios::resource_link, "", "denver to its exchange: link", 0.85, 0.1);
    add_resource(to, scenarios::resource_log_disks, "orders", "orders storage nodes: log disks", 0.1, 0.2);
}

scenarios::ClassAtOffice office(std::uint64_t good, std::uint64_t refused, std::uint64_t timed_out) {
    scenarios::ClassAtOffice made;
    made.outcomes = {
        .due = good + refused + timed_out, .answered = good, .refused = refused, .timed_out = timed_out, .good = good};
    return made;
}

struct Case {
    const char* name;
    Requirement requirement;
    const char* place;
    std::function<void(ReplicationResult&)> make;
    std::vector<std::string> says;
    std::vector<std::string> says_not{};
    friend std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.name; }
};

class CauseTest : public testing::TestWithParam<Case> {};

// Half of a minute is a surge: what goes wrong there, or from there on, is its doing, what goes wrong all along is not.
TEST(SurgeCauseTest, IsNamedWhereMostOfWhatWentWrongWasDueInIt) {
    scenarios::Scenario surged = scenario();
    surged.workload.arrivals.surges = {
        {.name = "sale", .at = std::chrono::seconds{20}, .lasts = std::chrono::seconds{30}}};
    const auto told = [&](std::uint32_t before, std::uint32_t during, std::uint32_t after) {  // so many are bad
        std::vector<ReplicationResult> results{tests::example_replication(1)};
        auto& lookup = results[0].classes.front();
        lookup.due_per_s.assign(static_cast<std::size_t>(results[0].warm_up_ns / 1'000'000'000), 0);
        lookup.good_per_s = lookup.due_per_s;
        for (std::uint32_t second = 0; second < 60; ++second) {
            lookup.due_per_s.push_back(100);
            lookup.good_per_s.push_back(100 - (second < 20 ? before : second < 50 ? during : after));
        }
        lookup.steady = {office(5000, 0, 1000)};
        return cause(surged, requirement("availability", "lookup"), "", results);
    };
    EXPECT_NE(told(3, 40, 3).find("93 % of them in the surge \"sale\""), std::string::npos) << told(3, 40, 3);
    EXPECT_NE(told(0, 30, 90).find("100 % of them since the surge \"sale\" began"), std::string::npos);
    EXPECT_EQ(told(20, 40, 20).find("surge"), std::string::npos) << "two thirds are not most";
    EXPECT_EQ(told(20, 20, 20).find("surge"), std::string::npos);
    EXPECT_EQ(told(0, 0, 0).find("surge"), std::string::npos);
}

TEST_P(CauseTest, IsNamed) {
    const Case& one = GetParam();
    std::vector<ReplicationResult> results{tests::example_replication(1), tests::example_replication(2)};
    for (ReplicationResult& result : results) one.make(result);
    const std::string text = cause(scenario(), one.requirement, one.place, results);
    for (const std::string& part : one.says) EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    for (const std::string& part : one.says_not) EXPECT_EQ(text.find(part), std::string::npos) << part << "\n" << text;
}

void lose(ReplicationResult& to, const char* fault, std::uint64_t commits, std::int64_t gap_s) {
    scenarios::IncidentResult incident;
    incident.faults = {fault};
    incident.losses = {{.database = "orders", .commits_lost = commits, .gap_ns = gap_s * 1'000'000'000}};
    incident.waterfall = {{"detection", 6'000'000'000}, {"promotion", 18'000'000'000}};
    to.incidents.push_back(incident);
}

INSTANTIATE_TEST_SUITE_P(
    Measures, CauseTest,
    testing::Values(
        Case{"pool_in_calm",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) { slow_in(r, Stage::pool); },
             {"62 % of the time of the slowest 1 % of lookup queries goes to waiting for a free connection",
              "shop, us-east-1b: connections (98 % in use)"},
             {"others", "incidents"}},
        Case{"pool_in_trouble",
             requirement("latency", "lookup", Phase::degraded),
             "denver",
             [](ReplicationResult& r) { slow_in(r, Stage::pool); },
             {"shop, us-east-1a: connections (99 % in use during incidents)"}},
        Case{"refused",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::network);
                 r.classes.front().steady = {office(1000, 0, 0), office(900, 80, 20)};
                 r.classes.front().unanswered = {{"refused", "circuit-breaker", 1000, {970, 30}, {0, 0}, {0, 0}},
                                                 {"refused", "pool", 50, {0, 50}, {0, 0}, {0, 0}},
                                                 {"timed out", "network", 20, {0, 20}, {0, 0}, {0, 0}}};
             },
             {"80 % were refused, 62 % of these for want of a free connection in the pool within its wait; fullest is "
              "shop, us-east-1b: connections (98 % in use); 100 % of the time"},
             {"breaker"}},
        Case{"refused_by_one_thing",
             requirement("availability", "lookup"),
             "denver",
             [](ReplicationResult& r) {
                 r.classes.front().steady = {office(1000, 0, 0), office(900, 80, 20)};
                 r.classes.front().unanswered = {{"refused", "circuit-breaker", 80, {0, 80}, {0, 0}, {0, 0}},
                                                 {"timed out", "network", 20, {0, 20}, {0, 0}, {0, 0}}};
             },
             {"80 % were refused by an open circuit breaker, 100 % of them in steady state; of what else went wrong, "
              "and "
              "opens it, 100 % timed out on the network"}},
        Case{"a_breaker_that_a_quota_opens",
             requirement("availability", "lookup"),
             "denver",
             [](ReplicationResult& r) {
                 r.classes.front().steady = {office(1000, 0, 0), office(100, 890, 10)};
                 r.classes.front().unanswered = {{"refused", "tenant-quota", 90, {0, 90}, {0, 0}, {0, 0}},
                                                 {"refused", "circuit-breaker", 800, {0, 800}, {0, 0}, {0, 0}},
                                                 {"timed out", "network", 10, {0, 10}, {0, 0}, {0, 0}}};
             },
             {"99 % were refused, 90 % of these by an open circuit breaker",
              "; of what else went wrong, and opens it, 90 % were refused by the quota of their tenant"}},
        Case{"timed_out_is_not_refused",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::network);
                 r.classes.front().steady = {office(1000, 0, 0), office(900, 20, 80)};
             },
             {"80 % timed out; 100 % of the time"},
             {"connections"}},
        Case{"busy_server",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) { slow_in(r, Stage::queue); },
             {"waiting for a busy server", "orders/instance-2 (replica): CPU (70 % in use)"}},
        // Lookups come to the readers, and those of "hot" besides: neither the writer nor its pools are on their way.
        Case{"what_others_fill",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::queue);
                 add_resource(r, scenarios::resource_cpu, "orders", "orders/instance-1 (writer): CPU", 0.99, 0.99);
             },
             {"waiting for a busy server", "orders/instance-2 (replica): CPU (70 % in use)"}},
        Case{"pools_of_others",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::pool);
                 add_resource(r, scenarios::resource_connections, "shop",
                              "shop, us-east-1a, to orders/writer: connections", 0.999, 0.999);
                 add_resource(r, scenarios::resource_connections, "shop",
                              "shop, us-east-1a, to orders/reader: connections", 0.99, 0.2);
             },
             {"to orders/reader: connections (99 % in use)"},
             {"to orders/writer"}},
        Case{"link",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) { slow_in(r, Stage::network); },
             {"the network between the places", "denver to its exchange: link (85 % used)"}},
        Case{"idle_disks_are_no_reason",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) { slow_in(r, Stage::storage); },
             {"making writes durable"},
             {"log disks"}},
        Case{"answers_wait_for_the_card",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::network);
                 add_resource(r, scenarios::resource_network_card, "orders", "orders/instance-2: network card", 0.97,
                              0.1);
             },
             {"the network between the places; fullest is orders/instance-2: network card (97 % in use)"}},
        Case{"log_waits_for_the_card",
             requirement("latency", "lookup", Phase::steady),
             "denver",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::storage);
                 add_resource(r, scenarios::resource_network_card, "orders", "orders/instance-1: network card", 0.8,
                              0.1);
             },
             {"making writes durable", "fullest is orders/instance-1: network card (80 % in use)"}},
        Case{"too_many_never_answered",
             requirement("latency", "lookup"),
             "denver",
             [](ReplicationResult& r) {
                 r.classes.front().steady = {office(100, 0, 0), office(100, 0, 0)};
                 r.classes.front().degraded = {office(0, 0, 900), office(50, 30, 10)};
             },
             {"of 80 operations that were not good 75 % were refused", "100 % of them while a fault was active"}},
        Case{"availability_at_the_place",
             requirement("availability", "lookup"),
             "boston",
             [](ReplicationResult& r) {
                 slow_in(r, Stage::pool);
                 r.classes.front().steady = {office(100, 0, 0), office(100, 0, 0)};
                 r.classes.front().recovering = {office(0, 0, 40), office(50, 30, 10)};
             },
             {"of 80 operations that were not good 100 % timed out", "after the faults, before full recovery",
              "fullest is shop, us-east-1a: connections (99 % in use during incidents)"}},
        Case{"cache_too_small",
             requirement("hit-rate", "hot"),
             "",
             [](ReplicationResult& r) {
                 r.caches = {{.name = "hot", .misses = 90, .bypassed = 10, .evicted = 4'000, .resident_keys = 500}};
             },
             {"90 % found no entry", "holds 500 keys, and 4000 were evicted a run"}},
        Case{"cache_full_that_evicts_none",
             requirement("hit-rate", "hot"),
             "",
             [](ReplicationResult& r) {
                 r.caches = {{.name = "hot", .misses = 90, .bypassed = 10, .refused = 4'000, .resident_keys = 500}};
             },
             {"90 % found no entry", "is full with 500 keys, evicts none, and did not take 4000 entries a run"},
             {"had expired"}},
        Case{
            "cache_node_silent",
            requirement("offload", "hot"),
            "",
            [](ReplicationResult& r) { r.caches = {{.name = "hot", .stale_hits = 500, .misses = 10, .bypassed = 90}}; },
            {"90 % got no answer from the cache in time"},
            {"evicted", "too old"}},
        Case{"cache_lost_its_keys",
             requirement("hit-rate", "hot"),
             "",
             [](ReplicationResult& r) { r.caches = {{.name = "hot", .misses = 90, .keys_lost = 7'000}}; },
             {"its nodes lost 7000 keys a run"}},
        Case{"the_oldest_table",
             requirement("freshness", "reports"),
             "",
             [](ReplicationResult& r) {
                 scenarios::WarehouseTableResult sales{.name = "sales", .loads = 2, .overdue = 1, .skipped = 14};
                 sales.load_s_mean = 150.0;
                 sales.freshness.max_ns = 400'000'000'000;
                 scenarios::WarehouseTableResult stock{.name = "stock", .loads = 98};
                 stock.load_s_mean = 5.0;
                 stock.freshness.max_ns = 20'000'000'000;
                 scenarios::WarehouseResult reports;
                 reports.name = "reports";
                 reports.tables = {stock, sales};
                 r.warehouses = {reports};
                 add_resource(r, scenarios::resource_slices, "reports", "reports/compute-1: slices", 0.97, 0.0);
             },
             {"a load of sales takes 2.5 min", "2 began late and 28 were skipped",
              "reports/compute-1: slices (97 % in use)"},
             {"stock"}},
        Case{"a_replica_that_replays_all_the_time",
             requirement("replica-lag", "orders"),
             "",
             [](ReplicationResult& r) {
                 add_resource(r, scenarios::resource_log_replay, "orders", "orders/instance-2: log replay", 0.96, 0.0);
             },
             {"fullest is orders/instance-2: log replay (96 % in use)"}},
        Case{"full_recovery_has_its_stages",
             requirement("full-recovery", ""),
             "",
             [](ReplicationResult& r) { lose(r, "zone lost", 0, 0); },
             {"the longest part of a recovery is promotion, 18 s on average"}},
        Case{"stale_reads",
             requirement("stale-reads", "lookup"),
             "denver",
             [](ReplicationResult& r) {
                 r.classes.front().session_reads.steady = {{.reads = 100, .stale = 1}};
                 r.classes.front().session_reads.degraded = {{.reads = 100, .stale = 9}};
                 r.databases = {{.database = "orders", .replica_lag_ms_mean = 20.0, .replica_lag_ms_max = 1'500.0}};
             },
             {"20 such reads, 90 % of them while a fault was active",
              "replicas of orders lag 20 ms on average and 1.5 s at most"}},
        Case{"recovery",
             requirement("rto", "lookup"),
             "",
             [](ReplicationResult& r) {
                 lose(r, "zone lost", 0, 0);
                 r.storms = {
                     {.of = "lookup", .trigger = "zone lost", .loop = "cold cache", .overloaded = "orders: CPU"}};
             },
             {"the longest part of a recovery is promotion, 18 s on average, 75 % of it",
              "overload outlives zone lost, sustained by cold cache at orders: CPU"}},
        Case{"recovery_of_the_class_alone",
             requirement("rto", "lookup"),
             "",
             [](ReplicationResult& r) {
                 lose(r, "zone lost", 0, 0);
                 auto& incident = r.incidents.back();
                 incident.waterfall.emplace_back("backlog", 600'000'000'000);  // of reports, that are never well again
                 for (const auto& [of, until_s] : {std::pair{"lookup", 26}, std::pair{"report", 624}}) {
                     scenarios::Recovery recovery;
                     recovery.of = of;
                     recovery.bad_until_ns = until_s * 1'000'000'000LL;
                     incident.recoveries.push_back(recovery);
                 }
             },
             {"the longest part of a recovery is promotion, 18 s on average, 69 % of it"},
             {"backlog"}},
        Case{"loss",
             requirement("rpo", "orders"),
             "",
             [](ReplicationResult& r) {
                 lose(r, "zone lost", 3, 1);
                 lose(r, "region lost", 4'500, 30);
             },
             {"the most is lost after region lost: the last 30 s of acknowledged commits, 4500 of them"}}),
    [](const auto& named) { return std::string{named.param.name}; });

}  // namespace
}  // namespace faultline::planning
