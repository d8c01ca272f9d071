// One thing that a sweep varies: a JSON pointer into the scenario, and the values that it takes in turn.
//
//   /workload/arrivals/rate=100/s,200/s,400/s      these
//   /stations/counter/servers=1..4 step 1          from, to, in steps; both ends count where the steps meet them
//   /workload/arrivals/rate=100/s..400/s/4         so many, evenly, both ends included
//   /workload/arrivals/rate=100/s..400/s           all of it: for a Latin hypercube and a saturation search
//
// The scenario says what a value is: where a text stands, every value is a text ("3" too), else it is JSON. Units are
// kept: both ends have the same one, or one of them stands for both. Values between whole ends of a number without unit
// are whole, and so are those of bytes in their unit; others have at most six decimals more than the ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/reader/json_document.hpp"

namespace faultline::planning {

// low + share * (high - low), as a text of the scenario. Numbers are value * 10^-decimals.
struct ValueRange {
    std::int64_t low = 0, high = 0;  // low < high
    int decimals = 0;
    std::string unit;    // "ms"; empty: none
    bool whole = false;  // values between are whole
    bool text = false;   // of JSON: in quotes

    double number_at(double share) const;
    std::string json_at(double share) const;                                 // rounded to a thousandth of the range
    std::string json_of(std::int64_t part, std::int64_t of) const;           // at share part / of, rounded as above
    std::string json_text(std::int64_t value, int decimals_of_value) const;  // with its unit
};

struct Dimension {
    std::string pointer;
    std::vector<std::string> values;    // JSON texts
    std::optional<ValueRange> range{};  // then without values
};

// "/pointer=values". None, and a problem: a pointer that hits nothing in the model (the nearest name is told), values
// that cannot be read. `option` is what problems call it: "--vary".
std::optional<Dimension> parse_dimension(const std::string& argument, const scenarios::Json& model,
                                         const std::string& option, scenarios::Problems& problems);

// The value at a place of a model; null, and a problem that names what is nearest.
const scenarios::Json* find_in_model(const scenarios::Json& model, const std::string& pointer,
                                     const std::string& option, scenarios::Problems& problems);

}  // namespace faultline::planning
