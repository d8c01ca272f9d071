// Requirements on what users' sessions see: what they are shares of, where, and that nothing seen proves nothing.
#include <gtest/gtest.h>

#include "planning/requirement.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::ReplicationResult;
using scenarios::Requirement;
using scenarios::SessionReadCounts;
using scenarios::Verdict;

std::vector<ReplicationResult> five_times(const SessionReadCounts& boston, const SessionReadCounts& denver) {
    std::vector<ReplicationResult> all;
    for (std::uint32_t i = 1; i <= 5; ++i) {
        all.push_back(tests::example_replication(i));
        all.back().classes[0].session_reads = {{boston, denver}, {{}, {}}, {{}, {}}};
    }
    return all;
}

Requirement at_most(const char* measure, double limit) {
    Requirement requirement;
    requirement.measure = measure;
    requirement.of = "lookup";
    requirement.limit = limit;
    return requirement;
}

TEST(SessionRequirementTest, EachIsAShareOfTheReadsThatCouldViolate) {
    const SessionReadCounts counts{.reads = 100'000,
                                   .stale = 1000,
                                   .of_own_write = 20'000,
                                   .missed_own_write = 1000,
                                   .of_seen = 50'000,
                                   .went_back = 500};
    const auto results = five_times(counts, counts);
    const auto judged = [&](const char* measure) {
        return judge(tests::example_scenario(), at_most(measure, 0.02), results);
    };
    EXPECT_DOUBLE_EQ(judged("stale-reads").estimate, 0.01);
    EXPECT_DOUBLE_EQ(judged("read-your-writes-violations").estimate, 0.05);
    EXPECT_DOUBLE_EQ(judged("monotonic-read-violations").estimate, 0.01);
    EXPECT_EQ(judged("stale-reads").verdict, Verdict::met);
    EXPECT_EQ(judged("read-your-writes-violations").verdict, Verdict::violated);
    EXPECT_EQ(judged("monotonic-read-violations").verdict, Verdict::met);
    EXPECT_EQ(judged("stale-reads").unit, "");
    EXPECT_EQ(judged("stale-reads").text, "stale-reads of lookup at worst office <= 0.02");
    EXPECT_EQ(judged("read-your-writes-violations").observations, 100'000U);
}

TEST(SessionRequirementTest, TheWorstOfficeDecides) {
    const SessionReadCounts good{.reads = 50'000, .of_own_write = 50'000};
    const SessionReadCounts bad{.reads = 50'000, .of_own_write = 50'000, .missed_own_write = 5'000};
    auto requirement = at_most("read-your-writes-violations", 0.06);
    const auto each = judge(tests::example_scenario(), requirement, five_times(good, bad));
    EXPECT_EQ(each.verdict, Verdict::violated);
    EXPECT_EQ(each.worst_at, "denver");
    requirement.pooled = true;
    EXPECT_EQ(judge(tests::example_scenario(), requirement, five_times(good, bad)).verdict, Verdict::met);
}

TEST(SessionRequirementTest, NoneOfAFewIsNotNever) {
    const SessionReadCounts few{.reads = 10, .of_own_write = 10};
    EXPECT_EQ(
        judge(tests::example_scenario(), at_most("read-your-writes-violations", 0.001), five_times(few, few)).verdict,
        Verdict::undecided);
    const SessionReadCounts none{.reads = 1'000'000};
    const auto unseen =
        judge(tests::example_scenario(), at_most("read-your-writes-violations", 0.001), five_times(none, none));
    EXPECT_EQ(unseen.verdict, Verdict::undecided) << "nobody read what they had written";
    EXPECT_EQ(unseen.observations, 0U);
}

TEST(SessionRequirementTest, APhaseIsJudgedByItsOwnReads) {
    auto results = five_times({.reads = 100'000}, {.reads = 100'000});
    for (ReplicationResult& one : results) {
        one.classes[0].session_reads.degraded = {{.reads = 1000, .stale = 900}, {.reads = 1000, .stale = 900}};
    }
    auto requirement = at_most("stale-reads", 0.01);
    EXPECT_EQ(judge(tests::example_scenario(), requirement, results).verdict, Verdict::met) << "0.9 % of the whole";
    requirement.phase = scenarios::Phase::degraded;
    EXPECT_EQ(judge(tests::example_scenario(), requirement, results).verdict, Verdict::violated);
}

}  // namespace
}  // namespace faultline::planning
