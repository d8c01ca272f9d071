// What stood in the way of the queries that were refused, failed or timed out: by class, the most frequent first.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

// Of all replications: the columns' names, then a class and a reason each, at most `rows_most`, and what is left out.
// Each ends its lines and is at most `width` characters wide. Empty: every query was answered, or never ended.
std::vector<std::string> unanswered_lines(const scenarios::RunResult& result, std::size_t rows_most, std::size_t width);

}  // namespace faultline::reports
