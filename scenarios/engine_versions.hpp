// What depends on the version of an engine.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

// "3.06.1" is 3, 6, 1, and so is "8.0.mysql_aurora.3.06.1", as Aurora MySQL writes it. None: it is no row of whole
// numbers with points between.
std::optional<std::vector<int>> version_parts(std::string_view version);

// Do the readers of a global database's other regions go on while its writer is away or begins anew? In older versions
// they begin anew with it. An empty version is a current one: yes. Requires that the version can be read.
//   aurora-mysql       from 3.06 on
//   aurora-postgresql  from 12.16, 13.12, 14.9 and 15.4 on, and from 16
// Source: Aurora User Guide, Rebooting an Aurora cluster with read availability.
bool secondaries_keep_serving(std::string_view kind, std::string_view version);

}  // namespace faultline::scenarios
