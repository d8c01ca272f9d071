// Goal:   the months that the program names are true where a closed form knows them, and the ready scenario keeps its
//         verdicts.
// Method: the product itself. An M/M/3 pool whose mean response is Erlang C's: the month in which it passes the limit
//         is computed here. Verdicts have a fixed seed; each is wrong with 5 % at most, and here the months next to the
//         break are 5 % and 18 % off the limit.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/queueing/erlang.hpp"
#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

constexpr const char* pool = R"({"name": "pool", "run": {"warm_up": "20s", "measured": "200s", "seed": 1},
    "network": {"profile": "zero"}, "offices": {"hall": {"access": "none"}}, "stations": {"counter": {"servers": 3}},
    "workload": {"arrivals": {"rate": "150/s"}, "canary": {"enabled": false}, "classes": {"request": {"share": 1,
        "route": ["counter"], "deadline": "1s", "retry": {"attempts": 1}, "demand": {"exponential": "10ms"}}}},
    "requirements": {"short wait": {"measure": "latency mean", "of": "request", "at_most": "25ms"}},
    "growth": {"months": 24, "load": {"monthly": "4%"}}})";

double mean_response_s(double arrivals_per_s) {
    return engine::means(engine::Mmc{arrivals_per_s, 100.0, 3}).response_time_s;
}

TEST(GrowthRunTest, APoolBreaksInTheMonthOfErlangC) {
    int month = 0;
    while (mean_response_s(150.0 * std::pow(1.04, month)) <= 0.025) ++month;
    Folder folder;
    folder.write("pool.json", pool);
    const Ended ended = run_program(folder, {"growth", "pool.json", "--database", "p.db", "--format", "json"});
    EXPECT_EQ(ended.code, 1) << ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    const auto& line = json.at("requirements").at(0);
    EXPECT_EQ(line.at("proposed").at("month"), month);
    EXPECT_EQ(line.at("holds_through_month"), month - 1);
    EXPECT_EQ(line.at("breaks_in_month"), month);
    EXPECT_LT(json.at("simulated_months").size(), 6U) << "not all 25";
    EXPECT_EQ(line.at("fullest"), "counter: servers");
    EXPECT_NEAR(line.at("fullest_share").get<double>(), 0.5 * std::pow(1.04, month), 0.01);
    // The multiple of load, too.
    EXPECT_LE(mean_response_s(150.0 * line.at("holds_at_load").get<double>()), 0.025);
    EXPECT_GT(mean_response_s(150.0 * line.at("breaks_at_load").get<double>()), 0.025);
}

TEST(GrowthRunTest, TheReadyScenarioBreaksWhereItsWriterIsFull) {
    const Folder folder;
    const Ended ended =
        run_program(folder, {"growth", FAULTLINE_SOURCE_DIR "/scenarios/growth.json", "--database", "g.db", "--format",
                             "json", "--requirement", "fast orders", "--load-max", "4"});
    EXPECT_EQ(ended.code, 1) << ended.err;
    const auto json = nlohmann::json::parse(ended.out);
    const auto& line = json.at("requirements").at(0);
    EXPECT_EQ(line.at("proposed").at("least_room"), "CPU of the writer of orders");
    // 24 % of its processors are busy today, 83 % of them in month 8: an M/M/2 that answers 95 % in 300 ms breaks there
    // or, as the network and the commit come on top, a month before.
    EXPECT_GE(line.at("breaks_in_month").get<int>(), 7);
    EXPECT_LE(line.at("breaks_in_month").get<int>(), 9);
    EXPECT_GE(line.at("holds_through_month").get<int>(), 5);
    EXPECT_NE(line.at("fullest").get<std::string>().find("(writer), us-east-1a: CPU"), std::string::npos);
    EXPECT_EQ(json.at("months").back().at("offices"), 21) << "3, and one each second month";
}

}  // namespace
}  // namespace faultline::tests
