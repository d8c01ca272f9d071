// The ready scenario about failovers that get stuck.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

TEST(FailoverRunTest, AStuckFailoverTakesAsLongAsItsOperator) {
    const Folder folder;
    const Ended always = run_variant(folder, "stuck-failover.json", "always", 3);
    EXPECT_EQ(always.code, 1) << always.out << always.err;
    EXPECT_EQ(verdict_of(always.out, "nine in ten"), "VIOLATED") << always.out;
    EXPECT_NE(always.out.find("0 of 3 incidents stayed within 60 s"), std::string::npos) << always.out;
    const Ended never = run_variant(folder, "stuck-failover.json", "never", 3);
    EXPECT_NE(never.out.find("3 of 3 incidents stayed within 60 s"), std::string::npos) << never.out;
    EXPECT_EQ(verdict_of(never.out, "nothing lost"), "undecided") << "three incidents are too few\n" << never.out;
}

}  // namespace
}  // namespace faultline::tests
