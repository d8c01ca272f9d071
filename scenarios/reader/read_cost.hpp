// Money in a scenario file.
#pragma once

#include "scenarios/reader/object_reader.hpp"

namespace faultline::scenarios {

// "$0.17/h" at this key, in dollars an hour; none: it is left out, or wrong and told.
std::optional<double> read_money(ObjectReader& object, std::string_view key);

void read_cost(ObjectReader& file, Scenario& scenario);

}  // namespace faultline::scenarios
