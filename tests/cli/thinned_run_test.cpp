// Goal:   no ready scenario, and no variant of one, touches memory that it should not or computes what is not defined.
// Method: with sanitizers, one replication of each, its arrivals and offices thinned so that a run takes seconds:
// faults,
//         failovers and backups are those of the scenario. Its verdicts mean nothing then, and are asked elsewhere.
//         Runs of a day are left out: what happens each second without any query takes minutes there.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "scenarios/read_scenario.hpp"
#include "scenarios/trace_requests.hpp"
#include "scenarios/units.hpp"
#include "tests/cli/program.hpp"

namespace faultline::tests {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr double queries_most = 40'000;
constexpr std::size_t offices_most = 8;  // each has canaries, every second
constexpr auto length_most = std::chrono::hours{12};

struct Ready {
    fs::path file;
    std::string variant;
};

void PrintTo(const Ready& ready, std::ostream* out) {
    *out << ready.file.stem().string() << ' ' << ready.variant;
}

Json parsed(const fs::path& file) {
    return Json::parse(std::ifstream{file});
}

std::optional<scenarios::Scenario> scenario_of(const Ready& ready) {
    scenarios::Problems problems;
    return scenarios::read_scenario_file(ready.file.string(), ready.variant, problems);
}

bool is_long(Json run, const Json& variant) {
    run.merge_patch(variant.value("run", Json::object()));
    return scenarios::parse_duration(run.at("measured").get<std::string>()).value.value() > length_most;
}

// Each test of this program begins with this list, so it reads no more than it must.
std::vector<Ready> all_ready() {
    std::vector<Ready> all;
    for (const fs::directory_entry& entry : fs::directory_iterator{fs::path{FAULTLINE_SOURCE_DIR} / "scenarios"}) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;
        const Json file = parsed(entry.path());
        if (!is_long(file.at("run"), Json::object())) all.push_back({entry.path(), ""});
        const Json variants = file.value("variants", Json::object());
        for (const auto& variant : variants.items()) {
            if (!is_long(file.at("run"), variant.value())) all.push_back({entry.path(), variant.key()});
        }
    }
    return all;
}

// The scenario with its variant in it, and so few arrivals and offices that no run is long.
Json thinned(const Ready& ready) {
    Json file = parsed(ready.file);
    if (!ready.variant.empty()) {
        const Json variant = file["variants"][ready.variant];
        file.merge_patch(variant);
    }
    file.erase("variants");
    const std::optional<scenarios::Scenario> scenario = scenario_of(ready);
    const auto length = scenario->run.warm_up.value_or(engine::Duration{}) + scenario->run.measured;
    const double most = queries_most / std::chrono::duration<double>(length).count();
    if (scenario->workload.arrivals.rate_per_s > most)
        file["workload"]["arrivals"]["rate"] = std::to_string(most) + "/s";
    while (file["offices"].size() > offices_most) file["offices"].erase(std::prev(file["offices"].end()));
    // It is written somewhere else, and a trace lies beside the scenario.
    if (scenario->workload.arrivals.trace)
        file["workload"]["arrivals"]["trace"]["file"] = scenarios::trace_path(*scenario);
    return file;
}

class ThinnedRunTest : public testing::TestWithParam<Ready> {};

TEST_P(ThinnedRunTest, EndsWithVerdicts) {
    const Folder folder;
    const std::string file = folder.write("scenario.json", thinned(GetParam()).dump());
    const Ended ended = run_program(folder, {"run", file, "--replications", "1", "--result", "result.json"});
    EXPECT_TRUE(ended.code == 0 || ended.code == 1 || ended.code == 3) << ended.code << ended.out << ended.err;
    EXPECT_FALSE(folder.read("result.json").empty());
}

std::string test_name(const testing::TestParamInfo<Ready>& info) {
    std::string name = info.param.file.stem().string() + "_" + info.param.variant;
    for (char& letter : name) {
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(ReadyScenarios, ThinnedRunTest, testing::ValuesIn(all_ready()), test_name);

}  // namespace
}  // namespace faultline::tests
