// Goal:   the front has what no other topology beats, and head-room tells of each resource where it is fullest.
// Method: topologies and resources made by hand.
#include "planning/plan/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "planning/money.hpp"

namespace faultline::planning {
namespace {

using scenarios::Fate;
using scenarios::PlannedTopology;
using scenarios::Requirement;

Requirement requirement(const std::string& name, const std::string& measure, const std::string& statistic) {
    Requirement one;
    one.name = name;
    one.measure = measure;
    one.statistic = statistic;
    one.limit = 1.0;
    return one;
}

// Cost, RTO and p99 of each.
PlannedTopology topology(double cost, double rto_s, double p99_s, Fate fate = Fate::violated) {
    PlannedTopology one;
    one.fate = fate;
    one.cost = cost;
    one.replications = 4;
    one.requirements.resize(2);
    one.requirements[0].name = "back", one.requirements[0].estimate = rto_s, one.requirements[0].observations = 4;
    one.requirements[1].name = "fast", one.requirements[1].estimate = p99_s, one.requirements[1].observations = 4;
    return one;
}

TEST(PlanSummaryTest, TheFrontIsWhatNoOtherBeatsInAllAxes) {
    scenarios::Scenario scenario;
    scenario.requirements = {requirement("back", "rto", "p95"), requirement("fast", "latency", "p99")};
    scenarios::PlanResult result;
    result.topologies = {topology(400, 20, 0.1),                // the dearest, and the best at the others
                         topology(100, 90, 0.3),                // the cheapest
                         topology(200, 30, 0.2, Fate::winner),  // between them
                         topology(210, 30, 0.2, Fate::met),     // the same for more
                         topology(150, 95, 0.1),                // worse at the RTO alone
                         topology(300, 40, 0.25)};              // beaten by the third in all three
    result.topologies.push_back(topology(1, 1, 1));
    result.topologies.back().replications = 0;  // never run: nothing is known of it
    result.winner = 2;
    add_front(scenario, result);
    ASSERT_EQ(result.axes.size(), 3U);
    EXPECT_EQ(result.axes[0].name, "cost");
    EXPECT_EQ(result.axes[1].name, "back");
    EXPECT_EQ(result.axes[2].name, "fast");
    std::vector<std::size_t> front;
    for (const scenarios::FrontPoint& one : result.front) {
        front.push_back(one.topology);
        EXPECT_EQ(one.meets_all, one.topology == 2) << one.topology;
    }
    EXPECT_EQ(front, (std::vector<std::size_t>{1, 4, 2, 0})) << "by cost";
}

// Two replications of 60 and 180 s: 30 % and 50 % of the time is 45 % of all of it. The worst minute is an incident's.
// What has no price costs nothing in a bill, and must not win by that.
TEST(PlanSummaryTest, AWinnerWithoutAPriceIsNotTheCheapestBesideOneThatHasIt) {
    const auto rival = [](double amount, const std::string& part, double others_amount, Fate fate = Fate::met) {
        scenarios::PlanResult result;
        result.topologies = {topology(100, 1, 1, Fate::winner), topology(300, 1, 1, fate),
                             topology(200, 1, 1, Fate::violated)};
        if (amount > 0.0) result.topologies[0].unpriced = {{"instances of shop", amount}};
        if (others_amount > 0.0) result.topologies[1].unpriced = {{part, others_amount}};
        result.winner = 0;
        find_maybe_cheaper(result);
        return result.maybe_cheaper;
    };
    EXPECT_EQ(rival(0.0, "", 0.0), std::nullopt);
    EXPECT_EQ(rival(730.0, "", 0.0), 1U);
    EXPECT_EQ(rival(730.0, "instances of shop", 730.0), std::nullopt) << "whatever it costs, both have it";
    EXPECT_EQ(rival(730.0, "instances of shop", 1460.0), std::nullopt);
    EXPECT_EQ(rival(1460.0, "instances of shop", 730.0), 1U) << "one more of what may cost anything";
    EXPECT_EQ(rival(730.0, "instances of booking", 730.0), 1U);
    EXPECT_EQ(rival(730.0, "", 0.0, Fate::violated), std::nullopt) << "it is no answer";
    EXPECT_EQ(rival(730.0, "", 0.0, Fate::worse), 1U) << "it was not run, for it seemed to cost more";
    scenarios::CostResult bill;
    bill.lines.resize(3);
    bill.lines[0].kind = "instances", bill.lines[0].of = "shop", bill.lines[0].what = "3 instances of 4 vCPUs";
    bill.lines[0].region = "us-east-1", bill.lines[0].amount = 2190.0;
    bill.lines[1].per_month = 5.0;
    bill.lines[2].group = "incidents";
    const std::vector<scenarios::UnpricedPart> unpriced = unpriced_in(bill);
    ASSERT_EQ(unpriced.size(), 1U);
    EXPECT_EQ(unpriced.front().part, "instances of shop, 4 vCPUs, us-east-1");
    EXPECT_EQ(unpriced.front().amount, 2190.0);
}

TEST(PlanSummaryTest, HeadRoomIsOfTheFullestAndWeighsByTime) {
    std::vector<scenarios::ReplicationResult> results(2);
    const auto add = [&](std::size_t replication, const std::string& name, double mean, double worst) {
        scenarios::ResourceResult& one = results[replication].resources.emplace_back();
        one.name = name;
        one.words = name.substr(0, name.find('#'));
        one.steady.mean = mean;
        one.steady.seconds = replication == 0 ? 60 : 180;
        one.steady.worst_minute = worst;
    };
    add(0, "CPU#1", 0.3, 0.35);
    add(1, "CPU#1", 0.5, 0.55);
    results[1].resources.back().incidents.emplace_back().worst_minute = 0.9;
    add(0, "CPU#2", 0.1, 0.2);
    add(0, "threads", 0.001, 0.004);
    const std::vector<scenarios::HeadRoom> all = head_room(results);
    ASSERT_EQ(all.size(), 1U) << "of one kind the fullest, and nothing that is hardly used";
    EXPECT_EQ(all.front().words, "CPU");
    EXPECT_NEAR(all.front().mean, 0.45, 1e-12);
    EXPECT_DOUBLE_EQ(all.front().worst_minute, 0.9);
}

}  // namespace
}  // namespace faultline::planning
