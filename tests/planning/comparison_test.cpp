// Goal:   a comparison says who is better, who is not, and what the models differ in.
// Method: figures made by hand for two and three systems; a measure is only a name here.
#include "planning/comparison.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "planning/model_text.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Standing;
using Values = std::vector<double>;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::vector<Measure> latency(bool less_is_better = true) {
    return {{.name = "fast",
             .text = "latency",
             .unit = "s",
             .less_is_better = less_is_better,
             .limit = 0.1,
             .of_replication = {}}};
}

// Replications 1, 2, ...; each with the work that is given, or the same.
Measured system(const Values& values, std::uint64_t seed = 1, std::uint64_t work = 7) {
    Measured one;
    one.system.seed = seed;
    one.values = {values};
    one.model = "{}";
    for (std::size_t i = 0; i < values.size(); ++i) {
        one.system.replications.push_back(static_cast<std::uint32_t>(i + 1));
        one.work.push_back(work + i);
    }
    return one;
}

scenarios::ComparedValue second_of(const Measured& first, const Measured& second, const ComparisonRules& rules = {},
                                   bool less_is_better = true) {
    return compare({first, second}, latency(less_is_better), rules).measures.at(0).systems.at(1);
}

const Values noisy{0.10, 0.20, 0.30, 0.40};
const Values a_little_more{0.11, 0.22, 0.33, 0.42};  // by 0.01, 0.02, 0.03, 0.02

TEST(ComparisonTest, PairsShowWhatNoiseWouldHide) {
    const auto worse = second_of(system(noisy), system(a_little_more));
    EXPECT_EQ(worse.standing, Standing::worse);
    EXPECT_TRUE(worse.paired);
    EXPECT_EQ(worse.pairs, 4U);
    EXPECT_NEAR(worse.difference, 0.02, 1e-12);
    EXPECT_NEAR(worse.low, 0.02 - 0.01299228, 1e-7);  // worked by hand in tests/engine/statistics/two_samples_test.cpp
    EXPECT_EQ(second_of(system(a_little_more), system(noisy)).standing, Standing::better);
    EXPECT_EQ(second_of(system(noisy), system(a_little_more), {}, false).standing, Standing::better)
        << "of what should be large";
    EXPECT_EQ(second_of(system(noisy), system(noisy)).standing, Standing::equal);
}

TEST(ComparisonTest, PairsAreOfOneNumberWhateverIsMissing) {
    Measured first = system({0.10, nothing, 0.30, 0.40, 0.50});
    Measured second = system({0.42, 0.33, 0.11});
    second.system.replications = {4, 3, 1};
    const auto value = second_of(first, second);
    EXPECT_EQ(value.pairs, 3U);
    EXPECT_NEAR(value.difference, 0.02, 1e-12);
    EXPECT_NEAR(second_of(system({0.1, nothing}), system({0.1, 0.2})).estimate, 0.15, 1e-12);
    EXPECT_EQ(second_of(system({0.1, nothing}), system({0.1, 0.2})).standing, Standing::unknown);
}

TEST(ComparisonTest, ABaselineIsPairedOnlyIfItHadTheSameToDo) {
    const ComparisonRules with_baseline{.confidence = 0.95, .joint = false, .with_baseline = true};
    EXPECT_EQ(second_of(system(noisy), system(a_little_more), with_baseline).standing, Standing::worse);
    for (const Measured& other : {system(a_little_more, 2), system(a_little_more, 1, 8)}) {
        const auto value = second_of(system(noisy), other, with_baseline);
        EXPECT_FALSE(value.paired);
        EXPECT_EQ(value.standing, Standing::no_winner);
        EXPECT_NEAR(value.difference, 0.02, 1e-12);
    }
    const auto comparison = compare({system(noisy), system(a_little_more)}, latency(), with_baseline);
    EXPECT_TRUE(has_regression(comparison));
    EXPECT_FALSE(has_regression(compare({system(a_little_more), system(noisy)}, latency(), with_baseline)));
}

TEST(ComparisonTest, TheBestAreThoseThatNothingShowsToBeWorse) {
    const auto best = [](const std::vector<Measured>& systems) {
        return compare(systems, latency(), {}).measures.at(0).best;
    };
    using Best = std::vector<std::uint32_t>;
    EXPECT_EQ(best({system(a_little_more), system(noisy)}), (Best{1}));
    EXPECT_EQ(best({system(noisy), system(noisy)}), (Best{0, 1}));
    EXPECT_EQ(best({system({0.1, 0.3, 0.2, 0.4}), system({0.2, 0.1, 0.4, 0.32}), system({5.1, 5.2, 5.3, 5.4})}),
              (Best{0, 1}));
    EXPECT_EQ(best({system({nothing}), system({nothing})}), Best{});
    EXPECT_EQ(best({system({nothing}), system({0.1, 0.2})}), Best{}) << "nobody to be better than";
}

// What has no price costs nothing in a bill: it may make worse who has it, and never better.
TEST(ComparisonTest, WhatHasNoPriceMakesNobodyCheaper) {
    std::vector<Measure> cost = latency();
    cost.front().unit = "$/month";
    const Values cheap{100, 101, 102, 103}, dear{200, 201, 203, 202};
    const auto of = [](const Values& values, const std::vector<scenarios::UnpricedPart>& unpriced) {
        Measured one = system(values);
        one.unpriced = unpriced;
        return one;
    };
    const std::vector<scenarios::UnpricedPart> none, shop{{"instances of shop", 730.0}};
    const auto standing = [&](const Measured& first, const Measured& second) {
        return compare({first, second}, cost, {}).measures.at(0).systems.at(1).standing;
    };
    EXPECT_EQ(standing(of(cheap, shop), of(dear, shop)), Standing::worse) << "both have it";
    EXPECT_EQ(standing(of(cheap, none), of(dear, shop)), Standing::worse) << "and what is unknown, too";
    EXPECT_EQ(standing(of(cheap, shop), of(dear, none)), Standing::unknown);
    EXPECT_EQ(standing(of(dear, none), of(cheap, shop)), Standing::unknown);
    EXPECT_EQ(standing(of(dear, shop), of(cheap, none)), Standing::better);
    const auto comparison = compare({of(cheap, shop), of(dear, none)}, cost, {});
    EXPECT_EQ(comparison.measures.at(0).best.size(), 2U);
    EXPECT_EQ(comparison.notes.size(), 1U);
    EXPECT_EQ(compare({of(cheap, shop), of(dear, none)}, latency(), {}).measures.at(0).best.size(), 1U);
}

// By 0.02 +- 0.0130 at 95 %: at the 99.17 % of six differences together it is 0.02 +- 0.0246.
TEST(ComparisonTest, TogetherTheyAreHeldToMore) {
    const std::vector<Measured> many{system(noisy), system(a_little_more), system(noisy), system(noisy),
                                     system(noisy), system(noisy),         system(noisy)};
    EXPECT_EQ(compare(many, latency(), {.joint = false}).measures[0].systems[1].standing, Standing::worse);
    EXPECT_EQ(compare(many, latency(), {.joint = true}).measures[0].systems[1].standing, Standing::no_winner);
}

TEST(ComparisonTest, WhatAReplicationHadToDoIsKnownByItsSeconds) {
    auto one = tests::example_replication(1);
    one.classes[0].due_per_s = {3, 1, 4};
    auto other = one;
    EXPECT_EQ(work_of(one), work_of(other));
    other.classes[0].due_per_s = {3, 2, 3};
    EXPECT_NE(work_of(one), work_of(other));
    other = one;
    other.classes[0].name = "update";
    EXPECT_NE(work_of(one), work_of(other));
}

TEST(ModelTextTest, DifferencesAreTheirPlacesAndBothValues) {
    const auto differences =
        model_differences(R"({"name": "x", "a": {"b": 1, "gone": "2s"}, "list": [1, 2],
        "variants": {"v": {}}})",
                          R"({"list": [1, 2, {"z": 3}], "a": {"b": "1 s", "new/key": true}, "name": "x"})");
    std::vector<std::string> told;
    for (const auto& one : differences) {
        told.push_back(one.pointer + " " + one.of_first.value_or("-") + " " + one.of_this.value_or("-"));
    }
    std::sort(told.begin(), told.end());
    EXPECT_EQ(told, (std::vector<std::string>{"/a/b 1 \"1 s\"", "/a/gone \"2s\" -", "/a/new~1key - true",
                                              "/list/2 - {\"z\":3}"}));
    EXPECT_TRUE(model_differences(R"({"a": 1, "b": 2})", R"({ "b": 2, "a": 1 })").empty());
}

TEST(ModelTextTest, HashesAreOfTheModelAlone) {
    const std::string hash = model_hash(R"({"a": 1, "run": {"seed": 3}})");
    EXPECT_EQ(hash, model_hash(R"({"run": {"seed": 3}, "description": "why", "a": 1, "variants": {"v": {"a": 2}}})"));
    EXPECT_NE(hash, model_hash(R"({"a": 1, "run": {"seed": 4}})"));
    EXPECT_EQ(model_hash(R"({"a": 1, "run": {"seed": 3}})", {"/run/seed"}),
              model_hash(R"({"a": 1, "run": {"seed": 4}})", {"/run/seed"}));
}

}  // namespace
}  // namespace faultline::planning
