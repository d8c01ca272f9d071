// Goal:   the scenarios about regions give the verdicts that their questions expect, and their variants theirs.
// Method: two replications. They are too few to meet a p95 of incidents (59 are needed), and enough to violate one:
//         what is expected to hold is not violated, what is expected to fail is.
#include <gtest/gtest.h>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

TEST(RegionRunTest, AGlobalDatabaseIsBackInTimeAndLosesWhatHadNotArrived) {
    const Folder folder;
    // Six: in about one of three nothing was under way at that instant.
    const Ended ended = run_variant(folder, "region-loss.json", "", 6);
    EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "reads recover"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "little lost"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "nothing lost"), "VIOLATED") << ended.out;
}

// Its readers elsewhere stop with the writer, and wait for the operator as the writes do.
TEST(RegionRunTest, ReadersOfAnOlderVersionDoNotOutliveTheWriter) {
    const Folder folder;
    const Ended ended = run_variant(folder, "region-loss.json", "older-version", 2);
    EXPECT_EQ(verdict_of(ended.out, "reads recover"), "VIOLATED") << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out;
}

TEST(RegionRunTest, WithoutOneAllWaitsForTheRegion) {
    const Folder folder;
    const Ended ended = run_variant(folder, "region-loss.json", "none", 2);
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "writes recover"), "VIOLATED") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "reads recover"), "VIOLATED") << ended.out;
}

TEST(RegionRunTest, BackupsBringADatabaseBackAsOldAsItsNewestCopy) {
    const Folder folder;
    const Ended ended = run_variant(folder, "region-loss-backups.json", "", 6);
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "reads recover"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "half a day lost"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "an hour lost"), "VIOLATED") << ended.out;
    const Ended hourly = run_variant(folder, "region-loss-backups.json", "hourly", 2);
    EXPECT_EQ(verdict_of(hourly.out, "writes recover"), "undecided") << hourly.out << hourly.err;
    EXPECT_EQ(verdict_of(hourly.out, "an hour lost"), "undecided") << hourly.out;
    const Ended none = run_variant(folder, "region-loss-backups.json", "no-copies", 2);
    EXPECT_EQ(verdict_of(none.out, "writes recover"), "VIOLATED") << none.out << none.err;
}

// Half an hour of transactions waits for the one thread when the region is lost: they cost time, or are lost.
TEST(RegionRunTest, ALogicalReplicaThatIsBehindCostsTimeOrData) {
    const Folder folder;
    const Ended four = run_variant(folder, "region-loss-logical.json", "", 2);
    EXPECT_EQ(verdict_of(four.out, "writes recover"), "undecided") << four.out << four.err;
    EXPECT_EQ(verdict_of(four.out, "a minute lost"), "undecided") << four.out;
    const Ended one = run_variant(folder, "region-loss-logical.json", "one-thread", 2);
    EXPECT_EQ(verdict_of(one.out, "writes recover"), "VIOLATED") << one.out << one.err;
    EXPECT_EQ(verdict_of(one.out, "a minute lost"), "undecided") << one.out;
    const Ended cut_short = run_variant(folder, "region-loss-logical.json", "one-thread-cut-short", 2);
    EXPECT_EQ(verdict_of(cut_short.out, "writes recover"), "undecided") << cut_short.out << cut_short.err;
    EXPECT_EQ(verdict_of(cut_short.out, "a minute lost"), "VIOLATED") << cut_short.out;
}

TEST(RegionRunTest, AnUnfencedWriterLosesMinutesAndAPatientOperatorNothing) {
    const Folder folder;
    const Ended split = run_variant(folder, "partition.json", "", 2);
    EXPECT_EQ(split.code, 1) << split.out << split.err;
    EXPECT_EQ(verdict_of(split.out, "little lost"), "VIOLATED") << split.out;
    EXPECT_EQ(verdict_of(split.out, "minutes lost"), "undecided") << split.out;
    const Ended patient = run_variant(folder, "partition.json", "patient", 2);
    EXPECT_EQ(verdict_of(patient.out, "minutes lost"), "undecided") << patient.out << patient.err;
    EXPECT_NE(patient.out.find(" 0 acknowledged commits lost"), std::string::npos) << patient.out;
}

TEST(RegionRunTest, ASwitchoverIsShortAndLosesNothing) {
    const Folder folder;
    const Ended ended = run_variant(folder, "switchover.json", "", 2);
    EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "writes recover"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "little at risk"), "undecided") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "fast reads"), "met") << ended.out;
    EXPECT_NE(ended.out.find(" 0 acknowledged commits lost"), std::string::npos) << ended.out;
}

// Two switchovers are noticed by those who write, and by nobody else.
TEST(RegionRunTest, AnEvacuationIsNoticedByWritesOnly) {
    const Folder folder;
    const Ended ended = run_variant(folder, "evacuation.json", "", 5);
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    EXPECT_EQ(verdict_of(ended.out, "reads go on"), "met") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "writes go on"), "met") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "hardly noticed"), "VIOLATED") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "fast reads"), "met") << ended.out;
    EXPECT_EQ(verdict_of(ended.out, "little at risk"), "undecided") << ended.out;
    EXPECT_NE(ended.out.find(" 0 acknowledged commits lost"), std::string::npos) << ended.out;
    const Ended offices = run_variant(folder, "evacuation.json", "offices-only", 5);
    EXPECT_EQ(verdict_of(offices.out, "hardly noticed"), "met") << offices.out << offices.err;
}

TEST(RegionRunTest, ForwardedWritesAreFastEnoughAndGlobalReadsAreNot) {
    const Folder folder;
    for (const char* const variant : {"", "session", "global"}) {
        const Ended ended = run_variant(folder, "write-forwarding.json", variant, 8);
        EXPECT_EQ(verdict_of(ended.out, "fast updates"), "met") << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "available"), "met") << ended.out;
        const bool asks_the_primary = std::string{variant} == "global";
        EXPECT_EQ(verdict_of(ended.out, "fast reads"), asks_the_primary ? "VIOLATED" : "met") << ended.out;
    }
}

TEST(RegionRunTest, AHeadlessRegionNeedsLonger) {
    const Folder folder;
    const Ended ended = run_variant(folder, "region-loss.json", "headless", 2);
    EXPECT_EQ(verdict_of(ended.out, "reads recover"), "VIOLATED") << "nobody reads there until then";
    EXPECT_EQ(verdict_of(ended.out, "little lost"), "undecided") << ended.out << ended.err;
}

}  // namespace
}  // namespace faultline::tests
