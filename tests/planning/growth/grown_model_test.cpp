// Goal:   a month's model is the scenario with exactly what the section "growth" says, and is a valid scenario.
#include "planning/growth/grown_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::GrowthForm;
using scenarios::Json;

constexpr const char* two_databases = R"({"name": "g", "run": {"measured": "60s"},
    "regions": {"us-east-1": {"zones": ["a", "b", "c"]}},
    "offices": {"boston": {"city": "Boston, US", "weight": 3}, "denver": {"city": "Denver, US"}},
    "databases": {
      "orders": {"kind": "aurora-mysql", "region": "us-east-1", "data": "100GiB",
                 "writer": {"class": "db.r6g.large", "zone": "a"}},
      "people": {"kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
                 "writer": {"class": "db.r6g.large", "zone": "b"}, "buffer_pool": {"working_set": "1GiB"}}},
    "workload": {"arrivals": {"rate": "100/s"}, "classes": {
      "read": {"share": 0.75, "route": ["orders/writer"], "deadline": "1s", "keys": {"count": 1000, "value": "1KB"}},
      "write": {"share": 0.25, "route": ["people/writer"], "deadline": "1s"}}},
    "growth": {"months": 12}})";

class GrownModelTest : public testing::Test {
protected:
    // The scenario of that month, and its factors.
    scenarios::Scenario month(const std::string& growth, int months, double more_load = 1.0) {
        Json model = Json::parse(two_databases);
        model["growth"] = Json::parse(growth);
        scenarios::Problems problems;
        const auto base = scenarios::read_scenario(model.dump(), "g.json", "", problems);
        EXPECT_TRUE(base) << (problems.empty() ? "" : scenarios::to_text(problems.sorted().front()));
        grown = grown_model(model, *base, months, more_load);
        const auto then = scenarios::read_scenario(grown.model.dump(), "g.json", "", problems);
        EXPECT_TRUE(then) << (problems.empty() ? "" : scenarios::to_text(problems.sorted().front()));
        return *then;
    }
    Grown grown;
};

TEST_F(GrownModelTest, LoadIsCompoundOrLinear) {
    const auto compound = month(R"({"months": 12, "load": {"monthly": "10%"}})", 3);
    EXPECT_NEAR(compound.workload.arrivals.rate_per_s, 133.1, 1e-6);
    EXPECT_FALSE(compound.growth) << "a month of another growth is the same model";
    const auto linear = month(R"({"months": 12, "load": {"monthly": "10%", "form": "linear"}})", 3);
    EXPECT_NEAR(linear.workload.arrivals.rate_per_s, 130.0, 1e-6);
    EXPECT_DOUBLE_EQ(grown.load, 1.3);
}

TEST_F(GrownModelTest, AClassGrowsByItself) {
    const auto then = month(R"({"months": 12, "load": {"classes": {"write": {"monthly": "100%"}}}})", 2);
    EXPECT_NEAR(then.workload.arrivals.rate_per_s, 75.0 + 100.0, 1e-6);
    EXPECT_NEAR(then.workload.classes[0].share, 75.0 / 175.0, 1e-12);
    EXPECT_NEAR(then.workload.classes[1].share, 100.0 / 175.0, 1e-12);
}

TEST_F(GrownModelTest, AnOfficeGrowsOnTopOfItsClasses) {
    const auto then =
        month(R"({"months": 12, "load": {"monthly": "10%", "offices": {"denver": {"monthly": "100%"}}}})", 1);
    EXPECT_NEAR(then.workload.arrivals.rate_per_s, 100.0 * 1.1 * (3.0 + 2.0) / 4.0, 1e-6);
    EXPECT_EQ(then.offices[0].weight, 3.0);
    EXPECT_EQ(then.offices[1].weight, 2.0);
}

TEST_F(GrownModelTest, DataGrowByDatabase) {
    const auto then =
        month(R"({"months": 12, "data": {"monthly": "10%", "databases": {"people": {"monthly": "100%"}}}})", 1);
    EXPECT_NEAR(static_cast<double>(then.databases[0].data.count) / 1073741824.0, 110.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(then.databases[1].data.count) / 1073741824.0, 20.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(then.databases[1].buffer_pool.working_set->count) / 1073741824.0, 2.0, 1e-6);
    EXPECT_EQ(then.workload.classes[0].keys->count, 1100U) << "as orders, where its route ends";
    EXPECT_EQ(then.workload.arrivals.rate_per_s, 100.0);
    EXPECT_NEAR(grown.data, 130.0 / 110.0, 1e-9);
}

TEST_F(GrownModelTest, OfficesOpenWhole) {
    const auto after = [&](int months) { return month(R"({"months": 12, "offices": {"opened": 0.4}})", months); };
    EXPECT_EQ(after(2).offices.size(), 2U) << "0.8 of an office is none";
    const auto third = after(3);
    ASSERT_EQ(third.offices.size(), 3U);
    EXPECT_EQ(third.offices[2].name, "boston 2");
    EXPECT_EQ(third.offices[2].city, "Boston, US");
    EXPECT_NEAR(third.workload.arrivals.rate_per_s, 100.0 * 7.0 / 4.0, 1e-6) << "it brings boston's load";
    ASSERT_EQ(after(5).offices.size(), 4U);
    EXPECT_EQ(after(5).offices[3].name, "denver 2");
    const auto like = month(R"({"months": 12, "offices": {"monthly": "50%", "like": ["denver"]}})", 2);
    ASSERT_EQ(like.offices.size(), 4U) << "2 x 1.5^2 = 4.5";
    EXPECT_EQ(like.offices[3].name, "denver 3");
    EXPECT_EQ(like.offices[3].weight, 1.0);
}

TEST_F(GrownModelTest, TodayIsAsItIs) {
    const auto today = month(R"({"months": 12, "load": {"monthly": "10%"}, "data": {"monthly": "10%"}})", 0);
    EXPECT_EQ(today.workload.arrivals.rate_per_s, 100.0);
    EXPECT_EQ(grown.model["workload"], Json::parse(two_databases)["workload"]);
    EXPECT_EQ(grown.model["databases"], Json::parse(two_databases)["databases"]);
    const auto more = month(R"({"months": 12, "load": {"monthly": "10%"}})", 0, 2.5);
    EXPECT_NEAR(more.workload.arrivals.rate_per_s, 250.0, 1e-6);
}

TEST_F(GrownModelTest, WholeOfficesAreNotLostToTheLastBit) {
    // 2 x 1.1 x ... in doubles may end below the whole: 4 months of 25 % of 2 offices, linear, are exactly 4.
    const auto then = month(R"({"months": 12, "offices": {"monthly": "25%", "form": "linear"}})", 4);
    EXPECT_EQ(then.offices.size(), 4U);
    EXPECT_DOUBLE_EQ(growth_factor(0.02, GrowthForm::compound, 36), std::pow(1.02, 36));
}

}  // namespace
}  // namespace faultline::planning
