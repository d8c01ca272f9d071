// What warehouses did, over all replications, as lines of text.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct WarehouseLines {
    std::string name;
    std::vector<std::string> lines;
};

// Empty: there are none.
std::vector<WarehouseLines> warehouse_lines(const scenarios::RunResult& result);

}  // namespace faultline::reports
