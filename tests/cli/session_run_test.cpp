// Goal:   the scenario about sessions gives the verdicts that its question expects, and its variants theirs.
// Method: four replications; every expected verdict is far from its limit.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    const char* variant;
    const char* own_writes;
    const char* nothing_old;
    const char* fast;
};

TEST(SessionRunTest, OnlySomeVariantsShowWhatWasSavedAndFewOfThemFast) {
    const Folder folder;
    const Expected all[]{{"", "VIOLATED", "met", "met"},
                         {"writer", "met", "met", "VIOLATED"},
                         {"eventual", "VIOLATED", "met", "met"},
                         {"session", "met", "met", "met"},
                         {"global", "met", "met", "VIOLATED"},
                         {"cached", "VIOLATED", "VIOLATED", "met"},
                         {"cached-for-a-minute", "VIOLATED", "VIOLATED", "met"}};
    for (const Expected& one : all) {
        const Ended ended = run_variant(folder, "sessions.json", one.variant, 4);
        EXPECT_EQ(verdict_of(ended.out, "shows what was saved"), one.own_writes) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "nothing older than 1 s"), one.nothing_old) << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "fast pages"), one.fast) << ended.out;
        EXPECT_EQ(verdict_of(ended.out, "never goes back"), "met") << ended.out;
        EXPECT_NE(ended.out.find("What users were shown"), std::string::npos) << ended.out;
    }
}

}  // namespace
}  // namespace faultline::tests
