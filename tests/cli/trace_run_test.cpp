// Goal:   scenarios/trace-replay.json gives the verdicts that its question expects, and a run names the trace that it
//         depends on, or refuses it before anything is written.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "scenarios/result_file.hpp"
#include "tests/cli/program.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

const std::string scenarios_folder = std::string{FAULTLINE_SOURCE_DIR} + "/scenarios/";

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

TEST(TraceRunTest, TwiceThePaceNeedsTheCache) {
    const Folder folder;
    const Ended recorded = run_variant(folder, "trace-replay.json", "", 3);
    EXPECT_EQ(verdict_of(recorded.out, "prices in time"), "met") << recorded.out << recorded.err;
    EXPECT_EQ(verdict_of(recorded.out, "nobody is turned away"), "met") << recorded.out;
    const Ended twice = run_variant(folder, "trace-replay.json", "twice", 3);
    EXPECT_EQ(verdict_of(twice.out, "prices in time"), "VIOLATED") << twice.out << twice.err;
    const Ended cached = run_variant(folder, "trace-replay.json", "twice-cached", 3);
    EXPECT_EQ(verdict_of(cached.out, "prices in time"), "met") << cached.out << cached.err;
    EXPECT_EQ(verdict_of(cached.out, "prices are cached"), "met") << cached.out;
}

// The result is what another folder finds, too: the path starts from the scenario's.
TEST(TraceRunTest, TheResultNamesItsTrace) {
    const Folder folder;
    const Ended ended = run_variant(folder, "trace-replay.json", "", 1);
    const std::string digest = "1322a2b5d092860f4f06fd2ee609ae1ff93049c822ce4ae845fc789ad283f129";
    EXPECT_NE(ended.out.find("traces/price-list.csv: 4015 requests, 123346 bytes"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find(digest), std::string::npos) << ended.out;
    scenarios::Problems problems;
    const auto result = scenarios::read_result(folder.path("result.json"), problems);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->input_files.size(), 1U);
    EXPECT_EQ(result->input_files.front().name, "traces/price-list.csv");
    EXPECT_EQ(result->input_files.front().sha256, digest);
    EXPECT_EQ(result->input_files.front().requests, 4015U);
}

TEST(TraceRunTest, AWrongLineIsToldBeforeAnythingIsWritten) {
    const Folder folder;
    std::filesystem::create_directory(folder.path("traces"));
    const std::string trace = text_of(scenarios_folder + "traces/price-list.csv");
    folder.write("traces/price-list.csv", trace + "239.999,GET /prize,1,boston\n");
    const std::string file = folder.write("s.json", text_of(scenarios_folder + "trace-replay.json"));
    for (const char* const command : {"check", "run"}) {
        const Ended ended = run_program(folder, {command, file});
        EXPECT_EQ(ended.code, 2) << ended.out;
        EXPECT_NE(ended.err.find("/workload/arrivals/trace/file: traces/price-list.csv:4017: no class is named "
                                 "\"GET /prize\"; did you mean \"GET /price\"?"),
                  std::string::npos)
            << ended.err;
        EXPECT_EQ(folder.files().size(), 3U) << "nothing but the folder, the trace and the scenario";
    }
    folder.write("traces/price-list.csv", trace);
    EXPECT_EQ(run_program(folder, {"check", file}).code, 0);
    std::filesystem::remove(folder.path("traces/price-list.csv"));
    const Ended missing = run_program(folder, {"run", file});
    EXPECT_EQ(missing.code, 2);
    EXPECT_NE(missing.err.find("traces/price-list.csv: cannot be opened: No such file"), std::string::npos)
        << missing.err;
}

}  // namespace
}  // namespace faultline::tests
