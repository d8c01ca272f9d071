// Goal:   a replication in a process of its own gives its result, or says why there is none, and leaves nothing behind.
// Method: real processes; the models are replaced by tests/planning/fake_replication.cpp.
#include "planning/worker.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <span>
#include <thread>
#include <vector>

#include "planning/memory_file.hpp"
#include "planning/replications.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using Clock = std::chrono::steady_clock;

scenarios::Scenario scenario_named(const std::string& name) {
    const std::string text = R"({"name": ")" + name + R"(", "run": {"warm_up": "0s", "measured": "60s"},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}, "denver": {"access": "none"}},
        "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {"lookup": {"share": 1, "route": ["counter"],
        "deadline": "1s", "demand": "1ms"}}}})";
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario(text, "test", "", problems);
    for (const auto& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
    return scenario.value_or(scenarios::Scenario{});
}

WorkerEnd end_of(Worker& worker) {
    while (true) {
        if (auto end = worker.look()) return std::move(*end);
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

WorkerEnd run_one(const std::string& name) {
    Worker worker{scenario_named(name), 1};
    return end_of(worker);
}

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        std::ifstream stat{entry.path() / "stat"};
        std::string text;
        if (!std::getline(stat, text)) continue;
        const std::size_t after_name = text.rfind(')');
        if (after_name == std::string::npos || std::stoi(text.substr(after_name + 4)) != parent) continue;
        children.push_back(std::stoi(text));
    }
    return children;
}

bool is_gone(pid_t process) {  // a zombie that waits for init is gone
    std::ifstream stat{"/proc/" + std::to_string(process) + "/stat"};
    std::string text;
    return !std::getline(stat, text) || text.at(text.rfind(')') + 2) == 'Z';
}

TEST(WorkerTest, GivesTheResultOfItsReplication) {
    Worker worker{scenario_named("plain"), 7};
    const WorkerEnd end = end_of(worker);
    ASSERT_TRUE(end.result.has_value()) << end.failure;
    EXPECT_EQ(end.result->replication, 7U);
    EXPECT_EQ(end.result->classes.at(0).steady.size(), 2U);
    EXPECT_EQ(worker.progress().now_ns, 30'000'000'000);
    EXPECT_EQ(worker.progress().events, 1000U);
}

TEST(WorkerTest, ADeathIsToldWithItsLastWords) {
    EXPECT_EQ(run_one("dies by signal").failure, "killed by signal 9 (Killed)");
    EXPECT_EQ(run_one("throws").failure, "exit code 4; its last words: the volume has no copy left");
    const std::string check = run_one("breaks a check").failure;
    EXPECT_NE(check.find("check failed: replication > 1000"), std::string::npos) << check;
    EXPECT_NE(check.find("signal 6"), std::string::npos) << check;
    EXPECT_EQ(run_one("exits").failure, "its result cannot be used: nothing was written");
}

TEST(WorkerTest, IsEndedWithEverythingItStarted) {
    std::vector<pid_t> started;
    {
        Worker worker{scenario_named("starts a child"), 1};
        for (int i = 0; i < 500 && started.empty(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            started = children_of(worker.process());
        }
        ASSERT_EQ(started.size(), 1U);
        started.push_back(worker.process());
    }
    for (const pid_t process : started) {
        for (int i = 0; i < 100 && !is_gone(process); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
        EXPECT_TRUE(is_gone(process));
    }
}

TEST(WorkerTest, DiesWithItsParent) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        Worker worker{scenario_named("sleeps"), 1};
        const pid_t process = worker.process();
        static_cast<void>(!::write(ends[1], &process, sizeof(process)));
        ::pause();
        ::_exit(0);
    }
    pid_t process = 0;
    ASSERT_EQ(::read(ends[0], &process, sizeof(process)), static_cast<ssize_t>(sizeof(process)));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    for (int i = 0; i < 500 && !is_gone(process); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_TRUE(is_gone(process));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(MemoryFileTest, WhatIsCutOffOrChangedIsRefused) {
    const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7, 8};
    std::string wrong;
    const FileDescriptor file = memory_file("test");
    EXPECT_FALSE(read_sealed(file.number(), wrong).has_value());
    EXPECT_EQ(wrong, "nothing was written");
    ASSERT_TRUE(write_sealed(file.number(), bytes));
    EXPECT_EQ(read_sealed(file.number(), wrong), bytes);
    const char other = 9;
    ASSERT_EQ(::pwrite(file.number(), &other, 1, 26), 1);
    EXPECT_FALSE(read_sealed(file.number(), wrong).has_value());
    EXPECT_EQ(wrong, "its checksum is wrong");
    ASSERT_EQ(::ftruncate(file.number(), 28), 0);
    EXPECT_FALSE(read_sealed(file.number(), wrong).has_value());
    EXPECT_EQ(wrong, "cut off: 4 of 8 bytes");
}

Replications run(const std::string& name, std::uint32_t count, int jobs) {
    SignalWatch signals;
    const ReplicationPlan plan{.count = count, .jobs = jobs, .repeat_command = "faultline run S.json --seed 1"};
    return run_replications(scenario_named(name), plan, signals);
}

TEST(ReplicationsTest, ComeInTheirOrderHoweverManyRunAtOnce) {
    const Replications one = run("plain", 6, 1);
    const Replications four = run("plain", 6, 4);
    ASSERT_EQ(one.results.size(), 6U);
    ASSERT_EQ(four.results.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(four.results[i].replication, i + 1);
        EXPECT_EQ(four.results[i].fingerprint, one.results[i].fingerprint);
    }
}

TEST(ReplicationsTest, ADeadWorkerIsListedWithTheCommandThatRepeatsIt) {
    const Replications all = run("throws only 2", 3, 2);
    ASSERT_EQ(all.results.size(), 2U);
    EXPECT_EQ(all.results[1].replication, 3U);
    ASSERT_EQ(all.failed.size(), 1U);
    EXPECT_EQ(all.failed[0].replication, 2U);
    EXPECT_EQ(all.failed[0].repeat_command, "faultline run S.json --seed 1 --only-replication 2");
}

TEST(ReplicationsTest, ProgressReachesTheEndAndNeverGoesBack) {
    SignalWatch signals;
    std::vector<Progress> seen;
    const ReplicationPlan plan{
        .count = 4, .jobs = 2, .repeat_command = {}, .on_progress = [&](const Progress& p) { seen.push_back(p); }};
    run_replications(scenario_named("plain"), plan, signals);
    ASSERT_FALSE(seen.empty());
    for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i].share, seen[i - 1].share);
    EXPECT_EQ(seen.back().share, 1.0);
    EXPECT_EQ(seen.back().finished, 4U);
    EXPECT_EQ(seen.back().events, 4000U);
}

// Goes on at 2 and at 4, and stops at 8: what ran ahead is thrown away, and the number of workers changes nothing.
TEST(ReplicationsTest, AStoppingRuleSeesTheFirstOnesInOrderWhoeverRunsAhead) {
    for (const int jobs : {1, 3, 8}) {
        SignalWatch signals;
        std::vector<std::vector<std::uint32_t>> asked;
        const auto wanted = [&](std::span<const scenarios::ReplicationResult> results) {
            asked.emplace_back();
            for (const auto& one : results) asked.back().push_back(one.replication);
            return asked.size() < 3 ? 2U * (1U << asked.size()) : 8U;
        };
        const ReplicationPlan plan{
            .count = 2, .jobs = jobs, .repeat_command = {}, .stopping = StoppingPlan{.wanted = wanted, .most = 100}};
        const Replications all = run_replications(scenario_named("throws only 3"), plan, signals);
        EXPECT_EQ(asked, (std::vector<std::vector<std::uint32_t>>{{1, 2}, {1, 2, 4}, {1, 2, 4, 5, 6, 7, 8}})) << jobs;
        EXPECT_EQ(all.results.size(), 7U);
        ASSERT_EQ(all.failed.size(), 1U);
        EXPECT_EQ(all.failed[0].replication, 3U);
        EXPECT_FALSE(all.out_of_time);
    }
}

TEST(ReplicationsTest, WhenTimeIsUpTheFirstOnesThatEndedAreKept) {
    SignalWatch signals;
    const auto never = [](std::span<const scenarios::ReplicationResult>) { return 1000U; };
    const ReplicationPlan plan{
        .count = 5,
        .jobs = 2,
        .repeat_command = {},
        .stopping = StoppingPlan{.wanted = never, .most = 1000, .time_limit = std::chrono::milliseconds{2000}}};
    const Replications all = run_replications(scenario_named("sleeps only 4"), plan, signals);
    EXPECT_TRUE(all.out_of_time);
    EXPECT_LE(all.results.size(), 3U);
    for (std::size_t i = 0; i < all.results.size(); ++i) EXPECT_EQ(all.results[i].replication, i + 1);
    EXPECT_TRUE(children_of(::getpid()).empty());
}

TEST(ReplicationsTest, CtrlCEndsAllWorkersWithinASecond) {
    SignalWatch signals;
    const ReplicationPlan plan{.count = 8, .jobs = 4, .repeat_command = {}};
    const pid_t self = ::getpid();
    std::thread user{[self] {
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        ::kill(self, SIGINT);
    }};
    const auto begun = Clock::now();
    const Replications all = run_replications(scenario_named("starts a child"), plan, signals);
    user.join();
    EXPECT_TRUE(all.interrupted);
    EXPECT_LT(Clock::now() - begun, std::chrono::milliseconds{1300});
    EXPECT_TRUE(children_of(self).empty());
}

}  // namespace
}  // namespace faultline::planning
