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

// Do the readers of a cluster go on while one of them is promoted? Else all begin anew, with empty memory. An empty
// version is a current one: yes. Requires that the version can be read.
//   aurora-mysql       from 2.10 on
//   others             yes: an assumption
// Source: Aurora User Guide, High availability. The AWS JDBC wrapper's guide says that all nodes stop, and not of
// which versions: `failover.readers` says so.
bool readers_outlive_failover(std::string_view kind, std::string_view version);

// Threads with which a binlog replica of Aurora MySQL executes transactions, unless told otherwise: 4 from 3.04 on, and
// of an empty version; else 1. Requires that the version can be read.
// Source: Aurora User Guide, Optimizing binary log replication: replica_parallel_workers.
int binlog_apply_threads(std::string_view version);

}  // namespace faultline::scenarios
