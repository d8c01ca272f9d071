// Goal:   reports show what they should, in the form that people and programs rely on.
// Method: one result with everything in it, against files in tests/golden/reports. UPDATE_GOLDEN=1 rewrites them.
#include "reports/report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "reports/busiest.hpp"
#include "reports/event_lines.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/text.hpp"
#include "reports/trace_events.hpp"
#include "scenarios/quantity_text.hpp"
#include "tests/reports/example_run.hpp"

namespace faultline::reports {
namespace {

void write_all(Report& report) {
    report.context(tests::example_context());
    report.results(tests::example_run());
    report.close();
}

std::string text_report(TextStyle style) {
    std::ostringstream out;
    TextReport report{out, style};
    write_all(report);
    return out.str();
}

std::string junit_report() {
    std::ostringstream out;
    JunitReport report{out};
    write_all(report);
    return out.str();
}

void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string{FAULTLINE_SOURCE_DIR} + "/tests/golden/reports/" + name;
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream{path} << text;
    std::ifstream file{path};
    const std::string golden{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(text, golden) << path;
}

TEST(TextReportTest, IsPlainAsciiIn80Columns) {
    const std::string text = text_report({});
    expect_golden("run.txt", text);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    for (const char letter : text) EXPECT_TRUE(letter == '\n' || (letter >= ' ' && letter <= '~'));
}

// A name of 64 bytes is the longest that the format takes.
TEST(TextReportTest, LongNamesStayIn80Columns) {
    scenarios::RunResult run = tests::example_run();
    const std::string longest(64, 'n');
    for (auto& replication : run.replications) {
        for (auto& one : replication.classes) one.name = longest;
        for (auto& one : replication.queues) one.name = longest;
        for (auto& one : replication.instances) one.name = longest;
    }
    std::ostringstream out;
    TextReport report{out, {}};
    report.context(tests::example_context());
    report.results(run);
    report.close();
    std::istringstream lines{out.str()};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_NE(out.str().find("   " + longest + "\n"), std::string::npos) << "an instance has a line of its own";
    EXPECT_NE(out.str().find("\nWhere the time of\n" + longest + " goes"), std::string::npos) << out.str();
}

// Of many instances the busiest are shown, and whoever refused connections, however idle.
TEST(TextReportTest, OfManyInstancesTheBusiestAreShown) {
    scenarios::RunResult run;
    run.replications.emplace_back();
    for (int i = 1; i <= 20; ++i) {
        const std::string name = "orders/instance-" + std::to_string(i);
        run.replications.back().queues.push_back({name, 0.01 * i, 0.0, 1, 0});
        run.replications.back().instances.push_back({.name = name, .connections_refused = i == 2 ? 5U : 0U});
    }
    const InstanceTable table = instance_table(run, 8);
    ASSERT_EQ(table.rows.size(), 8U);
    EXPECT_EQ(table.rows[0].name, "orders/instance-2");
    EXPECT_EQ(table.rows[1].name, "orders/instance-20");
    EXPECT_EQ(table.left_out, 12U);
    EXPECT_DOUBLE_EQ(table.left_out_utilisation, 0.13);
}

TEST(TextReportTest, HasColourAndSignsOnATerminal) {
    expect_golden("run_terminal.txt", text_report({.colour = true, .unicode = true}));
}

TEST(TextReportTest, AFileIsNoTerminal) {
    std::FILE* const file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    EXPECT_FALSE(style_of(::fileno(file)).colour);
    EXPECT_FALSE(style_of(::fileno(file)).unicode);
    std::fclose(file);
}

TEST(JunitReportTest, ViolatedFailsUndecidedIsSkippedADeathIsAnError) {
    expect_golden("run.xml", junit_report());
}

TEST(JsonReportTest, IsTheResult) {
    std::ostringstream out;
    JsonReport report{out};
    write_all(report);
    EXPECT_EQ(out.str().rfind("{\n", 0), 0U);
    EXPECT_NE(out.str().find("\"faultline-result\""), std::string::npos);
}

TEST(EventLinesTest, AreOneObjectALine) {
    EXPECT_EQ(
        hello_line("0.1.0", "a \"b\"\n", 5),
        "{\"v\":1,\"type\":\"hello\",\"version\":\"0.1.0\",\"scenario\":\"a \\\"b\\\"\\n\",\"replications\":5}\n");
    EXPECT_EQ(progress_line({.done = 0.5, .finished = 1, .replications = 2, .events_per_s = 10.0, .seconds_left = {}}),
              "{\"v\":1,\"type\":\"progress\",\"done\":0.5,\"of\":1,\"finished\":1,\"replications\":2,"
              "\"events_per_s\":10.0,\"eta_s\":null}\n");
    EXPECT_EQ(result_line("r.json"), "{\"v\":1,\"type\":\"result\",\"path\":\"r.json\"}\n");
    EXPECT_EQ(error_line(2, "no", "/a"),
              "{\"v\":1,\"type\":\"error\",\"code\":2,\"text\":\"no\",\"pointer\":\"/a\"}\n");
    EXPECT_EQ(log_line("x"), "{\"v\":1,\"type\":\"log\",\"text\":\"x\"}\n");
}

TEST(TextLayoutTest, WrapsByCharactersWithAHangingIndent) {
    EXPECT_EQ(wrapped("one two three", "* ", 9), "* one two\n  three\n");
    EXPECT_EQ(wrapped("\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6", "", 7), "\u00e4\u00e4\u00e4 \u00f6\u00f6\u00f6\n");
    EXPECT_EQ(wrapped("averyverylongword x", "", 5), "averyverylongword\nx\n");
    EXPECT_EQ(wrapped("a\nb", "  ", 20), "  a\n  b\n");
    EXPECT_EQ(right("\u00e4", 3), "  \u00e4");
}

TEST(QuantityTextTest, HasThreeFiguresAndAFittingUnit) {
    using scenarios::seconds_text;
    using scenarios::share_text;
    EXPECT_EQ(seconds_text(0.0), "0 s");
    EXPECT_EQ(seconds_text(0.0382), "38.2 ms");
    EXPECT_EQ(seconds_text(0.9999), "1 s");
    EXPECT_EQ(seconds_text(60.0), "60 s");
    EXPECT_EQ(seconds_text(312.0), "5.2 min");
    EXPECT_EQ(seconds_text(2.5e-9), "2.5 ns");
    EXPECT_EQ(seconds_text(1e9), "11574 d");
    EXPECT_EQ(share_text(0.99992), "99.992 %");
    EXPECT_EQ(share_text(0.853), "85.3 %");
    EXPECT_EQ(share_text(0.95), "95 %");
    EXPECT_EQ(share_text(1.0), "100 %");
    EXPECT_EQ(share_text(0.0), "0 %");
}

// A track for each query, its stages one after the other; and what it fell into.
TEST(TraceEventsTest, AQueryIsASliceAndItsStagesLieInIt) {
    scenarios::RunResult run = tests::example_run();
    run.offices = {"boston"};
    scenarios::ReplicationResult& replication = run.replications.front();
    replication.traced = {{7, 0, 0, 1'000'500, true, true, {2, 5}, {2'000, 3'000}}};
    const auto trace = nlohmann::json::parse(trace_events(run));
    std::vector<nlohmann::json> slices;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("ph") == "X" && event.at("pid") == 3) slices.push_back(event);
    }
    ASSERT_EQ(slices.size(), 3U);
    EXPECT_EQ(slices[0].at("name"), replication.classes.front().name);
    EXPECT_EQ(slices[0].at("ts"), 1000.5);
    EXPECT_EQ(slices[0].at("dur"), 5.0);
    EXPECT_EQ(slices[1].at("name"), "network");
    EXPECT_EQ(slices[2].at("name"), "cpu");
    EXPECT_EQ(slices[2].at("ts"), 1002.5);
    const std::string text = trace.dump();
    for (const auto& fault : replication.faults) EXPECT_NE(text.find(fault.name), std::string::npos);
}

// The format's rules: every event names its phase, process and track; slices have a start and a length in microseconds;
// the stages of a query follow one another without a gap and are all of it. Source: Trace Event Format, Google, 2016.
void expect_valid(const nlohmann::json& trace) {
    ASSERT_TRUE(trace.at("traceEvents").is_array());
    std::map<std::pair<int, int>, std::vector<nlohmann::json>> tracks;
    for (const auto& event : trace.at("traceEvents")) {
        EXPECT_FALSE(event.at("name").get<std::string>().empty());
        const std::pair track{event.at("pid").get<int>(), event.at("tid").get<int>()};
        if (event.at("ph") == "M") continue;
        ASSERT_EQ(event.at("ph"), "X");
        EXPECT_GE(event.at("dur").get<double>(), 0.0);
        tracks[track].push_back(event);
    }
    const auto ns = [](const nlohmann::json& us) { return std::llround(us.get<double>() * 1000.0); };
    for (const auto& [track, slices] : tracks) {
        if (track.first < 3) continue;  // faults and states: one after the other
        std::int64_t at = ns(slices.front().at("ts"));
        const std::int64_t end = at + ns(slices.front().at("dur"));
        for (std::size_t i = 1; i < slices.size(); ++i) {
            EXPECT_EQ(ns(slices[i].at("ts")), at) << slices[i];
            at += ns(slices[i].at("dur"));
        }
        EXPECT_EQ(at, end) << slices.front();
    }
}

TEST(TraceEventsTest, TheyAreValidAndAServersOwnQueriesAreUnderIt) {
    scenarios::RunResult run = tests::example_run();
    run.offices = {"boston"};
    scenarios::ReplicationResult& replication = run.replications.front();
    // The second one begins a week after the start: its microseconds still tell nanoseconds.
    replication.traced = {{7, 0, 0, 1'000'500, true, true, {2, 5}, {2'000, 3'000}, ""},
                          {8, 0, 0, 604'800'000'000'001, true, true, {2, 5, 2}, {1, 2'345'678, 9}, ""},
                          {1, 0, 0, 2'000'000, true, true, {3}, {500}, "caches/hot/1"}};
    const auto trace = nlohmann::json::parse(trace_events(run));
    expect_valid(trace);
    int of_node = -1;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("name") == "process_name" && event.at("args").at("name") == "caches/hot/1") {
            of_node = event.at("pid").get<int>();
        }
    }
    ASSERT_GT(of_node, 0);
    int queries = 0;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("ph") == "M" || event.at("pid") != of_node || !event.at("args").contains("server")) continue;
        EXPECT_EQ(event.at("args").at("server"), "caches/hot/1");
        EXPECT_FALSE(event.at("args").contains("office"));
        ++queries;
    }
    EXPECT_EQ(queries, 1);
}

// Of pools that are alike the fuller one, in the phase in which it was fuller; a link may be asked for more than it
// has.
TEST(BusiestTest, EachInItsBusiestPhase) {
    const std::vector<BusyRow> rows = busiest(tests::example_run(), 10);
    ASSERT_EQ(rows.size(), 3U) << "what idles is not told";
    EXPECT_EQ(rows[0].words, "us-east-1 to us-west-2: link");
    EXPECT_DOUBLE_EQ(rows[0].mean, 1.25);
    EXPECT_EQ(rows[0].phase, "zone lost");
    EXPECT_DOUBLE_EQ(rows[1].mean, 0.98);
    EXPECT_EQ(rows[1].alike, 2U);
    EXPECT_EQ(rows[2].phase, "steady");
    EXPECT_DOUBLE_EQ(rows[2].worst_second, 0.94);
    EXPECT_EQ(busiest(tests::example_run(), 1).size(), 1U);
}

}  // namespace
}  // namespace faultline::reports
