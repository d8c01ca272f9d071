// Goal:   the product itself, with its real models, gives the same result for any number of jobs.
// Method: scenarios/queue.json, shortened to three replications.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

const std::string queue = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/queue.json";

TEST(RealRunTest, QueueIsMetAndTheSameForAnyNumberOfJobs) {
    const Folder folder;
    const Ended one = run_program(folder, {"run", queue, "--replications", "3", "--jobs", "1", "--result", "one.json"});
    const Ended two = run_program(folder, {"run", queue, "--replications", "3", "--jobs", "2", "--result", "two.json"});
    EXPECT_TRUE(one.code == 0 || one.code == 3) << one.code << "\n" << one.out << one.err;
    EXPECT_EQ(two.code, one.code);
    ASSERT_NE(folder.read("one.json"), "");
    EXPECT_EQ(folder.read("one.json"), folder.read("two.json"));
    const Ended other =
        run_program(folder, {"run", queue, "--replications", "3", "--seed", "2", "--result", "other.json"});
    EXPECT_NE(folder.read("one.json"), folder.read("other.json")) << other.err;
}

TEST(RealRunTest, QueueIsMetWithAllItsReplications) {
    const Folder folder;
    const Ended all = run_program(folder, {"run", queue});
    EXPECT_EQ(all.code, 0) << all.out << all.err;
}

}  // namespace
}  // namespace faultline::tests
