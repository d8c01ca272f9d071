// Goal:   scenarios/postgres-standby.json gives the verdicts that its question expects, and its variants theirs.
// Method: four replications. They are too few to meet a p95 of incidents (59 are needed), and enough to violate one:
//         what is expected to hold is not violated, what is expected to fail is. With its own 60 replications the
//         scenario meets all of its requirements.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

const std::string scenario = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/postgres-standby.json";

// "met", "VIOLATED" or "undecided": the last word of the line of a requirement.
std::string verdict_of(const std::string& out, const std::string& requirement) {
    for (const char* const mark : {" + ", " x ", " ? "}) {
        const std::size_t begin = out.find(mark + requirement);
        if (begin == std::string::npos) continue;
        const std::string line = out.substr(begin, out.find('\n', begin) - begin);
        return line.substr(line.find_last_of(' ') + 1);
    }
    return "not there";
}

Ended run_variant(const Folder& folder, const std::string& variant) {
    std::vector<std::string> arguments{"run", scenario, "--replications", "4", "--result", "result.json"};
    if (!variant.empty()) arguments.insert(arguments.end(), {"--variant", variant});
    return run_program(folder, arguments);
}

TEST(StandbyRunTest, ASynchronousStandbyLosesNothingAndIsBackInTime) {
    for (const char* const variant : {"", "mysql-semisynchronous"}) {
        const Folder folder;
        const Ended ended = run_variant(folder, variant);
        EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "nothing lost"), "undecided") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "fast writes"), "met") << ended.out;
    }
}

TEST(StandbyRunTest, AnAsynchronousOneLosesALittle) {
    for (const char* const variant : {"asynchronous", "commit-off"}) {
        const Folder folder;
        const Ended ended = run_variant(folder, variant);
        EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "nothing lost"), "VIOLATED") << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "little lost"), "undecided") << ended.out;
    }
}

// 80 KB of log a second into 400 Kbit/s: after a hundred seconds a third of the log has not got through.
TEST(StandbyRunTest, AThinLineLosesALot) {
    const Folder folder;
    const Ended ended = run_variant(folder, "thin-line");
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "little lost"), "VIOLATED") << ended.out;
}

}  // namespace
}  // namespace faultline::tests
