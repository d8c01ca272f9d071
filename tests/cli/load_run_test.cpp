// Goal:   scenarios/nightly-load.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications: all is far from its limit. 80 imports a second are 44 Mbit/s of log on a link of 100:
// beside four
//         connections the stream has 20, so the load of 108 s leaves it more than a minute behind.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

Ended run_load(const Folder& folder, const std::string& variant) {
    return run_variant(folder, "nightly-load.json", variant, 4);
}

TEST(LoadRunTest, BesideTheLoadTheStreamFallsBehind) {
    const Folder folder;
    const Ended ended = run_load(folder, "");
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "little at risk"), "VIOLATED") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "fast imports"), "met") << "no commit waits for another region\n" << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "imports as ever"), "VIOLATED") << "Denver's wait in the link's queue\n"
                                                                    << ended.out;
    EXPECT_NE(ended.out.find("nightly load: 4 due, 4 completed"), std::string::npos) << ended.out;
}

// A load without a limit fills the link's buffer at any hour; with one it leaves the queue short.
TEST(LoadRunTest, ALimitLeavesItRoomAndTheSmallHoursNeedLittle) {
    for (const std::string variant : {"limited", "small-hours"}) {
        const Folder folder;
        const Ended ended = run_load(folder, variant);
        const bool limited = variant == "limited";
        EXPECT_EQ(ended.code, limited ? 0 : 1) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "little at risk"), "met") << variant << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "imports as ever"), limited ? "met" : "VIOLATED") << variant << ended.out;
        EXPECT_NE(ended.out.find("nightly load: 4 due, 4 completed"), std::string::npos) << ended.out;
    }
}

}  // namespace
}  // namespace faultline::tests
