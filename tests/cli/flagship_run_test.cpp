// Goal:   the flagship itself gives the verdicts that its description expects, over its whole hour; and its variants
//         those that are the point of them.
// Method: two replications at two thirds of the load, for their time; what five replications show by far is not
//         violated by two. RTO and RPO, which need 59 incidents to be met, may stay undecided. Variants run for
//         minutes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

using Json = nlohmann::json;

Json flagship(const std::string& variant) {
    Json file =
        Json::parse(std::ifstream{std::filesystem::path{FAULTLINE_SOURCE_DIR} / "scenarios/xyz-corporation.json"});
    const Json patch = variant.empty() ? Json::object() : file["variants"][variant];
    file.erase("variants");
    file.merge_patch(patch);
    return file;
}

Ended run(const Folder& folder, const Json& scenario, int replications) {
    const std::string file = folder.write("scenario.json", scenario.dump());
    const std::string count = std::to_string(replications);
    return run_program(folder, {"run", file, "--replications", count, "--result", "result.json"});
}

TEST(FlagshipRunTest, NoRequirementIsViolated) {
    const Folder folder;
    Json scenario = flagship("");
    scenario["workload"]["arrivals"]["rate"] = "3600/s";
    const Ended ended = run(folder, scenario, 2);
    for (const auto& requirement : scenario["requirements"].items()) {
        if (requirement.value()["measure"] == "availability-per-year") continue;  // no run judges it
        const std::string verdict = verdict_of(ended.out, requirement.key());
        EXPECT_NE(verdict, "not there") << requirement.key() << ended.err;
        EXPECT_NE(verdict, "VIOLATED") << requirement.key() << '\n' << ended.out;
    }
}

// A short one of few keys, without faults and what is asked of them; judged over all offices.
Json calm(const std::string& variant) {
    Json scenario = flagship(variant);
    scenario["faults"] = Json::object();
    scenario["run"]["warm_up"] = "2min";
    scenario["run"]["measured"] = "3min";
    scenario["workload"]["arrivals"]["rate"] = "600/s";
    for (const char* const name : {"lookup", "update"}) scenario["workload"]["classes"][name]["keys"]["count"] = 2000;
    for (const char* const name : {"writes recover", "nothing lost"}) scenario["requirements"].erase(name);
    scenario["requirements"]["fast updates"]["sites"] = "pooled";
    return scenario;
}

TEST(FlagshipRunTest, OneDataSetForBothRegionsAndUpdatesBesideTheWriterAreWhatMeetsIt) {
    struct Expected {
        const char* variant;
        const char* hits;
        const char* updates;
    };
    const Folder folder;
    for (const Expected& one : {Expected{"", "met", "met"}, Expected{"caches-apart", "VIOLATED", "met"},
                                Expected{"updates-from-nearest", "met", "VIOLATED"}}) {
        const Ended ended = run(folder, calm(one.variant), 4);
        EXPECT_EQ(verdict_of(ended.out, "fresh hits"), one.hits) << ended.out << ended.err;
        EXPECT_EQ(verdict_of(ended.out, "fast updates"), one.updates) << ended.out;
    }
}

// A minute and a half at a hundredth of the load, its faults after ten seconds: no verdict is sought. A fault that hits
// nothing ends a run with another status.
Json hurried(const std::string& variant) {
    Json scenario = flagship(variant);
    scenario["run"]["warm_up"] = "60s";
    scenario["run"]["measured"] = "90s";
    scenario["workload"]["arrivals"]["rate"] = "60/s";
    for (auto& query_class : scenario["workload"]["classes"]) {
        if (query_class.contains("keys")) query_class["keys"]["count"] = 2000;
    }
    for (auto& fault : scenario["faults"]) {
        if (fault.contains("at")) fault["at"] = "10s";
        if (fault.contains("lasts")) fault["lasts"] = "30s";
        fault.erase("within");
    }
    return scenario;
}

TEST(FlagshipRunTest, EveryVariantIsCheckedAndJudged) {
    const Folder folder;
    const Json file =
        Json::parse(std::ifstream{std::filesystem::path{FAULTLINE_SOURCE_DIR} / "scenarios/xyz-corporation.json"});
    std::vector<std::string> variants{""};
    for (const auto& variant : file["variants"].items()) variants.push_back(variant.key());
    EXPECT_GE(variants.size(), 16U);
    for (const std::string& variant : variants) {
        const Json scenario = hurried(variant);
        const Ended checked = run_program(folder, {"check", folder.write("variant.json", scenario.dump())});
        EXPECT_LE(checked.code, 1) << variant << '\n' << checked.out << checked.err;
        const Ended ended = run(folder, scenario, 1);
        EXPECT_TRUE(ended.code <= 1 || ended.code == 3) << variant << '\n' << ended.err;
        for (const auto& requirement : scenario["requirements"].items()) {
            if (requirement.value()["measure"] == "availability-per-year") continue;
            EXPECT_NE(verdict_of(ended.out, requirement.key()), "not there") << variant << ": " << requirement.key();
        }
    }
}

// Days of AWS Post-Event Summaries, at a hundredth of the load.
TEST(FlagshipRunTest, OutagesThatHappened) {
    struct Expected {
        const char* variant;
        const char* lifetime;  // of the services' connections; empty: as it is
        int replications;
        std::vector<std::pair<const char*, const char*>> verdicts;
    };
    const std::vector<Expected> days{
        {"outage-2016-06-04", "", 2, {{"lookups answered", "met"}, {"updates answered", "met"}}},
        {"outage-2018-11-22", "", 2, {{"lookups answered", "VIOLATED"}, {"updates answered", "VIOLATED"}}},
        {"outage-2018-11-22", "0s", 2, {{"lookups answered", "met"}, {"updates answered", "met"}}},
        {"outage-2021-12-07", "", 3, {{"writes recover", "VIOLATED"}, {"lookups answered", "met"}}}};
    const Folder folder;
    for (const Expected& day : days) {
        Json scenario = flagship(day.variant);
        for (const char* const service : {"shop", "booking"}) {
            if (*day.lifetime != '\0') scenario["services"][service]["max_lifetime"] = day.lifetime;
        }
        const Ended ended = run(folder, scenario, day.replications);
        for (const auto& [requirement, verdict] : day.verdicts) {
            EXPECT_EQ(verdict_of(ended.out, requirement), verdict) << day.variant << '\n' << ended.out << ended.err;
        }
    }
}

}  // namespace
}  // namespace faultline::tests
