// What a search has found, for people: the winner first, why the cheaper ones fail, what else no other beats.
#pragma once

#include <ostream>

#include "reports/text_layout.hpp"
#include "scenarios/plan_result.hpp"

namespace faultline::reports {

// `all`: every topology, not only the cheapest ones of those that fail.
void print_plan(std::ostream& out, const TextStyle& style, const scenarios::PlanResult& plan, bool all);

}  // namespace faultline::reports
