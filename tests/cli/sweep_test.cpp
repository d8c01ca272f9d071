// Goal:   `faultline sweep` runs what it is told, repeats nothing that has ended, and says what is wrong.
// Method: as compare_test.cpp; the database is looked into with the program's own wrapper.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "planning/sweep/sqlite.hpp"
#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using planning::SqliteDatabase;
using Words = std::vector<std::string>;

std::string scenario(const std::string& name = "saturates") {
    return R"({"name": ")" + name + R"(", "run": {"warm_up": "0s", "measured": "60s", "replications": 3, "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
        "stations": {"counter": {"servers": 1}}, "workload": {"arrivals": {"rate": "100/s"},
        "classes": {"lookup": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": "24.75ms"}},
        "variants": {"two": {"stations": {"counter": {"servers": 2}}},
                     "broken": {"stations": {"counter": {"servers": 0}}}}})";
}

class SweepTest : public testing::Test {
protected:
    SweepTest() { folder.write("s.json", scenario()); }
    Words words(const Words& more) const {
        Words all{"sweep", "s.json", "--database", "s.db"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    Ended sweep(const Words& more) const { return run_program(folder, words(more)); }
    static void says(const Ended& ended, const std::string& text) {
        EXPECT_NE((ended.out + ended.err).find(text), std::string::npos) << "no \"" << text << "\" in\n"
                                                                         << ended.out << ended.err;
    }
    std::int64_t rows(const std::string& file = "s.db") const {
        return SqliteDatabase{folder.path(file), 5000}.number("SELECT count(*) FROM replications");
    }
    Folder folder;
};

const Words rates{"--vary", "/workload/arrivals/rate=50/s..150/s/3", "--vary", "/stations/counter/servers=1,2"};

TEST_F(SweepTest, AGridHasAVerdictAtEachPointAndARowForEachReplication) {
    const Ended ended = sweep({rates[0], rates[1], rates[2], rates[3], "--csv", "s.csv"});
    EXPECT_EQ(ended.code, 0);
    says(ended, "6 points, 3 replications each, seed 5");
    says(ended, "   50/s   1           + 19.6 ms");
    says(ended, "   150/s  2           x 29.7 ms");
    EXPECT_EQ(rows(), 18);
    const std::string csv = folder.read("s.csv");
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 19);
    EXPECT_TRUE(
        csv.starts_with("/workload/arrivals/rate,/stations/counter/servers,seed,replication,fingerprint,fast,"
                        "latency of lookup,availability of lookup\r\n50/s,1,5,1,"))
        << csv.substr(0, 200);
    const Ended again = sweep(rates);
    says(again, "18 replications were there already, 0 were run");
    const Ended more = sweep({rates[0], rates[1], "--replications", "5"});
    says(more, "3 points");
    says(more, "9 replications were there already, 6 were run");
}

TEST_F(SweepTest, EveryLineFitsInEightyColumns) {
    const Ended ended = sweep(rates);
    std::size_t begin = 0;
    for (std::size_t end = ended.out.find('\n'); end != std::string::npos; end = ended.out.find('\n', begin)) {
        EXPECT_LE(end - begin, 80U) << ended.out.substr(begin, end - begin);
        begin = end + 1;
    }
}

// Killed when some rows are there, again and again, it comes to the end and to the same as without.
TEST_F(SweepTest, KilledAtAnyMomentItGoesOnWhereItWas) {
    Words whole{"sweep", "s.json", "--database", "whole.db", "--csv", "whole.csv"};
    whole.insert(whole.end(), rates.begin(), rates.end());
    ASSERT_EQ(run_program(folder, whole).code, 0);
    std::int64_t before = 0;
    for (const std::int64_t at : {2, 7, 12}) {
        Program program{folder, words(rates)};
        for (int i = 0; i < 2000 && before < at; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
            try {
                before = rows();
            } catch (const planning::SqliteError&) {  // no table yet
            }
        }
        ASSERT_GE(before, at);
        ::kill(program.process(), SIGKILL);
        program.wait();
    }
    before = rows();
    const Ended rest = sweep({rates[0], rates[1], rates[2], rates[3], "--csv", "rest.csv"});
    EXPECT_EQ(rest.code, 0) << rest.err;
    EXPECT_GE(before, 12);
    says(rest,
         std::to_string(before) + " replications were there already, " + std::to_string(18 - before) + " were run");
    EXPECT_EQ(rows(), 18);
    EXPECT_NE(folder.read("whole.csv"), "");
    EXPECT_EQ(folder.read("rest.csv"), folder.read("whole.csv"));
}

TEST_F(SweepTest, CtrlCKeepsWhatHasEnded) {
    folder.write("s.json", scenario("sleeps only 2"));
    Program program{folder, words({"--vary", "/stations/counter/servers=1,2", "--jobs", "3"})};
    for (int i = 0; i < 2000; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        try {
            if (rows() == 4) break;
        } catch (const planning::SqliteError&) {
        }
    }
    ::kill(program.process(), SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.code, 130);
    says(ended, "the same command goes on from there");
    EXPECT_EQ(rows(), 4);
}

TEST_F(SweepTest, APointThatIsNoModelIsNamedAndTheOthersGoOn) {
    const Ended ended = sweep({"--vary", "/stations/counter/servers=0,1"});
    EXPECT_EQ(ended.code, 2);
    says(ended, "no valid model");
    says(ended, "servers 0: s.json: /stations/counter/servers: expected a whole number");
    says(ended, "? 24.7 ms");
    EXPECT_EQ(rows(), 3);
}

TEST_F(SweepTest, ADeadWorkerIsFourToldAndTriedAgain) {
    folder.write("s.json", scenario("dies by signal only 2"));
    const Ended ended = sweep({"--vary", "/stations/counter/servers=1"});
    EXPECT_EQ(ended.code, 4);
    says(ended, "replication 2 died: killed by signal 9");
    EXPECT_EQ(rows(), 2);
    says(sweep({"--vary", "/stations/counter/servers=1"}), "2 replications were there already, 0 were run");
}

TEST_F(SweepTest, BadInputIsTwoAndNothingIsWritten) {
    for (const Words& wrong :
         {Words{}, Words{"--vary", "/stations/conter/servers=1"}, Words{"--vary", "/stations/counter/servers"},
          Words{"--vary", "/workload/arrivals/rate=1/s..9/s"}, Words{"--one-at-a-time", "--faults"},
          Words{"--faults"},  // nothing to lose: one station
          Words{"--saturate", "/workload/arrivals/rate=1/s,9/s"},
          Words{"--saturate", "/workload/arrivals/rate=1/s..9/s", "--requirement", "fst"},
          Words{"--vary", "/stations/counter/servers=1..1000 step 1", "--vary", "/run/seed=1..1000 step 1"},
          Words{"--vary", "/stations/counter/servers=1", "--variant", "broken"},
          Words{"--vary", "/stations/counter/servers=1", "--variant", "three"}}) {
        const Ended ended = sweep(wrong);
        EXPECT_EQ(ended.code, 2) << testing::PrintToString(wrong) << ended.out << ended.err;
        EXPECT_EQ(folder.files(), (Words{"s.json"})) << testing::PrintToString(wrong);
    }
    says(sweep({"--vary", "/stations/conter/servers=1"}),
         "--vary: /stations/conter/servers: it hits nothing: in /stations, no key is named \"conter\"; did you mean "
         "\"counter\"?");
}

TEST_F(SweepTest, AForeignDatabaseIsRefusedAndLeftAsItWas) {
    folder.write("s.db", "no database at all, but longer than nothing");
    const Ended ended = sweep({"--vary", "/stations/counter/servers=1"});
    EXPECT_EQ(ended.code, 2);
    says(ended, "s.db: file is not a database");
    EXPECT_EQ(folder.read("s.db"), "no database at all, but longer than nothing");
}

// Its header is whole, and what follows is not: trying again would not help, so nothing says that it would.
TEST_F(SweepTest, ADamagedDatabaseIsRefusedAndLeftAsItWas) {
    ASSERT_EQ(sweep({"--vary", "/stations/counter/servers=1..20 step 1"}).code, 0);
    std::string bytes = folder.read("s.db");
    ASSERT_GT(bytes.size(), 20'000U);
    for (std::size_t i = 4096; i < 20'000; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x5a);
    folder.write("s.db", bytes);
    const Ended ended = sweep({"--vary", "/stations/counter/servers=1..20 step 1"});
    EXPECT_EQ(ended.code, 2);
    says(ended, "it is damaged, and nothing in it was changed");
    EXPECT_EQ(folder.read("s.db"), bytes);
}

TEST_F(SweepTest, AFullDiskIsFourAndLosesNothingThatHadEnded) {
    // As much as fits into the write-ahead log of so many bytes.
    const Ended full = run_program(folder, words({"--vary", "/stations/counter/servers=1..40 step 1"}), 400 * 1024);
    EXPECT_EQ(full.code, 4) << full.out << full.err;
    says(full, "what had been stored before is kept");
    const std::int64_t kept = rows();
    EXPECT_GT(kept, 3);
    EXPECT_LT(kept, 120);
    const Ended rest = sweep({"--vary", "/stations/counter/servers=1..40 step 1"});
    EXPECT_EQ(rest.code, 0) << rest.err;
    says(rest, std::to_string(kept) + " replications were there already");
    EXPECT_EQ(rows(), 120);
}

// Before the first replication, too: it is no bad input, and what was begun of the file is gone on with.
TEST_F(SweepTest, ADiskWithoutRoomForTheDatabaseIsFour) {
    const Ended full = run_program(folder, words({"--vary", "/stations/counter/servers=1,2"}), 20 * 1024);
    EXPECT_EQ(full.code, 4) << full.out << full.err;
    says(full, "File too large");
    EXPECT_EQ(sweep({"--vary", "/stations/counter/servers=1,2"}).code, 0);
}

TEST_F(SweepTest, SaturationIsToldAsABracket) {
    const Ended ended = sweep({"--saturate", "/workload/arrivals/rate=20/s..300/s", "--within", "10%"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    says(ended, "How high /workload/arrivals/rate may be from 20/s to 300/s");
    says(ended, "meets all requirements.");
    says(ended, "does not.");
    const Ended json =
        sweep({"--saturate", "/workload/arrivals/rate=20/s..300/s", "--within", "10%", "--format", "json"});
    says(json, "\"holds\": \"");
    says(json, "\"format\": \"faultline-sweep\"");
}

TEST_F(SweepTest, ALatinHypercubeHasAsManyPointsAsAsked) {
    const Ended ended = sweep({"--vary", "/workload/arrivals/rate=50/s..150/s", "--latin-hypercube", "7"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    says(ended, "7 points");
    EXPECT_EQ(rows(), 21);
}

}  // namespace
}  // namespace faultline::tests
