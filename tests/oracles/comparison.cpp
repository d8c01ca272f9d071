#include "tests/oracles/comparison.hpp"

#include <cmath>
#include <cstdio>

namespace faultline::oracles {
namespace {

using engine::Interval;

struct Found {
    Interval joint, at_99;
};

void expect(const Found& found, double exact, double width, const std::string& column, const TheoryRow& row) {
    const double half_width = found.at_99.half_width() / std::abs(exact);
    std::printf("%-18s | exact %-10.5g | found %-10.5g | +- %6.3f %% of %.0f %% | %s\n", column.c_str(), exact,
                found.at_99.estimate, exact == 0.0 ? 0.0 : 100.0 * half_width, 100.0 * width, row.print().c_str());
    EXPECT_TRUE(found.joint.contains(exact)) << column << ": " << found.joint.low << " .. " << found.joint.high
                                             << ", exact " << exact << ", of " << row.print();
    if (width == any_width || shortened) return;
    EXPECT_LE(half_width, width) << column << ": too wide to be able to fail, of " << row.print();
}

}  // namespace

void Comparison::value(const std::vector<Replication>& runs, double exact, const TheoryRow& row,
                       const Check& check) const {
    const Found found{controlled_interval(runs, check.measure, joint_), controlled_interval(runs, check.measure, 0.99)};
    expect(found, exact, check.width, check.column, row);
}

void Comparison::quantile(const std::vector<Replication>& runs, const TheoryRow& row, const std::string& column,
                          double p, double width) const {
    const double exact = row.number(column);
    const double lower = controlled_interval(runs, column + " * 0.95", 0.99).estimate;
    const double upper = controlled_interval(runs, column + " * 1.05", 0.99).estimate;
    const double density = (lower - upper) / (0.1 * exact);
    const auto as_quantile = [&](double confidence) {
        const Interval share = controlled_interval(runs, column, confidence);
        const auto of_share = [&](double beyond) { return exact + (beyond - (1.0 - p)) / density; };
        return Interval{of_share(share.low), of_share(share.estimate), of_share(share.high)};
    };
    expect({as_quantile(joint_), as_quantile(0.99)}, exact, width, column, row);
}

}  // namespace faultline::oracles
