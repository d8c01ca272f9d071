// Goal:   a search finds the topology that running all of them finds, with a fifth of the simulations at most.
// Method: the stand-in of the models (fake_replication.cpp), whose scenario "plans" answers the sooner the more
//         instances three services have: 6 x 6 x 6 topologies with prices that no two share. The exhaustive search
//         calls the stand-in itself, with the same rule of when to stop.
#include "planning/plan/search.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "models/cost/bill.hpp"
#include "planning/replication.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Fate;
using scenarios::PlanResult;

std::string three_services(const std::string& limit, const std::string& more) {
    std::string services, choices;
    const double prices[] = {0.31, 0.1707, 0.0893};
    for (int i = 0; i < 3; ++i) {
        services += fmt::format(R"({}"s{}": {{"regions": {{"east": 1}}, "instance_price": "${}/h"}})",
                                i == 0 ? "" : ", ", i, prices[i]);
        choices += fmt::format(R"({}"n{}": {{"at": "/services/s{}/regions/east", "range": "1..6 step 1"{}}})",
                               i == 0 ? "" : ", ", i, i, more);
    }
    return R"({"name": "plans", "run": {"warm_up": "0s", "measured": "60s", "seed": 5},
        "network": {"profile": "zero"}, "regions": {"east": {"zones": ["a", "b", "c"]}},
        "offices": {"boston": {"access": "none"}},
        "databases": {"orders": {"kind": "aurora-mysql", "region": "east", "data": "1GiB",
                                 "backups": {"retention": "1d"}, "writer": {"class": "db.r6g.large", "zone": "a"}}},
        "services": {)" +
           services + R"(}, "workload": {"arrivals": {"rate": "1/s"},
        "classes": {"lookup": {"share": 1, "via": "s0", "route": ["orders/writer"], "deadline": "1s"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": ")" +
           limit + R"("}}, "plan": {"replications_max": 16, "neighbours": 2, "choices": {)" + choices + "}}}";
}

class PlanSearchTest : public testing::Test {
protected:
    PlanSearchTest() { remove_all(); }
    ~PlanSearchTest() override { remove_all(); }
    void remove_all() const {
        for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    }

    void read(const std::string& limit, const std::string& more = "") {
        const std::string text = three_services(limit, more);
        scenarios::Problems problems;
        const auto scenario = scenarios::read_scenario(text, "s.json", "", problems);
        for (const auto& one : problems.sorted()) ADD_FAILURE() << scenarios::to_text(one);
        ASSERT_TRUE(scenario);
        base = {.file = "s.json", .folder = "", .model = scenarios::Json::parse(text), .scenario = *scenario};
        base.model.erase("plan");
        asked = *scenarios::read_plan_space(text, "s.json", problems);
        space = space_of(asked, base, problems);
        ASSERT_TRUE(problems.empty());
        ASSERT_EQ(space.topologies.size(), 216U);
    }

    PlanResult search() {
        scenarios::Problems problems;
        const auto store = SweepStore::open(path, "1.0", problems);
        SignalWatch signals;
        const SweepPlan plan{.jobs = 2, .repeat_command = "", .on_progress = {}};
        PlanSearch searching{base, space, asked, *store, plan, signals};
        PlanResult result;
        EXPECT_TRUE(searching.run(result));
        return result;
    }

    struct Exhausted {
        std::optional<double> cheapest{};  // $/month at least
        std::vector<std::string> options{};
        std::uint64_t replications = 0;
    };
    // Every topology until it is decided, and the cheapest of those that are met.
    Exhausted all_of_them() const {
        Exhausted all;
        for (const Topology& topology : space.topologies) {
            const SweepPoint point = point_of(base, space, topology);
            Stopping stopping{*point.scenario, asked.replications_max, Entrant::first_look};
            std::vector<scenarios::ReplicationResult> results;
            while (results.size() < stopping.next_look()) {
                const auto number = static_cast<std::uint32_t>(results.size()) + 1;
                results.push_back(run_replication(*point.scenario, number, [](auto, auto) { return true; }));
                if (results.size() == stopping.next_look()) stopping.look(results);
            }
            all.replications += results.size();
            const double cost = models::bill_of(*point.scenario, {}).per_month;
            const bool met = stopping.requirements().front().verdict == scenarios::Verdict::met;
            if (!met || (all.cheapest && *all.cheapest <= cost)) continue;
            all.cheapest = cost;
            all.options.clear();
            for (std::size_t i = 0; i < topology.size(); ++i) {
                all.options.push_back(space.choices[i].options[topology[i]].name);
            }
        }
        return all;
    }

    static std::size_t count(const PlanResult& result, Fate fate) {
        return static_cast<std::size_t>(std::count_if(result.topologies.begin(), result.topologies.end(),
                                                      [&](const auto& one) { return one.fate == fate; }));
    }

    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("faultline-plan-{}.db", getpid())).string();
    SweepBase base;
    scenarios::PlanSpace asked;
    Space space;
};

TEST_F(PlanSearchTest, FindsWhatRunningAllOfThemFinds) {
    read("26ms", R"(, "ordered": true)");
    const Exhausted all = all_of_them();
    const PlanResult result = search();
    ASSERT_TRUE(result.winner && all.cheapest);
    const scenarios::PlannedTopology& winner = result.topologies[*result.winner];
    EXPECT_EQ(winner.options, all.options);
    EXPECT_NEAR(winner.cost_floor, *all.cheapest, 1e-6);
    EXPECT_LE(5 * result.run, all.replications) << "its confirmation and neighbours included";
    EXPECT_GT(count(result, Fate::weaker), 0U);
    EXPECT_EQ(count(result, Fate::open), 0U);
    for (const auto& one : result.topologies) {
        const bool out = one.fate == Fate::violated || one.fate == Fate::weaker;
        EXPECT_TRUE(out || one.cost_floor >= winner.cost_floor) << "cheaper, and said why it fails";
        EXPECT_EQ(one.requirement, out ? "fast" : "");
    }
    ASSERT_EQ(result.confirmations.size(), 3U);
    EXPECT_EQ(result.confirmations.front().topology, *result.winner);
    EXPECT_NE(result.confirmation_seed, result.seed);
    EXPECT_FALSE(result.front.empty());

    const PlanResult again = search();
    EXPECT_EQ(again.run, 0U) << "all of it was stored";
    EXPECT_EQ(again.winner, result.winner);
}

// Nothing is known of their order: what costs less is run, what costs more is not.
TEST_F(PlanSearchTest, WithoutAnOrderThePriceAloneDiscards) {
    read("38ms");
    const Exhausted all = all_of_them();
    const PlanResult result = search();
    ASSERT_TRUE(result.winner && all.cheapest);
    EXPECT_EQ(result.topologies[*result.winner].options, all.options);
    EXPECT_LE(5 * result.run, all.replications);
    EXPECT_EQ(count(result, Fate::weaker), 0U);
    EXPECT_GT(count(result, Fate::worse), 100U);
}

TEST_F(PlanSearchTest, SaysThatNoneIsGoodEnough) {
    read("12ms", R"(, "ordered": true)");
    const PlanResult result = search();
    EXPECT_FALSE(result.winner);
    EXPECT_EQ(count(result, Fate::violated) + count(result, Fate::weaker), 216U);
    EXPECT_LE(result.run, 64U) << "a strong one takes all weaker ones along";
}

// Any measure may be the objective: here all that count is the latency, and the dearest topology has the least.
TEST_F(PlanSearchTest, TheObjectiveMayBeARequirement) {
    read("100ms");
    space.topologies.erase(space.topologies.begin(), space.topologies.begin() + 200);
    asked.objective = "fast";
    const PlanResult result = search();
    ASSERT_TRUE(result.winner);
    EXPECT_EQ(result.topologies[*result.winner].options, (std::vector<std::string>{"6", "6", "6"}));
    EXPECT_EQ(count(result, Fate::met), 15U);
    EXPECT_EQ(result.objective_unit, "s");
}

}  // namespace
}  // namespace faultline::planning
