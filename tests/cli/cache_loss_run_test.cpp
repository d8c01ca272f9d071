// Goal:   the ready scenarios of caches give the verdicts that their questions expect.
// Method: three replications; what is expected holds by far, or is not asked.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

using Verdicts = std::vector<std::pair<std::string, bool>>;  // requirement, and whether it is violated

void expect_verdicts(const std::string& file, const std::string& variant, const Verdicts& expected) {
    const Folder folder;
    const Ended ended = run_variant(folder, file, variant, 3);
    for (const auto& [requirement, violated] : expected) {
        const std::string verdict = verdict_of(ended.out, requirement);
        ASSERT_NE(verdict, "not there") << ended.out << ended.err;
        EXPECT_EQ(verdict == "VIOLATED", violated) << variant << '\n' << ended.out;
    }
}

TEST(CacheNodeLossRunTest, GivesItsVerdicts) {
    const auto expect = [](const char* variant, bool rto, bool p99, bool hit_rate) {
        expect_verdicts("cache-node-loss.json", variant,
                        {{"pages come back", rto}, {"pages stay quick", p99}, {"the cache carries", hit_rate}});
    };
    expect("", true, true, true);
    expect("coalescing", false, false, true);
    expect("replica", false, true, false);
    expect("replica and coalescing", false, false, false);
    expect("slow", true, true, true);
    expect("slow and coalescing", false, false, true);
}

TEST(HotKeyRunTest, GivesItsVerdicts) {
    const auto expect = [](const char* variant, bool on_time, bool quick) {
        expect_verdicts("hot-key.json", variant, {{"reports on time", on_time}, {"reports quick", quick}});
    };
    expect("", true, true);
    expect("jitter", true, true);
    expect("coalescing", false, false);
    expect("stale while revalidate", false, false);
    expect("all three", false, false);
}

// What a write gains is what a loss takes.
TEST(WriteBehindRunTest, GivesItsVerdicts) {
    const auto expect = [](const char* variant, bool quick, bool lost) {
        expect_verdicts("write-behind.json", variant, {{"writes quick", quick}, {"nothing lost", lost}});
    };
    expect("", false, true);
    expect("replica", false, true);  // the loss is small, but the successor stands alone for a while
    expect("two replicas", false, false);
    expect("write-through", true, false);
}

}  // namespace
}  // namespace faultline::tests
