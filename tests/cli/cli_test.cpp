// Goal:   the command line keeps its promises: exit status, what is written where, and what is left behind.
// Method: the executable itself, in an empty folder. Its models are tests/planning/fake_replication.cpp, which die,
// hang
//         or end at once as the scenario's name says; real_run_test.cpp has what needs the real ones.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

// `requirement` is the JSON of the one requirement; empty: none.
std::string scenario(const std::string& name, const std::string& requirement = "") {
    return R"({"name": ")" + name + R"(", "description": "Is it fast?",
        "run": {"warm_up": "0s", "measured": "60s", "replications": 3, "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}, "denver": {"access": "none"}},
        "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {"lookup": {"share": 1, "route": ["counter"],
        "deadline": "1s", "demand": "1ms"}}})" +
           (requirement.empty() ? "" : R"(, "requirements": {"fast": )" + requirement + "}") +
           R"(, "variants": {"two": {"stations": {"counter": {"servers": 2}}}}})";
}

std::string latency(const std::string& limit) {
    return R"({"measure": "latency p95", "of": "lookup", "at_most": ")" + limit + "\"}";
}

class CliTest : public testing::Test {
protected:
    Ended run(const std::string& text, Words more = {}) {
        folder.write("s.json", text);
        Words words{"run", "s.json"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    Folder folder;
};

TEST_F(CliTest, ExitStatusIsTheVerdict) {
    EXPECT_EQ(run(scenario("plain", latency("20ms"))).code, 0);
    EXPECT_EQ(run(scenario("plain", latency("11ms"))).code, 1);
    EXPECT_EQ(run(scenario("plain", latency("20ms")), {"--replications", "1"}).code, 3);
}

TEST_F(CliTest, TheTableIsPlainAndTheResultLiesBesideIt) {
    const Ended ended = run(scenario("plain", latency("20ms")));
    EXPECT_NE(ended.out.find("3 replications, seed 5"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find(" + fast "), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("Result: results/plain.json"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find('\033'), std::string::npos);
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(folder.files(), (Words{"results/", "results/plain.json", "s.json"}));
}

TEST_F(CliTest, VariantSeedAndResultPathAreTaken) {
    const Ended ended = run(scenario("plain"), {"--variant", "two", "--seed", "18446744073709551615"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.out.find("Repeat: faultline run s.json --variant two --seed 18446744073709551615"),
              std::string::npos)
        << ended.out;
    EXPECT_NE(folder.read("results/plain - two.json"), "");
    EXPECT_EQ(run(scenario("plain"), {"--result", "a/b/c.json"}).code, 0);
    EXPECT_NE(folder.read("a/b/c.json"), "");
}

TEST_F(CliTest, TheResultIsTheSameForAnyNumberOfJobs) {
    EXPECT_EQ(run(scenario("plain", latency("20ms")), {"--jobs", "1", "--result", "one.json"}).code, 0);
    EXPECT_EQ(run(scenario("plain", latency("20ms")), {"--jobs", "3", "--result", "three.json"}).code, 0);
    EXPECT_NE(folder.read("one.json"), "");
    EXPECT_EQ(folder.read("one.json"), folder.read("three.json"));
}

TEST_F(CliTest, BadInputIsTwoAndNothingIsWritten) {
    const Ended ended = run(R"({"name": "x", "colour": 3})");
    EXPECT_EQ(ended.code, 2);
    EXPECT_NE(ended.err.find("s.json: /colour"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("problems; nothing was run."), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(folder.files(), (Words{"s.json"}));
    EXPECT_EQ(run_program(folder, {"run", "none.json"}).code, 2);
    EXPECT_EQ(run(scenario("plain"), {"--variant", "three"}).code, 2);
}

TEST_F(CliTest, ABadCommandLineIsTwo) {
    folder.write("s.json", scenario("plain"));  // that it is the command line, and not a file that is missing
    for (const Words& words :
         {Words{}, Words{"fly"}, Words{"run"}, Words{"run", "s.json", "--speed"}, Words{"run", "s.json", "--jobs", "0"},
          Words{"run", "s.json", "--seed", "x"}, Words{"run", "s.json", "--seed", "-1"},
          Words{"run", "s.json", "--seed", "18446744073709551616"}, Words{"run", "s.json", "--seed", "1.5"},
          Words{"rum", "s.json"}, Words{"run", "s.json", "--format", "pdf"}}) {
        const Ended ended = run_program(folder, words);
        EXPECT_EQ(ended.code, 2) << ended.out << testing::PrintToString(words);
    }
    EXPECT_EQ(run_program(folder, {"rum", "s.json"}).err,
              "faultline: no command is named \"rum\"; did you mean \"run\"?\n");
}

TEST_F(CliTest, HelpAndVersionAreEnoughToBegin) {
    const Ended help = run_program(folder, {"--help"});
    EXPECT_EQ(help.code, 0);
    for (const char* const word : {"run", "check", "kinds", "Examples", "130"}) {
        EXPECT_NE(help.out.find(word), std::string::npos) << word;
    }
    EXPECT_EQ(help.out.find("worker  "), std::string::npos) << "worker is for the program itself";
    EXPECT_EQ(run_program(folder, {"run", "--help"}).code, 0);
    const Ended version = run_program(folder, {"--version"});
    EXPECT_EQ(version.code, 0);
    EXPECT_NE(version.out.find("SimGrid"), std::string::npos);
    EXPECT_NE(run_program(folder, {"kinds"}).out.find("zone-outage"), std::string::npos);
}

TEST_F(CliTest, AMalformedWorkerCallEndsQuietly) {
    EXPECT_EQ(run_program(folder, {"worker", "--replication", "1", "--seed", "1"}).code, 4);
}

TEST_F(CliTest, ADeadWorkerIsFourAndTold) {
    const Ended ended = run(scenario("dies by signal only 2", latency("20ms")));
    EXPECT_EQ(ended.code, 4);
    EXPECT_NE(ended.out.find("1 of 3 replications died"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("faultline run s.json --seed 5 --only-replication 2"), std::string::npos) << ended.out;
    EXPECT_NE(folder.read("results/dies by signal only 2.json").find("killed by signal 9"), std::string::npos);
    const Ended check = run(scenario("breaks a check"));
    EXPECT_EQ(check.code, 4);
    EXPECT_NE(check.out.find("check failed:"), std::string::npos) << check.out;
    EXPECT_EQ(run(scenario("throws only 2"), {"--only-replication", "1"}).code, 0);
    EXPECT_EQ(run(scenario("throws only 2"), {"--only-replication", "2"}).code, 4);
    EXPECT_NE(folder.read("results/throws only 2 - replication 2.json"), "") << "the whole result is not overwritten";
}

TEST_F(CliTest, AWorkerKilledFromOutsideIsFourAndTold) {
    folder.write("s.json", scenario("sleeps only 2", latency("20ms")));
    Program program{folder, {"run", "s.json", "--jobs", "2"}};
    std::vector<pid_t> workers;
    for (int i = 0; i < 1000 && workers.size() != 1; ++i) {  // the others end by themselves
        std::this_thread::sleep_for(std::chrono::milliseconds{i < 30 ? 20 : 5});
        if (i >= 30) workers = children_of(program.process());
    }
    ASSERT_EQ(workers.size(), 1U);
    ::kill(workers[0], SIGKILL);
    const Ended ended = program.wait();
    EXPECT_EQ(ended.code, 4);
    EXPECT_NE(ended.out.find("replication 2: killed by signal 9"), std::string::npos) << ended.out;
}

void stop_with(int signal) {
    const Folder folder;
    folder.write("s.json", scenario("sleeps"));
    Program program{folder, {"run", "s.json", "--jobs", "2", "--result", "new/r.json"}};
    std::vector<pid_t> workers;
    for (int i = 0; i < 1000 && workers.size() != 2; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        workers = children_of(program.process());
    }
    ASSERT_EQ(workers.size(), 2U);
    const auto begun = Clock::now();
    ::kill(program.process(), signal);
    const Ended ended = program.wait();
    EXPECT_LT(Clock::now() - begun, std::chrono::seconds{1});
    EXPECT_EQ(ended.code, 130);
    EXPECT_EQ(folder.files(), (Words{"s.json"}));
    for (const pid_t worker : workers) EXPECT_NE(::kill(worker, 0), 0);
}

TEST(CliStopTest, CtrlCLeavesNothingBehind) {
    stop_with(SIGINT);
    stop_with(SIGTERM);
}

TEST_F(CliTest, AnUnwritableResultIsNoticedBeforeTheRun) {
    folder.write("file", "");
    for (const std::string path : {"file/r.json", ".", "/dev/full", "/dev/null"}) {
        const auto begun = Clock::now();
        const Ended ended = run(scenario("sleeps"), {"--result", path});
        EXPECT_EQ(ended.code, 4) << path;
        EXPECT_NE(ended.err.find("nothing was run"), std::string::npos) << ended.err;
        EXPECT_LT(Clock::now() - begun, std::chrono::seconds{5});
    }
}

TEST_F(CliTest, AnUnwritableTraceIsNoticedBeforeTheRun) {
    const Ended refused = run(scenario("sleeps"), {"--trace", "/dev/full"});
    EXPECT_EQ(refused.code, 4);
    EXPECT_NE(refused.err.find("the trace could not be written"), std::string::npos) << refused.err;
}

TEST_F(CliTest, AFullDiskLeavesTheOldResultAndNoHalfOne) {
    folder.write("s.json", scenario("plain", latency("20ms")));
    folder.write("r.json", "old");
    const Ended ended = run_program(folder, {"run", "s.json", "--replications", "40", "--result", "r.json"}, 16 * 1024);
    EXPECT_EQ(ended.code, 4);
    EXPECT_NE(ended.err.find("the result is not saved"), std::string::npos) << ended.err;
    EXPECT_NE(ended.out.find(" + fast "), std::string::npos) << "the verdict is shown all the same";
    EXPECT_EQ(folder.read("r.json"), "old");
    EXPECT_EQ(folder.files(), (Words{"r.json", "s.json"}));
}

TEST_F(CliTest, ProgressForProgramsIsOneObjectALine) {
    const Ended ended = run(scenario("plain", latency("20ms")), {"--progress", "json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_EQ(ended.out.find("{\"v\":1,\"type\":\"hello\""), 0U) << ended.out;
    EXPECT_NE(ended.out.find("\"type\":\"progress\",\"done\":1.0"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("{\"v\":1,\"type\":\"result\",\"path\":\"results/plain.json\"}\n"), std::string::npos);
    EXPECT_EQ(ended.out.find("requirement "), std::string::npos);
    const Ended bad = run("{}", {"--progress", "json"});
    EXPECT_NE(bad.out.find("\"type\":\"error\",\"code\":2"), std::string::npos) << bad.out;
}

TEST_F(CliTest, OtherFormats) {
    const Ended junit = run(scenario("plain", latency("11ms")), {"--format", "junit"});
    EXPECT_NE(junit.out.find("<failure message="), std::string::npos) << junit.out;
    const Ended json = run(scenario("plain", latency("20ms")), {"--format", "json"});
    EXPECT_EQ(json.out, folder.read("results/plain.json"));
}

TEST_F(CliTest, CheckReadsAndLintsWithoutARun) {
    folder.write("s.json", scenario("plain"));
    const Ended ended = run_program(folder, {"check", "s.json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_NE(ended.out.find("no requirements"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find("(variant \"two\")"), std::string::npos) << "told once, not for each variant";
    EXPECT_NE(ended.out.find("plain with 1 variant can be run"), std::string::npos) << ended.out;
    EXPECT_EQ(folder.files(), (Words{"s.json"}));
    const Ended json = run_program(folder, {"check", "s.json", "--format", "json"});
    EXPECT_EQ(json.code, 0);
    EXPECT_NE(json.out.find("\"id\": \"plan\""), std::string::npos) << json.out;
    folder.write("s.json", "{");
    EXPECT_EQ(run_program(folder, {"check", "s.json"}).code, 2);
}

TEST_F(CliTest, StandardOutputThatIsFullIsFour) {
    folder.write("s.json", scenario("plain", latency("20ms")));
    const std::string command = std::string{FAULTLINE_PROGRAM} + " run " + folder.path("s.json") + " --result " +
                                folder.path("r.json") + " >/dev/full 2>/dev/null";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 4);
}

TEST_F(CliTest, ATraceIsRankedByWhatACacheWouldSave) {
    folder.write("t.csv",
                 "time,office,class,key\n0,boston,lookup,7\n1.5,denver,lookup,7\n2,boston,report,7\n"
                 "3,boston,lookup,8\n14,boston,lookup,7\n");
    const Ended ended = run_program(folder, {"trace", "t.csv"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_NE(ended.out.find("t.csv: 5 requests over 14 s"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("lookup                             4    80 %              50 %          40 %"),
              std::string::npos)
        << ended.out;
    EXPECT_LT(ended.out.find("lookup"), ended.out.find("report")) << ended.out;
    const Ended short_lived = run_program(folder, {"trace", "t.csv", "--ttl", "10s"});
    EXPECT_NE(short_lived.out.find("25 %          20 %"), std::string::npos) << short_lived.out;
}

TEST_F(CliTest, ATraceThatIsWrongIsRefused) {
    struct Case {
        const char* text;
        const char* message;
    };
    for (const Case& c : {Case{"time,class\n0,lookup\n", "key"},
                          {"time,class,key\n", "there is no request in it"},
                          {"time,class,key\n2,lookup,a\n1,lookup,a\n", "t.csv:3: time 1 is before"},
                          {"time,class,key\nnoon,lookup,a\n", "noon"}}) {
        folder.write("t.csv", c.text);
        const Ended ended = run_program(folder, {"trace", "t.csv"});
        EXPECT_EQ(ended.code, 2) << c.text;
        EXPECT_NE(ended.err.find(c.message), std::string::npos) << ended.err;
        EXPECT_EQ(ended.out, "");
    }
    EXPECT_NE(run_program(folder, {"trace", "none.csv"}).err.find("none.csv: cannot be opened: No such file"),
              std::string::npos);
    EXPECT_NE(run_program(folder, {"trace", "t.csv", "--ttl", "10"}).err.find("--ttl"), std::string::npos);
}

}  // namespace
}  // namespace faultline::tests
