// Goal:   `faultline plan` finds what it is asked for, says what is wrong with a search space, and repeats nothing.
// Method: as sweep_test.cpp: the program with a stand-in for the models, whose scenario "saturates" answers in 10 to
//         15 ms and 0.1 ms more for each operation a second: the load stands for what a topology can do.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

std::string planned(const std::string& plan, const std::string& name = "saturates") {
    return R"({"name": ")" + name + R"(", "run": {"warm_up": "0s", "measured": "60s", "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
        "stations": {"counter": {"servers": 1}}, "workload": {"arrivals": {"rate": "100/s"},
        "classes": {"lookup": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": "24.75ms"}}, "plan": )" +
           plan + "}";
}

constexpr const char* loads = R"({"replications_max": 8, "choices": {
    "load": {"at": "/workload/arrivals/rate", "values": ["400/s", "200/s", "50/s", "10/s"], "ordered": true},
    "servers": {"at": "/stations/counter/servers", "values": [0, 1]}}})";
constexpr const char* loads_alone = R"({"replications_max": 8, "choices": {
    "load": {"at": "/workload/arrivals/rate", "values": ["400/s", "200/s", "50/s", "10/s"], "ordered": true}}})";

class PlanTest : public testing::Test {
protected:
    Ended plan(const std::string& text, std::vector<std::string> more = {}) const {
        folder.write("s.json", text);
        std::vector<std::string> words{"plan", "s.json", "--database", "p.db", "--jobs", "2"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    static void says(const Ended& ended, const std::string& text) {
        EXPECT_NE((ended.out + ended.err).find(text), std::string::npos) << "no \"" << text << "\" in\n"
                                                                         << ended.out << ended.err;
    }
    const Folder folder;
};

TEST_F(PlanTest, FindsOneAndSaysWhyOthersFail) {
    const Ended ended = plan(planned(loads_alone), {"--all", "--output", "r.json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    says(ended, "The cheapest topology that meets every requirement");
    says(ended, "Pareto front: cost x fast");
    const auto json = nlohmann::json::parse(folder.read("r.json"));
    EXPECT_EQ(json["format"], "faultline-plan");
    EXPECT_EQ(json["topologies"].size(), 4U);
    const auto& winner = json["topologies"][json["winner"].get<std::size_t>()];
    EXPECT_EQ(winner["options"]["load"], "50/s") << "the first of those that cost the same and hold";
    EXPECT_EQ(json["confirmations"][0]["requirements"][0]["verdict"], "met");
    for (const auto& one : json["topologies"]) {
        if (one["options"]["load"] != "200/s") continue;
        EXPECT_TRUE(one["fate"] == "violated" || one["fate"] == "weaker") << one;
        EXPECT_EQ(one["requirement"], "fast");
    }
    std::size_t at = 0;
    for (std::size_t end = ended.out.find('\n'); end != std::string::npos; end = ended.out.find('\n', at)) {
        EXPECT_LE(end - at, 80U) << ended.out.substr(at, end - at);
        at = end + 1;
    }
    says(plan(planned(loads_alone)), ", 0 were");
}

TEST_F(PlanTest, WhatIsNoModelIsNamedAndTheOthersGoOn) {
    const Ended ended = plan(planned(loads));
    EXPECT_EQ(ended.code, 2);
    says(ended, "The cheapest topology that meets every requirement");
    says(ended, "servers 0: s.json: /stations/counter/servers");
}

TEST_F(PlanTest, NoneIsGoodEnough) {
    const Ended ended = plan(planned(R"({"choices": {
        "load": {"at": "/workload/arrivals/rate", "values": ["400/s", "300/s"]}}})"));
    EXPECT_EQ(ended.code, 1);
    says(ended, "No topology meets every requirement");
    says(ended, "violated by \"fast\"");
}

TEST_F(PlanTest, BadInputIsToldAndNothingIsRun) {
    const auto wrong = [&](const std::string& text, const std::string& message) {
        const Ended ended = plan(text);
        EXPECT_EQ(ended.code, 2);
        says(ended, message);
        says(ended, "nothing was run");
        EXPECT_EQ(folder.read("p.db"), "");
    };
    wrong(planned(R"({"choices": {}})"), "the space is empty");
    wrong(planned(R"({"choices": {"n": {"at": "/stations/conter/servers", "values": [1]}}})"), "it hits nothing");
    wrong(planned(R"({"choices": {"n": {"at": "/stations/counter/servers", "values": [1, 2]}},
                      "constraints": [{"then": {"n": [1]}}, {"then": {"n": [2]}}]})"),
          "it contradicts those before it");
    wrong(planned(R"({"objective": "fats", "choices": {"n": {"at": "/stations/counter/servers", "values": [1]}}})"),
          "did you mean \"fast\"?");
}

TEST_F(PlanTest, CtrlCKeepsWhatHadEnded) {
    const std::string slow = planned(loads_alone, "sleeps only 2");
    folder.write("s.json", slow);
    Program program{folder, {"plan", "s.json", "--database", "p.db", "--jobs", "2"}};
    for (int i = 0; i < 400 && children_of(program.process()).empty(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    ::kill(program.process(), SIGINT);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.code, 130);
    says(ended, "the same command goes on from there");
    EXPECT_NE(folder.read("p.db"), "");
}

}  // namespace
}  // namespace faultline::tests
