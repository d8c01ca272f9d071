// Goal:   scenarios/operator-error.json and postgres-restore.json give the verdicts that their questions expect, and
//         their variants theirs.
// Method: four replications: what is expected to hold is not violated, what is expected to fail is (59 incidents are
//         needed to meet a p95; with its own 60 replications the scenario meets what is undecided here).
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    std::string scenario, variant;
    std::string restored, right_within_a_day, six_hours, two_days;
    friend std::ostream& operator<<(std::ostream& out, const Expected& one) {
        return out << one.scenario << " " << (one.variant.empty() ? "noticed-1h" : one.variant);
    }
};

class OperatorErrorRunTest : public testing::TestWithParam<Expected> {};

TEST_P(OperatorErrorRunTest, GivesItsVerdicts) {
    const Expected& expected = GetParam();
    const Folder folder;
    const Ended ended = run_variant(folder, expected.scenario, expected.variant, 4);
    EXPECT_EQ(verdict_of(ended.out, "restored in time"), expected.restored) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "right within a day"), expected.right_within_a_day) << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "six hours lost at most"), expected.six_hours) << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "two days lost at most"), expected.two_days) << ended.out;
    const bool without_bound = ended.out.find("without bound") != std::string::npos;
    EXPECT_EQ(without_bound, expected.variant == "noticed-50h") << ended.out;
}

const std::string open = "undecided", no = "VIOLATED";
const std::string aurora = "operator-error.json", plain = "postgres-restore.json";
INSTANTIATE_TEST_SUITE_P(Variants, OperatorErrorRunTest,
                         testing::Values(Expected{aurora, "", open, open, open, open},
                                         Expected{aurora, "noticed-26h", open, no, no, open},
                                         Expected{aurora, "noticed-50h", no, no, no, no},
                                         Expected{aurora, "clone-1h", open, open, open, open},
                                         Expected{aurora, "backtrack-1h", open, open, open, open},
                                         Expected{aurora, "backtrack-26h", open, no, no, open}));
INSTANTIATE_TEST_SUITE_P(PlainPostgresql, OperatorErrorRunTest,
                         testing::Values(Expected{plain, "", open, open, open, open},
                                         Expected{plain, "noticed-26h", open, no, no, open},
                                         Expected{plain, "noticed-50h", no, no, no, no},
                                         Expected{plain, "delayed-standby-1h", open, open, open, open},
                                         Expected{plain, "delayed-standby-26h", open, no, no, open}));

}  // namespace
}  // namespace faultline::tests
