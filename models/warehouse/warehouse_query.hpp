// What a class of queries does in a warehouse, ready for use: names are indices.
#pragma once

#include <cstddef>
#include <vector>

namespace faultline::models {

struct WarehouseQuery {
    std::size_t queue = 0;
    std::vector<std::size_t> tables{};  // that it reads
    double scan = 0.0;                  // share of their data that is read
    double redistribute = 0.0;          // share of what is read that goes to another node
};

}  // namespace faultline::models
