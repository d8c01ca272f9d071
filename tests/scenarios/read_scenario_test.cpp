#include "scenarios/read_scenario.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "scenarios/defaults.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::scenarios {
namespace {

using namespace std::chrono_literals;

TEST(ReadScenarioTest, EveryReadyScenarioReadsWithAllItsVariants) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;
        ++files;
        Problems problems;
        const std::optional<Scenario> base = read_scenario_file(entry.path().string(), "", problems);
        ASSERT_TRUE(base) << all_of(problems);
        for (const std::string& variant : variant_names(*base)) {
            EXPECT_TRUE(read_scenario_file(entry.path().string(), variant, problems)) << all_of(problems);
        }
    }
    EXPECT_GE(files, 2);
}

TEST(ReadScenarioTest, ReplicationsMayBeLeftToTheVerdicts) {
    std::ifstream file("scenarios/queue.json");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t at = text.find("\"replications\": ");
    ASSERT_NE(at, std::string::npos);
    const auto read = [&](const std::string& count) {
        std::string changed = text;
        changed.replace(at, text.find_first_of(",}", at) - at, "\"replications\": " + count);
        Problems problems;
        const auto scenario = read_scenario(changed, "queue.json", "", problems);
        EXPECT_TRUE(scenario) << all_of(problems);
        return scenario.value_or(Scenario{}).run;
    };
    EXPECT_TRUE(read("\"auto\"").until_decided);
    EXPECT_EQ(read("\"auto\"").replications, 5) << "of those who need to know beforehand";
    EXPECT_FALSE(read("7").until_decided);
    EXPECT_EQ(read("7").replications, 7);
}

TEST(ReadScenarioTest, TheFlagshipHasItsPartsAndDefaults) {
    Problems problems;
    const std::optional<Scenario> scenario = read_scenario_file("scenarios/xyz-corporation.json", "", problems);
    ASSERT_TRUE(scenario) << all_of(problems);
    EXPECT_EQ(scenario->offices.size(), 40U);
    EXPECT_EQ(scenario->run.warm_up, 2min);
    EXPECT_EQ(scenario->run.start_of_day_s, 14 * 3600 + 58 * 60);
    const Database& orders = scenario->databases.at(0);
    EXPECT_EQ(orders.replicas.at(1).class_name, orders.writer.class_name);
    EXPECT_EQ(orders.replicas.at(1).zone, "c");
    ASSERT_TRUE(orders.backups);
    EXPECT_EQ(orders.backups->retention, 48h);
    EXPECT_EQ(orders.backups->log_interval, 5min);
    EXPECT_FALSE(orders.backups->backtrack);
    EXPECT_EQ(orders.storage.write_quorum, 4);
    EXPECT_EQ(orders.storage.persist.kind, DistributionKind::lognormal);
    EXPECT_EQ(orders.failover.dns_update.values, (std::vector<double>{15.0, 20.0}));
    EXPECT_EQ(orders.dns_ttl, 5s);
    EXPECT_EQ(scenario->services.at(0).driver.dead_peer_after, 5s);
    EXPECT_EQ(orders.secondaries.size(), 2U);
    EXPECT_EQ(scenario->caches.at(0).regions.size(), 3U);
    EXPECT_TRUE(scenario->caches.at(0).global);
    EXPECT_EQ(scenario->warehouses.at(0).tables.at(0).source, "orders");
    const QueryClass& update = scenario->workload.classes.at(2);
    EXPECT_TRUE(update.writes);
    EXPECT_EQ(update.timeout, update.deadline);
    EXPECT_EQ(update.log, Bytes{1024});
    EXPECT_EQ(update.route.back().role, TargetRole::writer);
    EXPECT_EQ(scenario->workload.classes.at(0).route.front().role, TargetRole::cache);
    EXPECT_EQ(scenario->workload.arrivals.curve.size(), 24U);
    EXPECT_EQ(scenario->faults.at(0).kind, FaultKind::zone_outage);
    EXPECT_EQ(scenario->faults.at(0).mode, FailureMode::silent);
    EXPECT_EQ(requirement_text(scenario->requirements.at(0)),
              "rto p95 of update after zone lost at worst office <= 1min");
    EXPECT_EQ(requirement_text(scenario->requirements.at(2)), "latency p99 of lookup, steady at worst office <= 100ms");
    EXPECT_EQ(requirement_text(scenario->requirements.at(7)), "hit-rate of hot, steady >= 0.85");
}

// The guide's first scenario is the one that readers copy.
TEST(ReadScenarioTest, TheExampleOfTheDocumentationReads) {
    std::ifstream file("docs/scenario-format.md");
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::string fence = "```json\n";
    const std::size_t begin = text.find(fence) + fence.size();
    text = text.substr(begin, text.find("```", begin) - begin);
    Problems problems;
    const std::optional<Scenario> scenario = read_scenario(text, "docs/scenario-format.md", "", problems);
    ASSERT_TRUE(scenario) << all_of(problems);
    EXPECT_EQ(scenario->workload.classes.at(0).kind, QueryKind::point_read);
    EXPECT_TRUE(scenario->workload.classes.at(1).writes);
}

TEST(ReadScenarioTest, VariantsPatchTheBaseAndCarryTheirText) {
    Problems problems;
    const std::optional<Scenario> base = read_scenario(example_text(), "f", "", problems);
    const std::optional<Scenario> fast = read_scenario(example_text(), "f", "fast", problems);
    ASSERT_TRUE(base && fast) << all_of(problems);
    EXPECT_EQ(base->workload.arrivals.rate_per_s, 100.0);
    EXPECT_EQ(fast->workload.arrivals.rate_per_s, 200.0);
    EXPECT_EQ(base->source, example_text());
    EXPECT_NE(fast->source.find("200/s"), std::string::npos);
    EXPECT_EQ(variant_names(*fast), (std::vector<std::string>{"fast"}));
    // What a result carries along reads as the same scenario.
    const std::optional<Scenario> again = read_scenario(fast->source, "f", "", problems);
    ASSERT_TRUE(again) << all_of(problems);
    EXPECT_EQ(again->workload.arrivals.rate_per_s, 200.0);
}

TEST(ReadScenarioTest, AllProblemsOfAFileAreReportedAtOnceInOrder) {
    Problems problems;
    const std::string text = replaced(
        replaced(replaced(example_text(), "\"100/s\"", "100"), "\"us-east-1\", \"data\"", "\"us-est-1\", \"data\""),
        "\"deadline\": \"1s\"", "\"deadlin\": \"1s\"");
    EXPECT_FALSE(read_scenario(text, "f.json", "", problems));
    const std::string all = all_of(problems);
    EXPECT_NE(
        all.find("f.json: /databases/orders/region: no region is named \"us-est-1\"; did you mean \"us-east-1\"?"),
        std::string::npos)
        << all;
    EXPECT_NE(all.find("f.json: /workload/arrivals/rate: \"100\" has no unit; write \"100/s\""), std::string::npos)
        << all;
    EXPECT_NE(all.find("unknown key \"deadlin\"; did you mean \"deadline\"?"), std::string::npos) << all;
    EXPECT_NE(all.find("\"deadline\" is missing"), std::string::npos) << all;
    EXPECT_LT(all.find("/databases"), all.find("/workload"));
    EXPECT_EQ(problems.count(), 4U) << all;  // what comes with the base is not told again for its variant
}

TEST(ReadScenarioTest, AProblemOfAVariantNamesIt) {
    Problems problems;
    EXPECT_FALSE(read_scenario(replaced(example_text(), "200/s", "200"), "f", "", problems));
    EXPECT_EQ(all_of(problems),
              "f: /workload/arrivals/rate: in variant \"fast\": \"200\" has no unit; write \"200/s\" (/s, /min, /h)\n");
    Problems others;
    EXPECT_FALSE(read_scenario(example_text(), "f", "fats", others));
    EXPECT_EQ(all_of(others), "f: /variants: no variant is named \"fats\"; did you mean \"fast\"?\n");
}

TEST(ReadScenarioTest, WhatLaterVersionsBringIsRefusedByName) {
    Problems problems;
    EXPECT_FALSE(read_scenario(replaced(example_text(), "zone-outage", "zone-power"), "f", "", problems));
    EXPECT_NE(all_of(problems).find("f: /faults/zone lost/kind: kind \"zone-power\" is not in this version; it has: "
                                    "instance-crash, storage-node-loss, zone-outage"),
              std::string::npos)
        << all_of(problems);
}

TEST(ReadScenarioTest, EveryFormOfARandomDurationIsRead) {
    const std::vector<std::pair<std::string, RandomDuration>> forms{
        {R"("2ms")", {DistributionKind::constant, {0.002}}},
        {R"({"exponential": "10ms"})", {DistributionKind::exponential, {0.01}}},
        {R"({"lognormal": {"mean": "1s", "cv": 2}})", {DistributionKind::lognormal, {1.0, 2.0}}},
        {R"({"gamma": {"mean": "1s", "shape": 0.5}})", {DistributionKind::gamma, {1.0, 0.5}}},
        {R"({"uniform": {"low": "1s", "high": "2s"}})", {DistributionKind::uniform, {1.0, 2.0}}},
        {R"({"pareto": {"minimum": "1s", "alpha": 1.5, "cap": "1min"}})", {DistributionKind::pareto, {1.0, 1.5, 60.0}}},
        {R"({"hyperexponential": {"mean": "1s", "scv": 4}})", {DistributionKind::hyperexponential, {1.0, 4.0}}},
        {R"({"quantiles": {"1": "9s", "0": "0s", "0.5": "2s"}})",
         {DistributionKind::quantiles, {0.0, 0.0, 0.5, 2.0, 1.0, 9.0}}},
    };
    for (const auto& [text, expected] : forms) {
        Problems problems;
        const std::optional<Scenario> scenario =
            read_scenario(replaced(example_text(), "\"share\": 0.5,", "\"share\": 0.5, \"demand\": " + text + ","), "f",
                          "", problems);
        ASSERT_TRUE(scenario) << text << all_of(problems);
        EXPECT_EQ(scenario->workload.classes.at(0).demand.kind, expected.kind) << text;
        EXPECT_EQ(scenario->workload.classes.at(0).demand.values, expected.values) << text;
    }
}

TEST(ReadScenarioTest, TheSeedHas64Bits) {
    const auto with_seed = [](const std::string& seed, Problems& problems) {
        return read_scenario(replaced(example_text(), "\"seed\": 7", "\"seed\": " + seed), "f", "", problems);
    };
    Problems problems;
    const std::optional<Scenario> largest = with_seed("18446744073709551615", problems);
    ASSERT_TRUE(largest) << all_of(problems);
    EXPECT_EQ(largest->run.seed, UINT64_MAX);
    for (const char* const seed : {"18446744073709551616", "-1", "1.5", "1e3", "\"1\"", "true", "null"}) {
        Problems refused;
        EXPECT_FALSE(with_seed(seed, refused)) << seed;
        EXPECT_NE(all_of(refused).find("/run/seed: expected a whole number from 0 to 18446744073709551615"),
                  std::string::npos)
            << all_of(refused);
    }
}

TEST(ReadScenarioTest, FilesThatAreNoneAreProblems) {
    for (const char* const path : {"scenarios", "no/such/file.json", ""}) {
        Problems problems;
        EXPECT_FALSE(read_scenario_file(path, "", problems));
        EXPECT_EQ(problems.count(), 1U) << path;
    }
}

TEST(ReadScenarioTest, WhatIsNoShareIsNotZeroAsWell) {
    const auto problems_of = [](const std::string& failures) {
        Problems problems;
        EXPECT_FALSE(read_scenario(
            replaced(example_text(), "\"deadline\"", R"("breaker": { "failures": )" + failures + R"( }, "deadline")"),
            "f", "", problems));
        return all_of(problems);
    };
    EXPECT_NE(problems_of("\"fifty\"").find("found \"fifty\""), std::string::npos) << problems_of("\"fifty\"");
    EXPECT_EQ(problems_of("\"fifty\"").find("above 0%"), std::string::npos) << problems_of("\"fifty\"");
    EXPECT_NE(problems_of("\"0%\"").find("expected a share above 0%"), std::string::npos) << problems_of("\"0%\"");
}

TEST(ReadScenarioTest, LimitsOfSizeAndDepth) {
    Problems large;
    EXPECT_FALSE(read_scenario(std::string(16'000'001, ' '), "f", "", large));
    EXPECT_NE(all_of(large).find("a scenario has at most 16000000"), std::string::npos) << all_of(large);
    Problems deep;
    EXPECT_FALSE(read_scenario(std::string(1'000'000, '['), "f", "", deep));
    EXPECT_NE(all_of(deep).find("nested deeper than 64 levels"), std::string::npos) << all_of(deep);
}

TEST(ReadScenarioTest, AFileOfNonsenseEndsSoon) {
    std::string text = "{";
    for (int i = 0; i < 1'000'000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
    text.back() = '}';
    Problems problems;
    EXPECT_FALSE(read_scenario(text, "f", "", problems));
    EXPECT_GT(problems.not_kept(), 0U);
}

TEST(DefaultsTest, EveryDefaultHasASourceOrNeedsNone) {
    for (const Default& entry : defaults()) EXPECT_FALSE(entry.source.empty()) << entry.of << "." << entry.key;
    EXPECT_NE(defaults_text().find("database.dns_ttl = \"5s\"   (AWS blog"), std::string::npos);
    EXPECT_NE(defaults_text().find("driver plain.connect_timeout = \"10s\""), std::string::npos);
}

}  // namespace
}  // namespace faultline::scenarios
