// What is told of a scenario without simulating it.
#include "planning/lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/planning/service_pools.hpp"

namespace faultline::planning {
namespace {

// 4 GiB of memory, 72 % of them for pages.
TEST(LintTest, ClassesWithoutKeysOnMoreDataThanFitInMemory) {
    scenarios::Scenario scenario = with_pools_of(1);
    scenarios::Database& database = scenario.databases.front();
    database.kind = "aurora-mysql";
    const auto told = [&] {
        std::vector<LintFinding> findings = lint(scenario);
        std::erase_if(findings,
                      [](const LintFinding& one) { return one.about != "/databases/orders/buffer_pool/working_set"; });
        return findings;
    };
    database.data = engine::Bytes{2LL << 30};
    EXPECT_TRUE(told().empty()) << "all of it fits";
    database.data = engine::Bytes{100LL << 30};
    ASSERT_EQ(told().size(), 1U);
    EXPECT_EQ(told().front().severity, Severity::warning);
    EXPECT_NE(told().front().message.find("(update) find all in memory, and of 100 GiB of data 3 GiB fit"),
              std::string::npos)
        << told().front().message;
    database.buffer_pool.working_set = engine::Bytes{50LL << 30};
    EXPECT_TRUE(told().empty()) << "it is said";
    database.buffer_pool.working_set.reset();
    scenario.workload.classes.front().keys.emplace();
    EXPECT_TRUE(told().empty()) << "keys say which pages";
    scenario.workload.classes.front().keys.reset();
    database.kind = "postgresql";
    EXPECT_TRUE(told().empty()) << "it has no buffer pool here";
}

TEST(LintTest, APolicyThatHasNothingToEvict) {
    scenarios::Scenario scenario = with_pools_of(1);
    scenarios::Cache& cache = scenario.caches.emplace_back();
    cache.name = "hot";
    const auto told = [&] {
        const std::vector<LintFinding> findings = lint(scenario);
        return std::any_of(findings.begin(), findings.end(),
                           [](const LintFinding& one) { return one.about == "/caches/hot/policy"; });
    };
    EXPECT_FALSE(told()) << "allkeys-lru";
    cache.policy = "volatile-lru";
    EXPECT_TRUE(told());
    cache.ttl = std::chrono::minutes{1};
    EXPECT_FALSE(told());
}

TEST(LintTest, ARecoveryNeedsAFaultAndAnExposureDoesNot) {
    scenarios::Scenario scenario = with_pools_of(1);
    scenario.requirements.emplace_back();
    scenarios::Requirement& asked = scenario.requirements.front();
    asked.name = "asked";
    const auto refused = [&] {
        const std::vector<LintFinding> findings = lint(scenario);
        return std::any_of(findings.begin(), findings.end(),
                           [](const LintFinding& one) { return one.severity == Severity::error; });
    };
    asked.measure = "rto";
    EXPECT_TRUE(refused());
    asked.measure = "rpo";
    EXPECT_FALSE(refused()) << "the gap that a loss at any instant would leave";
    asked.after = "zone lost";
    EXPECT_TRUE(refused());
}

TEST(LintTest, AWarmUpInWhichTablesDoNotAge) {
    scenarios::Scenario scenario;
    scenarios::Warehouse warehouse;
    warehouse.name = "reports";
    warehouse.tables.emplace_back();
    warehouse.tables.front().name = "sales";
    warehouse.tables.front().interval = std::chrono::minutes{5};
    scenario.warehouses.push_back(warehouse);
    const auto told = [&] {
        const std::vector<LintFinding> findings = lint(scenario);
        return std::any_of(findings.begin(), findings.end(),
                           [](const LintFinding& one) { return one.about == "/run/warm_up"; });
    };
    EXPECT_FALSE(told()) << "an automatic one is long enough";
    scenario.run.warm_up = std::chrono::minutes{10};
    EXPECT_FALSE(told());
    scenario.run.warm_up = std::chrono::minutes{9};
    EXPECT_TRUE(told());
}

// A trace of 100 s, half of it updates, 100 requests at one of its seconds.
scenarios::Scenario with_replay(double speed, bool repeat, double share) {
    scenarios::Scenario scenario = with_pools_of(1);
    scenario.workload.classes.front().share = share;
    scenarios::QueryClass other = scenario.workload.classes.front();
    other.name = "lookup";
    other.share = 1.0 - share;
    scenario.workload.classes.push_back(other);
    scenario.run.warm_up = std::chrono::seconds{10};
    scenario.run.measured = std::chrono::seconds{60};
    scenarios::TraceReplay& trace = scenario.workload.arrivals.trace.emplace();
    trace.speed = speed;
    trace.repeat = repeat;
    trace.facts.requests = 1'000;
    trace.facts.span_s = 100.0;
    trace.facts.of_classes = {500, 500};
    trace.facts.at_once = 2;
    return scenario;
}

std::vector<std::string> of_replay(const scenarios::Scenario& scenario) {
    std::vector<std::string> places;
    for (const LintFinding& one : lint(scenario)) {
        if (one.about.find("/trace") != std::string::npos || one.about.ends_with("/share")) places.push_back(one.about);
    }
    return places;
}

TEST(LintTest, ATraceThatIsShortOrOfOtherClassesOrCoarse) {
    using Places = std::vector<std::string>;
    const std::string file = "/workload/arrivals/trace/file";
    EXPECT_EQ(of_replay(with_replay(1.0, false, 0.5)), Places{});
    EXPECT_EQ(of_replay(with_replay(1.5, false, 0.5)), Places{file}) << "67 s of 70 s";
    EXPECT_EQ(of_replay(with_replay(1.5, true, 0.5)), Places{});
    EXPECT_EQ(of_replay(with_replay(1.0, false, 0.6)),
              (Places{"/workload/classes/update/share", "/workload/classes/lookup/share"}));
    scenarios::Scenario coarse = with_replay(1.0, false, 0.5);
    coarse.workload.arrivals.trace->facts.at_once = 10;
    EXPECT_EQ(of_replay(coarse), Places{file});
}

}  // namespace
}  // namespace faultline::planning
