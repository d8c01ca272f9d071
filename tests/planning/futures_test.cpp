// Goal:   futures of common histories count for no more than they are worth: verdicts on their incidents err no more
//         often than they say, however alike the futures of a history are; and a future that died is told.
// Method: recovery times made by hand, normal, with a known correlation within a history; the truth lies exactly at the
//         limit. 400 runs show 5 % as at most 7.5 % with 99 % certainty (binomial: 20 + 2.33 * sqrt(19) = 30).
#include "planning/futures.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/random/stream.hpp"
#include "engine/statistics/grouped.hpp"
#include "planning/replications.hpp"
#include "planning/requirement.hpp"
#include "planning/stopping.hpp"
#include "scenarios/read_scenario.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Verdict;

constexpr int futures_runs = 400;
constexpr int futures_wrong_most = 30;
constexpr std::size_t futures_of_each = 12;
constexpr double z_of_95_percent = 1.644853627;

double normal(engine::RandomStream& draws) {
    const double radius = std::sqrt(-2.0 * std::log(draws.uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * draws.uniform());
}

scenarios::IncidentResult recovered_after(double rto_s) {
    return tests::incident(std::array{rto_s, rto_s});
}

// One incident in twenty takes longer than a minute; with `alike` 1 all futures of a history take as long.
scenarios::ReplicationResult history(std::uint32_t number, double alike, engine::RandomStream& draws) {
    scenarios::ReplicationResult one = tests::example_replication(number);
    const double common = std::sqrt(alike) * normal(draws);
    const auto rto_s = [&] { return 60.0 + 5.0 * (common + std::sqrt(1.0 - alike) * normal(draws) - z_of_95_percent); };
    one.incidents.push_back(recovered_after(rto_s()));
    one.futures.resize(futures_of_each);
    for (std::size_t i = 1; i < futures_of_each; ++i) one.futures[i].incidents.push_back(recovered_after(rto_s()));
    return one;
}

scenarios::Scenario back_in_a_minute() {
    scenarios::Scenario scenario = tests::example_scenario();
    scenarios::Requirement& requirement = scenario.requirements.emplace_back();
    requirement.name = "writes recover";
    requirement.measure = "rto";
    requirement.of = "update";
    requirement.after = "zone lost";
    requirement.limit = 60.0;
    return scenario;
}

struct FutureVerdicts {
    int met = 0, violated = 0;
};
FutureVerdicts verdicts_when_alike(double alike) {
    const scenarios::Scenario scenario = back_in_a_minute();
    engine::RandomStream draws{engine::stream_key(engine::Seed{7}, 1, "futures", "truth")};
    FutureVerdicts counted;
    for (int run = 0; run < futures_runs; ++run) {
        Stopping stopping{scenario, 10};
        std::vector<scenarios::ReplicationResult> results;
        for (std::uint32_t looked = 0; looked < stopping.next_look();) {
            looked = stopping.next_look();
            while (results.size() < looked) {
                results.push_back(history(static_cast<std::uint32_t>(results.size() + 1), alike, draws));
            }
            stopping.look(results);
        }
        const Verdict verdict = stopping.requirements().at(0).verdict;
        if (verdict == Verdict::met) ++counted.met;
        if (verdict == Verdict::violated) ++counted.violated;
    }
    return counted;
}

TEST(FuturesTest, VerdictsOnIndependentFuturesErrNoMoreOftenThanTheySay) {
    const FutureVerdicts counted = verdicts_when_alike(0.0);
    EXPECT_LE(counted.met, futures_wrong_most);
    EXPECT_LE(counted.violated, futures_wrong_most);
    EXPECT_GE(counted.met + counted.violated, 1) << "looks that never decide anything prove nothing";
}

void expect_few_wrong(double alike) {
    const FutureVerdicts counted = verdicts_when_alike(alike);
    EXPECT_LE(counted.met, futures_wrong_most) << alike;
    EXPECT_LE(counted.violated, futures_wrong_most) << alike;
}

TEST(FuturesTest, VerdictsOnFuturesThatAreSomewhatAlikeErrNoMoreOftenThanTheySay) {
    expect_few_wrong(0.2);
}

TEST(FuturesTest, VerdictsOnFuturesThatAreMuchAlikeErrNoMoreOftenThanTheySay) {
    expect_few_wrong(0.7);
}

TEST(FuturesTest, VerdictsOnFuturesThatAreAllTheSameErrNoMoreOftenThanTheySay) {
    expect_few_wrong(1.0);
}

// The same results with each future as a replication of its own: what the groups are there to prevent.
TEST(FuturesTest, TakenAsIndependentTheyWouldErrTooOften) {
    const scenarios::Scenario scenario = back_in_a_minute();
    engine::RandomStream draws{engine::stream_key(engine::Seed{7}, 1, "futures", "naive")};
    int met = 0;
    for (int run = 0; run < futures_runs; ++run) {
        std::vector<scenarios::ReplicationResult> all;
        for (std::uint32_t i = 1; i <= 10; ++i) {
            const scenarios::ReplicationResult one = history(i, 0.9, draws);
            all.push_back(tests::example_replication(i));
            all.back().incidents = one.incidents;
            for (const auto& future : one.futures) {
                for (const auto& incident : future.incidents) all.back().incidents.push_back(incident);
            }
        }
        if (judge_all(scenario, all).at(0).verdict == Verdict::met) ++met;
    }
    EXPECT_GT(met, 2 * futures_wrong_most);
}

// Ten histories of twelve that differ by chance alone decide what ten replications never could.
TEST(FuturesTest, ClearlyWithinTheLimitTheyDecideEarly) {
    const scenarios::Scenario scenario = back_in_a_minute();
    engine::RandomStream draws{engine::stream_key(engine::Seed{3}, 1, "futures", "early")};
    std::vector<scenarios::ReplicationResult> all;
    for (std::uint32_t i = 1; i <= 10; ++i) {
        all.push_back(history(i, 0.0, draws));
        for (auto& incident : all.back().incidents) incident = recovered_after(30.0 + normal(draws));
        for (auto& future : all.back().futures) {
            for (auto& incident : future.incidents) incident = recovered_after(30.0 + normal(draws));
        }
    }
    const scenarios::RequirementResult judged = judge_all(scenario, all).at(0);
    EXPECT_EQ(judged.verdict, Verdict::met) << judged.why;
    EXPECT_EQ(judged.observations, 120U);
    for (auto& one : all) one.futures.clear();
    EXPECT_EQ(judge_all(scenario, all).at(0).verdict, Verdict::undecided);
}

TEST(GroupedTest, WorthAsManyAsThereAreGroupsWhenNothingDiffersWithinThem) {
    std::vector<double> values;
    std::vector<std::size_t> groups;
    for (std::size_t group = 0; group < 10; ++group) {
        for (int i = 0; i < 12; ++i) {
            values.push_back(static_cast<double>(group));
            groups.push_back(group);
        }
    }
    EXPECT_DOUBLE_EQ(engine::intraclass_correlation(values, groups).value(), 1.0);
    EXPECT_LE(engine::effective_count(values, groups, 100.0, 0.95), 10.0);
    EXPECT_GT(engine::effective_count(values, groups, 100.0, 0.95), 5.0);
    const std::vector<double> equal(values.size(), 1.0);
    EXPECT_FALSE(engine::intraclass_correlation(equal, groups));
    EXPECT_DOUBLE_EQ(engine::effective_count(equal, groups, 100.0, 0.95), 10.0) << "they say nothing";
}

TEST(GroupedTest, GroupsOfOneAreIndependent) {
    const std::vector<double> values{1.0, 1.0, 2.0, 5.0};
    const std::vector<std::size_t> groups{4, 3, 2, 1};
    EXPECT_DOUBLE_EQ(engine::effective_count(values, groups, 3.0, 0.95), 4.0);
}

// By hand: groups {1, 3} and {5, 7}: squares between 16, within 4, so mean squares 16 and 2, and (16 - 2) / (16 + 2).
TEST(GroupedTest, CorrelationIsThatOfTheAnalysisOfVariance) {
    const std::vector<double> values{1.0, 3.0, 5.0, 7.0};
    const std::vector<std::size_t> groups{1, 1, 2, 2};
    EXPECT_NEAR(engine::intraclass_correlation(values, groups).value(), 14.0 / 18.0, 1e-12);
}

TEST(FuturesTest, ADeadFutureIsToldWithTheCommandThatRepeatsIt) {
    const std::string text = R"({"name": "loses a future only 2", "run": {"warm_up": "0s", "measured": "60s"},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
        "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {"lookup": {"share": 1, "route": ["counter"],
        "deadline": "1s", "demand": "1ms"}}}})";
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(text, "test", "", problems);
    ASSERT_TRUE(scenario);
    SignalWatch signals;
    const Replications all = run_replications(
        *scenario, {.count = 3, .jobs = 2, .repeat_command = "faultline run S.json --seed 1"}, signals);
    EXPECT_EQ(all.results.size(), 3U) << "what else there is of the replication counts";
    ASSERT_EQ(all.failed.size(), 1U);
    EXPECT_EQ(all.failed[0].replication, 2U);
    EXPECT_EQ(all.failed[0].future, 3U);
    EXPECT_EQ(all.failed[0].why, "future 3: killed by signal 9 (Killed)");
    EXPECT_EQ(all.failed[0].repeat_command, "faultline run S.json --seed 1 --only-replication 2");
}

}  // namespace
}  // namespace faultline::planning
