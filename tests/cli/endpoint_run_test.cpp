// The ready scenario about custom endpoints.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

TEST(EndpointRunTest, AReaderOfTheirOwnKeepsReportsFromLookupsAndIsMissedWhenItIsLost) {
    const Folder folder;
    const Ended shared = run_variant(folder, "custom-endpoints.json", "", 5);
    EXPECT_EQ(verdict_of(shared.out, "lookups in time"), "VIOLATED") << shared.out;
    EXPECT_EQ(verdict_of(shared.out, "reports answered"), "met") << shared.out;
    const Ended apart = run_variant(folder, "custom-endpoints.json", "apart", 2);
    EXPECT_EQ(apart.code, 0) << apart.out << apart.err;
    const Ended lost = run_variant(folder, "custom-endpoints.json", "apart-and-lost", 2);
    EXPECT_EQ(verdict_of(lost.out, "lookups in time"), "met") << lost.out;
    EXPECT_EQ(verdict_of(lost.out, "reports answered"), "VIOLATED") << lost.out;
}

}  // namespace
}  // namespace faultline::tests
