// What caches gave and held, each in a sentence, over all replications.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

// "hot: 83 % of 120000 reads were fresh hits; 45210 keys in 61.3 MB at the end, 310 evicted in a run."
std::vector<std::string> cache_lines(const scenarios::RunResult& result);

}  // namespace faultline::reports
