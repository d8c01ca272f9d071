#include "reports/unfinished.hpp"

#include <gtest/gtest.h>

namespace faultline::reports {
namespace {

TEST(UnfinishedTest, NothingIsSaidWhereAllEnded) {
    scenarios::RunResult result;
    result.replications.resize(3);
    EXPECT_TRUE(unfinished_lines(result).empty());
}

TEST(UnfinishedTest, WaitsForEverAreCountedOverAllReplications) {
    scenarios::RunResult result;
    result.replications.resize(2);
    result.replications[0].waits_without_timer = 1;
    EXPECT_EQ(
        unfinished_lines(result),
        std::vector<std::string>{
            "1 call waited at the end of the run for a peer that is silent, with no timer of its own: for ever."});
    result.replications[1].waits_without_timer = 2;
    EXPECT_EQ(
        unfinished_lines(result),
        std::vector<std::string>{"3 calls waited at the end of the run for a peer that is silent, with no timer of "
                                 "their own: for ever."});
}

TEST(UnfinishedTest, AStallNamesWhoWaited) {
    scenarios::RunResult result;
    result.replications.resize(2);
    result.replications[1].replication = 2;
    result.replications[1].end_ns = 360'000'000'000;
    result.replications[1].stall = {120'000'000'000, {"a/1", "b/1", "c", "d", "e", "f", "g"}};
    EXPECT_EQ(unfinished_lines(result),
              std::vector<std::string>{"From 120 s of 360 s on nothing was left to happen in replication 2, and these "
                                       "still waited: a/1, b/1, c, d, e and 2 more."});
}

}  // namespace
}  // namespace faultline::reports
