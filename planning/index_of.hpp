// Where something of this name stands in a list. The reader has checked the scenario, so what is looked up is there.
#pragma once

#include <string>

#include "engine/check.hpp"

namespace faultline::planning {

std::size_t index_of(const auto& items, const std::string& name) {
    std::size_t i = 0;
    while (i < items.size() && items[i].name != name) ++i;
    SIM_CHECK(i < items.size());
    return i;
}

}  // namespace faultline::planning
