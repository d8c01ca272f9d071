// Goal:   every tidy rule finds what it is for, at the right line, and lets the neighbouring good form pass.
// Method: one small file for each.
#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace faultline::tidy {
namespace {

using Rule = Findings (*)(Files);

// The lines that a rule finds in one file.
std::vector<std::size_t> lines_found(Rule rule, const std::string& path, const std::string& text) {
    const std::vector<SourceFile> files{source_file(path, text)};
    std::vector<std::size_t> lines;
    for (const Finding& finding : rule(files)) lines.push_back(finding.line);
    return lines;
}

const std::vector<std::size_t> none;
const std::vector<std::size_t> first{1};

TEST(TidyRulesTest, AFindingNamesFileLineAndMessage) {
    EXPECT_EQ(to_text({{"engine/time.hpp", 12, "too long"}}), "engine/time.hpp:12: too long\n");
}

TEST(TidyRulesTest, IncludesGoOneWay) {
    EXPECT_EQ(lines_found(wrong_includes, "engine/a.cpp", "\n#include \"models/b.hpp\"\n"),
              (std::vector<std::size_t>{2}));
    EXPECT_EQ(lines_found(wrong_includes, "models/a.cpp", "#include \"engine/time.hpp\"\n"), none);
    EXPECT_EQ(lines_found(wrong_includes, "scenarios/a.cpp", "#include \"engine/time.hpp\"\n"), none);
    EXPECT_EQ(lines_found(wrong_includes, "scenarios/a.cpp", "#include \"engine/calendar.hpp\"\n"), first);
    EXPECT_EQ(lines_found(wrong_includes, "reports/a.cpp", "#include \"planning/worker.hpp\"\n"), first);
    EXPECT_EQ(lines_found(wrong_includes, "gui/a.cpp", "#include \"models/topology.hpp\"\n"), first);
    EXPECT_EQ(lines_found(wrong_includes, "engine/a.cpp", "#include \"time.hpp\"\n"), first);
    EXPECT_EQ(lines_found(wrong_includes, "engine/a.cpp", "#include \"../models/b.hpp\"\n"), first);
    EXPECT_EQ(lines_found(wrong_includes, "engine/a.cpp", "// #include \"models/b.hpp\" is not an include\n"), none);
}

TEST(TidyRulesTest, PackagesStayInTheirPlace) {
    EXPECT_EQ(lines_found(misplaced_packages, "cli/a.cpp", "#include <nlohmann/json.hpp>\n"), first);
    EXPECT_EQ(lines_found(misplaced_packages, "models/a.cpp", "#include <nlohmann/json.hpp>\n"), first);
    EXPECT_EQ(lines_found(misplaced_packages, "reports/a.cpp", "#include <nlohmann/json.hpp>\n"), none);
    EXPECT_EQ(lines_found(misplaced_packages, "models/clients/a.cpp", "#include <boost/graph/graph_traits.hpp>\n"),
              first);
    EXPECT_EQ(lines_found(misplaced_packages, "models/topology/a.cpp", "#include <boost/graph/graph_traits.hpp>\n"),
              none);
    EXPECT_EQ(lines_found(misplaced_packages, "models/network/profile.cpp", "#include <simgrid/s4u.hpp>\n"), first);
    EXPECT_EQ(lines_found(misplaced_packages, "models/network/simgrid_flows.cpp", "#include <simgrid/s4u.hpp>\n"),
              none);
    EXPECT_EQ(lines_found(misplaced_packages, "charts/a.cpp", "#include <QPainter>\n"), first);
    EXPECT_EQ(lines_found(misplaced_packages, "planning/a.cpp", "#include <CLI/CLI.hpp>\n"), first);
}

TEST(TidyRulesTest, EverySourceIsBuiltAndEveryHeaderIncluded) {
    const std::vector<SourceFile> files{
        source_file("engine/CMakeLists.txt", "add_library(engine STATIC time.cpp queueing/pool.cpp)\n"),
        source_file("tests/CMakeLists.txt", "add_executable(a \"${PROJECT_SOURCE_DIR}/cli/main.cpp\")\n"),
        source_file("cli/main.cpp", ""),
        source_file("engine/time.cpp", "#include \"engine/time.hpp\"\n"),
        source_file("engine/time.hpp", ""),
        source_file("engine/queueing/pool.cpp", ""),
        source_file("engine/queueing/dead.cpp", ""),
        source_file("engine/queueing/dead.hpp", "#include \"engine/queueing/dead.hpp\"\n")};
    EXPECT_EQ(to_text(unlisted_sources(files)), "engine/queueing/dead.cpp:1: no CMakeLists.txt names this file\n");
    EXPECT_EQ(to_text(unincluded_headers(files)), "engine/queueing/dead.hpp:1: nobody includes this header\n");
}

TEST(TidyRulesTest, NoBannedCallsInEngineAndModels) {
    for (const char* const bad :
         {"auto t = std::chrono::system_clock::now();", "auto t = steady_clock::now();", "std::random_device seed;",
          "int r = rand();", "std::srand(1);", "#include <unordered_map>", "std::unordered_set<int> names;",
          "std::normal_distribution<double> n;", "std::mt19937_64 generator;", "std::map<Node*, int> ranks;",
          "std::set<const Node*> seen;", "auto t = time(nullptr);"}) {
        EXPECT_EQ(lines_found(banned_calls, "engine/a.cpp", bad), first) << bad;
        EXPECT_EQ(lines_found(banned_calls, "models/a/b.hpp", bad), first) << bad;
        EXPECT_EQ(lines_found(banned_calls, "cli/a.cpp", bad), none) << bad;
    }
    for (const char* const good :
         {"// steady_clock is banned", "fmt::print(\"rand()\");", "operand(3);", "std::map<int, Node*> nodes;",
          "sim.time(now);", "boost::random::normal_distribution<double> n;"}) {
        EXPECT_EQ(lines_found(banned_calls, "engine/a.cpp", good), none) << good;
    }
}

TEST(TidyRulesTest, FilesAndLinesAreShort) {
    std::string lines_400;
    for (int i = 0; i < 400; ++i) lines_400 += "\n";
    EXPECT_EQ(lines_found(long_files, "engine/a.cpp", lines_400), none);
    EXPECT_EQ(lines_found(long_files, "engine/a.cpp", lines_400 + "\n"), (std::vector<std::size_t>{401}));
    EXPECT_EQ(lines_found(long_lines, "engine/a.cpp", "//" + std::string(118, 'x')), none);
    EXPECT_EQ(lines_found(long_lines, "engine/a.cpp", "//" + std::string(119, 'x')), first);
    EXPECT_EQ(lines_found(long_lines, "docs/a.md", std::string(200, 'x')), none);
    EXPECT_EQ(lines_found(long_lines, "scripts/a.sh", "#" + std::string(120, 'x')), first);
}

TEST(TidyRulesTest, NothingIsLeftForLaterAndNoPathOfOneMachine) {
    EXPECT_EQ(lines_found(unfinished_notes, "engine/a.cpp",
                          "// TO"
                          "DO: think"),
              first);
    EXPECT_EQ(lines_found(unfinished_notes, "docs/a.md",
                          "FIX"
                          "ME"),
              first);
    EXPECT_EQ(lines_found(unfinished_notes, "engine/a.cpp", "int todos = 0;"), none);
    EXPECT_EQ(lines_found(machine_paths, "scripts/a.sh",
                          "cd /ho"
                          "me/someone"),
              first);
    EXPECT_EQ(lines_found(machine_paths, "tests/a.cpp",
                          "\"/tm"
                          "p/file\""),
              first);
    EXPECT_EQ(lines_found(machine_paths, "scripts/a.sh",
                          "cat /etc/os-release build/tm"
                          "p/x"),
              none);
}

std::string function_of(std::size_t lines) {
    std::string text = "namespace a {\n\ntemplate <class T>\nint f(T t) {\n";
    for (std::size_t i = 2; i < lines; ++i) text += "    if (t) { ++t; }\n";
    return text + "}\n}\n";
}

TEST(TidyRulesTest, FunctionsAreShort) {
    EXPECT_EQ(lines_found(long_functions, "engine/a.cpp", function_of(60)), none);
    EXPECT_EQ(lines_found(long_functions, "engine/a.cpp", function_of(61)), (std::vector<std::size_t>{4}));
    std::string table = "struct Big {\n";
    for (int i = 0; i < 100; ++i) table += "    int f() const { return 1; }\n";
    EXPECT_EQ(lines_found(long_functions, "engine/a.cpp", table + "};\n"), none);
}

TEST(TidyRulesTest, AwaitsHaveAnAcceptedForm) {
    for (const char* const good :
         {"co_await sim.delay(35ms);", "const auto served = co_await cpu.serve(work);",
          "const Outcome r = co_await call(a, b);", "const std::vector<int> r = co_await f();",
          "co_return co_await child(x);", "if (late) co_await delay(1s);", "else co_await delay(1s);",
          "const auto& r = co_await f();", "case 3: co_await f();", "auto operator co_await() const;",
          "// co_await {x};", "Awaiter operator co_await() && { return x; }"}) {
        EXPECT_EQ(lines_found(wrong_awaits, "models/a.cpp", good), none) << good;
    }
    for (const char* const bad :
         {"if (co_await x) {}", "while (co_await x) {}", "for (int i = co_await x; i < 3; ++i) {}",
          "for (int i = 0; i < 3; co_await x) {}", "switch (co_await x) {}", "f(co_await x);",
          "const auto r = ok ? co_await x : 3;", "const auto r = co_await (ok ? x : y);", "co_await f(Work{1});",
          "auto r = co_await x;", "const int r = 1 + co_await x;", "co_return 2 * co_await x;", "r = co_await x;",
          "const std::array a{co_await x};", "const auto r = co_await f(co_await x);",
          "if (const auto r = co_await x; r) {}", "co_await f([] { return 1; });"}) {
        EXPECT_EQ(lines_found(wrong_awaits, "models/a.cpp", bad).empty(), false) << bad;
    }
}

}  // namespace
}  // namespace faultline::tidy
