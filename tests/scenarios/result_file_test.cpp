#include "scenarios/result_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tests/scenarios/example_scenario.hpp"

namespace faultline::scenarios {
namespace {

namespace fs = std::filesystem;

FaultResult example_fault() {
    FaultResult fault;
    fault.name = "zone lost";
    fault.target = "us-east-1/a";
    fault.start_ns = 1;
    fault.end_ns = 2;
    fault.hit = {"orders/instance-1"};
    fault.operations_cut = 3;
    fault.started = fault.ended = fault.data_wrong = true;
    fault.noticed_ns = 4;
    fault.mended_ns = 5;
    fault.kind = "zone-outage";
    fault.planned = fault.by_chance = true;
    fault.caused_by = "region lost";
    return fault;
}

ResourceResult example_resource() {
    return {"orders/instance-1/cpu",
            "CPU",
            "orders",
            "CPU of orders",
            0.5,
            {1, 2.5, 3.5, 4.5, 5, 6.5},
            {{7, 8.5, 9.5, 10.5, 11, 12.5}},
            {{13, 14.5, 15.5, 16.5, 17, 18.5}}};
}

WarehouseResult example_warehouse(const HistogramData& histogram) {
    return {"reports",
            histogram,
            {{"sales", histogram, 1, 2, 3, 4, 5, 6, 7, 8.5, 9.5, 10.5}},
            {{"join", histogram}},
            11,
            12,
            13,
            14,
            15,
            16,
            17,
            18};
}

// Every member differs from its default, so that one that is not written is missed.
ReplicationResult example_replication() {
    const HistogramData histogram{{1, 7, 4'000'000'000}, {3, 1, UINT64_MAX}, 5, 123, INT64_MAX, 17};
    const ClassAtOffice at_office{{21, 6, 5, 4, 3, 2, 1, 8}, histogram};
    ReplicationResult r;
    r.replication = 3;
    r.fingerprint = UINT64_MAX - 1;
    r.events = 12, r.queries = 9, r.warm_up_ns = 13, r.end_ns = 14, r.waits_without_timer = 15;
    r.stall = {16, {"orders/instance-1"}};
    r.classes = {{"update",
                  {at_office},
                  {at_office, at_office},
                  {at_office},
                  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
                  {10, 9, -1},
                  11,
                  12,
                  13,
                  14,
                  {1, 2, UINT32_MAX},
                  {0, 2},
                  {0.1F, -2.5F, std::numeric_limits<float>::infinity()},
                  15,
                  16,
                  {{{1, 2, 3, 4, 5, 6}}, {{7, 8, 9, 10, 11, 12}}, {{13, 14, 15, 16, 17, 18}, {19}}},
                  {3, 0, 4},
                  17,
                  {{"boston", {5, UINT32_MAX}, {0, 4}}},
                  {{"refused", "pool", UINT64_MAX, {1, 2}, {3}, {4, UINT64_MAX}}}}};
    r.faults = {example_fault()};
    r.incidents = {{{"zone lost"},
                    1,
                    2,
                    {{"update", "boston", true, false, true, 3, 4, 5, 6, 7, 0.5, "plain"}},
                    {{"orders", 1, 2, 3, 4, 5, true, {{"boston", 6}}}},
                    {{"detection", 7}, {"dns", 8}},
                    {{"hot", 9}},
                    10,
                    true}};
    r.caches = {{"hot", 1, 2, 3, 4, 5, 6, 7, 11, 8, 9, {0.5F}, 10, {1, 2, 3}, {4, 5, 6}, {7, 8, 9}}};
    r.databases = {{"orders", 1, 2, 3, 4, 0.1, 1e-300, {{"orders", histogram}}, histogram, 5, 6}};
    r.queues = {{"counter", 0.8, std::numeric_limits<double>::infinity(), 1, 2}};
    r.instances = {{"orders/instance-1", 1, 2, 3, 4, 5, 6, 7, 8, 9, 9.5}};
    r.sessions = {{"boston", 1, 2, 3, 4, 5}};
    r.storms = {{"update", "zone lost", 1, 2, true, 2.5, 0.125, "retries", "CPU of orders", "hot", 0.75, 0.25}};
    r.resources = {example_resource()};
    r.traffic = {example_resource(), example_resource()};
    r.warehouses = {example_warehouse(histogram)};
    r.transfers = {{"nightly load", 1, 2, 3, 4, true, {5, INT64_MAX}}};
    r.states = {{5, "orders/instance-1", "promoting"}};
    r.memory = {1, 2, 3, 4, 5};
    r.office_minutes = {{"boston", 6, 5}};
    r.traced = {{1, 2, 3, -4, true, true, {5, 6}, {7, UINT64_MAX}, "caches/hot/1"}};
    return r;
}

RunResult example_result() {
    RunResult result;
    result.input_files.push_back({.name = "traces/one.csv", .sha256 = "ba7816bf", .bytes = 12, .requests = 3});
    result.tool_version = "0.1.0", result.scenario_name = "Ex\xC3\xA4mple", result.variant = "fast";
    result.scenario_source = "{\n\"a\": 1 }", result.seed = UINT64_MAX, result.confidence = 0.9;
    result.shard = {2, 3, 4};
    result.numeric_fingerprint = 42, result.offices = {"boston", "denver"};
    result.replications = {example_replication(), {}};
    result.checks = {{"no-backups", {"CKV_AWS_133"}, "warning", "/databases/orders", "why", "mend", "known"}};
    result.cost = {
        {{"running", "I/O", "orders", "reads", "us-east-1", 1.5, "million", 0.2, 0.3, "2025", "list", "high"},
         {"standby", "storage", "orders", "volume", "us-east-2", 2.5, "GB-month", {}, {}, "", "", "none"}},
        4.5,
        1,
        3.5,
        5.5,
        6.5,
        {{"zone lost", 7, 8.5, 9.5, 10.5, 11.5}},
        12.5};
    result.failed = {{7, "signal 6", "faultline run x --replication 7"}};
    result.requirements = {{"back",
                            "rto p95 of update",
                            Verdict::violated,
                            70.5,
                            65.0,
                            std::numeric_limits<double>::infinity(),
                            60.0,
                            "s",
                            "boston",
                            "because",
                            59,
                            12,
                            "us-east-1/a",
                            {{"zone lost", "us-east-1/a", Verdict::violated, 70.5, 65.0, 75.5, 8}}},
                           {}};
    return result;
}

class ResultFileTest : public ::testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }
    const fs::path folder_ = fs::temp_directory_path() / ("result_file_test." + std::to_string(getpid()));
};

TEST_F(ResultFileTest, WhatIsReadIsWhatWasWritten) {
    const RunResult written = example_result();
    ASSERT_FALSE(write_result(written, path("r.json")));
    Problems problems;
    const std::optional<RunResult> read = read_result(path("r.json"), problems);
    ASSERT_TRUE(read) << all_of(problems);
    EXPECT_EQ(result_text(*read), result_text(written));
    EXPECT_EQ(read->seed, UINT64_MAX);
    EXPECT_EQ(read->requirements.at(0).verdict, Verdict::violated);
    EXPECT_TRUE(std::isinf(read->requirements.at(0).high));
    EXPECT_EQ(read->requirements.at(0).replications_needed, 12);
    EXPECT_FALSE(read->requirements.at(1).replications_needed);
    const ClassResult& update = read->replications.at(0).classes.at(0);
    EXPECT_EQ(update.due_per_s, (std::vector<std::uint32_t>{1, 2, UINT32_MAX}));
    EXPECT_EQ(update.latency_mean_ms_per_s.at(0), 0.1F);
    EXPECT_EQ(update.repeats_per_s, (std::vector<std::uint32_t>{3, 0, 4}));
    EXPECT_EQ(update.hedges, 17U);
    ASSERT_EQ(update.unanswered.size(), 1U);
    EXPECT_EQ(update.unanswered[0].recovering.at(1), UINT64_MAX);
    ASSERT_EQ(read->replications.at(0).storms.size(), 1U);
    EXPECT_EQ(read->replications.at(0).storms[0].trigger, "zone lost");
    EXPECT_EQ(update.steady.at(0).latency.counts.at(2), UINT64_MAX);
    EXPECT_EQ(read->replications.at(0).incidents.at(0).waterfall.at(1).first, "dns");
    EXPECT_EQ(files(), 1U);
}

TEST_F(ResultFileTest, AReplicationGoesThroughCborUnchanged) {
    const std::vector<std::uint8_t> bytes = to_cbor(example_replication());
    std::string error;
    const std::optional<ReplicationResult> read = from_cbor(bytes, error);
    ASSERT_TRUE(read) << error;
    EXPECT_EQ(to_cbor(*read), bytes);
    EXPECT_EQ(read->fingerprint, UINT64_MAX - 1);
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        EXPECT_FALSE(from_cbor(std::span{bytes}.first(size), error)) << size;
    }
    const std::vector<std::uint8_t> endless{0xBB, 0x7F, 0xFF, 0xFF, 0xFF,
                                            0xFF, 0xFF, 0xFF, 0xFF};  // an object of 2^63 - 1
    EXPECT_FALSE(from_cbor(endless, error));
    const std::vector<std::uint8_t> other{0x81, 0x01};
    EXPECT_FALSE(from_cbor(other, error));
    EXPECT_EQ(error, ": expected an object");
}

TEST_F(ResultFileTest, AReplicationIsUnpackedAsItWas) {
    const std::vector<std::uint8_t> bytes = to_packed(example_replication());
    std::string error;
    const std::optional<ReplicationResult> read = from_packed(bytes, error);
    ASSERT_TRUE(read) << error;
    EXPECT_EQ(to_packed(*read), bytes);
    EXPECT_EQ(to_cbor(*read), to_cbor(example_replication()));
    for (std::size_t size = 0; size < bytes.size(); size += 7) {
        EXPECT_FALSE(from_packed(std::span{bytes}.first(size), error)) << size;
        EXPECT_EQ(error, "cut off") << size;
    }
    std::vector<std::uint8_t> longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(from_packed(longer, error));
    EXPECT_EQ(error, "there is more than a result");
    // The layout is what comes first, behind its own length.
    std::vector<std::uint8_t> foreign = bytes;
    foreign[8] ^= 1U;
    EXPECT_FALSE(from_packed(foreign, error));
    EXPECT_EQ(error, "it is of another version of this program");
    // A length beyond all memory.
    std::vector<std::uint8_t> endless = bytes;
    std::fill_n(endless.begin(), 8, std::uint8_t{0xFF});
    EXPECT_FALSE(from_packed(endless, error));
    EXPECT_EQ(error, "cut off");
}

// The text is put together without JSON values, so what JSON must not hold as it is needs care.
TEST_F(ResultFileTest, NamesAndNumbersOfAllKindsAreRightInTheText) {
    for (const std::string name :
         {"a \"quoted\" name", "back\\slash", "line\nend\ttab\x01", "Z\xC3\xBCrich", "\x7f", ""}) {
        RunResult result;
        result.offices = {name};
        Problems problems;
        const auto read = read_result_text(result_text(result), "r", problems);
        ASSERT_TRUE(read) << all_of(problems);
        EXPECT_EQ(read->offices, result.offices);
    }
    RunResult broken;
    broken.offices = {"half of a \xC3"};
    Problems problems;
    const auto mended = read_result_text(result_text(broken), "r", problems);
    ASSERT_TRUE(mended) << all_of(problems);
    EXPECT_EQ(mended->offices.at(0), "half of a \xEF\xBF\xBD");
    for (const double number : {0.0, -0.0, 1.0, -3.0, 1e15, 1e22, 0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308,
                                9007199254740993.0, -1e-7}) {
        RunResult result;
        result.requirements.resize(1);
        result.requirements[0].low = number;
        const auto read = read_result_text(result_text(result), "r", problems);
        ASSERT_TRUE(read) << all_of(problems);
        EXPECT_EQ(std::bit_cast<std::uint64_t>(read->requirements.at(0).low), std::bit_cast<std::uint64_t>(number));
    }
}

TEST_F(ResultFileTest, ForeignNewerAndDamagedFilesAreProblems) {
    const std::string right = result_text(example_result());
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "not JSON, or cut off"},
        {"{}", "is no result file"},
        {"[1, 2]", "is no result file"},
        {right.substr(0, right.size() / 2), "not JSON, or cut off"},
        {replaced(right, "\"schema_version\": 2", "\"schema_version\": 3"),
         "/schema_version: version 3 is newer than 2"},
        {replaced(right, "\"schema_version\": 2", "\"schema_version\": 1"),
         "/schema_version: version 1 is older than 2"},
        {replaced(right, "\"schema_version\": 2", "\"schema_version\": \"2\""),
         "/schema_version: expected a whole number"},
        {replaced(right, "\"seed\": 18446744073709551615", "\"seed\": -1"), "/seed: expected a number that fits"},
        {replaced(right, "\"seed\": 18446744073709551615", "\"seed\": 1e30"), "/seed: expected a whole number"},
        {replaced(right, "\"violated\"", "\"broken\""), "/requirements/0/verdict: expected \"met\""},
        {replaced(right, "\"due_per_s\": \"A", "\"due_per_s\": \"*"),
         "/replications/0/classes/0/due_per_s: expected a series"},
        {replaced(right, "\"offices\"", "\"officers\""), "\"offices\" is missing"},
    };
    for (const auto& [text, message] : cases) {
        Problems problems;
        EXPECT_FALSE(read_result_text(text, "r.json", problems)) << message;
        EXPECT_NE(all_of(problems).find(message), std::string::npos) << all_of(problems);
    }
    Problems problems;
    EXPECT_FALSE(read_result(path("missing.json"), problems));
    EXPECT_FALSE(read_result(folder_.string(), problems));
    EXPECT_EQ(problems.count(), 2U);
}

TEST_F(ResultFileTest, APathThatCannotBeWrittenIsAnErrorValueAndLeavesNothing) {
    const std::optional<Problem> no_folder = write_result(example_result(), path("no/such/r.json"));
    ASSERT_TRUE(no_folder);
    EXPECT_NE(no_folder->message.find("cannot be written"), std::string::npos);
    fs::create_directories(folder_ / "taken");
    std::ofstream(folder_ / "taken" / "x") << "x";
    EXPECT_TRUE(write_result(example_result(), path("taken")));
    EXPECT_EQ(files(), 1U);
}

// A limit on the size of files stands for the full disk: write() fails in the middle in the same way.
TEST_F(ResultFileTest, AFullDiskLeavesTheOldFileAndNoHalfOne) {
    std::ofstream(folder_ / "r.json") << "old";
    const auto write_limited = [&] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1000, 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(write_result(example_result(), path("r.json")) ? 7 : 0);
    };
    EXPECT_EXIT(write_limited(), ::testing::ExitedWithCode(7), "");
    EXPECT_EQ(files(), 1U);
    std::string text;
    std::ifstream(folder_ / "r.json") >> text;
    EXPECT_EQ(text, "old");
}

TEST(Base64Test, AgreesWithRfc4648) {
    const auto bytes = [](std::string_view text) { return std::vector<std::uint8_t>(text.begin(), text.end()); };
    for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(bytes(plain)), coded);
        EXPECT_EQ(from_base64(coded), bytes(plain));
    }
    for (const char* const text : {"Z", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9*"})
        EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace faultline::scenarios
