// Goal:   a command line becomes the values that it says, and what it cannot say is told.
// Method: each form once, with the numbers counted by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "planning/sweep/design.hpp"
#include "planning/sweep/losses.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Json;
using Texts = std::vector<std::string>;

const Json model = Json::parse(R"({
    "workload": {"arrivals": {"rate": "240/s"}, "office_pool": 64, "version": "3.08"},
    "stations": {"counter": {"servers": 3}, "a/b": {"servers": 1}},
    "list": ["1s", {"x": true}]})");

Dimension parsed(const std::string& argument) {
    scenarios::Problems problems;
    const auto dimension = parse_dimension(argument, model, "--vary", problems);
    EXPECT_TRUE(dimension) << argument << ": " << (problems.empty() ? "" : scenarios::to_text(problems.sorted()[0]));
    return dimension.value_or(Dimension{});
}

std::string problem(const std::string& argument) {
    scenarios::Problems problems;
    EXPECT_FALSE(parse_dimension(argument, model, "--vary", problems)) << argument;
    return problems.empty() ? "" : scenarios::to_text(problems.sorted()[0]);
}

TEST(DimensionTest, ListsAreJsonWhereJsonStandsAndTextsWhereATextStands) {
    EXPECT_EQ(parsed("/stations/counter/servers=1,2,4").values, (Texts{"1", "2", "4"}));
    EXPECT_EQ(parsed("/stations/a~1b/servers= 1 , 2").values, (Texts{"1", "2"}));
    EXPECT_EQ(parsed("/workload/arrivals/rate=100/s,3").values, (Texts{R"("100/s")", R"("3")"}));
    EXPECT_EQ(parsed("/workload/version=3.08,3.10").values, (Texts{R"("3.08")", R"("3.10")"}));
    EXPECT_EQ(parsed(R"(/list/1={"x": [1,2]},null)").values, (Texts{R"({"x":[1,2]})", "null"}));
    EXPECT_EQ(parsed("/list/1/x=true,false,true").values, (Texts{"true", "false"}));
    EXPECT_EQ(parsed(R"(/list/0="a,b",c)").values, (Texts{R"("a,b")", R"("c")"})) << "quotes keep a comma";
}

TEST(DimensionTest, RangesKeepTheirUnits) {
    EXPECT_EQ(parsed("/list/0=10ms..50ms/5").values,
              (Texts{R"("10ms")", R"("20ms")", R"("30ms")", R"("40ms")", R"("50ms")"}));
    EXPECT_EQ(parsed("/workload/arrivals/rate=100/s..400/s/4").values,
              (Texts{R"("100/s")", R"("200/s")", R"("300/s")", R"("400/s")"}));
    EXPECT_EQ(parsed("/list/0=0.5..1s/3").values, (Texts{R"("0.5s")", R"("0.75s")", R"("1s")"}));
    EXPECT_EQ(parsed("/list/0=1s..2s/4").values, (Texts{R"("1s")", R"("1.333333s")", R"("1.666667s")", R"("2s")"}));
    EXPECT_EQ(parsed("/stations/counter/servers=1..9 step 3").values, (Texts{"1", "4", "7"}));
    EXPECT_EQ(parsed("/list/0=1s..2s step 0.5s").values, (Texts{R"("1s")", R"("1.5s")", R"("2s")"}));
    EXPECT_EQ(parsed("/stations/counter/servers=1..4/6").values, (Texts{"1", "2", "3", "4"})) << "whole, each once";
    EXPECT_EQ(parsed("/list/0=1GiB..2GiB/3").values, (Texts{R"("1GiB")", R"("2GiB")"})) << "bytes are whole";
    EXPECT_EQ(parsed("/stations/counter/servers=1,4..6/3").values, (Texts{"1", "4", "5", "6"}));
    const Dimension open = parsed("/workload/arrivals/rate=100/s..400/s");
    ASSERT_TRUE(open.range);
    EXPECT_EQ(open.range->json_at(0.5), R"("250/s")");
    EXPECT_EQ(open.range->json_at(1.0), R"("400/s")");
}

TEST(DimensionTest, WhatHitsNothingNamesWhatIsNear) {
    EXPECT_EQ(
        problem("/workload/arivals/rate=1/s"),
        "--vary: /workload/arivals/rate: it hits nothing: in /workload, no key is named \"arivals\"; did you mean "
        "\"arrivals\"?");
    EXPECT_NE(problem("/list/2=1").find("/list has 2 elements"), std::string::npos);
    EXPECT_NE(problem("/list/x=1").find("it hits nothing"), std::string::npos);
    EXPECT_NE(problem("/workload/office_pool/x=1").find("/workload/office_pool is 64"), std::string::npos);
}

TEST(DimensionTest, WhatCannotBeReadIsTold) {
    for (const char* const wrong :
         {"servers=1", "/list/0", "/list/0=", "/list/0=1,,2", "/list/0=1ms..2s/3", "/list/0=2s..1s/3", "/list/0=a..b/3",
          "/list/0=1s..2s step 0s", "/list/0=1s..2s step 1ms", "/list/0=1s..2s/1", "/list/0=1s..2s,3s",
          "/stations/counter/servers=1..1000000 step 1", "/list/1=[1", "/list/0=1234567890123s..2s/2"}) {
        EXPECT_NE(problem(wrong), "") << wrong;
    }
}

TEST(DesignTest, AGridIsEveryValueWithEveryOtherAndOneAtATimeIsNot) {
    const std::vector<Dimension> both{{"/a", {"1", "2"}}, {"/b", {"7", "8", "9"}}};
    EXPECT_EQ(grid(both),
              (std::vector<Combination>{{"1", "7"}, {"1", "8"}, {"1", "9"}, {"2", "7"}, {"2", "8"}, {"2", "9"}}));
    EXPECT_EQ(grid_size(both), 6U);
    EXPECT_EQ(one_at_a_time(both),
              (std::vector<Combination>{{"", ""}, {"1", ""}, {"2", ""}, {"", "7"}, {"", "8"}, {"", "9"}}));
    EXPECT_EQ(grid({}), (std::vector<Combination>{{}}));
    EXPECT_EQ(grid_size(std::vector<Dimension>(30, {"/a", Texts(10'000, "1")})), ~std::uint64_t{0});
}

double number_of(const std::string& json) {
    return std::stod(json.substr(1));
}

// In each dimension alone, each of 20 strata is met once; of a list of 3 each value 6 or 7 times.
TEST(DesignTest, ALatinHypercubeIsStratifiedInEveryDimension) {
    const std::vector<Dimension> dimensions{parsed("/workload/arrivals/rate=100/s..300/s"),
                                            parsed("/stations/counter/servers=1,2,4"), parsed("/list/0=1s..3s")};
    constexpr std::size_t points = 20;
    const std::vector<Combination> cube = latin_hypercube(dimensions, points, 5);
    ASSERT_EQ(cube.size(), points);
    for (const auto& [dimension, low, width] : {std::tuple{0, 100.0, 10.0}, std::tuple{2, 1.0, 0.1}}) {
        std::set<int> strata;
        for (const Combination& one : cube) {
            const double value = number_of(one[static_cast<std::size_t>(dimension)]);
            strata.insert(static_cast<int>((value - low) / width * (1.0 - 1e-12)));
        }
        EXPECT_GE(strata.size(), points - 2) << "rounded to a thousandth, a value may touch the next stratum";
    }
    std::map<std::string, int> met;
    for (const Combination& one : cube) ++met[one[1]];
    for (const auto& [value, times] : met) EXPECT_TRUE(times == 6 || times == 7) << value << ": " << times;
    EXPECT_EQ(met.size(), 3U);
}

TEST(DesignTest, ADimensionMoreChangesNothingInTheOthersAndASeedDoes) {
    const std::vector<Dimension> one{parsed("/workload/arrivals/rate=100/s..300/s")};
    std::vector<Dimension> two{parsed("/list/0=1s..3s"), one[0]};
    const auto column = [](const std::vector<Combination>& cube, std::size_t dimension) {
        Texts values;
        for (const Combination& point : cube) values.push_back(point[dimension]);
        return values;
    };
    EXPECT_EQ(column(latin_hypercube(one, 10, 1), 0), column(latin_hypercube(two, 10, 1), 1));
    EXPECT_NE(column(latin_hypercube(one, 10, 1), 0), column(latin_hypercube(one, 10, 2), 0));
    EXPECT_NE(column(latin_hypercube(two, 10, 1), 0), column(latin_hypercube(two, 10, 1), 1)) << "not in step";
}

// Two regions with two zones and one, a database and a cache of one shard.
const char* const topology = R"({
    "name": "t", "run": {"measured": "30min"}, "network": {"profile": "aws-2025"},
    "regions": {"us-east-1": {"zones": ["a", "b", "c"]}, "us-west-2": {"zones": ["a"]}},
    "offices": {"boston": {"city": "Boston, US"}},
    "databases": {"orders": {"kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
        "writer": {"class": "db.r6g.large", "zone": "a"}, "replicas": [{"zone": "b"}]}},
    "workload": {"arrivals": {"rate": "10/s"},
        "classes": {"write": {"share": 1, "route": ["orders/writer"], "deadline": "1s"}}},
    "faults": {"zone lost": {"kind": "zone-outage", "target": "us-east-1/a", "at": "5min", "lasts": "5min"}},
    "requirements": {"back": {"measure": "rto", "of": "write", "after": "zone lost", "at_most": "60s"}}})";

TEST(LossesTest, AreEveryDomainAndEveryTwoThatAreApart) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(topology, "t.json", "", problems);
    ASSERT_TRUE(scenario) << scenarios::to_text(problems.sorted()[0]);
    std::vector<std::string> names;
    for (const LossSet& losses : single_and_double_losses(*scenario)) names.push_back(name_of(losses));
    // Four zones, two regions, their link, a writer. Of 28 pairs eight are one within the other: each zone in its
    // region (4), the link in both of its own (2), the writer in its zone and in its region (2).
    EXPECT_EQ(names.size(), 8U + 20U);
    const auto has = [&](const char* name) { return std::count(names.begin(), names.end(), name) == 1; };
    EXPECT_TRUE(has("us-east-1/a"));
    EXPECT_TRUE(has("us-east-1 - us-west-2"));
    EXPECT_TRUE(has("us-east-1/b and orders/writer"));
    EXPECT_TRUE(has("us-east-1 and us-west-2"));
    EXPECT_FALSE(has("us-east-1/a and us-east-1"));
    EXPECT_FALSE(has("us-east-1/a and orders/writer")) << "the zone takes it along";
}

TEST(LossesTest, EveryOneIsAModelThatCanBeRun) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(topology, "t.json", "", problems);
    ASSERT_TRUE(scenario);
    for (const LossSet& losses : single_and_double_losses(*scenario)) {
        Json lost = Json::parse(topology);
        lose(losses, default_times(*scenario), lost);
        const auto read = scenarios::read_scenario(lost.dump(), name_of(losses), "", problems);
        ASSERT_TRUE(read) << scenarios::to_text(problems.sorted()[0]);
        EXPECT_EQ(read->faults.size(), losses.size());
        EXPECT_EQ(read->faults[0].at, std::chrono::minutes{10});
        EXPECT_EQ(read->requirements[0].after, "");
        EXPECT_FALSE(read->faults[0].own_within) << "and so all of them together, another in each replication";
    }
}

// There is no room for half a minute more, and a fault that may miss the run is refused.
TEST(LossesTest, OfAShortRunAreTheSameInstant) {
    std::string text{topology};
    for (const auto& [before, after] : {std::pair{R"("measured": "30min")", R"("warm_up": "9s", "measured": "42s")"},
                                        std::pair{R"("at": "5min")", R"("at": "5s")"}}) {
        ASSERT_NE(text.find(before), std::string::npos);
        text.replace(text.find(before), std::string_view{before}.size(), after);
    }
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(text, "t.json", "", problems);
    ASSERT_TRUE(scenario);
    Json lost = Json::parse(text);
    lose(single_and_double_losses(*scenario).back(), default_times(*scenario), lost);
    const auto read = scenarios::read_scenario(lost.dump(), "t.json", "", problems);
    ASSERT_TRUE(read) << scenarios::to_text(problems.sorted()[0]);
    for (const auto& fault : read->faults) EXPECT_TRUE(fault.own_within && fault.within == engine::Duration{});
}

}  // namespace
}  // namespace faultline::planning
