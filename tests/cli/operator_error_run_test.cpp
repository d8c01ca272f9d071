// Goal:   scenarios/operator-error.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications: what is expected to hold is not violated, what is expected to fail is (59 incidents are
//         needed to meet a p95; with its own 60 replications the scenario meets what is undecided here).
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

const std::string scenario = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/operator-error.json";

struct Expected {
    std::string variant;
    std::string restored, right_within_a_day, six_hours, two_days;
    friend std::ostream& operator<<(std::ostream& out, const Expected& one) {
        return out << (one.variant.empty() ? "noticed-1h" : one.variant);
    }
};

// "met", "VIOLATED" or "undecided": the last word of the line of a requirement.
std::string verdict_on(const std::string& out, const std::string& requirement) {
    for (const char* const mark : {" + ", " x ", " ? "}) {
        const std::size_t begin = out.find(mark + requirement);
        if (begin == std::string::npos) continue;
        const std::string line = out.substr(begin, out.find('\n', begin) - begin);
        return line.substr(line.find_last_of(' ') + 1);
    }
    return "not there";
}

class OperatorErrorRunTest : public testing::TestWithParam<Expected> {};

TEST_P(OperatorErrorRunTest, GivesItsVerdicts) {
    const Expected& expected = GetParam();
    const Folder folder;
    std::vector<std::string> arguments{"run", scenario, "--replications", "4", "--result", "result.json"};
    if (!expected.variant.empty()) arguments.insert(arguments.end(), {"--variant", expected.variant});
    const Ended ended = run_program(folder, arguments);
    EXPECT_EQ(verdict_on(ended.out, "restored in time"), expected.restored) << ended.out << ended.err;
    EXPECT_EQ(verdict_on(ended.out, "right within a day"), expected.right_within_a_day) << ended.out;
    EXPECT_EQ(verdict_on(ended.out, "six hours lost at most"), expected.six_hours) << ended.out;
    EXPECT_EQ(verdict_on(ended.out, "two days lost at most"), expected.two_days) << ended.out;
    const bool without_bound = ended.out.find("without bound") != std::string::npos;
    EXPECT_EQ(without_bound, expected.variant == "noticed-50h") << ended.out;
}

const std::string open = "undecided", no = "VIOLATED";
INSTANTIATE_TEST_SUITE_P(Variants, OperatorErrorRunTest,
                         testing::Values(Expected{"", open, open, open, open},
                                         Expected{"noticed-26h", open, no, no, open},
                                         Expected{"noticed-50h", no, no, no, no},
                                         Expected{"backtrack-1h", open, open, open, open},
                                         Expected{"backtrack-26h", open, no, no, open}));

}  // namespace
}  // namespace faultline::tests
