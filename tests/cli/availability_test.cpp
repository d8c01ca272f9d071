// Goal:   `faultline availability` keeps its promises on the command line: exit status, what it prints, bad input.
// Method: the executable itself, in an empty folder; its models are not asked.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Words = std::vector<std::string>;

std::string scenario(const std::string& at_least) {
    return R"({"name": "Orders", "description": "How many minutes a year?",
        "run": {"warm_up": "1min", "measured": "10min", "replications": 3, "seed": 5},
        "network": {"profile": "aws-2025"}, "regions": {"us-east-1": {"zones": ["a", "b", "c"]}},
        "offices": {"boston": {"city": "Boston, US"}},
        "databases": {"orders": {"kind": "aurora-mysql", "region": "us-east-1", "data": "100GiB",
            "buffer_pool": {"working_set": "1GiB"},
            "writer": {"class": "db.r6g.large", "zone": "a"}, "replicas": [{"zone": "b"}]}},
        "services": {"shop": {"regions": {"us-east-1": 3}, "driver": "fast-failover"}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {
            "update": {"kind": "update", "share": 1, "via": "shop", "route": ["orders/writer"], "deadline": "2s"}}},
        "requirements": {"all year": {"measure": "availability-per-year", "of": "update",
            "at_least": ")" +
           at_least + R"("}},
        "variants": {"no replica": {"databases": {"orders": {"replicas": []}}}}})";
}

class AvailabilityCliTest : public testing::Test {
protected:
    Ended run(const std::string& at_least, Words more = {}) {
        folder.write("s.json", scenario(at_least));
        Words words{"availability", "s.json", "--years", "2000"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    Folder folder;
};

TEST_F(AvailabilityCliTest, ExitStatusIsTheVerdict) {
    EXPECT_EQ(run("99%").code, 0);
    EXPECT_EQ(run("99.99999999%").code, 1);
    const nlohmann::json result = nlohmann::json::parse(run("99%", {"--format", "json"}).out);
    const std::string estimate = result["requirements"][0]["estimate"].dump();
    EXPECT_EQ(run(estimate).code, 3);
}

TEST_F(AvailabilityCliTest, TheTableFitsAndIsPlain) {
    const Ended ended = run("99%");
    EXPECT_EQ(ended.err, "");
    for (const char* words : {"2,000 years of failures", "Why: all operations", "zone-outage", "Planned work", "patch",
                              "closed form", "Rare losses", "Repeat: faultline availability s.json --seed 5"}) {
        EXPECT_NE(ended.out.find(words), std::string::npos) << words << "\n" << ended.out;
    }
    EXPECT_EQ(ended.out.find('\033'), std::string::npos);
    std::istringstream lines{ended.out};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_EQ(folder.files(), Words{"s.json"});  // nothing is written that was not asked for
}

TEST_F(AvailabilityCliTest, ManyKindsOfPlannedWorkFitToo) {
    std::string text = scenario("99%");
    text.insert(text.find("\"requirements\""), R"("faults": {"bigger at times": {"kind": "class-change",
        "class": "db.r6g.xlarge", "at_random": {"targets": ["orders/writer"], "every": "60d", "lasts": "30d"}},
        "new columns": {"kind": "schema-change", "method": "copy", "at_random": {"targets": ["orders"],
        "every": "60d"}}}, )");
    folder.write("s.json", text);
    const Ended ended = run_program(folder, {"availability", "s.json", "--years", "100"});
    EXPECT_NE(ended.out.find("schema-change"), std::string::npos) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("class-change"), std::string::npos) << ended.out << ended.err;
    std::istringstream lines{ended.out};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST_F(AvailabilityCliTest, TheResultDoesNotDependOnWorkers) {
    const std::string one = run("99%", {"--format", "json", "--jobs", "1"}).out;
    EXPECT_EQ(one, run("99%", {"--format", "json", "--jobs", "3"}).out);
    EXPECT_NE(one, run("99%", {"--format", "json", "--seed", "6"}).out);
}

TEST_F(AvailabilityCliTest, AResultIsWrittenWhereItWasAsked) {
    const Ended ended = run("99%", {"--result", "out/years.json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    const auto result = nlohmann::json::parse(folder.read("out/years.json"));
    EXPECT_EQ(result["years"], 2000);
    EXPECT_EQ(result["classes"][0]["of"], "all operations");
    EXPECT_GT(result["classes"][0]["minutes"]["mean"].get<double>(), 0.0);
}

TEST_F(AvailabilityCliTest, AVariantIsAnotherTopology) {
    const auto minutes = [&](const Words& more) {
        Words words{"--format", "json"};
        words.insert(words.end(), more.begin(), more.end());
        return nlohmann::json::parse(run("99%", words).out)["classes"][0]["minutes"]["mean"].get<double>();
    };
    EXPECT_GT(minutes({"--variant", "no replica"}), 1.5 * minutes({}));
}

TEST_F(AvailabilityCliTest, BadInputIsRefused) {
    EXPECT_EQ(run("99%", {"--years", "10"}).code, 2);
    EXPECT_EQ(run("99%", {"--precision", "0%"}).code, 2);
    EXPECT_EQ(run("99%", {"--precision", "five"}).code, 2);
    EXPECT_EQ(run("99%", {"--format", "xml"}).code, 2);
    EXPECT_EQ(run("99%", {"--variant", "no replicas"}).code, 2);
    const Ended missing = run("99%", {"--rto-from", "nothing.json"});
    EXPECT_EQ(missing.code, 2);
    EXPECT_NE(missing.err.find("nothing.json"), std::string::npos);
    folder.write("foreign.json", "{}");
    EXPECT_EQ(run("99%", {"--rto-from", "foreign.json"}).code, 2);
    EXPECT_EQ(run("99%", {"--result", "."}).code, 4);
}

TEST_F(AvailabilityCliTest, WhereNothingBreaksThereAreNoYears) {
    folder.write("q.json", R"({"name": "Queue", "run": {"warm_up": "0s", "measured": "60s"},
        "network": {"profile": "zero"}, "offices": {"hall": {"access": "none"}},
        "stations": {"counter": {"servers": 1}}, "workload": {"arrivals": {"rate": "10/s"}, "classes": {
            "ask": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}}})");
    const Ended ended = run_program(folder, {"availability", "q.json"});
    EXPECT_EQ(ended.code, 2) << ended.out;
    EXPECT_NE(ended.err.find("nothing in it breaks"), std::string::npos) << ended.err;
}

TEST_F(AvailabilityCliTest, ARunLeavesYearsToIt) {
    folder.write("s.json", scenario("99.99%"));
    const Ended ended = run_program(folder, {"run", "s.json"});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    EXPECT_NE(ended.out.find("faultline availability"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace faultline::tests
