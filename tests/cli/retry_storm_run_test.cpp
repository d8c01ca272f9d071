// The ready scenario about a storm of retries: the variants differ in nothing but the load or the retries.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

// Six incidents are too few to meet a p90 (29 are needed), and enough to violate it.
TEST(RetryStormRunTest, RetriesKeepTheDatabaseDownUnlessThereAreFewOfThem) {
    const Folder folder;
    const Ended storm = run_variant(folder, "retry-storm.json", "", 6);
    EXPECT_EQ(verdict_of(storm.out, "back in a minute"), "VIOLATED") << storm.out << storm.err;
    EXPECT_NE(storm.out.find("0 of 6 incidents stayed within 60 s"), std::string::npos) << storm.out;
    EXPECT_NE(storm.out.find("metastable: page after brown-out: attempts"), std::string::npos) << storm.out;
    EXPECT_NE(storm.out.find("sustained"), std::string::npos) << storm.out;
    for (const char* const variant : {"half-load", "one-attempt", "budget"}) {
        const Ended ended = run_variant(folder, "retry-storm.json", variant, 6);
        EXPECT_EQ(verdict_of(ended.out, "back in a minute"), "undecided") << ended.out << ended.err;
        EXPECT_NE(ended.out.find("6 of 6 incidents stayed within 60 s"), std::string::npos) << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "fast pages"), "met") << ended.out;
        EXPECT_EQ(ended.out.find("metastable"), std::string::npos) << ended.out;
    }
}

}  // namespace
}  // namespace faultline::tests
