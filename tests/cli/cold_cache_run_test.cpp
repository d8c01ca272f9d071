// Goal:   scenarios/cold-cache.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications; the margins are a fifth of the limit and more.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    std::string variant;
    bool calm = true, after_the_loss = true;  // not violated
    friend std::ostream& operator<<(std::ostream& out, const Expected& one) {
        return out << (one.variant.empty() ? "unmanaged" : one.variant);
    }
};

class ColdCacheRunTest : public testing::TestWithParam<Expected> {};

TEST_P(ColdCacheRunTest, GivesItsVerdicts) {
    const Expected& expected = GetParam();
    const Folder folder;
    std::vector<std::string> arguments{"run",
                                       std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/cold-cache.json",
                                       "--replications",
                                       "4",
                                       "--result",
                                       "result.json"};
    if (!expected.variant.empty()) arguments.insert(arguments.end(), {"--variant", expected.variant});
    const Ended ended = run_program(folder, arguments);
    const auto violated = [&](const std::string& requirement) {
        return ended.out.find(" x " + requirement) != std::string::npos;
    };
    ASSERT_NE(ended.out.find("histories in calm"), std::string::npos) << ended.out << ended.err;
    EXPECT_EQ(!violated("histories in calm"), expected.calm) << ended.out;
    EXPECT_EQ(!violated("histories after the loss"), expected.after_the_loss) << ended.out;
}

INSTANTIATE_TEST_SUITE_P(Variants, ColdCacheRunTest,
                         testing::Values(Expected{"", true, false}, Expected{"managed", true, true},
                                         Expected{"mysql", true, true}, Expected{"outgrown", false, false}));

}  // namespace
}  // namespace faultline::tests
