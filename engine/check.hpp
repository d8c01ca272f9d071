// SIM_CHECK: a programming error ends the run, in every build, with the place and the simulated instant. A user's bad
// input is never a SIM_CHECK (it is a Problem), and neither is a simulated failure (it is a value).
#pragma once

#include <cstdint>

namespace faultline::engine {

// Prints "file:line: check failed: expression (at simulated 12.345678901 s)" on standard error and aborts: the parent
// process sees the signal and reports it with the seed.
[[noreturn]] void check_failed(const char* file, int line, const char* expression);

// The instant that check_failed names, kept by the running Simulation. Nanoseconds since the start of the run, or -1.
// One per thread: the only other mutable global of the engine is the pool of frames.
extern thread_local const std::int64_t* check_clock_ns;

}  // namespace faultline::engine

#define SIM_CHECK(expression)                                                   \
    do {                                                                        \
        if (!(expression)) [[unlikely]]                                         \
            ::faultline::engine::check_failed(__FILE__, __LINE__, #expression); \
    } while (false)
