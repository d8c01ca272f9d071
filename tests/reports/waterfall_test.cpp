// Goal:   where time goes is told for every class and every way back, and nothing of it is lost in the telling.
// Method: incidents and classes made by hand, against their lines.
#include "reports/waterfall.hpp"

#include <gtest/gtest.h>

#include "reports/time_by_stage.hpp"

namespace faultline::reports {
namespace {

using scenarios::IncidentResult;
using scenarios::ReplicationResult;
using Stages = std::vector<std::pair<std::string, std::int64_t>>;

ReplicationResult with_incident(const std::string& fault, const Stages& waterfall) {
    IncidentResult incident;
    incident.faults = {fault};
    incident.waterfall = waterfall;
    ReplicationResult replication;
    replication.incidents.push_back(incident);
    return replication;
}

TEST(WaterfallTest, MeansOverIncidentsOfOneCauseInTheOrderInWhichTheyCame) {
    const std::vector<ReplicationResult> seen{
        with_incident("zone lost", {{"detection", 4'000'000'000}, {"dns", 10'000'000'000}}),
        with_incident("zone lost",
                      {{"detection", 6'000'000'000}, {"promotion", 8'000'000'000}, {"dns", 20'000'000'000}}),
        with_incident("zone lost", {}), with_incident("another", {{"detection", 100'000'000'000}})};
    const Waterfall way = waterfall_of("zone lost", seen);
    EXPECT_EQ(way.incidents, 2U) << "one had no stages";
    const std::vector<std::pair<std::string, double>> expected{{"detection", 5.0}, {"promotion", 4.0}, {"dns", 15.0}};
    EXPECT_EQ(way.stages, expected);
}

TEST(WaterfallTest, EachBarBeginsWhereTheOneBeforeEnded) {
    const Waterfall way{.stages = {{"detection", 5.0}, {"nothing", 0.0}, {"promotion", 5.0}, {"dns", 10.0}},
                        .incidents = 1};
    const std::vector<std::string> lines = waterfall_lines(way, 57, false);
    const std::vector<std::string> expected{"detection                       5 s  #####",
                                            "promotion                       5 s       #####",
                                            "dns                            10 s            ##########"};
    EXPECT_EQ(lines, expected);
    EXPECT_TRUE(waterfall_lines({}, 57, false).empty());
}

TEST(TimeByStageTest, EveryClassIsThereTheSlowestFirst) {
    scenarios::RunResult result;
    ReplicationResult& replication = result.replications.emplace_back();
    for (const char* const name : {"quick", "slow"}) {
        auto& one = replication.classes.emplace_back();
        one.name = name;
        one.steady.emplace_back().outcomes.answered = 10;
        const bool slow = one.name == "slow";
        one.stage_ns[1] = slow ? 600'000'000 : 60'000'000;
        one.stage_ns[2] = slow ? 400'000'000 : 0;
        one.stage_slow_ns[2] = slow ? 1'000'000 : 0;
    }
    const std::vector<TimeByStage> times = times_by_stage(result);
    ASSERT_EQ(times.size(), 2U);
    const std::string first = scenarios::stage_names[1];
    const std::string second = scenarios::stage_names[2];
    EXPECT_EQ(in_a_line(times[0]), "slow, 100 ms on average: " + first + " 60 %, " + second +
                                       " 40 %; of its slowest 1 %: " + second + " 100 %");
    EXPECT_EQ(in_a_line(times[1]), "quick, 6 ms on average: " + first + " 100 %");
}

}  // namespace
}  // namespace faultline::reports
