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
