// The service distributions that theory_mg1.csv names.
#pragma once

#include <string>

#include "engine/random/distributions.hpp"

namespace faultline::oracles {

// Fails the test for a name that it does not know. "uniform_0_20ms" and the like: from 0 to twice the mean.
engine::Distribution service_named(const std::string& name, double mean_s);

}  // namespace faultline::oracles
