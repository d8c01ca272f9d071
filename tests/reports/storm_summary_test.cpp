// Goal:   replications with a storm are counted, and not storms.
// Method: two replications, one with two storms after a fault that came twice.
#include "reports/storm_summary.hpp"

#include <gtest/gtest.h>

namespace faultline::reports {
namespace {

scenarios::StormResult storm_after_crash(std::int64_t since_s, std::int64_t until_s, bool ended) {
    scenarios::StormResult storm;
    storm.of = "update";
    storm.trigger = "crash";
    storm.since_ns = since_s * 1'000'000'000;
    storm.until_ns = until_s * 1'000'000'000;
    storm.ended = ended;
    storm.attempts_per_due = 2.0;
    return storm;
}

TEST(StormSummaryTest, TwoInOneReplicationAreOfOneReplication) {
    scenarios::RunResult result;
    result.replications.resize(3);
    result.replications[0].storms = {storm_after_crash(100, 200, true), storm_after_crash(400, 700, false)};
    result.replications[2].storms = {storm_after_crash(100, 250, true)};
    const auto all = storm_summaries(result);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].seen, 2U);
    EXPECT_EQ(all[0].never_ended, 1U);
    EXPECT_EQ(all[0].since_ns, 400'000'000'000) << "of the longest";
    const std::string line = storm_lines(result).at(0);
    EXPECT_NE(line.find("never ended in 1 of 2 replications; seen in 2 of 3 replications."), std::string::npos) << line;
}

}  // namespace
}  // namespace faultline::reports
