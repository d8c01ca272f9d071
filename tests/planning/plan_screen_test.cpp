// Goal:   what is discarded before it is run violates its requirement, and what might be met is left to the simulation.
// Method: systems whose limit is known in closed form, asked for a little less and a little more than they can do.
#include "planning/plan/screen.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/queueing/erlang.hpp"
#include "planning/che.hpp"
#include "planning/checks/load.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

scenarios::Scenario scenario_from(const std::string& text) {
    scenarios::Problems problems;
    const auto read = scenarios::read_scenario(text, "s.json", "", problems);
    for (const auto& one : problems.sorted()) ADD_FAILURE() << scenarios::to_text(one);
    return read.value_or(scenarios::Scenario{});
}

struct Counter {
    int servers = 3;
    double rate_per_s = 240.0;
    std::string warm_up = "60s", requirement{};
};

// Exponential demands of 10 ms at a counter.
scenarios::Scenario counter(const Counter& of) {
    return scenario_from(fmt::format(
        R"({{"name": "counter", "run": {{"warm_up": "{}", "measured": "10min"}}, "network": {{"profile": "zero"}},
        "offices": {{"hall": {{"access": "none"}}}}, "stations": {{"counter": {{"servers": {}}}}},
        "workload": {{"arrivals": {{"rate": "{}/s"}}, "classes": {{"request": {{"share": 1, "route": ["counter"],
        "deadline": "10s", "demand": {{"exponential": "10ms"}}}}}}}},
        "requirements": {{"asked": {{"measure": {}}}}}}})",
        of.warm_up, of.servers, of.rate_per_s, of.requirement));
}

std::string mean_at_most(double seconds) {
    return fmt::format(R"("latency mean", "of": "request", "at_most": "{:.0f}us")", seconds * 1e6);
}

TEST(PlanScreenTest, AQueueIsHeldAgainstErlangC) {
    const double mean_s = engine::means(engine::Mmc{240.0, 100.0, 3}).response_time_s;
    const auto discarded = too_slow_queue(counter({.requirement = mean_at_most(0.98 * mean_s)}));
    ASSERT_TRUE(discarded);
    EXPECT_EQ(discarded->requirement, "asked");
    EXPECT_NE(discarded->why.find("Erlang C"), std::string::npos);
    EXPECT_FALSE(too_slow_queue(counter({.requirement = mean_at_most(mean_s)})));
    // An empty start is quicker than the steady state, and five relaxation times of this queue are 1.5 s.
    EXPECT_FALSE(too_slow_queue(counter({.warm_up = "1s", .requirement = mean_at_most(0.5 * mean_s)})));
}

// A counter of one server does 1 s of work a second, and the screen leaves it 5 % more.
TEST(PlanScreenTest, WorkIsOnlyWhatTheRequirementsAskToBeAnswered) {
    const auto at = [](double rate_per_s, const std::string& requirement) {
        return short_of_work(counter({.servers = 1, .rate_per_s = rate_per_s, .requirement = requirement}));
    };
    const std::string nearly_all = R"("availability", "of": "request", "at_least": "99%")";
    const std::string most = R"("availability", "of": "request", "at_least": "90%")";
    EXPECT_TRUE(at(107.0, nearly_all)) << "1.059 s";
    EXPECT_FALSE(at(105.0, nearly_all)) << "1.040 s";
    EXPECT_FALSE(at(116.0, most)) << "1.044 s: the rest may fail";
    EXPECT_TRUE(at(118.0, most)) << "1.062 s";
    EXPECT_TRUE(at(112.0, R"("latency p95", "of": "request", "at_most": "1s")"))
        << "as many are to be answered in time";
    EXPECT_FALSE(at(500.0, R"("latency mean", "of": "request", "at_most": "1s")"))
        << "a mean of few answers is one, too";
}

scenarios::Scenario far_office(const std::string& statistic, const std::string& replica, const std::string& limit) {
    return scenario_from(fmt::format(
        R"({{"name": "far", "run": {{"measured": "60s"}},
        "regions": {{"us-east-1": {{"zones": ["a", "b", "c"]}}, "ap-northeast-1": {{"zones": ["a", "b", "c"]}}}},
        "offices": {{"tokyo": {{"city": "Tokyo, JP"}}}},
        "databases": {{"orders": {{"kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
            "writer": {{"class": "db.r6g.large", "zone": "a"}}{}}}}},
        "workload": {{"arrivals": {{"rate": "10/s"}}, "classes": {{"read": {{"share": 1, "route": ["orders/reader"],
            "deadline": "5s"}}}}}},
        "requirements": {{"quick": {{"measure": "latency {}", "of": "read", "at_most": "{}"}}}}}})",
        replica, statistic, limit));
}

TEST(PlanScreenTest, AnAnswerTakesARoundTripAtLeast) {
    const std::string secondary = R"(, "secondaries": {"ap-northeast-1": {"replicas": [{"zone": "a"}]}})";
    EXPECT_TRUE(too_far(far_office("p95", "", "100ms")));
    EXPECT_FALSE(too_far(far_office("p95", "", "400ms")));
    EXPECT_FALSE(too_far(far_office("p50", "", "100ms"))) << "half of the round trips are shorter than the median";
    EXPECT_FALSE(too_far(far_office("p95", secondary, "100ms"))) << "a region at the office's door may answer";
}

scenarios::Scenario cached(const std::string& policy, double hit_rate) {
    return scenario_from(fmt::format(
        R"({{"name": "cached", "run": {{"measured": "60s"}}, "regions": {{"us-east-1": {{"zones": ["a", "b", "c"]}}}},
        "offices": {{"boston": {{"city": "Boston, US"}}}},
        "databases": {{"orders": {{"kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
            "writer": {{"class": "db.r6g.large", "zone": "a"}}}}}},
        "caches": {{"hot": {{"region": "us-east-1", "class": "cache.r6g.large", "memory": "10MB", "policy": "{}"}}}},
        "services": {{"shop": {{"regions": {{"us-east-1": 2}}, "driver": "with-timeouts"}}}},
        "workload": {{"arrivals": {{"rate": "10/s"}}, "classes": {{"read": {{"share": 1, "via": "shop",
            "route": ["hot", "orders/reader"], "deadline": "1s",
            "keys": {{"zipf": 0.8, "count": 100000, "value": "1KB"}}}}}}}},
        "requirements": {{"hits": {{"measure": "hit-rate", "of": "hot", "at_least": {}}}}}}})",
        policy, hit_rate));
}

TEST(PlanScreenTest, HitsAreThoseOfWhatFitsAndOfLruThoseOfChe) {
    const scenarios::Scenario any = cached("allkeys-lfu", 0.5);
    const double best = hit_ratio_at_best(any, any.caches.front());
    const double lru = che_hit_ratio({{.reads_per_s = 1.0, .keys = 100'000.0, .zipf = 0.8}}, 10'000.0, std::nullopt);
    ASSERT_LT(lru + 0.05, best);
    EXPECT_TRUE(too_few_hits(cached("allkeys-lru", lru + 0.02)));
    EXPECT_FALSE(too_few_hits(cached("allkeys-lru", lru)));
    EXPECT_FALSE(too_few_hits(cached("allkeys-lfu", lru + 0.02))) << "a policy that Che's approximation is not of";
    EXPECT_TRUE(too_few_hits(cached("allkeys-lfu", best + 0.02)));
}

}  // namespace
}  // namespace faultline::planning
