#include "planning/requirement.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/random/stream.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::Verdict;
using tests::at_office;
using tests::example_replication;
using tests::example_scenario;

constexpr double never = std::numeric_limits<double>::infinity();

Requirement latency_p99(double limit_s) {
    Requirement requirement;
    requirement.name = "fast";
    requirement.measure = "latency";
    requirement.statistic = "p99";
    requirement.of = "lookup";
    requirement.limit = limit_s;
    return requirement;
}

std::vector<double> thousand(double latency_s, int failed = 0) {
    std::vector<double> all(1000, latency_s);
    for (int i = 0; i < failed; ++i) all[static_cast<std::size_t>(i)] = never;
    return all;
}

// Replications whose p99 at Boston is 10 ms and at Denver as given.
std::vector<scenarios::ReplicationResult> replications(const std::vector<double>& denver_s, int failed = 0) {
    std::vector<scenarios::ReplicationResult> all;
    for (std::size_t i = 0; i < denver_s.size(); ++i) {
        auto one = example_replication(static_cast<std::uint32_t>(i + 1));
        one.classes[0].steady = {at_office(thousand(0.010)), at_office(thousand(denver_s[i], failed))};
        all.push_back(one);
    }
    return all;
}

TEST(RequirementTest, IsJudgedAtTheWorstOffice) {
    const auto results = replications({0.049, 0.050, 0.051, 0.050, 0.050});
    const auto met = judge(example_scenario(), latency_p99(0.060), results);
    EXPECT_EQ(met.verdict, Verdict::met);
    EXPECT_EQ(met.worst_at, "denver");
    EXPECT_NEAR(met.estimate, 0.050, 0.0005);
    EXPECT_LT(met.low, met.estimate);
    EXPECT_GT(met.high, met.estimate);
    EXPECT_EQ(met.observations, 5000U);

    EXPECT_EQ(judge(example_scenario(), latency_p99(0.040), results).verdict, Verdict::violated);
    EXPECT_EQ(judge(example_scenario(), latency_p99(0.005), results).worst_at, "denver");
}

TEST(RequirementTest, PooledIsJudgedOverAllOffices) {
    Requirement requirement = latency_p99(0.020);
    requirement.pooled = true;
    requirement.statistic = "p40";
    EXPECT_EQ(judge(example_scenario(), requirement, replications({0.05, 0.05, 0.05})).verdict, Verdict::met);
    EXPECT_EQ(judge(example_scenario(), requirement, replications({0.05, 0.05, 0.05})).worst_at, "");
}

TEST(RequirementTest, ALimitInsideTheIntervalStaysUndecidedAndSaysHowManyMore) {
    const auto open = judge(example_scenario(), latency_p99(0.0505), replications({0.045, 0.050, 0.055, 0.048, 0.052}));
    EXPECT_EQ(open.verdict, Verdict::undecided);
    ASSERT_TRUE(open.replications_needed.has_value());
    EXPECT_GT(*open.replications_needed, 20);
    EXPECT_NE(open.why.find("more replications"), std::string::npos) << open.why;
}

TEST(RequirementTest, OneReplicationDecidesNothing) {
    const auto open = judge(example_scenario(), latency_p99(10.0), replications({0.050}));
    EXPECT_EQ(open.verdict, Verdict::undecided);
    EXPECT_EQ(open.high, never);
    EXPECT_EQ(open.replications_needed, 4);
}

TEST(RequirementTest, WhatWasNotObservedIsNeverMet) {
    auto results = replications({0.05, 0.05, 0.05});
    Requirement requirement = latency_p99(10.0);
    requirement.of = "update";
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::undecided);
    EXPECT_NE(judge(example_scenario(), requirement, results).why.find("never met"), std::string::npos);
    EXPECT_EQ(judge(example_scenario(), latency_p99(10.0), {}).verdict, Verdict::undecided);
    // One office out of two is enough.
    for (auto& one : results) one.classes[0].steady[0] = {};
    const auto half = judge(example_scenario(), latency_p99(10.0), results);
    EXPECT_EQ(half.verdict, Verdict::undecided);
    EXPECT_EQ(half.worst_at, "boston");
}

TEST(RequirementTest, AFailedOperationIsSlowerThanAnyAnswer) {
    // 1 % and a bit fail: the p99 is infinite, and surely so.
    const auto dead = judge(example_scenario(), latency_p99(10.0), replications({0.05, 0.05, 0.05, 0.05}, 20));
    EXPECT_EQ(dead.verdict, Verdict::violated);
    EXPECT_EQ(dead.estimate, never);
    EXPECT_GT(dead.low, 10.0);
    const auto all = judge(example_scenario(), latency_p99(10.0), replications({0.05, 0.05}, 1000));
    EXPECT_EQ(all.verdict, Verdict::violated);

    const auto few = judge(example_scenario(), latency_p99(10.0), replications({0.05, 0.05, 0.05, 0.05}, 1));
    EXPECT_EQ(few.verdict, Verdict::met);
}

// With more than 1 % without an answer a mean is infinite. Whether it is so surely is for the replications to say.
TEST(RequirementTest, AMeanOverTooManyFailuresIsViolatedWhereAllReplicationsShowIt) {
    Requirement mean = latency_p99(10.0);
    mean.statistic = "mean";
    const auto dead = judge(example_scenario(), mean, replications({0.05, 0.05, 0.05, 0.05}, 500));
    EXPECT_EQ(dead.verdict, Verdict::violated);
    EXPECT_EQ(dead.estimate, never);
    EXPECT_NE(dead.why.find("never answered"), std::string::npos) << dead.why;
    EXPECT_EQ(judge(example_scenario(), mean, replications({0.05}, 500)).verdict, Verdict::undecided);
    EXPECT_EQ(judge(example_scenario(), mean, replications({0.05, 0.05, 0.05}, 5)).verdict, Verdict::met);

    // Around 1 % in half of them: open, and how many more is told.
    auto some = replications({0.05, 0.05, 0.05, 0.05}, 12);
    for (std::size_t i = 0; i < 2; ++i) some[i] = replications({0.05}, 7).front();
    const auto open = judge(example_scenario(), mean, some);
    EXPECT_EQ(open.verdict, Verdict::undecided);
    EXPECT_TRUE(open.replications_needed.has_value());
}

TEST(RequirementTest, AHandfulOfQueriesProvesNothing) {
    std::vector<scenarios::ReplicationResult> results;
    for (std::uint32_t i = 1; i <= 5; ++i) {
        auto one = example_replication(i);
        const std::array ten{0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01};
        one.classes[0].steady = {at_office(ten), at_office(ten)};
        results.push_back(one);
    }
    EXPECT_EQ(judge(example_scenario(), latency_p99(0.1), results).verdict, Verdict::undecided);
    Requirement availability = latency_p99(0.9999);
    availability.measure = "availability";
    availability.statistic = "";
    availability.at_most = false;
    EXPECT_EQ(judge(example_scenario(), availability, results).verdict, Verdict::undecided);
    availability.limit = 0.9;
    EXPECT_EQ(judge(example_scenario(), availability, results).verdict, Verdict::met);
}

TEST(RequirementTest, TheReasonNamesTheStageWhereSlowQueriesSpendTheirTime) {
    const auto slow = judge(example_scenario(), latency_p99(0.040), replications({0.050, 0.050, 0.0505}));
    EXPECT_NE(slow.why.find("80 % of the time of the slowest 1 % of lookup queries goes to waiting for a busy server"),
              std::string::npos)
        << slow.why;
    EXPECT_NE(slow.why.find("above the limit at denver, the worst of 2 offices"), std::string::npos) << slow.why;
}

Requirement rto(double limit_s) {
    Requirement requirement;
    requirement.name = "back";
    requirement.measure = "rto";
    requirement.of = "update";
    requirement.after = "zone lost";
    requirement.limit = limit_s;
    return requirement;
}

std::vector<scenarios::ReplicationResult> incidents(int count, int missed, double missed_s) {
    std::vector<scenarios::ReplicationResult> all;
    for (int i = 0; i < count; ++i) {
        auto one = example_replication(static_cast<std::uint32_t>(i + 1));
        one.incidents.push_back(tests::incident(std::array{30.0, i < missed ? missed_s : 40.0}));
        all.push_back(one);
    }
    return all;
}

// Goal: 59 incidents without a miss show p95 at 95 % (design, section 5), and 58 do not.
TEST(RequirementTest, FiftyNineIncidentsWithoutAMissShowTheP95) {
    EXPECT_EQ(judge(example_scenario(), rto(60), incidents(59, 0, 0)).verdict, Verdict::met);
    const auto open = judge(example_scenario(), rto(60), incidents(58, 0, 0));
    EXPECT_EQ(open.verdict, Verdict::undecided);
    EXPECT_EQ(open.replications_needed, 1);
    EXPECT_EQ(judge(example_scenario(), rto(60), incidents(5, 0, 0)).replications_needed, 54);
    EXPECT_EQ(judge(example_scenario(), rto(60), incidents(59, 1, 70)).verdict, Verdict::undecided);
    EXPECT_EQ(judge(example_scenario(), rto(60), incidents(59, 1, 70)).replications_needed.has_value(), true);
}

TEST(RequirementTest, TooManyMissesViolateAndNotRecoveredIsOne) {
    const auto bad = judge(example_scenario(), rto(60), incidents(20, 10, never));
    EXPECT_EQ(bad.verdict, Verdict::violated);
    EXPECT_EQ(bad.worst_at, "denver");
    EXPECT_EQ(bad.estimate, never);
    EXPECT_NE(bad.why.find("10 of 20 incidents stayed within 60 s"), std::string::npos) << bad.why;
    EXPECT_NE(bad.why.find("DNS, 17 s on average"), std::string::npos) << bad.why;
    Requirement other = rto(60);
    other.after = "link cut";
    EXPECT_EQ(judge(example_scenario(), other, incidents(59, 0, 0)).verdict, Verdict::undecided);
}

TEST(RequirementTest, AClassTooRareAtOneOfficeIsJudgedByItsCanaryThere) {
    auto results = incidents(20, 20, 70);
    for (auto& one : results) one.incidents[0].recoveries[1].canary = true;
    const auto bad = judge(example_scenario(), rto(60), results);
    EXPECT_EQ(bad.verdict, Verdict::violated);
    EXPECT_EQ(bad.worst_at, "denver");
    // Where its own queries are enough, they decide.
    for (auto& one : results) {
        auto own = one.incidents[0].recoveries[1];
        own.canary = false;
        own.rto_ns = 50'000'000'000;
        one.incidents[0].recoveries.push_back(own);
    }
    EXPECT_EQ(judge(example_scenario(), rto(60), results).verdict, Verdict::undecided);
    EXPECT_NEAR(judge(example_scenario(), rto(60), results).estimate, 50.0, 1e-9);
}

TEST(RequirementTest, RpoIsJudgedOnIncidentsAndOnExposure) {
    auto results = incidents(59, 0, 0);
    for (auto& one : results) {
        one.incidents[0].losses.push_back({.database = "orders"});
        one.databases.emplace_back();
        one.databases.back().database = "orders";
    }
    Requirement rpo = rto(0.0);
    rpo.measure = "rpo";
    rpo.of = "orders";
    scenarios::Scenario scenario = example_scenario();
    scenario.faults.emplace_back();
    EXPECT_EQ(judge(scenario, rpo, results).verdict, Verdict::met);
    for (auto& one : results) one.databases[0].p99_ns = 800'000'000;
    EXPECT_EQ(judge(scenario, rpo, results).verdict, Verdict::violated);
    scenario.faults[0].name = rpo.after;
    scenario.faults[0].kind = scenarios::FaultKind::zone_outage;
    EXPECT_EQ(judge(scenario, rpo, results).verdict, Verdict::met) << "the loss of a zone would leave nothing";
    for (auto& one : results) one.databases[0].zone_p99_ns = 700'000'000;
    const auto exposed = judge(scenario, rpo, results);
    EXPECT_EQ(exposed.verdict, Verdict::violated);
    EXPECT_NEAR(exposed.estimate, 0.7, 1e-9);
    EXPECT_NE(exposed.why.find("the loss of a zone"), std::string::npos) << exposed.why;
    for (auto& one : results) one.databases[0].zone_p99_ns = one.databases[0].p99_ns = 0;
    for (auto& one : results) one.incidents[0].losses[0].commits_lost = 3;
    EXPECT_EQ(judge(scenario, rpo, results).verdict, Verdict::violated);
    scenario.faults.clear();
    EXPECT_EQ(judge(scenario, rpo, results).verdict, Verdict::met) << "without a fault the exposure alone counts";
}

TEST(RequirementTest, ALossWithoutBoundIsNeverMetAndSaidInWords) {
    auto results = incidents(59, 0, 0);
    for (auto& one : results) one.incidents[0].losses.push_back({.database = "orders"});
    Requirement rpo = rto(1e15);
    rpo.measure = "rpo";
    rpo.of = "orders";
    EXPECT_EQ(judge(example_scenario(), rpo, results).verdict, Verdict::met);
    for (auto& one : results) {
        one.incidents[0].losses[0].unbounded = true;
        one.incidents[0].losses[0].gap_ns = std::numeric_limits<std::int64_t>::max();
    }
    const auto judged = judge(example_scenario(), rpo, results);
    EXPECT_EQ(judged.verdict, Verdict::violated);
    EXPECT_TRUE(std::isinf(judged.estimate));
    EXPECT_NE(judged.why.find("no bound"), std::string::npos) << judged.why;
}

// From the noticing, not from the error; one that is not mended within the run never was.
TEST(RequirementTest, ARestoreIsJudgedFromItsNoticing) {
    std::vector<scenarios::ReplicationResult> results;
    for (std::uint32_t i = 1; i <= 59; ++i) {
        auto one = example_replication(i);
        scenarios::FaultResult fault;
        fault.name = "table dropped", fault.target = "orders", fault.data_wrong = true;
        fault.start_ns = 1'000'000'000, fault.noticed_ns = 601'000'000'000, fault.mended_ns = 4'201'000'000'000;
        one.faults.push_back(fault);
        results.push_back(one);
    }
    Requirement restore = rto(3600.0);
    restore.measure = "restore";
    restore.of = "orders";
    restore.after = "table dropped";
    EXPECT_EQ(judge(example_scenario(), restore, results).verdict, Verdict::met);
    EXPECT_NEAR(judge(example_scenario(), restore, results).estimate, 3600.0, 1e-9);
    restore.limit = 3599.0;
    EXPECT_EQ(judge(example_scenario(), restore, results).verdict, Verdict::violated);
    restore.limit = 3600.0;
    for (auto& one : results) one.faults[0].mended_ns = 0;
    EXPECT_EQ(judge(example_scenario(), restore, results).verdict, Verdict::violated);
    restore.after = "zone lost";
    EXPECT_EQ(judge(example_scenario(), restore, results).observations, 0U);
}

// Boston: all of 60 good; Denver: 57 or 58 of 60, 95.8 % on average. Over both 97.9 %.
TEST(RequirementTest, GoodMinutesAreJudgedAtTheWorstOffice) {
    std::vector<scenarios::ReplicationResult> results;
    for (std::uint32_t i = 1; i <= 40; ++i) {
        auto one = example_replication(i);
        one.office_minutes = {{"boston", 60, 60}, {"denver", 60, 57 + i % 2}};
        results.push_back(one);
    }
    Requirement requirement;
    requirement.measure = "good-minutes";
    requirement.at_most = false;
    requirement.limit = 0.97;
    const auto worst = judge(example_scenario(), requirement, results);
    EXPECT_EQ(worst.verdict, Verdict::violated);
    EXPECT_EQ(worst.worst_at, "denver");
    EXPECT_NEAR(worst.estimate, 57.5 / 60.0, 1e-12);
    EXPECT_EQ(worst.observations, 2400U);
    EXPECT_EQ(worst.text, "good-minutes at worst office >= 0.97");
    requirement.limit = 0.94;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::met);
    requirement.limit = 0.97;
    requirement.pooled = true;
    EXPECT_NEAR(judge(example_scenario(), requirement, results).estimate, 117.5 / 120.0, 1e-12);
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::met);
    requirement.pooled = false;
    for (auto& one : results) one.office_minutes[1] = {"denver", 0, 0};
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::undecided) << "nothing was due there";
}

TEST(RequirementTest, HitRateAndOffloadCountAllReads) {
    std::vector<scenarios::ReplicationResult> results;
    for (std::uint32_t i = 1; i <= 5; ++i) {
        auto one = example_replication(i);
        scenarios::CacheResult cache;
        cache.name = "hot";
        cache.steady = {90'000, 78'000 + 10 * i, 83'000};
        cache.degraded = {10'000, 8'000, 8'000};
        one.caches.push_back(cache);
        results.push_back(one);
    }
    Requirement requirement;
    requirement.measure = "hit-rate";
    requirement.of = "hot";
    requirement.at_most = false;
    requirement.limit = 0.85;
    requirement.phase = scenarios::Phase::all;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::met);
    requirement.limit = 0.865;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::violated);
    requirement.phase = scenarios::Phase::steady;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::met);
    requirement.phase = scenarios::Phase::degraded;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::violated);
    requirement.phase = scenarios::Phase::all;
    requirement.limit = 0.90;
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::violated);
    requirement.measure = "offload";
    EXPECT_EQ(judge(example_scenario(), requirement, results).verdict, Verdict::met);
}

TEST(RequirementTest, AFaultThatHitNothingIsTold) {
    auto results = incidents(3, 0, 0);
    for (auto& one : results) one.faults.push_back({.name = "zone lost", .target = "us-east-1/a", .hit = {"orders"}});
    EXPECT_TRUE(faults_without_effect(results).empty());
    results[1].faults[0].hit.clear();
    ASSERT_EQ(faults_without_effect(results).size(), 1U);
    EXPECT_EQ(faults_without_effect(results)[0], "zone lost (us-east-1/a) hit nothing in 1 of 3 replications");
}

// Goal:   a verdict is wrong no more often than its confidence allows.
// Method: exponential latencies at two offices, the limit exactly the true p90: whatever is decided is wrong. 1000 runs
//         of 5 replications of 400 queries; at a true error of 5 % more than 7.1 % come in one test of 1000 (binomial).
TEST(RequirementTest, AVerdictIsWrongNoMoreOftenThanItsConfidenceAllows) {
    Requirement requirement = latency_p99(-0.010 * std::log(0.1));
    requirement.statistic = "p90";
    int wrong = 0;
    for (std::uint64_t run = 0; run < 1000; ++run) {
        engine::RandomStream draws{engine::stream_key(engine::Seed{run}, 1, "coverage", "latency")};
        std::vector<scenarios::ReplicationResult> results;
        for (std::uint32_t replication = 1; replication <= 5; ++replication) {
            auto one = example_replication(replication);
            for (int office = 0; office < 2; ++office) {
                std::vector<double> latencies_s;
                for (int i = 0; i < 400; ++i) latencies_s.push_back(-0.010 * std::log(draws.uniform()));
                one.classes[0].steady.push_back(at_office(latencies_s));
            }
            results.push_back(one);
        }
        if (judge(example_scenario(), requirement, results).verdict != Verdict::undecided) ++wrong;
    }
    EXPECT_LE(wrong, 71);
}

TEST(RequirementTest, QuantilesAreNamedByPercent) {
    EXPECT_EQ(quantile_of("p99", 0.5), 0.99);
    EXPECT_DOUBLE_EQ(quantile_of("p99.9", 0.5).value_or(0), 0.999);
    EXPECT_EQ(quantile_of("", 0.95), 0.95);
    for (const char* const text : {"mean", "p", "p100", "p0", "p9x", "pinf"})
        EXPECT_FALSE(quantile_of(text, 0.5)) << text;
}

}  // namespace
}  // namespace faultline::planning
