// Goal:   a 95 % interval contains the truth 95 times in 100.
// Method: M/M/1 at half load, 1,000 times: ten replications of 1,000 customers after 200 that are dropped (the queue
//         forgets within 16), and Student's t over their mean response times. The truth is 1 / (rate of service - rate
//         of arrivals). Of 1,000 intervals 930 to 970 must contain it: 950 and 2.9 standard deviations.
#include <gtest/gtest.h>

#include <vector>

#include "engine/statistics/confidence.hpp"
#include "tests/oracles/comparison.hpp"
#include "tests/oracles/open_queue_run.hpp"

namespace faultline::oracles {
namespace {

TEST(CoverageTheoryTest, NinetyFivePercentIntervalsContainTheMeanOfAnMm1Queue) {
    constexpr int repetitions = shortened ? 100 : 1000;
    constexpr std::uint32_t of_each = 10;
    const double truth_s = 0.020;
    const OpenQueue queue{.gap = engine::Distribution::exponential(0.020),
                          .service = engine::Distribution::exponential(0.010),
                          .shape = {.servers = 1},
                          .warm_up = 200,
                          .measured = 1000};
    int contained = 0;
    std::uint32_t next = 1;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        std::vector<double> means_s;
        for (std::uint32_t i = 0; i < of_each; ++i) {
            const Ratio response = run(queue, next++).measures.at("response");
            means_s.push_back(response.sum / response.over);
        }
        if (engine::confidence_interval(means_s, 0.95).contains(truth_s)) ++contained;
    }
    EXPECT_GE(contained, shortened ? 88 : 930);
    EXPECT_LE(contained, shortened ? 100 : 970);
}

}  // namespace
}  // namespace faultline::oracles
