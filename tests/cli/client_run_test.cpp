// Goal:   scenarios/flash-crowd.json and scenarios/noisy-neighbour.json give the verdicts that their questions expect,
//         and the report names the storm.
// Method: three replications, as all is far from its limit.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

constexpr const char* checkouts = "checkouts get through";
constexpr const char* browsers = "browsers are back";

TEST(ClientRunTest, AFlashCrowdStaysWhenItHasGone) {
    const Folder folder;
    const Ended ended = run_variant(folder, "flash-crowd.json", "", 3);
    EXPECT_EQ(verdict_of(ended.out, checkouts), "VIOLATED") << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, browsers), "VIOLATED") << ended.out;
    EXPECT_NE(ended.out.find("metastable: browse after sale: attempts 3.0 x due"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("never ended in 3"), std::string::npos) << ended.out;
}

TEST(ClientRunTest, SheddingServesWhomItCan) {
    const Folder folder;
    const Ended ended = run_variant(folder, "flash-crowd.json", "shedding", 3);
    EXPECT_EQ(verdict_of(ended.out, checkouts), "met") << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, browsers), "met") << ended.out;
    EXPECT_EQ(ended.out.find("metastable"), std::string::npos) << ended.out;
}

TEST(ClientRunTest, ABudgetEndsTheStormAndSavesNoCheckout) {
    const Folder folder;
    const Ended ended = run_variant(folder, "flash-crowd.json", "budget", 3);
    EXPECT_EQ(verdict_of(ended.out, checkouts), "VIOLATED") << ended.out << ended.err;
    EXPECT_EQ(ended.out.find("metastable"), std::string::npos) << ended.out;
}

TEST(ClientRunTest, ANoisyNeighbourIsHeardUnlessHeHasAQuota) {
    const Folder folder;
    const Ended noisy = run_variant(folder, "noisy-neighbour.json", "", 3);
    EXPECT_EQ(verdict_of(noisy.out, "acme is served"), "VIOLATED") << noisy.out << noisy.err;
    EXPECT_EQ(verdict_of(noisy.out, "acme is fast"), "VIOLATED") << noisy.out;
    const Ended held = run_variant(folder, "noisy-neighbour.json", "quota", 3);
    EXPECT_EQ(verdict_of(held.out, "acme is served"), "met") << held.out << held.err;
    EXPECT_EQ(verdict_of(held.out, "acme is fast"), "met") << held.out;
}

}  // namespace
}  // namespace faultline::tests
