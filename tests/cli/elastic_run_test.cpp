// The ready scenario about elastic databases: readers that are added are used by pools that replace their connections.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

TEST(ElasticRunTest, ReadersThatWereAddedHelpThosePoolsThatReplaceTheirConnections) {
    const Folder folder;
    const Ended replaced = run_variant(folder, "elastic.json", "replicas-before-the-peak", 2);
    EXPECT_EQ(replaced.code, 0) << replaced.out << replaced.err;
    const Ended kept = run_variant(folder, "elastic.json", "replicas-before-the-peak-pools-for-ever", 2);
    EXPECT_EQ(kept.code, 1) << kept.out << kept.err;
    EXPECT_EQ(verdict_of(kept.out, "lookups in time"), "VIOLATED") << kept.out;
    EXPECT_EQ(verdict_of(kept.out, "lookups answered"), "VIOLATED") << kept.out;
}

}  // namespace
}  // namespace faultline::tests
