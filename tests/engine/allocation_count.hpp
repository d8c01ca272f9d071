// How often this program has called operator new, which it replaces.
#pragma once

#include <cstdint>

namespace faultline::engine {

std::uint64_t allocation_count();

}  // namespace faultline::engine
