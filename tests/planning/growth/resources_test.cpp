// Goal:   what the quick models say of a small system is what a pencil says.
#include "planning/growth/resources.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "planning/growth/proposal.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

scenarios::Scenario shop(const std::string& rate, const std::string& log_bandwidth = "10Mbps") {
    scenarios::Problems problems;
    const auto read = scenarios::read_scenario(R"({"name": "g", "run": {"measured": "60s"},
        "network": {"backbone_bandwidth": ")" + log_bandwidth +
                                                   R"("},
        "regions": {"us-east-1": {"zones": ["a", "b", "c"]}, "us-west-2": {"zones": ["a", "b", "c"]}},
        "offices": {"boston": {"city": "Boston, US"}},
        "databases": {"orders": {"kind": "aurora-mysql", "region": "us-east-1", "data": "100GiB",
            "writer": {"class": "db.r6g.large", "zone": "a"}, "replicas": [{"zone": "b"}],
            "secondaries": {"us-west-2": {"replicas": []}}}},
        "workload": {"arrivals": {"rate": ")" + rate +
                                                   R"("}, "classes": {
            "read": {"share": 0.5, "route": ["orders/reader"], "deadline": "1s", "demand": "10ms"},
            "write": {"share": 0.5, "route": ["orders/writer"], "deadline": "1s", "demand": "4ms", "log": "1KB",
                      "statements": 2}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "write", "at_most": "500ms"}}})",
                                               "g.json", "", problems);
    EXPECT_TRUE(read) << (problems.empty() ? "" : scenarios::to_text(problems.sorted().front()));
    return read.value_or(scenarios::Scenario{});
}

double wanted(const std::vector<ResourceEstimate>& all, const std::string& words) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.words == words; });
    return found == all.end() ? -1.0 : found->wanted;
}

TEST(ResourcesTest, ProcessorsAreRateTimesDemand) {
    const auto all = estimate_resources(shop("100/s"));
    EXPECT_NEAR(wanted(all, "CPU of the readers of orders"), 50.0 * 0.010, 1e-9);
    EXPECT_NEAR(wanted(all, "CPU of the writer of orders"), 50.0 * 2 * 0.004, 1e-9);
    for (const ResourceEstimate& one : all) {
        if (one.kind == ResourceKind::reader_cpu) {
            EXPECT_EQ(one.there, 2.0) << "one db.r6g.large";
        }
    }
}

// 50 reads and twice 50 answers of writes a second, each of 1 MB; a commit's 1 KB to six copies and a replica.
TEST(ResourcesTest, NetworkCardsSendAnswersAndLog) {
    scenarios::Scenario scenario = shop("100/s");
    for (scenarios::QueryClass& query : scenario.workload.classes) query.response = engine::Bytes{1'000'000};
    const auto all = estimate_resources(scenario);
    EXPECT_NEAR(wanted(all, "network cards of the readers of orders"), 50.0 * 8e6 / 1e9, 1e-12);
    EXPECT_NEAR(wanted(all, "network card of the writer of orders"), 50.0 * 8.0 * (2e6 + 7.0 * 1000.0) / 1e9, 1e-12);
    for (const ResourceEstimate& one : all) {
        if (one.kind != ResourceKind::reader_card) continue;
        EXPECT_DOUBLE_EQ(one.there, 0.75) << "a db.r6g.large, sustained";
        EXPECT_FALSE(is_on_the_way(one, scenario.workload.classes.at(1)));
        EXPECT_TRUE(is_on_the_way(one, scenario.workload.classes.at(0)));
    }
}

TEST(ResourcesTest, TheLogStreamIsCommitsTimesTheirLog) {
    const auto all = estimate_resources(shop("100/s"));
    EXPECT_NEAR(wanted(all, "log stream of orders to another region"), 50.0 * 8000.0 / 1e9, 1e-12);
}

TEST(ResourcesTest, ARequirementLooksBrokenByWhatIsOnItsWay) {
    const auto step_of = [](scenarios::Scenario scenario) {
        GrowthStep step{1.0, 1.0, 1, std::move(scenario), {}};
        step.resources = estimate_resources(step.scenario);
        return step;
    };
    const GrowthStep calm = step_of(shop("100/s"));
    EXPECT_FALSE(looks_broken(calm, calm.scenario.requirements[0]));
    // 225 reads a second want 2.25 of 2 vCPUs of the reader: no write passes there. The writer has 1.8 of 2.
    const GrowthStep reads = step_of(shop("450/s"));
    EXPECT_FALSE(looks_broken(reads, reads.scenario.requirements[0]));
    EXPECT_EQ(least_room(reads, reads.scenario.requirements[0]), "CPU of the writer of orders");
    const GrowthStep writes = step_of(shop("510/s"));
    EXPECT_TRUE(looks_broken(writes, writes.scenario.requirements[0]));
    const GrowthStep stream = step_of(shop("100/s", "300Kbps"));
    EXPECT_TRUE(looks_broken(stream, stream.scenario.requirements[0]));
    EXPECT_EQ(least_room(stream, stream.scenario.requirements[0]), "log stream of orders to another region");
}

}  // namespace
}  // namespace faultline::planning
