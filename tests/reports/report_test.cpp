// Goal:   reports show what they should, in the form that people and programs rely on.
// Method: one result with everything in it, against files in tests/golden/reports. UPDATE_GOLDEN=1 rewrites them.
#include "reports/report.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "reports/event_lines.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/text.hpp"
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

}  // namespace
}  // namespace faultline::reports
