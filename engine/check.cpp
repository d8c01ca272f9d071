#include "engine/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace faultline::engine {

thread_local const std::int64_t* check_clock_ns = nullptr;

void check_failed(const char* file, int line, const char* expression) {
    if (check_clock_ns != nullptr) {
        std::fprintf(stderr, "%s:%d: check failed: %s (at simulated %.9f s)\n", file, line, expression,
                     static_cast<double>(*check_clock_ns) * 1e-9);
    } else {
        std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, expression);
    }
    std::abort();
}

}  // namespace faultline::engine
