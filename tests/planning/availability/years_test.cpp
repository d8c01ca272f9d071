// Goal:   years of failures are those of the closed form where there is one, the same for any number of workers, and a
//         copy of a state goes on as the original does.
// Method: a cluster of three zones whose stages are exponential, against its Markov chain; intervals of 99.7 % each, so
//         that all of them hold together in 99 % of cases. The seed is fixed.
#include "planning/availability/years.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "planning/availability/cluster_chain.hpp"
#include "planning/availability/rare_losses.hpp"
#include "tests/planning/availability/small_models.hpp"

namespace faultline::planning {
namespace {

constexpr double minutes_of_year = year_s / 60.0;

TEST(YearsTest, AgreeWithTheMarkovChain) {
    for (const std::size_t members : {1U, 2U, 3U}) {
        const tests::SmallCluster cluster{.members = members};
        const OutageModel model = tests::model_of(cluster);
        const Years years = simulate_years(model, {.years = 2'000, .seed = {7}});
        const engine::Interval simulated = mean_of_years(minutes_of_years(years, {{0, 1.0}}, false), 0.997);
        const double exact = solve(tests::chain_of(cluster)).low * minutes_of_year;
        EXPECT_TRUE(simulated.contains(exact))
            << members << ": " << simulated.low << " .. " << simulated.high << ", the chain " << exact;
        EXPECT_LT(simulated.half_width(), 0.04 * exact) << members;
    }
}

TEST(YearsTest, ASlowerFailoverIsSeen) {
    const OutageModel model = tests::model_of({.failover_s = 1.25 * tests::hour});
    const Years years = simulate_years(model, {.years = 2'000, .seed = {7}});
    const engine::Interval simulated = mean_of_years(minutes_of_years(years, {{0, 1.0}}, false), 0.997);
    EXPECT_FALSE(simulated.contains(solve(tests::chain_of({})).low * minutes_of_year));
}

TEST(YearsTest, AreTheSameForAnyNumberOfWorkers) {
    OutageModel model = tests::model_of({});
    tests::add_volume(model, 20 * tests::day, tests::hour);
    const Years one = simulate_years(model, {.years = 1'000, .seed = {3}, .jobs = 1});
    const Years three = simulate_years(model, {.years = 1'000, .seed = {3}, .jobs = 3});
    const Years other = simulate_years(model, {.years = 1'000, .seed = {4}, .jobs = 3});
    ASSERT_EQ(one.losses.size(), three.losses.size());
    bool differs = false;
    for (std::size_t i = 0; i < one.losses.size(); ++i) {
        ASSERT_EQ(one.losses[i].unplanned_s, three.losses[i].unplanned_s) << i;
        differs = differs || one.losses[i].unplanned_s != other.losses[i].unplanned_s;
    }
    EXPECT_EQ(one.events, three.events);
    EXPECT_EQ(one.causes.front().front().seconds, three.causes.front().front().seconds);
    EXPECT_TRUE(differs);
}

TEST(YearsTest, AStateIsCopiedAndGoesOnAsTheOriginal) {
    const OutageModel model = tests::model_of({});
    const OutageSimulator simulator{model};
    OutageState original = simulator.start({1}, 0);
    OutageLedger before{1};
    while (original.databases[0].mode == DatabaseMode::serving) simulator.run_next(original, before);
    OutageState copy = original, branch = original;
    branch.draws = engine::Draws{11, 12};
    simulator.draw_next_failure(branch);
    OutageLedger of_original{1}, of_copy{1}, of_branch{1};
    simulator.advance(original, 50 * year_s, of_original);
    simulator.advance(copy, 50 * year_s, of_copy);
    simulator.advance(branch, 50 * year_s, of_branch);
    EXPECT_GT(of_original.unplanned_s[0], 0.0);
    EXPECT_EQ(of_original.unplanned_s[0], of_copy.unplanned_s[0]);
    EXPECT_EQ(original.events, copy.events);
    EXPECT_NE(of_original.unplanned_s[0], of_branch.unplanned_s[0]);
}

TEST(YearsTest, SoManyEventsEndThemAndNoYearChanges) {
    const OutageModel model = tests::model_of({});
    const Years all = simulate_years(model, {.years = 4'000, .seed = {3}});
    const Years some = simulate_years(model, {.years = 4'000, .seed = {3}, .events_most = all.events / 4});
    EXPECT_FALSE(all.out_of_events);
    EXPECT_TRUE(some.out_of_events);
    ASSERT_LT(some.years, 2'000U);
    EXPECT_GE(some.events, all.events / 4);
    for (std::size_t i = 0; i < some.losses.size(); ++i) {
        ASSERT_EQ(some.losses[i].unplanned_s, all.losses[i].unplanned_s) << i;
    }
    EXPECT_FALSE(simulate_years(model, {.years = 4'000, .seed = {3}, .events_most = 2 * all.events}).out_of_events);
}

TEST(YearsTest, ASignalEndsThemAfterTheNextBatchAndProgressIsTold) {
    const OutageModel model = tests::model_of({});
    int asked = 0;
    std::uint64_t told = 0;
    YearsPlan plan{.years = 100'000, .precision = 1e-9, .seed = {3}};  // one round of many batches
    plan.interrupted = [&] { return ++asked == 3; };
    plan.progress = [&](std::uint64_t years) { told = years; };
    EXPECT_TRUE(simulate_years(model, plan).interrupted);
    EXPECT_LE(asked, 4);
    EXPECT_EQ(told, 3 * years_of_batch);
}

TEST(YearsTest, CausesAddUpAndTellWhatTookSeveral) {
    const OutageModel model = tests::model_of({});
    const Years years = simulate_years(model, {.years = 1'000, .seed = {5}});
    double caused = 0.0, overlapping = 0.0, away = 0.0;
    for (const CauseLoss& one : years.causes.front()) {
        caused += one.seconds;
        if (one.overlap) overlapping += one.seconds;
    }
    for (const YearLoss& one : years.losses) away += static_cast<double>(one.unplanned_s);
    EXPECT_NEAR(caused, away, 1e-5 * away);
    // A failover alone ends after an hour on average; whoever waits longer has lost several.
    EXPECT_GT(overlapping, 0.0);
    EXPECT_LT(overlapping, 0.2 * caused);
}

TEST(YearsTest, APrecisionEndsThemEarly) {
    const OutageModel model = [] {
        OutageModel one = tests::model_of({});
        one.cells.front().query_class = "update";  // only classes are looked at
        return one;
    }();
    const Years coarse = simulate_years(model, {.years = 100'000, .precision = 0.10, .seed = {7}});
    const Years finer = simulate_years(model, {.years = 100'000, .precision = 0.006, .seed = {7}});
    EXPECT_LT(coarse.years, finer.years);
    EXPECT_LT(finer.years, 100'000U);
    const engine::Interval mean = mean_of_years(minutes_of_years(finer, {{0, 1.0}}, false), 0.95);
    EXPECT_LE(mean.half_width(), 0.006 * mean.estimate);
}

// Goal:   importance sampling is unbiased, and far better than waiting where losses are rare.
// Method: first a model whose losses years see often enough; then one where they are rare.
TEST(RareLossesTest, BiasedCyclesAgreeWithYears) {
    OutageModel model = tests::model_of({});
    tests::add_volume(model, 30 * tests::day, 2 * tests::hour);
    const Years years = simulate_years(model, {.years = 2'000, .seed = {9}});
    const RareRates rates = rare_rates(model, {.cycles = 40'000, .seed = {9}, .confidence = 0.997});
    const auto counted = static_cast<double>(years.write_quorum_losses);
    const double of_years = counted / 2'000.0, error = 3.0 * std::sqrt(counted) / 2'000.0;
    ASSERT_GT(counted, 500.0);
    EXPECT_LT(rates.write_quorum.low, of_years + error);
    EXPECT_GT(rates.write_quorum.high, of_years - error);
    EXPECT_LT(rates.write_quorum.half_width(), 0.2 * rates.write_quorum.estimate);
    double overlapping = 0.0;
    for (const CauseLoss& one : years.causes.front()) overlapping += one.overlap ? one.seconds / 60.0 / 2'000.0 : 0.0;
    EXPECT_NEAR(rates.overlap_minutes.front().estimate, overlapping, 0.25 * overlapping);
}

TEST(RareLossesTest, BiasingPaysWhereLossesAreRare) {
    OutageModel model = tests::model_of({.member_every_s = year_s, .zone_every_s = 20 * year_s});
    tests::add_volume(model, 5 * year_s, 60.0);
    const RareRates biased = rare_rates(model, {.cycles = 20'000, .seed = {2}});
    const RareRates plain = rare_rates(model, {.cycles = 20'000, .seed = {2}, .biased = false});
    ASSERT_GT(biased.read_quorum.estimate, 0.0);
    EXPECT_LT(biased.read_quorum.half_width(), 0.5 * biased.read_quorum.estimate);
    // Two zones at once, or one and two nodes: less than once in 10,000 years.
    EXPECT_LT(biased.read_quorum.estimate, 1e-3);
    EXPECT_GT(plain.read_quorum.half_width() + (plain.read_quorum.estimate == 0.0 ? 1.0 : 0.0),
              3.0 * biased.read_quorum.half_width());
    // By hand, to first order: three zones, each lost for 6 h, and either other one meanwhile.
    const double zone = 1.0 / (20.0 * year_s);
    const double pairs = 3.0 * zone * 2.0 * zone * 6.0 * tests::hour * year_s;
    EXPECT_GT(biased.read_quorum.high, pairs);
}

TEST(RareLossesTest, WhatRemembersForbidsCycles) {
    OutageModel model = tests::model_of({});
    EXPECT_EQ(forbids_rare(model), "");
    model.processes[0].every = engine::Distribution::constant(tests::day);
    EXPECT_EQ(forbids_rare(model), "crash");
}

}  // namespace
}  // namespace faultline::planning
