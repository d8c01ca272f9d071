#include "engine/time.hpp"

#include <cmath>
#include <limits>

#include "engine/check.hpp"

namespace faultline::engine {

Duration detail::saturated(double seconds) {
    SIM_CHECK(!std::isnan(seconds));
    // 2^63 is a double; the largest rep is not. Anything at or beyond it saturates.
    constexpr double limit_ns = 9223372036854775808.0;
    const double ns = std::ceil(seconds * 1e9);
    if (ns >= limit_ns) return Duration::max();
    if (ns <= -limit_ns) return Duration::min();
    return Duration{static_cast<Duration::rep>(ns)};
}

}  // namespace faultline::engine
