// The zones that a cluster's storage volume stands in.
//
// A volume has its copies in three zones, however many its region has: those of the cluster's instances there, in their
// order, then the region's others. A region of fewer has copies in each. Source: Verbitski et al., SIGMOD 2017,
// section 2.1 (six copies, two in each of three zones); Aurora User Guide, Aurora storage and reliability. Which three
// it takes is an assumption.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/database.hpp"

namespace faultline::scenarios {

inline constexpr std::size_t volume_zones_most = 3;

// Of `zones`, those of this region by their short names, in the same order. `region`: its name, the database's own or
// one that follows.
std::vector<std::string> volume_zones(const Database& database, const std::string& region,
                                      const std::vector<std::string>& zones);

}  // namespace faultline::scenarios
