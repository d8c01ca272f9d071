// What the closed forms demand of their arguments.
#pragma once

#include <cmath>
#include <stdexcept>

namespace faultline::engine {

// Throws std::domain_error with the message unless the condition holds.
inline void require(bool condition, const char* message) {
    if (!condition) throw std::domain_error{message};
}

inline bool positive(double value) {
    return std::isfinite(value) && value > 0.0;
}

}  // namespace faultline::engine
