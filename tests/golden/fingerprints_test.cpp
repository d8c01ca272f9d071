// Goal:   a change of the code that changes what runs do is seen, and is meant.
// Method: every ready scenario, and some variants, shortened to some thousand queries within two minutes, faults and
//         surges included; the fingerprint of each run against fingerprints.csv, which names scenarios, variants and
//         seeds. UPDATE_GOLDEN=1 fills in what the runs were; the diff belongs into the commit that changes them.
//
// Runs are bit-identical on machines of one numeric fingerprint only: on another one they are not compared.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "planning/numeric_fingerprint.hpp"
#include "planning/replication.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/problem.hpp"
#include "scenarios/read_scenario.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using std::chrono::seconds;
namespace fs = std::filesystem;

const fs::path ready_folder = fs::path{FAULTLINE_SOURCE_DIR} / "scenarios";
const fs::path golden_file = fs::path{FAULTLINE_SOURCE_DIR} / "tests/golden/fingerprints.csv";
constexpr double rate_most = 40.0;

struct GoldenRun {
    std::string scenario, variant;
    std::uint64_t seed = 1;
    std::string fingerprint, events, machine;  // as in the file

    std::string name() const { return fmt::format("{} \"{}\" with seed {}", scenario, variant, seed); }
};

std::string hexadecimal(std::uint64_t number) {
    return fmt::format("{:016x}", number);
}

std::vector<GoldenRun> golden_runs() {
    std::ifstream file{golden_file};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    scenarios::CsvReader csv("fingerprints.csv", text);
    const std::size_t scenario = csv.column("scenario"), variant = csv.column("variant"), seed = csv.column("seed");
    const std::size_t fingerprint = csv.column("fingerprint"), events = csv.column("events");
    const std::size_t machine = csv.column("numeric_fingerprint");
    std::vector<GoldenRun> runs;
    while (csv.next()) {
        runs.push_back({std::string{csv.text(scenario)}, std::string{csv.text(variant)},
                        static_cast<std::uint64_t>(csv.number(seed)), std::string{csv.text(fingerprint)},
                        std::string{csv.text(events)}, std::string{csv.text(machine)}});
    }
    EXPECT_FALSE(csv.error()) << *csv.error();
    return runs;
}

void write(const std::vector<GoldenRun>& runs) {
    std::ofstream out{golden_file};
    out << "scenario,variant,seed,fingerprint,events,numeric_fingerprint\n";
    for (const GoldenRun& run : runs) {
        out << fmt::format("{},\"{}\",{},{},{},{}\n", run.scenario, run.variant, run.seed, run.fingerprint, run.events,
                           run.machine);
    }
}

// Everything that it does, sooner and with fewer queries.
scenarios::Scenario shortened(scenarios::Scenario scenario, std::uint64_t seed) {
    scenario.run.seed = seed;
    scenario.run.warm_up = seconds{20};
    scenario.run.measured = std::min<engine::Duration>(scenario.run.measured, seconds{120});
    scenario.workload.arrivals.rate_per_s = std::min(scenario.workload.arrivals.rate_per_s, rate_most);
    for (scenarios::Surge& surge : scenario.workload.arrivals.surges) {
        surge.at = std::min<engine::Duration>(surge.at, seconds{30});
    }
    for (scenarios::Fault& fault : scenario.faults) {
        fault.at = std::min<engine::Duration>(fault.at, seconds{20});
        fault.within = std::min<engine::Duration>(fault.within, seconds{5});
    }
    return scenario;
}

// What a child process found, for its parent to compare.
struct Found {
    std::uint64_t fingerprint, events;
};

Found& found() {
    static Found* const memory =
        static_cast<Found*>(mmap(nullptr, sizeof(Found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    return *memory;
}

GoldenRun again(const GoldenRun& run) {
    found() = {};
    test::in_child([&] {
        scenarios::Problems problems;
        const auto scenario =
            scenarios::read_scenario_file((ready_folder / (run.scenario + ".json")).string(), run.variant, problems);
        ASSERT_TRUE(scenario) << run.name() << " is not right, or not there";
        const auto result = planning::run_replication(shortened(*scenario, run.seed), 1, {});
        found() = {result.fingerprint, result.events};
    });
    GoldenRun fresh = run;
    fresh.fingerprint = hexadecimal(found().fingerprint);
    fresh.events = std::to_string(found().events);
    fresh.machine = hexadecimal(planning::numeric_fingerprint());
    return fresh;
}

TEST(FingerprintsTest, RunsAreWhatTheyWere) {
    const std::vector<GoldenRun> golden = golden_runs();
    const std::string machine = hexadecimal(planning::numeric_fingerprint());
    const bool update = std::getenv("UPDATE_GOLDEN") != nullptr;
    for (const GoldenRun& run : golden) {
        if (update || run.machine == machine) continue;
        GTEST_SKIP() << "log, exp, pow or sin give other values here than where fingerprints.csv was written: numeric "
                     << "fingerprint " << machine << ", there " << run.machine << "; runs cannot be compared";
    }
    std::vector<GoldenRun> fresh;
    for (const GoldenRun& run : golden) fresh.push_back(again(run));  // a child takes its parent's failures for its own
    if (update) return write(fresh);
    for (std::size_t i = 0; i < golden.size(); ++i) {
        EXPECT_EQ(fresh[i].fingerprint, golden[i].fingerprint)
            << golden[i].name() << " ran otherwise: " << fresh[i].events << " events, and " << golden[i].events
            << " before. If that is meant: run again with UPDATE_GOLDEN=1, and look at the diff";
    }
}

TEST(FingerprintsTest, EveryReadyScenarioIsThere) {
    std::set<std::string> there;
    for (const GoldenRun& run : golden_runs()) there.insert(run.scenario);
    for (const fs::directory_entry& entry : fs::directory_iterator{ready_folder}) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "schema.json") continue;
        EXPECT_TRUE(there.contains(entry.path().stem().string()))
            << "give " << entry.path().filename() << " a row in fingerprints.csv, and run with UPDATE_GOLDEN=1";
    }
}

}  // namespace
}  // namespace faultline::tests
