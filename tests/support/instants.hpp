// An instant of a test, by what has passed since the start.
#pragma once

#include "engine/time.hpp"

namespace faultline::test {

inline engine::Instant at(engine::Duration since_start) {
    return engine::start_of_time + since_start;
}

}  // namespace faultline::test
