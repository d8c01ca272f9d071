// Goal:   what several machines simulate, as shards or as ranks, is what one would have; and what goes wrong is told.
// Method: the executable with a stand-in for the models (tests/planning/fake_replication.cpp); result files compared
//         byte by byte. Ranks are processes of this machine.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Words = std::vector<std::string>;

std::string scenario(const std::string& name, const std::string& limit = "20ms") {
    return R"({"name": ")" + name + R"(", "run": {"warm_up": "0s", "measured": "60s", "replications": 7, "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}, "denver": {"access": "none"}},
        "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {"lookup": {"share": 1, "route": ["counter"],
        "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": ")" +
           limit + "\"}}}";
}

class ManyMachines : public testing::Test {
protected:
    Ended run(const Words& more) {
        Words words{"run", "s.json"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    Ended merge(const Words& more) {
        Words words{"merge"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    void write(const std::string& text) { folder.write("s.json", text); }
    Folder folder;
};

TEST_F(ManyMachines, ShardsMergeToTheWholeByteForByte) {
    for (const std::string limit : {"20ms", "11ms"}) {
        write(scenario("plain", limit));
        const Ended whole = run({"--jobs", "1", "--result", "whole.json"});
        EXPECT_EQ(whole.code, limit == "20ms" ? 0 : 1) << whole.err;
        EXPECT_EQ(run({"--jobs", "4", "--result", "four.json"}).code, whole.code);
        for (const std::string shard : {"1", "2", "3"}) {
            const Ended part = run({"--shard", shard + "/3", "--result", shard + ".json"});
            EXPECT_EQ(part.code, 0) << part.err;
            EXPECT_NE(part.out.find("A shard is not judged alone"), std::string::npos) << part.out;
        }
        const Ended merged = merge({"2.json", "3.json", "1.json", "--result", "merged.json"});
        EXPECT_EQ(merged.code, whole.code) << merged.err;
        EXPECT_NE(folder.read("whole.json"), "");
        EXPECT_EQ(folder.read("merged.json"), folder.read("whole.json"));
        EXPECT_EQ(folder.read("four.json"), folder.read("whole.json"));
    }
}

TEST_F(ManyMachines, AShardBeyondTheLastReplicationIsEmpty) {
    write(scenario("plain"));
    Words files;
    for (int shard = 1; shard <= 9; ++shard) {
        const std::string number = std::to_string(shard);
        EXPECT_EQ(run({"--shard", number + "/9", "--result", number + ".json"}).code, 0) << shard;
        files.push_back(number + ".json");
    }
    files.insert(files.end(), {"--result", "merged.json"});
    EXPECT_EQ(merge(files).code, 0);
    EXPECT_EQ(run({"--result", "whole.json"}).code, 0);
    EXPECT_EQ(folder.read("merged.json"), folder.read("whole.json"));
}

TEST_F(ManyMachines, ADeadWorkerOfAShardIsInTheWhole) {
    write(scenario("throws only 2"));
    EXPECT_EQ(run({"--shard", "1/2", "--result", "1.json"}).code, 0);
    EXPECT_EQ(run({"--shard", "2/2", "--result", "2.json"}).code, 4);
    EXPECT_EQ(merge({"1.json", "2.json", "--result", "merged.json"}).code, 4);
    EXPECT_EQ(run({"--result", "whole.json"}).code, 4);
    EXPECT_EQ(folder.read("merged.json"), folder.read("whole.json"));
}

TEST_F(ManyMachines, WhatIsNoWholeIsRefusedAndNothingIsWritten) {
    write(scenario("plain"));
    for (const std::string shard : {"1", "2", "3"}) run({"--shard", shard + "/3", "--result", shard + ".json"});
    run({"--result", "whole.json"});
    run({"--shard", "2/3", "--seed", "6", "--result", "seed.json"});
    run({"--shard", "2/3", "--replications", "8", "--result", "more.json"});
    folder.write("broken.json", "{");
    struct Case {
        Words files;
        std::string told;
    };
    const std::vector<Case> cases{
        {{"1.json", "3.json"}, "shard 2 of 3 is missing"},
        {{"1.json", "2.json", "3.json", "2.json"}, "2.json: /shard: is shard 2 of 3 again, as 2.json"},
        {{"1.json", "2.json", "whole.json"}, "whole.json: /shard: is a whole result"},
        {{"1.json", "seed.json", "3.json"}, "seed.json: /seed: another seed (6) than in 1.json"},
        {{"1.json", "more.json", "3.json"}, "more.json: /shard: a part of another whole (3 shards of 8 replications)"},
        {{"1.json", "none.json"}, "none.json"},
        {{"1.json", "broken.json"}, "broken.json"}};
    const Words before = folder.files();
    for (const Case& one : cases) {
        Words words = one.files;
        words.insert(words.end(), {"--result", "merged.json"});
        const Ended ended = merge(words);
        EXPECT_EQ(ended.code, 2) << one.told;
        EXPECT_NE(ended.err.find(one.told), std::string::npos) << ended.err;
        EXPECT_NE(ended.err.find("nothing was merged"), std::string::npos);
        EXPECT_EQ(folder.files(), before);
    }
}

TEST_F(ManyMachines, AShardIsANumberOutOfHowMany) {
    write(scenario("plain"));
    for (const std::string shard : {"0/3", "4/3", "1", "1/1", "/3", "1/", "-1/3", "a/b", "1/3/3", "1/1000000"}) {
        EXPECT_EQ(run({"--shard", shard}).code, 2) << shard;
    }
    EXPECT_EQ(run({"--shard", "1/2", "--replications", "auto"}).code, 2);
    EXPECT_EQ(run({"--shard", "1/2", "--only-replication", "3"}).code, 2);
    EXPECT_EQ(folder.files(), (Words{"s.json"}));
}

#ifdef FAULTLINE_MPIEXEC

class Ranks : public ManyMachines {
protected:
    void SetUp() override {
        ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
        ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
        ::setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 1);  // containers forbid it
        ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);                    // MPI's own
    }
    std::unique_ptr<Program> start(int ranks, const Words& more) {
        Words words{"run", "s.json"};
        words.insert(words.end(), more.begin(), more.end());
        return std::make_unique<Program>(folder, words, 0,
                                         Words{FAULTLINE_MPIEXEC, "--oversubscribe", "-n", std::to_string(ranks)});
    }
};

TEST_F(Ranks, GiveWhatOneProcessGives) {
    for (const std::string limit : {"20ms", "11ms"}) {
        write(scenario("plain", limit));
        const Ended whole = run({"--result", "whole.json"});
        const Ended two = start(2, {"--result", "two.json"})->wait();
        EXPECT_EQ(two.code, whole.code) << two.err;
        EXPECT_NE(folder.read("two.json"), "");
        EXPECT_EQ(folder.read("two.json"), folder.read("whole.json"));
    }
    EXPECT_EQ(start(3, {"--jobs", "2", "--replications", "auto", "--result", "auto.json"})->wait().code, 1);
    EXPECT_EQ(run({"--replications", "auto", "--result", "whole.json"}).code, 1);
    EXPECT_EQ(folder.read("auto.json"), folder.read("whole.json"));
}

TEST_F(Ranks, AWorkerThatDiesIsTriedOnceMore) {
    write(scenario("dies once only 3"));
    const Ended ended = start(2, {"--result", "two.json"})->wait();
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(folder.read("died"), "once\n") << "it did not die: this test says nothing";
}

TEST_F(Ranks, AWorkerThatDiesTwiceIsTold) {
    write(scenario("dies by signal only 3"));
    const Ended ended = start(2, {"--result", "two.json"})->wait();
    EXPECT_EQ(ended.code, 4) << ended.err;
    EXPECT_NE(ended.out.find("killed by signal 9 (Killed), twice"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("--only-replication 3"), std::string::npos) << ended.out;
}

TEST_F(Ranks, BadInputSendsThemHome) {
    write("{");
    EXPECT_EQ(start(2, {})->wait().code, 2);
    EXPECT_EQ(folder.files(), (Words{"s.json"}));
}

TEST_F(Ranks, ADeadRankEndsTheJob) {
    write(scenario("sleeps"));
    const auto job = start(2, {});
    std::vector<pid_t> ranks;
    for (int tries = 0; tries < 1000 && ranks.size() < 2; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        ranks = children_of(job->process());
    }
    ASSERT_EQ(ranks.size(), 2U);
    std::this_thread::sleep_for(std::chrono::milliseconds{500});  // until they are at work
    ::kill(ranks.back(), SIGKILL);
    EXPECT_NE(job->wait().code, 0);
    EXPECT_EQ(folder.read("results/sleeps.json"), "");
}

#endif

}  // namespace
}  // namespace faultline::tests
