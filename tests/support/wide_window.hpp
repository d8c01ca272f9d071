// A TCP window that never bounds a flow of a test.
#pragma once

#include "engine/time.hpp"

namespace faultline::test {

inline constexpr engine::Bytes wide_window{1'000'000'000'000};

}  // namespace faultline::test
