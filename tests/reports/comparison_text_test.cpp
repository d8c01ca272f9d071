// Goal:   a comparison names a winner only among those that were observed.
// Method: two systems by hand, one or both without a value.
#include "reports/comparison_text.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace faultline::reports {
namespace {

using scenarios::Comparison;

std::string told(double first, double second) {
    Comparison comparison;
    comparison.scenario_name = "Orders";
    comparison.systems.resize(2);
    comparison.systems[0].name = "old";
    comparison.systems[1].name = "new";
    scenarios::ComparedMeasure measure;
    measure.name = "quick";
    measure.text = "latency p99 of list";
    measure.unit = "s";
    measure.systems.resize(2);
    measure.systems[0].estimate = first;
    measure.systems[1].estimate = second;
    measure.systems[1].standing = scenarios::Standing::unknown;
    comparison.measures.push_back(measure);
    std::ostringstream out;
    print_comparison(out, {}, comparison);
    return out.str();
}

TEST(ComparisonTextTest, WhoAloneIsObservedIsNotTheBest) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(told(unknown, 0.1).find("best: of new alone it is known"), std::string::npos) << told(unknown, 0.1);
    EXPECT_NE(told(0.1, unknown).find("best: of old alone it is known"), std::string::npos) << told(0.1, unknown);
    EXPECT_NE(told(unknown, unknown).find("best: nothing was observed"), std::string::npos);
}

}  // namespace
}  // namespace faultline::reports
