// Requirements on years of failures: no single run judges them, only `faultline availability` does.
#pragma once

#include <string_view>

namespace faultline::scenarios {

inline bool is_of_years(std::string_view measure) {
    return measure == "availability-per-year";
}

}  // namespace faultline::scenarios
