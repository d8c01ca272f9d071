// Goal:   scenarios/operator-error.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications: what is expected to hold is not violated, what is expected to fail is (59 incidents are
//         needed to meet a p95; with its own 60 replications the scenario meets what is undecided here).
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    std::string variant;
    std::string restored, right_within_a_day, six_hours, two_days;
    friend std::ostream& operator<<(std::ostream& out, const Expected& one) {
        return out << (one.variant.empty() ? "noticed-1h" : one.variant);
    }
};

class OperatorErrorRunTest : public testing::TestWithParam<Expected> {};

TEST_P(OperatorErrorRunTest, GivesItsVerdicts) {
    const Expected& expected = GetParam();
    const Folder folder;
    const Ended ended = run_variant(folder, "operator-error.json", expected.variant, 4);
    EXPECT_EQ(verdict_of(ended.out, "restored in time"), expected.restored) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "right within a day"), expected.right_within_a_day) << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "six hours lost at most"), expected.six_hours) << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "two days lost at most"), expected.two_days) << ended.out;
    const bool without_bound = ended.out.find("without bound") != std::string::npos;
    EXPECT_EQ(without_bound, expected.variant == "noticed-50h") << ended.out;
}

const std::string open = "undecided", no = "VIOLATED";
INSTANTIATE_TEST_SUITE_P(
    Variants, OperatorErrorRunTest,
    testing::Values(Expected{"", open, open, open, open}, Expected{"noticed-26h", open, no, no, open},
                    Expected{"noticed-50h", no, no, no, no}, Expected{"clone-1h", open, open, open, open},
                    Expected{"backtrack-1h", open, open, open, open}, Expected{"backtrack-26h", open, no, no, open}));

}  // namespace
}  // namespace faultline::tests
