// Goal:   scenarios/postgres-standby.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications. They are too few to meet a p95 of incidents (59 are needed), and enough to violate one:
//         what is expected to hold is not violated, what is expected to fail is. With its own 60 replications the
//         scenario meets all of its requirements.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

Ended run_standby(const Folder& folder, const std::string& variant) {
    return run_variant(folder, "postgres-standby.json", variant, 4);
}

TEST(StandbyRunTest, ASynchronousStandbyLosesNothingAndIsBackInTime) {
    for (const char* const variant : {"", "mysql-semisynchronous"}) {
        const Folder folder;
        const Ended ended = run_standby(folder, variant);
        EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "nothing lost"), "undecided") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "fast writes"), "met") << ended.out;
    }
}

TEST(StandbyRunTest, AnAsynchronousOneLosesALittle) {
    for (const char* const variant : {"asynchronous", "commit-off"}) {
        const Folder folder;
        const Ended ended = run_standby(folder, variant);
        EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "nothing lost"), "VIOLATED") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "little lost"), "undecided") << ended.out;
    }
}

// 80 KB of log a second into 400 Kbit/s: after a hundred seconds a third of the log has not got through.
TEST(StandbyRunTest, AThinLineLosesALot) {
    const Folder folder;
    const Ended ended = run_standby(folder, "thin-line");
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "little lost"), "VIOLATED") << ended.out;
}

}  // namespace
}  // namespace faultline::tests
