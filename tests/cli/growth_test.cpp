// Goal:   `faultline growth` answers by exit status, repeats nothing, and says what is wrong with its input.
// Method: as sweep_test.cpp, with the stand-in of the models: a p95 of 24.75 ms is passed at 100/s.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "planning/sweep/sqlite.hpp"
#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Words = std::vector<std::string>;

std::string growing(const std::string& growth, const std::string& name = "saturates",
                    const std::string& limit = "24.75ms") {
    return R"({"name": ")" + name + R"(", "run": {"warm_up": "0s", "measured": "60s", "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
        "stations": {"counter": {"servers": 1}}, "workload": {"arrivals": {"rate": "50/s"},
        "classes": {"lookup": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": ")" +
           limit + R"("}, "year": {"measure": "availability-per-year", "of": "lookup", "at_least": "99%"}})" +
           (growth.empty() ? "" : ", \"growth\": " + growth) + "}";
}

const std::string ten_percent = R"({"months": 24, "load": {"monthly": "10%"}})";

class GrowthCommandTest : public testing::Test {
protected:
    Ended growth(const std::string& text, const Words& more = {}) const {
        folder.write("g.json", text);
        Words words{"growth", "g.json", "--database", "g.db"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    static void says(const Ended& ended, const std::string& text) {
        EXPECT_NE((ended.out + ended.err).find(text), std::string::npos) << "no \"" << text << "\" in\n"
                                                                         << ended.out << ended.err;
    }
    std::int64_t rows() const {
        return planning::SqliteDatabase{folder.path("g.db"), 5000}.number("SELECT count(*) FROM replications");
    }
    Folder folder;
};

TEST_F(GrowthCommandTest, ABreakWithinTheHorizonIsOneAndNothingIsRunTwice) {
    const Ended first = growth(growing(ten_percent), {"--csv", "g.csv"});
    EXPECT_EQ(first.code, 1);
    says(first, "breaks in month 8");
    says(first, "10 % a month, compound; x9.85 in month 24");
    says(first, "year is answered by `faultline availability`");
    const std::string csv = folder.read("g.csv");
    EXPECT_TRUE(csv.starts_with("steps,month,load,data,offices,replications,requirement,verdict,")) << csv;
    EXPECT_NE(csv.find("months,8,2.14"), std::string::npos) << csv;
    says(growth(growing(ten_percent)), "replications were there already, 0 were run");
    // Months of another growth that are alike are the same models.
    const Ended other = growth(growing(R"({"months": 10, "load": {"monthly": "10%"}})"));
    says(other, "replications were there already");
    EXPECT_EQ(other.out.find("g.db: 0 replications"), std::string::npos) << other.out;
}

TEST_F(GrowthCommandTest, EveryLineFitsInEightyColumns) {
    const Ended ended = growth(growing(ten_percent));
    std::size_t begin = 0;
    for (std::size_t end = ended.out.find('\n'); end != std::string::npos; end = ended.out.find('\n', begin)) {
        EXPECT_LE(end - begin, 80U) << ended.out.substr(begin, end - begin);
        begin = end + 1;
    }
}

TEST_F(GrowthCommandTest, WhatHoldsAllAlongIsZeroAndWhatIsOpenIsThree) {
    const Ended sound = growth(growing(R"({"months": 6, "load": {"monthly": "1%"}})"), {"--load-max", "1.2"});
    EXPECT_EQ(sound.code, 0) << sound.out;
    says(sound, "holds through month 6");
    says(sound, "load alone: even x1.22 holds");
    // 50/s is exactly at this limit, and so is each month of 0.001 % more, as far as few replications can tell.
    const Ended open = growth(growing(R"({"months": 3, "load": {"monthly": "0.001%"}})", "saturates", "19.75ms"),
                              {"--load-max", "1.1", "--replications-max", "3"});
    EXPECT_EQ(open.code, 3) << open.out;
}

TEST_F(GrowthCommandTest, JsonHasTheAnswer) {
    const Ended ended = growth(growing(ten_percent), {"--format", "json"});
    EXPECT_EQ(ended.code, 1);
    for (const char* const part : {"\"format\": \"faultline-growth\"", "\"holds_through_month\": 7",
                                   "\"breaks_in_month\": 8", "\"answered_by\": \"faultline availability\""}) {
        says(ended, part);
    }
}

TEST_F(GrowthCommandTest, EstimatesAloneDecideNothing) {
    const Ended ended = growth(growing(ten_percent), {"--estimates-only"});
    EXPECT_EQ(ended.code, 0);
    says(ended, "nothing was simulated");
    EXPECT_EQ(folder.files(), (Words{"g.json"}));
}

TEST_F(GrowthCommandTest, AModelThatIsNoneAnyMoreEndsTheHorizon) {
    // 1000/s x 2^20 is beyond the fastest rate.
    std::string text = growing(R"({"months": 24, "load": {"monthly": "100%"}})", "fast", "900ms");
    text.replace(text.find("50/s"), 4, "1000/s");
    const Ended ended = growth(text, {"--load-max", "1.2"});
    EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
    says(ended, "From month 20 on it is no valid model");
    says(ended, "1000000000/s");
}

TEST_F(GrowthCommandTest, BadInputIsTwoAndNothingIsWritten) {
    struct Wrong {
        std::string growth, what;
    };
    for (const Wrong& wrong :
         {Wrong{"", "it does not say how anything grows"},
          Wrong{R"({"months": 0, "load": {"monthly": "1%"}})", "1 to 120"}, Wrong{R"({"months": 12})", "nothing grows"},
          Wrong{R"({"months": 12, "load": {"monthly": "-3%"}})", "0 to 1, found \"-3%\""},
          Wrong{R"({"months": 12, "load": {"monthly": "3/s"}})", "/growth/load/monthly"},
          Wrong{R"({"months": 12, "load": {"clases": {}}})", "did you mean \"classes\"?"},
          Wrong{R"({"months": 12, "load": {"classes": {"lokup": {"monthly": "1%"}}}})", "did you mean \"lookup\"?"},
          Wrong{R"({"months": 12, "offices": {"opened": 2, "monthly": "3%"}})", "not both"}}) {
        const Ended ended = growth(growing(wrong.growth));
        EXPECT_EQ(ended.code, 2) << wrong.growth << ended.out;
        says(ended, wrong.what);
        EXPECT_EQ(folder.files(), (Words{"g.json"}));
    }
    says(growth(growing(ten_percent), {"--requirement", "fst"}), "did you mean \"fast\"?");
    says(growth(growing(ten_percent), {"--requirement", "year"}), "no requirement is named \"year\"");
    EXPECT_EQ(growth(growing(ten_percent), {"--within", "0%"}).code, 2);
}

TEST_F(GrowthCommandTest, CtrlCKeepsWhatHasEnded) {
    folder.write("g.json", growing(ten_percent, "sleeps only 2"));
    Program program{folder, {"growth", "g.json", "--database", "g.db", "--jobs", "5"}};
    for (int i = 0; i < 2000; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        try {
            if (rows() == 4) break;
        } catch (const planning::SqliteError&) {  // no table yet
        }
    }
    ::kill(program.process(), SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.code, 130);
    says(ended, "the same command goes on from there");
    EXPECT_EQ(rows(), 4);
}

TEST_F(GrowthCommandTest, ADeadWorkerIsFour) {
    const Ended ended = growth(growing(ten_percent, "dies by signal only 2"));
    EXPECT_EQ(ended.code, 4);
    says(ended, "replication 2 died: killed by signal 9");
}

}  // namespace
}  // namespace faultline::tests
