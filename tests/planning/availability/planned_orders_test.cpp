// Goal:   what people order changes who is the primary, and so whom a later failure stops.
// Method: one order at a time, struck by hand in the flagship's topology, whose `orders` is written in us-east-1 and
//         follows in us-west-2; then another failure, and who is away is looked at.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "planning/availability/availability.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/availability/outage_simulator.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::FaultKind;
using scenarios::Scenario;

constexpr double order_day_s = 86400.0;

Scenario flagship_ordering(FaultKind kind, const std::string& target) {
    scenarios::Problems problems;
    Scenario scenario =
        scenarios::read_scenario_file("scenarios/xyz-corporation.json", "", problems).value_or(Scenario{});
    EXPECT_TRUE(problems.empty());
    scenarios::Fault order;
    order.name = "order";
    order.kind = kind;
    order.planned.work.values = {600.0};
    order.at_random.emplace().targets = {target};
    order.at_random->every.values = {30 * order_day_s};
    order.at_random->lasts.values = {10 * order_day_s};
    scenario.faults = {order};
    return scenario;
}

// A topology in which nothing breaks by itself.
class Ordered {
public:
    explicit Ordered(const Scenario& scenario, MeasuredRecoveries measured = {})
        : model_{outage_model_of(scenario, std::move(measured))}, simulator_{model_}, state_{simulator_.start({1}, 0)} {
        state_.next_failure = std::numeric_limits<double>::infinity();
        while (state_.pending_count > 1) drop_another();
        EXPECT_EQ(state_.pending[0].index, 0);
    }
    OutageState& state() { return state_; }
    DatabaseState& orders() { return state_.databases[0]; }
    const DatabaseModel& orders_model() const { return model_.databases[0]; }
    std::size_t region(const std::string& name) const {
        const auto& names = model_.region_names;
        return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    }
    void run_until(double seconds) { simulator_.advance(state_, seconds, ledger_); }
    void run_while(const std::function<bool()>& holds) {
        for (int i = 0; i < 10'000 && holds(); ++i) simulator_.run_next(state_, ledger_);
        EXPECT_FALSE(holds());
    }
    // The default process of this kind, at one of its targets.
    void strike(FaultKind kind, std::size_t target) {
        const auto& processes = model_.processes;
        const auto found = std::find_if(processes.begin(), processes.end(),
                                        [&](const FailureProcess& one) { return one.kind == kind; });
        ASSERT_NE(found, processes.end());
        simulator_.strike(state_, static_cast<std::size_t>(found - processes.begin()), target);
        simulator_.look(state_, ledger_);
    }
    // Of the database's writer alone.
    double planned_s() const { return ledger_.planned_s[writer_alone()]; }
    double unplanned_s() const { return ledger_.unplanned_s[writer_alone()]; }
    double planned_s_of(const std::string& query_class) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < model_.cells.size(); ++i) {
            if (model_.cells[i].query_class == query_class) sum += model_.cells[i].weight * ledger_.planned_s[i];
        }
        return sum;
    }

private:
    std::size_t writer_alone() const {
        const auto found = std::find_if(model_.cells.begin(), model_.cells.end(), [](const CellModel& cell) {
            return cell.query_class.empty() && !cell.of_offices;
        });
        return static_cast<std::size_t>(found - model_.cells.begin());
    }

    // Of the default work, which has a rhythm of its own.
    void drop_another() {
        for (std::size_t i = 0; i < state_.pending_count; ++i) {
            if (state_.pending[i].index == 0) std::swap(state_.pending[i], state_.pending[0]);
        }
        --state_.pending_count;
        --state_.background_count;
    }

    OutageModel model_;
    OutageSimulator simulator_;
    OutageState state_;
    OutageLedger ledger_{model_.cells.size()};
};

TEST(PlannedOrdersTest, ASwitchoverMovesThePrimaryForItsTimeAndBack) {
    Ordered ordered(flagship_ordering(FaultKind::switchover, "orders/us-west-2"));
    const std::size_t east = ordered.region("us-east-1"), west = ordered.region("us-west-2");
    EXPECT_EQ(ordered.orders().home, east);
    ordered.run_while([&] { return ordered.orders().home == east; });
    const double there_s = ordered.state().now;
    EXPECT_EQ(ordered.orders().home, west);
    EXPECT_EQ(ordered.orders_model().members[ordered.orders().writer].region, west);
    EXPECT_TRUE(ordered.orders().follows[east]);
    EXPECT_FALSE(ordered.orders().follows[west]);
    ordered.run_while([&] { return ordered.orders().home == west; });
    EXPECT_NEAR(ordered.state().now, there_s + 10 * order_day_s, 3600.0);
    EXPECT_TRUE(ordered.orders().follows[west]);
    ordered.run_while([&] { return ordered.orders().home == east; });
    EXPECT_NEAR(ordered.state().now, there_s + 40 * order_day_s, 3600.0) << "30 d from the end of the way back";
    ordered.run_until(ordered.state().now + 3600.0);
    const auto& model = ordered.orders_model();
    EXPECT_NEAR(ordered.planned_s(), 3.0 * (model.switchover.mean() + model.regional_dns.mean()),
                0.9 * ordered.planned_s());
    EXPECT_GT(ordered.planned_s_of("update"), ordered.planned_s()) << "clients come back one by one";
    EXPECT_EQ(ordered.unplanned_s(), 0.0);
}

TEST(PlannedOrdersTest, TheLossOfARegionCostsWhatStandsThereThen) {
    for (const bool away : {false, true}) {
        for (const std::string lost : {"us-east-1", "us-west-2"}) {
            Ordered ordered(flagship_ordering(FaultKind::switchover, "orders/us-west-2"));
            const std::size_t home = ordered.orders().home;
            if (away) ordered.run_while([&] { return ordered.orders().home == home; });
            ordered.strike(FaultKind::region_outage, ordered.region(lost));
            const bool hit = (lost == "us-east-1") != away;
            EXPECT_EQ(ordered.orders().mode == DatabaseMode::regional, hit) << lost << " while away: " << away;
        }
    }
}

TEST(PlannedOrdersTest, TheClosedFormSaysThatItStaysAtHome) {
    const Scenario scenario = flagship_ordering(FaultKind::switchover, "orders/us-west-2");
    const OutageModel model = outage_model_of(scenario);
    const YearsPlan plan{.years = 100, .seed = {1}};
    const auto result = summarised(scenario, model, simulate_years(model, plan), plan);
    ASSERT_FALSE(result.closed_forms.empty());
    EXPECT_NE(result.closed_forms.front().differs.find("at home all the time, whatever \"order\" moves"),
              std::string::npos)
        << result.closed_forms.front().differs;
}

TEST(PlannedOrdersTest, ASwitchoverToWhereItIsStopsNobody) {
    Ordered ordered(flagship_ordering(FaultKind::switchover, "orders/us-east-2"));
    const std::size_t there = ordered.region("us-east-2");  // the first that follows
    ordered.strike(FaultKind::region_outage, ordered.region("us-east-1"));
    ordered.run_while([&] { return ordered.orders().home != there; });
    ordered.run_until(100 * order_day_s);
    EXPECT_EQ(ordered.orders().home, there) << "nobody ordered it back";
    EXPECT_EQ(ordered.planned_s(), 0.0);
}

TEST(PlannedOrdersTest, WhatARunMeasuredOfASwitchoverMovesIt) {
    MeasuredRecoveries measured;
    measured.kinds.push_back({FaultKind::switchover, false, false, {{{0.0, 0.0, 75.0, 0.0, 0.0}}}});
    Ordered ordered(flagship_ordering(FaultKind::switchover, "orders/us-west-2"), measured);
    const std::size_t home = ordered.orders().home;
    ordered.run_while([&] { return ordered.orders().home == home; });
    ordered.run_until(ordered.state().now + order_day_s);
    EXPECT_EQ(ordered.planned_s(), 0.0) << "of the writer alone nothing was measured";
    EXPECT_NEAR(ordered.planned_s_of("update"), 75.0, 1e-6);
}

TEST(PlannedOrdersTest, AClassChangeHandsOverOnceAndGoesBackAtAReader) {
    Ordered ordered(flagship_ordering(FaultKind::class_change, "orders/writer"));
    // The reader sets it for the flagship's file; here by hand.
    Scenario scenario = flagship_ordering(FaultKind::class_change, "orders/writer");
    scenario.faults.front().planned.method = scenarios::WorkMethod::failover;
    Ordered over(scenario);
    ASSERT_EQ(over.orders().writer, 0);
    over.run_while([&] { return over.orders().writer == 0; });
    over.run_until(over.state().now + order_day_s);
    const double once_s = over.planned_s();
    EXPECT_GT(once_s, 0.0);
    EXPECT_LT(once_s, 600.0) << "the work goes on beside the new writer";
    over.run_until(over.state().now + 20 * order_day_s);
    EXPECT_EQ(over.planned_s(), once_s) << "that instance is a reader when it is changed back";
    // In place: the writer is away for the work, there and back.
    ordered.run_until(ordered.state().now + 30 * order_day_s + 3600.0);
    ordered.run_while([&] { return ordered.planned_s() < 1199.0; });
    EXPECT_EQ(ordered.orders().writer, 0);
}

TEST(PlannedOrdersTest, AnEvacuationTakesTheDatabaseAlong) {
    Ordered ordered(flagship_ordering(FaultKind::evacuation, "us-east-1"));
    const std::size_t east = ordered.region("us-east-1");
    ordered.run_while([&] { return ordered.orders().home == east; });
    const double there_s = ordered.state().now;
    ordered.run_while([&] { return ordered.orders().home != east; });
    EXPECT_NEAR(ordered.state().now, there_s + 10 * order_day_s, 3600.0);
    ordered.run_until(ordered.state().now + 3600.0);
    EXPECT_GT(ordered.planned_s(), 0.0);
    EXPECT_EQ(ordered.unplanned_s(), 0.0);
}

TEST(PlannedOrdersTest, AnEvacuatedZoneHandsItsWriterOver) {
    Ordered ordered(flagship_ordering(FaultKind::zone_evacuation, "us-east-1/a"));
    const auto zone = [&] { return ordered.orders_model().members[ordered.orders().writer].zone; };
    const std::uint8_t evacuated = zone();
    ordered.run_while([&] { return zone() == evacuated; });
    ordered.run_until(ordered.state().now + 20 * order_day_s);
    EXPECT_NE(zone(), evacuated) << "it stays where it is";
    EXPECT_GT(ordered.planned_s(), 0.0);
}

// Offices prefer three regions in four orders, and each class of each order is a cell of its own.
TEST(PlannedOrdersTest, MoreCellsThanAStateHoldsAreRefused) {
    Scenario scenario = flagship_ordering(FaultKind::switchover, "orders/us-west-2");
    scenarios::Service& shop = scenario.services.front();
    shop.standby.clear();
    ASSERT_TRUE(scenario.cost.downtime_per_h.has_value());
    shop.regions = {{"us-east-1", 2}, {"us-east-2", 2}, {"us-west-2", 2}};
    const scenarios::QueryClass lookup = scenario.workload.classes.front();
    ASSERT_EQ(lookup.via, shop.name);
    const auto of_classes = [&](std::size_t count) {
        Scenario many = scenario;
        many.workload.classes.assign(count, lookup);
        return many;
    };
    const std::size_t others = scenario.databases.size() + 1;  // writers alone, and all offices
    const std::size_t orders = outage_model_of(of_classes(1)).cells.size() - others;
    ASSERT_GT(orders, scenario.regions.size());
    const std::size_t most = (cells_most - others) / orders;
    EXPECT_TRUE(too_large_for_years(of_classes(most)).empty());
    EXPECT_LE(outage_model_of(of_classes(most)).cells.size(), cells_most);
    const std::vector<std::string> wrong = too_large_for_years(of_classes(most + 1));
    ASSERT_EQ(wrong.size(), 1U);
    EXPECT_NE(wrong.front().find("classes times orders in which offices prefer the regions: at most 62"),
              std::string::npos)
        << wrong.front();
    EXPECT_FALSE(too_large_for_years(of_classes(65)).empty());
}

}  // namespace
}  // namespace faultline::planning
