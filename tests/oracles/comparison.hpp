// Simulated replications against a row of theory: the exact value must lie in the interval at joint 99 % over all
// intervals of its table (Bonferroni), and the half-width at 99 % must be narrow, or the comparison could not fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracles/controlled_estimate.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {

// Half-width at 99 %, as a share of the exact value.
inline constexpr double of_a_mean = 0.02;
inline constexpr double of_a_p99 = 0.05;
inline constexpr double any_width = 0.0;

// With sanitizers there are fewer and shorter runs: intervals may be wide, and rare tails, whose estimates are far from
// normal in such runs, are left out.
#ifdef FAULTLINE_SHORT_THEORY
inline constexpr bool shortened = true;
#else
inline constexpr bool shortened = false;
#endif
inline constexpr std::uint32_t replications = shortened ? 20 : 40;  // of a row

struct Check {
    std::string column;   // of the table
    std::string measure;  // of the replications
    double width = any_width;
};

class Comparison {
public:
    // How many intervals there will be, of all rows together: the more, the surer each must be.
    explicit Comparison(std::size_t intervals) : joint_(1.0 - 0.01 / static_cast<double>(intervals)) {}

    void mean(const std::vector<Replication>& runs, const TheoryRow& row, const Check& check) const {
        value(runs, row.number(check.column), row, check);
    }
    void value(const std::vector<Replication>& runs, double exact, const TheoryRow& row, const Check& check) const;
    // The p-quantile in `column`. Needs measures "<column>", "<column> * 0.95" and "<column> * 1.05": the share of
    // customers beyond the exact quantile, and beyond 95 % and 105 % of it. The interval is that of the share, over the
    // density that the other two give.
    void quantile(const std::vector<Replication>& runs, const TheoryRow& row, const std::string& column, double p,
                  double width) const;

private:
    double joint_;
};

}  // namespace faultline::oracles
