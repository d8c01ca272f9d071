// Years of failures for people: how many minutes a year, and why, in 80 columns.
#pragma once

#include <ostream>
#include <string>

#include "reports/text_layout.hpp"
#include "scenarios/availability_result.hpp"

namespace faultline::reports {

// `footer`: lines below it all, such as the command that repeats it.
void print_availability(std::ostream& out, const scenarios::AvailabilityResult& result, TextStyle style,
                        const std::string& footer);

// "4.4 min", "38 s", "2.1 h": of minutes a year.
std::string minutes_text(double minutes);
// "3.94 nines" as people count them: 99.99 % is 4.
std::string nines_text(double availability);

}  // namespace faultline::reports
