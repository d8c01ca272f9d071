// Goal:   a run that goes on until its requirements are decided errs no more often than it says, however often it
// looks,
//         and its answer does not depend on workers.
// Method: results made by hand whose truth lies exactly at the limit: there "met" is a limit of wrong verdicts on one
//         side and "violated" on the other. Each may come in 5 % of the runs; 400 runs show 5 % as at most 7.5 % with
//         99 % certainty (binomial: 20 + 2.33 * sqrt(19) = 30).
#include "planning/stopping.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "engine/random/stream.hpp"
#include "planning/requirement.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::Verdict;

constexpr int runs = 400;
constexpr int wrong_most = 30;

Requirement availability(double at_least) {
    Requirement requirement;
    requirement.name = "answered";
    requirement.measure = "availability";
    requirement.of = "lookup";
    requirement.at_most = false;
    requirement.pooled = true;
    requirement.limit = at_least;
    return requirement;
}

Requirement rto_at_most(double at_most_s) {
    Requirement requirement;
    requirement.name = "writes recover";
    requirement.measure = "rto";
    requirement.of = "update";
    requirement.after = "zone lost";
    requirement.limit = at_most_s;
    return requirement;
}

scenarios::Scenario scenario_of(const std::vector<Requirement>& requirements) {
    scenarios::Scenario scenario = tests::example_scenario();
    scenario.requirements = requirements;
    return scenario;
}

using ReplicationOf = scenarios::ReplicationResult (*)(std::uint32_t number, engine::RandomStream& draws);

// One query in ten fails, more of them in some replications than in others.
scenarios::ReplicationResult one_in_ten_fails(std::uint32_t number, engine::RandomStream& draws) {
    scenarios::ReplicationResult one = tests::example_replication(number);
    const double failing = 0.2 * draws.uniform();
    std::vector<double> latencies_s(40, 0.010);
    for (double& latency_s : latencies_s) {
        if (draws.uniform() < failing) latency_s = std::numeric_limits<double>::infinity();
    }
    one.classes[0].steady = {tests::at_office(latencies_s), tests::at_office(latencies_s)};
    return one;
}

// One in twenty incidents takes longer than a minute.
scenarios::ReplicationResult one_in_twenty_late(std::uint32_t number, engine::RandomStream& draws) {
    scenarios::ReplicationResult one = tests::example_replication(number);
    const double rto_s = draws.uniform() < 0.05 ? 90.0 : 40.0;
    one.incidents.push_back(tests::incident(std::array{rto_s, rto_s}));
    return one;
}

struct Counted {
    int met = 0, violated = 0;
};
Counted count_verdicts(const scenarios::Scenario& scenario, ReplicationOf replication_of, std::uint32_t most) {
    engine::RandomStream draws{engine::stream_key(engine::Seed{7}, 1, "stopping", "truth")};
    Counted counted;
    for (int run = 0; run < runs; ++run) {
        Stopping stopping{scenario, most};
        std::vector<scenarios::ReplicationResult> results;
        for (std::uint32_t looked = 0; looked < stopping.next_look();) {
            looked = stopping.next_look();
            while (results.size() < looked) {
                results.push_back(replication_of(static_cast<std::uint32_t>(results.size() + 1), draws));
            }
            stopping.look(results);
        }
        const Verdict verdict = stopping.requirements().at(0).verdict;
        if (verdict == Verdict::met) ++counted.met;
        if (verdict == Verdict::violated) ++counted.violated;
    }
    return counted;
}

TEST(StoppingTest, LookingOftenMakesNoMoreFalseVerdictsOnShares) {
    const Counted counted = count_verdicts(scenario_of({availability(0.9)}), one_in_ten_fails, 40);
    EXPECT_LE(counted.met, wrong_most);
    EXPECT_LE(counted.violated, wrong_most);
    EXPECT_GT(counted.met + counted.violated, 10) << "looks that never decide anything prove nothing";
}

TEST(StoppingTest, LookingOftenMakesNoMoreFalseVerdictsOnIncidents) {
    const Counted counted = count_verdicts(scenario_of({rto_at_most(60.0)}), one_in_twenty_late, 160);
    EXPECT_LE(counted.met, wrong_most);
    EXPECT_LE(counted.violated, wrong_most);
    EXPECT_GT(counted.met + counted.violated, 10);
}

std::vector<scenarios::ReplicationResult> without_a_miss(std::uint32_t count) {
    std::vector<scenarios::ReplicationResult> all;
    for (std::uint32_t i = 1; i <= count; ++i) {
        all.push_back(tests::example_replication(i));
        all.back().incidents.push_back(tests::incident(std::array{30.0, 40.0}));
    }
    return all;
}

// 5 to 40 incidents cannot show the p95 at any look: what they would have spent is left for 80, where half of the error
// is 2.5 % and 72 incidents would do. Halves from the first look on would want 126 there.
TEST(StoppingTest, LooksThatCannotMeetSpendNothing) {
    const scenarios::Scenario scenario = scenario_of({rto_at_most(60.0)});
    Stopping stopping{scenario, 1280};
    for (const std::uint32_t at : {5U, 10U, 20U, 40U, 80U}) {
        ASSERT_EQ(stopping.next_look(), at);
        stopping.look(without_a_miss(at));
        EXPECT_EQ(stopping.requirements().at(0).verdict, at < 80 ? Verdict::undecided : Verdict::met) << at;
    }
    EXPECT_EQ(stopping.next_look(), 80U);
    ASSERT_EQ(stopping.looks().size(), 5U);
    EXPECT_EQ(stopping.looks().back().undecided, 0U);
}

TEST(StoppingTest, TheLastLookSpendsWhatIsLeftAndStops) {
    const scenarios::Scenario scenario = scenario_of({rto_at_most(60.0)});
    Stopping stopping{scenario, 59};
    for (const std::uint32_t at : {5U, 10U, 20U, 40U, 59U}) {
        ASSERT_EQ(stopping.next_look(), at);
        stopping.look(without_a_miss(at));
    }
    EXPECT_EQ(stopping.requirements().at(0).verdict, Verdict::met) << "59 of 59 at 5 %, as without any other look";
    EXPECT_EQ(stopping.next_look(), 59U);
}

TEST(StoppingTest, WhenTimeIsUpWhatIsThereIsJudgedWithAllThatIsLeft) {
    const scenarios::Scenario scenario = scenario_of({rto_at_most(60.0)});
    Stopping stopping{scenario, 1280};
    stopping.look(without_a_miss(5));
    stopping.last_look(without_a_miss(7));
    const scenarios::RequirementResult& open = stopping.requirements().at(0);
    EXPECT_EQ(open.verdict, Verdict::undecided);
    EXPECT_EQ(open.replications_needed, 52);
    EXPECT_EQ(stopping.looks().back().replications, 7U);
}

TEST(StoppingTest, NothingToDecideEndsAtTheFirstLook) {
    const scenarios::Scenario scenario = scenario_of({});
    Stopping stopping{scenario, 1280};
    stopping.look(without_a_miss(5));
    EXPECT_EQ(stopping.next_look(), 5U);
    EXPECT_EQ(Stopping(scenario, 2).next_look(), 2U);
}

// Four requirements together at 95 %: each at 98.75 %, where 86 incidents without a miss are wanted instead of 59.
TEST(StoppingTest, JointConfidenceIsSharedByTheRequirements) {
    scenarios::Scenario scenario =
        scenario_of({rto_at_most(60.0), rto_at_most(60.0), rto_at_most(60.0), rto_at_most(60.0)});
    EXPECT_EQ(judge_all(scenario, without_a_miss(59)).at(3).verdict, Verdict::met);
    scenario.run.joint = true;
    EXPECT_NEAR(confidence_of_each(scenario), 0.9875, 1e-12);
    EXPECT_EQ(judge_all(scenario, without_a_miss(85)).at(3).verdict, Verdict::undecided);
    EXPECT_EQ(judge_all(scenario, without_a_miss(86)).at(3).verdict, Verdict::met);
}

}  // namespace
}  // namespace faultline::planning
