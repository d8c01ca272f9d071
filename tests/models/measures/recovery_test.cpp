#include "models/measures/recovery.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using scenarios::Recovery;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr Baseline faultless{.due = 100'000, .good = 100'000, .time = 100s};

std::int64_t ns(Duration d) {
    return d.count();
}

// `seconds` seconds of `rate` operations, all good.
std::vector<IncidentSecond> calm(std::size_t seconds, std::uint64_t rate) {
    return std::vector<IncidentSecond>(seconds, IncidentSecond{{rate, rate}});
}
void set_good(std::vector<IncidentSecond>& trace, std::size_t from, std::size_t to, std::uint64_t good) {
    for (std::size_t i = from; i < to; ++i) trace[i].seen.good = good;
}
Recovery judge(const std::vector<IncidentSecond>& trace, const Baseline& normal = faultless,
               Duration quiet_needed = 60s) {
    RecoveryRule rule;
    rule.observed = std::chrono::seconds{trace.size()};
    rule.quiet_needed = quiet_needed;
    return judge_recovery(trace, normal, rule);
}

TEST(RecoveryTest, WithoutABadWindowTheRtoIsZero) {
    const Recovery result = judge(calm(100, 1000));
    EXPECT_FALSE(result.any_bad);
    EXPECT_TRUE(result.recovered);
    EXPECT_EQ(result.rto_ns, 0);
    EXPECT_EQ(result.bad_time_ns, 0);
}

TEST(RecoveryTest, AGapOfFailuresLastsFromTheStartToTheEndOfItsLastBadWindow) {
    std::vector<IncidentSecond> trace = calm(120, 1000);
    set_good(trace, 3, 27, 0);
    const Recovery result = judge(trace);
    EXPECT_TRUE(result.any_bad);
    EXPECT_TRUE(result.recovered);
    EXPECT_EQ(result.first_impact_ns, ns(3s));
    EXPECT_EQ(result.rto_ns, ns(27s));  // not 24 s: it counts from the incident's start
    EXPECT_EQ(result.bad_time_ns, ns(24s));
    EXPECT_EQ(result.relapses, 0);
}

TEST(RecoveryTest, AWindowIsBadUnder99PercentOfTheNormalShareAndNotAtIt) {
    EXPECT_FALSE(is_bad({1000, 990}, faultless));
    EXPECT_TRUE(is_bad({1000, 989}, faultless));
    const Baseline nine_tenths{.due = 1000, .good = 900, .time = 1s};
    EXPECT_FALSE(is_bad({1000, 891}, nine_tenths));
    EXPECT_TRUE(is_bad({1000, 890}, nine_tenths));
    EXPECT_FALSE(is_bad({0, 0}, faultless));
    EXPECT_TRUE(is_bad({1000, 989}, Baseline{}));  // nothing known: as if faultless
}

TEST(RecoveryTest, AWindowHolds500OperationsHoweverLongTheyTake) {
    std::vector<IncidentSecond> trace = calm(100, 100);
    set_good(trace, 0, 1, 0);  // the window is 5 s: 400 of 500 are good
    EXPECT_EQ(judge(trace).rto_ns, ns(5s));
    trace = calm(100, 100);
    set_good(trace, 7, 8, 96);  // 496 of 500: 99.2 %
    EXPECT_FALSE(judge(trace).any_bad);
    set_good(trace, 7, 8, 94);  // 494 of 500: 98.8 %
    EXPECT_EQ(judge(trace).rto_ns, ns(10s));
    EXPECT_EQ(judge(trace).bad_time_ns, ns(5s));
}

TEST(RecoveryTest, AWindowThatFillsSlowlyIsJudgedAfterTenSeconds) {
    std::vector<IncidentSecond> trace = calm(100, 20);  // users ask less while it is down
    set_good(trace, 0, 1, 0);
    EXPECT_EQ(judge(trace).rto_ns, ns(10s));
}

TEST(RecoveryTest, NoDemandIsNoEvidenceOfRecovery) {
    std::vector<IncidentSecond> trace = calm(120, 1000);
    set_good(trace, 0, 5, 0);
    for (std::size_t i = 5; i < 35; ++i) trace[i].seen = {0, 0};
    EXPECT_EQ(judge(trace).rto_ns, ns(35s));
}

TEST(RecoveryTest, ARelapseIsCountedAndMovesTheRto) {
    std::vector<IncidentSecond> trace = calm(200, 1000);
    set_good(trace, 0, 10, 0);
    set_good(trace, 40, 45, 500);
    set_good(trace, 60, 61, 980);
    const Recovery result = judge(trace);
    EXPECT_EQ(result.rto_ns, ns(61s));
    EXPECT_EQ(result.bad_time_ns, ns(16s));
    EXPECT_EQ(result.relapses, 2);
}

TEST(RecoveryTest, NotRecoveredIsNeverANumber) {
    std::vector<IncidentSecond> trace = calm(100, 1000);
    set_good(trace, 20, 40, 0);  // the run ends 60 s later: within them
    EXPECT_FALSE(judge(trace).recovered);
    EXPECT_EQ(judge(trace).rto_ns, never);
    EXPECT_EQ(judge(trace).bad_until_ns, ns(40s));
    EXPECT_EQ(judge(trace).bad_time_ns, ns(20s));
    trace = calm(101, 1000);
    set_good(trace, 20, 40, 0);
    EXPECT_TRUE(judge(trace).recovered);
    EXPECT_EQ(judge(trace).rto_ns, ns(40s));
    EXPECT_FALSE(judge(trace, faultless, 61s).recovered);  // a client's timer is still running
}

TEST(RecoveryTest, AnIncidentThatIsHardlyObservedIsNotRecovered) {
    EXPECT_FALSE(judge(calm(60, 1000)).recovered);  // silent peers show when their clients' timers expire
    EXPECT_FALSE(judge(calm(60, 1000)).any_bad);
    EXPECT_TRUE(judge(calm(61, 1000)).recovered);
}

TEST(RecoveryTest, WhatIsLeftAtTheEndIsAWindowToo) {
    std::vector<IncidentSecond> trace = calm(103, 100);  // windows of 5 s; 3 s are left
    set_good(trace, 100, 103, 50);
    const Recovery result = judge(trace);
    EXPECT_FALSE(result.recovered);
    EXPECT_EQ(result.first_impact_ns, ns(100s));
    EXPECT_EQ(result.bad_time_ns, ns(3s));
}

TEST(RecoveryTest, AServiceThatAnsweredNobodyBeforehandNeverRecovers) {
    const Baseline dead{.due = 1000, .good = 0, .time = 10s};
    const Recovery result = judge(calm(200, 1000), dead);
    EXPECT_FALSE(result.recovered);
    EXPECT_EQ(result.rto_ns, never);
    EXPECT_EQ(result.normal_share, 0.0);
}

// Goal:   after full recovery, what chance explains is no relapse, and what it does not explain is one.
// Method: 0.2 % fail at all times, so 6 of 500 is within a run's luck; 30 of 500 is not, nor is any failure of a
//         service that had none.
TEST(RecoveryTest, AfterFullRecoveryOnlyWhatIsBeyondChanceIsARelapse) {
    const Baseline almost{.due = 1'000'000, .good = 998'000, .time = 1000s};
    std::vector<IncidentSecond> trace = calm(1000, 500);
    set_good(trace, 0, 10, 0);
    for (std::size_t i = 20; i < trace.size(); ++i) trace[i].closed = true;
    set_good(trace, 600, 601, 494);
    EXPECT_TRUE(is_bad({500, 494}, almost));
    EXPECT_EQ(judge(trace, almost).rto_ns, ns(10s));
    EXPECT_EQ(judge(trace, faultless).rto_ns, ns(601s));
    trace[600].closed = false;
    EXPECT_EQ(judge(trace, almost).rto_ns, ns(601s));
    trace[600].closed = true;
    set_good(trace, 600, 601, 470);
    EXPECT_EQ(judge(trace, almost).rto_ns, ns(601s));
    EXPECT_EQ(judge(trace, almost).relapses, 1);
}

TEST(RecoveryTest, ARunOfSmallFailuresAddsUpBeyondChance) {
    const Baseline almost{.due = 1000, .good = 990, .time = 1000s};  // canaries: 1 % fail
    RecoveryRule by_canary{.operations_min = 1, .seconds_max = 1, .observed = 1000s, .quiet_needed = 60s};
    std::vector<IncidentSecond> trace(1000, IncidentSecond{{1, 1}, true});
    trace[500].seen.good = 0;
    EXPECT_FALSE(judge_recovery(trace, almost, by_canary).any_bad);
    for (std::size_t i = 501; i < 506; ++i) trace[i].seen.good = 0;
    EXPECT_EQ(judge_recovery(trace, almost, by_canary).rto_ns, ns(506s));
}

// A canary's lost probe is ordinary packet loss; three in a row, or half of ten, are an outage, full recovery or not.
TEST(RecoveryTest, ASingleLostProbeIsNoOutageAndAClusterIs) {
    const Baseline normal{.due = 1200, .good = 1199, .time = 1200s};
    RecoveryRule by_canary{
        .operations_min = 1, .seconds_max = 1, .single_probes = true, .observed = 1000s, .quiet_needed = 60s};
    std::vector<IncidentSecond> trace(1000, IncidentSecond{{1, 1}, false});
    for (std::size_t i = 2; i < 30; ++i) trace[i].seen.good = 0;  // the outage
    trace[500].seen.good = trace[800].seen.good = 0;              // chance
    EXPECT_EQ(judge_recovery(trace, normal, by_canary).rto_ns, ns(30s));
    EXPECT_EQ(judge_recovery(trace, normal, by_canary).relapses, 0);
    trace[501].seen.good = trace[503].seen.good = trace[507].seen.good = 0;  // flapping
    EXPECT_EQ(judge_recovery(trace, normal, by_canary).rto_ns, ns(508s));
    by_canary.single_probes = false;
    EXPECT_EQ(judge_recovery(trace, normal, by_canary).rto_ns, ns(801s)) << "without the rule each loss is an outage";
}

TEST(RecoveryTest, AFaultlessPastDoesNotMakeOneLostProbeAnOutage) {
    const Baseline never_lost{.due = 600, .good = 600, .time = 600s};
    const RecoveryRule by_canary{
        .operations_min = 1, .seconds_max = 1, .single_probes = true, .observed = 300s, .quiet_needed = 60s};
    std::vector<IncidentSecond> trace(300, IncidentSecond{{1, 1}, false});
    trace[100].seen.good = 0;
    EXPECT_FALSE(judge_recovery(trace, never_lost, by_canary).any_bad);
    for (std::size_t i = 101; i < 104; ++i) trace[i].seen.good = 0;
    EXPECT_EQ(judge_recovery(trace, never_lost, by_canary).rto_ns, ns(104s));
}

}  // namespace
}  // namespace faultline::models
