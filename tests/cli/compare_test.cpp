// Goal:   `faultline compare` keeps its promises: who is better, exit status, what is left out and what is written.
// Method: the executable itself, in an empty folder, with the stand-in of the models (tests/planning/
//         fake_replication.cpp): its latencies depend on the seed and, where the scenario's name is "saturates", on the
//         rate of arrivals, by 0.1 ms for each operation a second.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Words = std::vector<std::string>;

std::string scenario(const std::string& variants, const std::string& rate = "100/s") {
    return R"({"name": "saturates", "description": "Is it fast?",
        "run": {"warm_up": "0s", "measured": "60s", "replications": 4, "seed": 5},
        "network": {"profile": "zero"}, "offices": {"boston": {"access": "none"}},
        "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": ")" +
           rate + R"("}, "classes": {"lookup": {"share": 1, "route": ["counter"], "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": "30ms"}},
        "variants": {)" +
           variants + "}}";
}

const std::string busier = R"("busier": {"workload": {"arrivals": {"rate": "120/s"}}})";
const std::string same = R"("same": {"stations": {"counter": {"servers": 2}}})";
const std::string broken = R"("broken": {"stations": {"counter": {"servers": 0}}})";

class CompareTest : public testing::Test {
protected:
    Ended compare(const std::string& text, const Words& more = {}) {
        folder.write("s.json", text);
        Words words{"compare", "s.json"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(folder, words);
    }
    // That a later run is compared with.
    void make_baseline(const Words& more = {}) {
        folder.write("s.json", scenario(same));
        Words words{"run", "s.json", "--result", "r.json"};
        words.insert(words.end(), more.begin(), more.end());
        ASSERT_EQ(run_program(folder, words).code, 0);
    }
    static bool says(const Ended& ended, const std::string& text) {
        const bool there = (ended.out + ended.err).find(text) != std::string::npos;
        if (!there) ADD_FAILURE() << "no \"" << text << "\" in\n" << ended.out << ended.err;
        return there;
    }
    Folder folder;
};

// What is not there costs nothing: the stand-in knows no faults. Whoever follows it goes with it, the others stay.
TEST_F(CompareTest, AFaultIsLeftOutWithWhatFollowsItAndWhatIsAskedAfterIt) {
    std::string text = scenario("");
    const std::string requirements = R"("requirements": {)";
    text.insert(text.find(requirements) + requirements.size(), R"("back": {"measure": "rto", "of": "lookup",
        "after": "slow", "at_most": "60s"}, "back too": {"measure": "rto", "of": "lookup", "after": "slow again",
        "at_most": "60s"}, )");
    text.insert(text.rfind("\"variants\""), R"("faults": {
        "slow": {"kind": "brown-out", "target": "counter", "at": "10s", "lasts": "5s"},
        "follower": {"kind": "brown-out", "target": "counter", "lasts": "1s",
                     "follows": {"fault": "slow", "after": "1s"}},
        "slow again": {"kind": "brown-out", "target": "counter", "at": "30s", "lasts": "5s"}}, )");
    const Ended ended = compare(text, {"--without", "slow"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    says(ended, "without slow");
    says(ended, "/faults/slow\n");
    says(ended, "/faults/follower\n");
    says(ended, "/requirements/back\n");
    EXPECT_EQ(ended.out.find("/faults/slow again"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find("/requirements/back too"), std::string::npos) << ended.out;
    says(ended, "equal");

    const Ended wrong = compare(text, {"--without", "slwo"});
    EXPECT_EQ(wrong.code, 2);
    says(wrong, "no fault is named \"slwo\"; did you mean \"slow\"?");
    EXPECT_EQ(compare(text, {"--without", "slow", "--variant", "same"}).code, 2);
}

TEST_F(CompareTest, EqualModelsDifferByExactlyNothingAndOthersByWhatTheyDiffer) {
    const Ended ended = compare(scenario(busier + "," + same));
    EXPECT_EQ(ended.code, 0) << "without a baseline nothing has become worse";
    says(ended, " + same                  24.7 ms           0                          equal");
    says(ended, "busier                26.7 ms       +2 ms");
    says(ended, "WORSE");
    says(ended, "best: no winner between base and same");
    says(ended, "/workload/arrivals/rate  \"100/s\" -> \"120/s\"");
    says(ended, "/stations/counter/servers  1 -> 2");
    EXPECT_EQ(folder.files(), (Words{"s.json"})) << "nothing is written unasked";
}

TEST_F(CompareTest, EveryLineFitsInEightyColumns) {
    const Ended ended = compare(scenario(busier + "," + same + "," + broken), {"--all-measures"});
    std::size_t begin = 0;
    for (std::size_t end = ended.out.find('\n'); end != std::string::npos; end = ended.out.find('\n', begin)) {
        EXPECT_LE(end - begin, 80U) << ended.out.substr(begin, end - begin);
        EXPECT_FALSE(ended.out.substr(begin, end - begin).ends_with(' ')) << ended.out.substr(begin, end - begin);
        begin = end + 1;
    }
    says(ended, "availability of lookup");
}

TEST_F(CompareTest, AVariantThatIsNoModelIsNamedAndTheOthersGoOn) {
    const Ended ended = compare(scenario(broken + "," + busier));
    EXPECT_EQ(ended.code, 2);
    says(ended, "broken is no valid model and was left out");
    says(ended, "/stations/counter/servers: in variant \"broken\": expected a whole");
    says(ended, "WORSE");
    EXPECT_EQ(compare(scenario(broken + "," + busier), {"--variant", "busier"}).code, 0);
}

TEST_F(CompareTest, ASignificantRegressionIsOneAndAnInsignificantOneIsNot) {
    make_baseline();
    EXPECT_EQ(compare(scenario(same), {"--baseline", "r.json"}).code, 0);
    const Ended worse = compare(scenario(same, "101/s"), {"--baseline", "r.json"});
    EXPECT_EQ(worse.code, 1);
    says(worse, "The scenario has changed");
    says(worse, "Both are of program version");
    EXPECT_EQ(compare(scenario(same, "99/s"), {"--baseline", "r.json"}).code, 0) << "better is no regression";
    // Another seed: independent samples, whose noise hides 0.1 ms and not 5 ms.
    const Ended hidden = compare(scenario(same, "101/s"), {"--baseline", "r.json", "--seed", "6"});
    EXPECT_EQ(hidden.code, 0);
    says(hidden, "Seeds 5 and 6: independent samples (Welch).");
    says(hidden, "no winner");
    EXPECT_EQ(compare(scenario(same, "150/s"), {"--baseline", "r.json", "--seed", "6"}).code, 1);
}

// What a build server shows as red is what the exit status says, and nothing else.
TEST_F(CompareTest, JunitFailsWhatHasBecomeWorse) {
    make_baseline();
    const auto count = [](const std::string& text, const std::string& part) {
        int found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
        return found;
    };
    const Ended worse = compare(scenario(same, "101/s"), {"--baseline", "r.json", "--format", "junit"});
    EXPECT_EQ(worse.code, 1);
    EXPECT_EQ(count(worse.out, "<testsuite "), 1) << "the baseline was run then";
    EXPECT_EQ(count(worse.out, "<failure message="), 1) << worse.out;
    says(worse, "WORSE, +");
    const Ended alike = compare(scenario(same), {"--baseline", "r.json", "--format", "junit"});
    EXPECT_EQ(alike.code, 0);
    EXPECT_EQ(count(alike.out, "<failure"), 0) << alike.out;
    const Ended variants = compare(scenario(broken + "," + busier), {"--format", "junit"});
    EXPECT_EQ(variants.code, 2);
    EXPECT_EQ(count(variants.out, "<testsuite "), 3);
    EXPECT_EQ(count(variants.out, "<failure"), 0) << "nothing has become worse";
    EXPECT_EQ(count(variants.out, "<error message="), 1) << variants.out;
}

TEST_F(CompareTest, ABaselineOfAVariantIsComparedWithThatVariant) {
    make_baseline({"--variant", "same"});
    const Ended ended = compare(scenario(same + "," + busier), {"--baseline", "r.json"});
    EXPECT_EQ(ended.code, 0);
    says(ended, "The scenario is the same");
    EXPECT_EQ(compare(scenario(busier), {"--baseline", "r.json"}).code, 2) << "it is not there any more";
    EXPECT_EQ(compare(scenario(same + "," + busier), {"--baseline", "r.json", "--variant", "busier"}).code, 1);
}

TEST_F(CompareTest, AFileThatIsNoResultIsTold) {
    make_baseline();
    const std::string result = folder.read("r.json");
    const std::size_t version = result.find("\"schema_version\": 2");
    ASSERT_NE(version, std::string::npos);
    folder.write("new.json", std::string{result}.replace(version, 19, "\"schema_version\": 9"));
    const Ended newer = compare(scenario(same), {"--baseline", "new.json"});
    EXPECT_EQ(newer.code, 2);
    says(newer, "new.json: /schema_version: version 9 is newer than 2");
    says(newer, "nothing was run");
    for (const char* const file : {"s.json", "none.json", "."}) {
        EXPECT_EQ(compare(scenario(same), {"--baseline", file}).code, 2) << file;
    }
    folder.write("half.json", result.substr(0, result.size() / 2));
    EXPECT_EQ(compare(scenario(same), {"--baseline", "half.json"}).code, 2);
}

TEST_F(CompareTest, SeveralFilesAreComparedByTheirBases) {
    folder.write("busy.json", scenario(same, "120/s"));
    const Ended ended = compare(scenario(same), {"busy.json"});
    EXPECT_EQ(ended.code, 0);
    says(ended, "busy                  26.7 ms       +2 ms");
    EXPECT_EQ(ended.out.find("same"), std::string::npos) << ended.out;
    EXPECT_EQ(compare(scenario(same), {"none.json"}).code, 2);
    EXPECT_EQ(compare(scenario(same), {"busy.json", "--variant", "same"}).code, 2);
}

TEST_F(CompareTest, FilesOfOneNameAreCalledByTheirPathsAndOneFileIsNotComparedWithItself) {
    std::filesystem::create_directory(folder.path("new"));
    folder.write("new/s.json", scenario(same, "120/s"));
    const Ended ended = compare(scenario(same), {"new/s.json"});
    EXPECT_EQ(ended.code, 0);
    says(ended, "What differs from s.json");
    says(ended, "   best: s.json");
    says(ended, "new/s.json            26.7 ms       +2 ms");
    const Ended twice = compare(scenario(same), {"s.json"});
    EXPECT_EQ(twice.code, 2);
    says(twice, "s.json: is given twice");
}

TEST_F(CompareTest, TheResultIsVersionedJsonAndBadInputWritesNone) {
    EXPECT_EQ(compare(scenario(busier), {"--result", "a/c.json", "--format", "json"}).code, 0);
    const std::string json = folder.read("a/c.json");
    for (const char* const part : {"\"format\": \"faultline-comparison\"", "\"schema_version\": 1", "\"worse\"",
                                   "\"pointer\": \"/workload/arrivals/rate\""}) {
        EXPECT_NE(json.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(compare(scenario(busier), {"--result", "b.json", "--variant", "bussier"}).code, 2);
    EXPECT_EQ(folder.read("b.json"), "");
    EXPECT_EQ(compare(scenario(busier), {"--result", "/dev/full"}).code, 4);
    EXPECT_EQ(compare(R"({"name": "x", "colour": 3})").code, 2);
    EXPECT_EQ(compare(scenario(busier), {"--replications", "0"}).code, 2);
}

}  // namespace
}  // namespace faultline::tests
