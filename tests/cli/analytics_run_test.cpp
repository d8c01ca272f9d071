// Goal:   the scenario about near real-time analytics gives the verdicts that its question expects.
// Method: four replications; every expected verdict is far from its limit.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    const char* variant;
    const char* fresh;
    const char* joins;
};

TEST(AnalyticsRunTest, OnlyStreamsAreFreshAndTwiceTheLoadIsTooMuchForTheJoins) {
    const Folder folder;
    const Expected all[]{{"", "VIOLATED", "met"},
                         {"copy-each-minute", "VIOLATED", "met"},
                         {"streaming", "met", "met"},
                         {"zero-etl", "met", "met"},
                         {"twice-the-load", "VIOLATED", "VIOLATED"},
                         {"twice-scaled", "VIOLATED", "met"},
                         {"twice-the-nodes", "VIOLATED", "met"}};
    for (const Expected& one : all) {
        const Ended ended = run_variant(folder, "near-real-time-analytics.json", one.variant, 4);
        EXPECT_EQ(verdict_of(ended.out, "fresh answers"), one.fresh) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "fresh joins"), one.fresh) << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "within a few minutes"), "met") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "joins answered"), one.joins) << ended.out;
        EXPECT_NE(ended.out.find("How fresh reports was"), std::string::npos) << ended.out;
    }
}

}  // namespace
}  // namespace faultline::tests
