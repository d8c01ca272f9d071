// Goal:   the product itself, with its real models, gives the same result for any number of jobs.
// Method: scenarios/queue.json, shortened to three replications.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

const std::string queue = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/queue.json";

TEST(RealRunTest, QueueIsMetAndTheSameForAnyNumberOfJobs) {
    const Folder folder;
    const Ended one = run_program(folder, {"run", queue, "--replications", "3", "--jobs", "1", "--result", "one.json"});
    const Ended two = run_program(folder, {"run", queue, "--replications", "3", "--jobs", "2", "--result", "two.json"});
    EXPECT_TRUE(one.code == 0 || one.code == 3) << one.code << "\n" << one.out << one.err;
    EXPECT_EQ(two.code, one.code);
    ASSERT_NE(folder.read("one.json"), "");
    EXPECT_EQ(folder.read("one.json"), folder.read("two.json"));
    const Ended other =
        run_program(folder, {"run", queue, "--replications", "3", "--seed", "2", "--result", "other.json"});
    EXPECT_NE(folder.read("one.json"), folder.read("other.json")) << other.err;
}

TEST(RealRunTest, QueueIsMetWithAllItsReplications) {
    const Folder folder;
    const Ended all = run_program(folder, {"run", queue});
    EXPECT_EQ(all.code, 0) << all.out << all.err;
}

// Replications until all is decided: as many, and the same result, with one worker and with three that run ahead.
TEST(RealRunTest, AutoStopsAtTheLookThatDecidesWhoeverRunsAhead) {
    const Folder folder;
    const Ended one =
        run_program(folder, {"run", queue, "--replications", "auto", "--jobs", "1", "--result", "one.json"});
    const Ended three =
        run_program(folder, {"run", queue, "--replications", "auto", "--jobs", "3", "--result", "three.json"});
    EXPECT_EQ(one.code, 0) << one.out << one.err;
    EXPECT_NE(one.out.find("5 replications (looked at 5), seed 1"), std::string::npos) << one.out;
    ASSERT_NE(folder.read("one.json"), "");
    EXPECT_EQ(folder.read("one.json"), folder.read("three.json"));

    // The same, where the scenario says so; a number given on the command line goes before it.
    std::ifstream file(queue);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t at = text.find("\"replications\": ");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, text.find_first_of(",}", at) - at, "\"replications\": \"auto\"");
    folder.write("auto.json", text);
    const Ended of_file = run_program(folder, {"run", "auto.json", "--result", "of-file.json"});
    EXPECT_EQ(of_file.code, 0) << of_file.out << of_file.err;
    EXPECT_NE(of_file.out.find("5 replications (looked at 5), seed 1"), std::string::npos) << of_file.out;
    EXPECT_NE(of_file.out.find("--seed 1 --replications auto"), std::string::npos) << of_file.out;
    const Ended given = run_program(folder, {"run", "auto.json", "--replications", "2", "--result", "two.json"});
    EXPECT_NE(given.out.find("2 replications, seed 1"), std::string::npos) << given.out;
    EXPECT_EQ(run_program(folder, {"run", "auto.json", "--shard", "1/2"}).code, 2);

    const Ended bare = run_program(folder, {"run", queue, "--replications", "3", "--time-limit", "3min"});
    EXPECT_EQ(bare.code, 2);
    EXPECT_NE(bare.err.find("--time-limit goes with --replications auto"), std::string::npos) << bare.err;
}

// Futures run in turn within their replication's worker.
TEST(RealRunTest, FuturesAreTheSameForAnyNumberOfJobsAndAreRepeated) {
    const Folder folder;
    const std::string scenario = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/zone-loss.json";
    const auto run_with = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"run", scenario, "--futures", "3"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    };
    const Ended one = run_with({"--replications", "2", "--jobs", "1", "--result", "one.json"});
    const Ended two = run_with({"--replications", "2", "--jobs", "2", "--result", "two.json"});
    EXPECT_NE(one.code, 4) << one.out << one.err;
    EXPECT_NE(one.out.find("zone lost: 6 incidents"), std::string::npos) << one.out;
    ASSERT_NE(folder.read("one.json"), "");
    EXPECT_EQ(folder.read("one.json"), folder.read("two.json"));

    const Ended again = run_with({"--only-replication", "2", "--result", "again.json"});
    const std::string text = folder.read("again.json");
    const std::size_t at = text.find("\"fingerprint\"");
    ASSERT_NE(at, std::string::npos) << again.err;
    EXPECT_NE(folder.read("one.json").find(text.substr(at, text.find(',', at) - at)), std::string::npos);
}

// The trace is a file of its own, and the result is as without it.
TEST(RealRunTest, ATraceIsWrittenBesideTheResult) {
    const Folder folder;
    const Ended plain = run_program(folder, {"run", queue, "--replications", "1", "--result", "plain.json"});
    const Ended traced = run_program(folder, {"run", queue, "--replications", "1", "--result", "traced.json", "--trace",
                                              "t/trace.json", "--traced-queries", "50"});
    EXPECT_EQ(traced.code, plain.code) << traced.err;
    EXPECT_EQ(folder.read("plain.json"), folder.read("traced.json"));
    const std::string trace = folder.read("t/trace.json");
    EXPECT_EQ(trace.find("{\"displayTimeUnit\""), 0U) << trace.substr(0, 200);
    EXPECT_NE(trace.find("\"name\":\"cpu\""), std::string::npos);
}

}  // namespace
}  // namespace faultline::tests
