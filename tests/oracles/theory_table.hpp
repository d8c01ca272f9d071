// A table of theory from tests/oracles/data: a header line, then rows; a field with a comma stands in quotes.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace faultline::oracles {

class TheoryRow {
public:
    explicit TheoryRow(std::map<std::string, std::string> fields) : fields_{std::move(fields)} {}
    bool has(const std::string& column) const { return fields_.contains(column); }
    const std::string& text(const std::string& column) const { return fields_.at(column); }
    double number(const std::string& column) const { return std::stod(text(column)); }  // "nan" too
    int whole(const std::string& column) const { return std::stoi(text(column)); }
    std::string print() const;

private:
    std::map<std::string, std::string> fields_;
};

// Fails the test, and is empty, if the file cannot be read.
std::vector<TheoryRow> read_theory(const std::string& file);

// The tables hold 10 digits: a relative 1e-6 leaves room for none but the right formula. An exact 0 must be 0.
inline constexpr double theory_tolerance = 1e-6;
inline void expect_theory(double actual, const TheoryRow& row, const std::string& column) {
    const double expected = row.number(column);
    EXPECT_NEAR(actual, expected, theory_tolerance * std::abs(expected)) << column << " of " << row.print();
}

}  // namespace faultline::oracles
