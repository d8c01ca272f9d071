// The ready scenario about drivers: who waits for DNS is not back in 25 seconds, who asks the instances is.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

TEST(DriverRunTest, WritesAreBackSoonerForThoseWhoDoNotWaitForDns) {
    const Folder folder;
    const Ended by_dns = run_variant(folder, "drivers.json", "", 2);
    EXPECT_EQ(by_dns.code, 1) << by_dns.out << by_dns.err;
    EXPECT_EQ(verdict_of(by_dns.out, "writes recover"), "VIOLATED") << by_dns.out;
    EXPECT_EQ(verdict_of(by_dns.out, "fast writes"), "met") << by_dns.out;
    for (const char* const variant : {"aws-wrapper", "rds-proxy"}) {
        const Ended asked = run_variant(folder, "drivers.json", variant, 2);
        EXPECT_EQ(verdict_of(asked.out, "writes recover"), "undecided") << "too few to be met\n" << asked.out;
        EXPECT_NE(asked.out.find("2 of 2 incidents stayed within 25 s"), std::string::npos) << asked.out;
    }
}

// Nothing to be noticed and no zone gone: what is left is the wait for DNS, and that is spared.
TEST(DriverRunTest, OfAnOrderedFailoverAlmostNothingIsLeft) {
    const Folder folder;
    const Ended by_dns = run_variant(folder, "drivers.json", "handed-over", 3);
    EXPECT_EQ(verdict_of(by_dns.out, "writes recover"), "VIOLATED") << by_dns.out;
    for (const char* const variant : {"handed-over-aws-wrapper", "handed-over-rds-proxy"}) {
        const Ended asked = run_variant(folder, "drivers.json", variant, 3);
        EXPECT_NE(asked.out.find("3 of 3 incidents stayed within 25 s"), std::string::npos) << asked.out;
    }
}

}  // namespace
}  // namespace faultline::tests
