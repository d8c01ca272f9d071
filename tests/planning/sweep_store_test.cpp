// Goal:   what a sweep has finished is found again, by the same program for the same model only; and every file that is
//         no such store is refused in words.
// Method: results made by hand, in files in a folder of the test.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "planning/sweep/store.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

class SweepStoreTest : public testing::Test {
protected:
    SweepStoreTest() {
        const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() / (std::string{"faultline-store-"} + info->name());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        path = (folder_ / "s.db").string();
        scenario = tests::example_scenario();
        scenario.source = R"({"name": "Orders", "run": {"seed": 1}})";
    }
    ~SweepStoreTest() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<SweepStore> open(const std::string& version = "1.0") {
        problem.clear();
        scenarios::Problems problems;
        auto store = SweepStore::open(path, version, problems);
        if (!problems.empty()) problem = scenarios::to_text(problems.sorted()[0]);
        EXPECT_EQ(store == nullptr, !problem.empty());
        return store;
    }

    static scenarios::ReplicationResult replication(std::uint32_t number) {
        auto result = tests::example_replication(number);
        result.fingerprint = 1000 + number;
        result.classes[0].steady = {tests::at_office(std::vector{0.010}), tests::at_office(std::vector{0.020})};
        result.classes[0].due_per_s = {1, 2, 3};
        result.states = {{.at_ns = 1, .component = "orders", .state = "serving"}};
        return result;
    }

    std::string path, problem;
    scenarios::Scenario scenario;

private:
    std::filesystem::path folder_;
};

TEST_F(SweepStoreTest, WhatEndedIsThereAgainAndNothingElse) {
    {
        const auto store = open();
        const PointId point = store->point(scenario, {{"/a", "1"}});
        store->add(point, scenario, replication(3));
        store->add(point, scenario, replication(1));
        store->add(point, scenario, replication(1));  // another process was as fast: once
    }
    const auto store = open();
    const PointId point = store->point(scenario, {{"/a", "1"}});
    EXPECT_EQ(store->done(point, 1), (std::set<std::uint32_t>{1, 3}));
    EXPECT_TRUE(store->done(point, 2).empty()) << "another seed";
    const auto all = store->results(point, 1, 10);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].replication, 1U);
    EXPECT_EQ(all[1].fingerprint, 1003U);
    EXPECT_EQ(all[0].classes[0].steady[1].latency.counts, replication(1).classes[0].steady[1].latency.counts);
    EXPECT_TRUE(all[0].classes[0].due_per_s.empty() && all[0].states.empty()) << "without timelines";
    EXPECT_EQ(store->results(point, 1, 2).size(), 1U);
    SqliteDatabase database{path, 100};
    EXPECT_EQ(database.number("SELECT count(*) FROM replications"), 2);
    EXPECT_EQ(database.number("SELECT count(*) FROM results WHERE name = 'latency of lookup'"), 2);
    EXPECT_EQ(database.number("SELECT round(value * 1000) FROM results WHERE name = 'latency of lookup'"), 15);
    EXPECT_EQ(database.number("SELECT count(*) FROM settings WHERE pointer = '/a' AND value = '1'"), 1);
}

TEST_F(SweepStoreTest, AnotherModelOrProgramIsNotTheSame) {
    const auto store = open("1.0");
    const PointId point = store->point(scenario, {});
    store->add(point, scenario, replication(1));
    scenarios::Scenario other = scenario;
    other.source = R"({"name": "Orders", "run": {"seed": 1, "warm_up": "1s"}})";
    EXPECT_NE(store->point(other, {}).value, point.value);
    other.source = R"({"run": {"seed": 9, "replications": 50}, "name": "Orders"})";
    EXPECT_EQ(store->point(other, {}).value, point.value) << "how often, and from which seed, is asked for apart";
    const auto later = open("1.1");
    EXPECT_TRUE(later->done(later->point(scenario, {}), 1).empty());
    EXPECT_EQ(later->foreign_replications(), 1);
    EXPECT_EQ(store->foreign_replications(), 0);
}

TEST_F(SweepStoreTest, FilesThatAreNoneAreToldApart) {
    std::ofstream{path} << std::string(5000, 'x');
    EXPECT_EQ(open(), nullptr);
    EXPECT_NE(problem.find("s.db: file is not a database"), std::string::npos) << problem;
    std::filesystem::remove(path);
    SqliteDatabase{path, 100}.run("CREATE TABLE other(x)");
    EXPECT_EQ(open(), nullptr);
    EXPECT_NE(problem.find("is a database of another program"), std::string::npos) << problem;
    std::filesystem::remove(path);
    open();
    SqliteDatabase{path, 100}.run("PRAGMA user_version = 2");
    EXPECT_EQ(open(), nullptr);
    EXPECT_NE(problem.find("is of schema version 2, and this program reads 1; use a newer program"), std::string::npos)
        << problem;
    path = std::filesystem::temp_directory_path().string();
    EXPECT_THROW(open(), SqliteError) << "that cannot be made is no mistake in a file";
}

TEST_F(SweepStoreTest, ADamagedPageIsAnErrorAndNoResult) {
    {
        const auto store = open();
        const PointId point = store->point(scenario, {});
        for (std::uint32_t k = 1; k <= 200; ++k) store->add(point, scenario, replication(k));
    }
    SqliteDatabase{path, 100}.run("PRAGMA wal_checkpoint(TRUNCATE)");
    {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(8 * 4096);
        file << std::string(40 * 4096, '\x7f');
    }
    EXPECT_THROW(
        {
            const auto store = open();
            store->results(store->point(scenario, {}), 1, 200);
        },
        SqliteError);
}

TEST_F(SweepStoreTest, ATransactionIsWholeOrNothing) {
    SqliteDatabase database{path, 100};
    database.run("CREATE TABLE t(x)");
    {
        SqliteTransaction transaction{database};
        database.run("INSERT INTO t VALUES(1)");
    }
    EXPECT_EQ(database.number("SELECT count(*) FROM t"), 0);
    SqliteTransaction transaction{database};
    database.run("INSERT INTO t VALUES(1)");
    transaction.commit();
    EXPECT_EQ(database.number("SELECT count(*) FROM t"), 1);
    EXPECT_THROW(database.run("INSERT INTO u VALUES(1)"), SqliteError);
}

}  // namespace
}  // namespace faultline::planning
