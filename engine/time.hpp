// Simulated time, and the sizes and rates that turn into it. Nothing here reads a wall clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "engine/check.hpp"

namespace faultline::engine {

using namespace std::chrono_literals;

// The simulated clock. It has no now(): only a Simulation knows the instant, so a model cannot read the wall clock, or
// the time of another run, by mistake.
struct SimClock {
    using rep = std::int64_t;  // nanoseconds: 292 years before overflow
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<SimClock>;
    static constexpr bool is_steady = true;
};
using Duration = SimClock::duration;   // Duration d = 35ms;
using Instant = SimClock::time_point;  // Instant + Instant does not compile

inline constexpr Instant start_of_time{};
inline constexpr Instant end_of_time = Instant::max();

struct Bytes {
    std::int64_t count = 0;
    friend constexpr auto operator<=>(Bytes, Bytes) = default;
};
struct BitsPerSecond {
    double value = 0.0;
    friend constexpr auto operator<=>(BitsPerSecond, BitsPerSecond) = default;
};

// The one way from a double to a Duration. Rounds up to a whole nanosecond, so that nothing ends early. Saturates: what
// is beyond 292 years, infinity included, is Duration::max(); what is below -292 years is Duration::min(). NaN is a
// programming error (SIM_CHECK).
Duration duration_from_seconds(double seconds);

namespace detail {
Duration saturated(double seconds);
}

inline Duration duration_from_seconds(double seconds) {
    constexpr double safe_ns = 9.2e18;  // below 2^63
    const double ns = seconds * 1e9;
    if (!(ns > -safe_ns && ns < safe_ns)) [[unlikely]]
        return detail::saturated(seconds);
    const auto whole = static_cast<Duration::rep>(ns);  // towards zero
    return Duration{whole + (static_cast<double>(whole) < ns ? 1 : 0)};
}

constexpr double in_seconds(Duration d) {
    return static_cast<double>(d.count()) * 1e-9;
}
constexpr double in_seconds(Instant t) {
    return in_seconds(t.time_since_epoch());
}
constexpr double in_milliseconds(Duration d) {
    return static_cast<double>(d.count()) * 1e-6;
}

// t + d, but end_of_time where the sum is beyond it. Requires d >= 0.
constexpr Instant saturating_add(Instant t, Duration d) {
    return d > end_of_time - t ? end_of_time : t + d;
}

// Time for `size` to leave a link, rounded up: a message never arrives early.
// Requires: size.count >= 0 and rate.value > 0.
inline Duration transmission_time(Bytes size, BitsPerSecond rate) {
    SIM_CHECK(size.count >= 0 && rate.value > 0.0);
    return duration_from_seconds(static_cast<double>(size.count) * 8.0 / rate.value);
}

}  // namespace faultline::engine
