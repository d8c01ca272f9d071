// Goal:   the scenarios about regions, zones and outages, and each of their variants, give the verdicts that their
// questions expect. Method: one table. Two replications are too few to meet a p95 of incidents (59 are needed) and
// enough to violate one:
//         what is expected to hold is "undecided", what is expected to fail is "VIOLATED". More where luck would
//         decide.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <ostream>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Expected {
    const char* requirement;
    const char* verdict;
};

struct RegionRun {
    const char* scenario;
    const char* variant;
    int replications;
    std::vector<Expected> expected;
    const char* says = "";  // the report, besides
};

// For the names of the tests in their lists.
void PrintTo(const RegionRun& run, std::ostream* out) {
    *out << run.scenario << ' ' << run.variant;
}

constexpr const char* nothing_lost = " 0 acknowledged commits lost";

const std::vector<RegionRun> runs{
    // In about one of three nothing was under way at the instant of the loss.
    {"region-loss",
     "",
     6,
     {{"writes recover", "undecided"},
      {"reads recover", "undecided"},
      {"little lost", "undecided"},
      {"nothing lost", "VIOLATED"}}},
    // Writes that wait for a connection take the threads of the service, and reads find none.
    {"region-loss", "patient-pools", 2, {{"reads recover", "VIOLATED"}, {"writes recover", "undecided"}}},
    // Without an instance nobody reads there until one is added.
    {"region-loss", "headless", 2, {{"reads recover", "VIOLATED"}, {"little lost", "undecided"}}},
    // Its readers elsewhere stop with the writer, and wait for the operator as the writes do.
    {"region-loss", "older-version", 2, {{"reads recover", "VIOLATED"}, {"writes recover", "undecided"}}},
    // The other region's own backups have what it had received by when the operator has decided.
    {"region-loss",
     "from-backups",
     2,
     {{"writes recover", "undecided"}, {"reads recover", "undecided"}, {"little lost", "undecided"}}},
    // All waits for the region.
    {"region-loss", "none", 2, {{"writes recover", "VIOLATED"}, {"reads recover", "VIOLATED"}}},

    // A standby is promoted by an operator; only a commit that waits for one there is there for certain.
    {"postgres-region-loss",
     "",
     6,
     {{"writes recover", "undecided"},
      {"little lost", "undecided"},
      {"nothing lost", "VIOLATED"},
      {"fast writes", "met"}}},
    {"postgres-region-loss",
     "every-commit-waits",
     6,
     {{"writes recover", "undecided"}, {"nothing lost", "undecided"}, {"fast writes", "met"}},
     nothing_lost},
    // The old primary is told to stop when the link is there again. Waiting for a standby there it tells nobody.
    {"postgres-region-loss",
     "cut-off",
     2,
     {{"writes recover", "VIOLATED"}, {"little lost", "VIOLATED"}, {"nothing lost", "VIOLATED"}}},
    {"postgres-region-loss",
     "cut-off-every-commit-waits",
     2,
     {{"writes recover", "VIOLATED"}, {"nothing lost", "undecided"}},
     nothing_lost},

    // As old as the newest copy.
    {"region-loss-backups",
     "",
     6,
     {{"writes recover", "undecided"},
      {"reads recover", "undecided"},
      {"half a day lost", "undecided"},
      {"an hour lost", "VIOLATED"}}},
    {"region-loss-backups", "hourly", 2, {{"writes recover", "undecided"}, {"an hour lost", "undecided"}}},
    {"region-loss-backups", "postgres", 6, {{"writes recover", "undecided"}, {"an hour lost", "VIOLATED"}}},
    {"region-loss-backups", "no-copies", 2, {{"writes recover", "VIOLATED"}}},

    // Half an hour of transactions waits for the one thread when the region is lost: they cost time, or are lost.
    {"region-loss-logical", "", 2, {{"writes recover", "undecided"}, {"a minute lost", "undecided"}}},
    {"region-loss-logical", "one-thread", 2, {{"writes recover", "VIOLATED"}, {"a minute lost", "undecided"}}},
    {"region-loss-logical",
     "one-thread-cut-short",
     2,
     {{"writes recover", "undecided"}, {"a minute lost", "VIOLATED"}}},

    // An unfenced writer goes on for minutes; a patient operator loses nothing.
    {"partition", "", 2, {{"little lost", "VIOLATED"}, {"minutes lost", "undecided"}}},
    {"partition", "patient", 2, {{"minutes lost", "undecided"}}, nothing_lost},

    {"switchover",
     "",
     2,
     {{"writes recover", "undecided"}, {"little at risk", "undecided"}, {"fast reads", "met"}},
     nothing_lost},

    // Two switchovers are noticed by those who write, and by nobody else.
    {"evacuation",
     "",
     5,
     {{"reads go on", "met"},
      {"writes go on", "met"},
      {"hardly noticed", "VIOLATED"},
      {"fast reads", "met"},
      {"little at risk", "undecided"}},
     nothing_lost},
    {"evacuation", "offices-only", 5, {{"hardly noticed", "met"}}},

    // Reads of the mode global ask the primary.
    {"write-forwarding", "", 8, {{"fast updates", "met"}, {"available", "met"}, {"fast reads", "met"}}},
    {"write-forwarding", "session", 8, {{"fast updates", "met"}, {"available", "met"}, {"fast reads", "met"}}},
    {"write-forwarding", "global", 8, {{"fast updates", "met"}, {"available", "met"}, {"fast reads", "VIOLATED"}}},

    // No health check sees it; people do, and leave.
    {"gray-zone", "", 5, {{"updates answered", "met"}, {"lookups answered", "met"}, {"nothing lost", "undecided"}}},
    // As a rule the control plane keeps the writer; where it gives it up, most updates are answered.
    {"gray-zone",
     "left-alone",
     12,
     {{"updates answered", "VIOLATED"}, {"lookups answered", "VIOLATED"}, {"updates recover", "VIOLATED"}}},
    // The writer is well, and two in three calls reach a service that is.
    {"gray-zone", "writer-elsewhere", 3, {{"updates answered", "met"}, {"updates recover", "VIOLATED"}}},

    // Who answers late does not fail: nothing that looks for failures finds him, until calls are given up.
    {"gray-machine",
     "",
     4,
     {{"lookups answered", "met"},
      {"updates answered", "met"},
      {"most lookups fast", "VIOLATED"},
      {"lookups fast", "VIOLATED"},
      {"updates fast", "VIOLATED"}}},
    {"gray-machine", "outliers", 4, {{"lookups answered", "met"}, {"most lookups fast", "VIOLATED"}}},
    {"gray-machine", "timeouts", 4, {{"lookups fast", "met"}, {"updates fast", "met"}}},
    // The offices' connections are set up anew all the time.
    {"gray-machine", "timeouts-only", 4, {{"lookups answered", "met"}, {"updates answered", "VIOLATED"}}},
    // Of the copies a sixth come to the same machine.
    {"gray-machine", "hedged", 4, {{"most lookups fast", "met"}, {"lookups fast", "VIOLATED"}}},
    // A sixth is slow, and 5 % may be sent again.
    {"gray-machine", "hedged-by-quantile", 4, {{"most lookups fast", "VIOLATED"}}},
    // Heartbeats come through.
    {"gray-machine", "writer", 4, {{"updates answered", "met"}, {"updates fast", "VIOLATED"}, {"lookups fast", "met"}}},

    // Half of the time the line is cut; a second one carries after BGP's hold timer, 90 s of 480.
    {"office-line", "", 3, {{"lookups answered", "VIOLATED"}, {"lookups fast", "VIOLATED"}}},
    {"office-line", "second-line", 3, {{"lookups answered", "met"}}},
    {"office-line", "private-line", 3, {{"lookups answered", "met"}}},
    {"office-line", "lossy", 3, {{"lookups answered", "met"}, {"lookups fast", "VIOLATED"}}},
    {"office-line", "second-line-lost", 3, {{"lookups answered", "met"}, {"lookups fast", "met"}}},

    // Whoever is inside reads and does not write, and nothing is lost: neither side alone has a quorum but one.
    {"zone-cut",
     "",
     3,
     {{"writes recover", "VIOLATED"},
      {"nothing lost", "undecided"},
      {"writes answered", "VIOLATED"},
      {"reads answered", "met"},
      {"one side writes", "met"}},
     nothing_lost},
    {"zone-cut", "nobody-inside", 3, {{"writes recover", "undecided"}, {"one side writes", "met"}}, nothing_lost},
    {"zone-cut",
     "writer-outside",
     3,
     {{"reads answered", "VIOLATED"}, {"one side writes", "met"}, {"nothing lost", "undecided"}},
     nothing_lost},
    {"zone-cut",
     "no-reader-outside",
     2,
     {{"one side writes", "VIOLATED"}, {"nothing lost", "undecided"}},
     nothing_lost},
    // Nobody asks for a quorum: what is told behind the cut is lost, unless a standby outside had to have it first.
    {"zone-cut",
     "asynchronous",
     3,
     {{"nothing lost", "VIOLATED"}, {"a minute lost", "undecided"}, {"one side writes", "met"}}},
    {"zone-cut",
     "not-fenced",
     3,
     {{"nothing lost", "VIOLATED"},
      {"a minute lost", "VIOLATED"},
      {"writes answered", "met"},
      {"one side writes", "met"}}},
    {"zone-cut", "synchronous-beside", 3, {{"nothing lost", "VIOLATED"}, {"a minute lost", "undecided"}}},
    {"zone-cut",
     "synchronous-elsewhere",
     3,
     {{"nothing lost", "undecided"}, {"reads answered", "VIOLATED"}, {"one side writes", "met"}},
     nothing_lost},

    // What hangs on a silent host waits for its socket timeout, a minute. A process whose host stands is back sooner
    // than anybody is promoted.
    {"writer-crash",
     "",
     2,
     {{"writes recover", "undecided"}, {"back in place", "VIOLATED"}, {"nothing lost", "undecided"}}},
    {"writer-crash", "silent", 2, {{"writes recover", "VIOLATED"}, {"nothing lost", "undecided"}}},
    {"writer-crash", "process-only", 2, {{"back in place", "undecided"}, {"nothing lost", "undecided"}}},

    // Without a reader elsewhere people help, and not within a minute. A lost node costs seconds if there are others.
    {"zone-loss",
     "",
     2,
     {{"writes recover", "undecided"}, {"reads recover", "undecided"}, {"nothing lost", "undecided"}}},
    {"zone-loss",
     "no-reader-elsewhere",
     2,
     {{"writes recover", "VIOLATED"},
      {"within an hour", "undecided"},
      {"reads recover", "VIOLATED"},
      {"nothing lost", "undecided"}}},
    {"zone-loss",
     "zone-and-a-node",
     2,
     {{"writes recover", "undecided"}, {"reads recover", "undecided"}, {"nothing lost", "undecided"}}},

    // Two zones in three can be spared, and the one that cannot decides.
    {"each-zone", "", 18, {{"writes recover", "VIOLATED"}, {"writes answered", "VIOLATED"}, {"nothing lost", "met"}}},
    {"each-zone",
     "reader-elsewhere",
     18,
     {{"writes recover", "met"}, {"writes answered", "met"}, {"nothing lost", "met"}}},

    {"chance", "", 10, {{"nine in ten", "VIOLATED"}, {"lookups answered", "met"}, {"updates answered", "met"}}},
    // A host that is back restarts its process in seconds; a zone is waited for.
    {"chance", "no-replica", 12, {{"nine in ten", "VIOLATED"}, {"updates answered", "met"}}},

    // The tiers of disaster recovery: each gives up what the one before still had.
    {"recovery-tiers",
     "",
     8,
     {{"zone, writes in 1 min", "undecided"},
      {"reads in 5 min", "undecided"},
      {"writes in 15 min", "undecided"},
      {"writes in 30 min", "undecided"},
      {"writes in 2 h", "undecided"},
      {"a second lost", "undecided"},
      {"half a day lost", "undecided"}}},
    {"recovery-tiers",
     "warm-standby",
     8,
     {{"zone, writes in 1 min", "undecided"},
      {"reads in 5 min", "VIOLATED"},
      {"writes in 15 min", "undecided"},
      {"a second lost", "undecided"}}},
    {"recovery-tiers",
     "pilot-light",
     8,
     {{"zone, writes in 1 min", "undecided"},
      {"reads in 5 min", "VIOLATED"},
      {"writes in 15 min", "VIOLATED"},
      {"writes in 30 min", "undecided"},
      {"a second lost", "undecided"}}},
    {"recovery-tiers",
     "backup-and-restore",
     8,
     {{"zone, writes in 1 min", "undecided"},
      {"writes in 15 min", "VIOLATED"},
      {"writes in 30 min", "VIOLATED"},
      {"writes in 2 h", "undecided"},
      {"a second lost", "VIOLATED"},
      {"half a day lost", "undecided"}}},
};

class RegionRunTest : public testing::TestWithParam<RegionRun> {};

TEST_P(RegionRunTest, GivesTheVerdictsThatItsQuestionExpects) {
    const RegionRun& run = GetParam();
    const Folder folder;
    const Ended ended = run_variant(folder, std::string{run.scenario} + ".json", run.variant, run.replications);
    for (const Expected& one : run.expected) {
        EXPECT_EQ(verdict_of(ended.out, one.requirement), one.verdict) << one.requirement;
    }
    EXPECT_NE(ended.out.find(run.says), std::string::npos) << run.says;
    const bool fails = ended.out.find("VIOLATED") != std::string::npos;
    const bool open = ended.out.find("undecided") != std::string::npos;
    EXPECT_EQ(ended.code, fails ? 1 : open ? 3 : 0);
    if (HasFailure()) ADD_FAILURE() << ended.out << ended.err;
}

std::string test_name(const testing::TestParamInfo<RegionRun>& info) {
    std::string name = info.param.scenario;
    if (*info.param.variant != '\0') name += std::string{"_"} + info.param.variant;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(ReadyScenarios, RegionRunTest, testing::ValuesIn(runs), test_name);

}  // namespace
}  // namespace faultline::tests
