// The part of a scenario that describes warehouses: their machines, the tables that are fed from databases, the queues
// of their queries, and what happens when they fail or sleep. Plain structs; see scenario.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/random_duration.hpp"
#include "scenarios/security.hpp"

namespace faultline::scenarios {

using engine::BitsPerSecond;
using engine::Bytes;
using engine::Duration;

// How the commits of a database come into a table.
enum class TableLoad { copy, streaming, zero_etl };

struct WarehouseTable {
    std::string name;
    std::string source;  // a database
    TableLoad load = TableLoad::copy;
    Duration interval{};                // between two loads, from begin to begin
    Bytes data{};                       // when the run begins
    RandomDuration capture;             // copy: of the job that exports; else until a commit is on its way
    BitsPerSecond export_rate{};        // copy only: of the job
    std::optional<int> files;           // copy only, of one load; none: as many as there are slices
    std::optional<Bytes> change_bytes;  // of one commit; none: the mean "log" of the source's commits
};

// A queue of workload management.
struct WarehouseQueue {
    std::string name;
    int slots = 5;                     // queries of it that run at once on one cluster
    bool concurrency_scaling = false;  // those that wait may go to another cluster
};

struct ConcurrencyScaling {
    int limit = 1;            // clusters besides the main one
    RandomDuration start_up;  // a query waits -> the cluster serves
    Duration idle{};          // without a query for so long, it goes
};

struct WarehouseRecovery {
    RandomDuration detection;
    RandomDuration node_replacement;  // noticed -> a new node serves
    bool relocation = true;           // into another zone when its own is lost
    RandomDuration relocating;        // noticed -> it serves there
    RandomDuration resume;            // from a pause, or when its zone is back
    double cold_speed = 1.0;          // of scans of data that no disk holds yet, against those that one does; 0..1
};

struct WarehouseSnapshots {
    Duration interval{};
    Bytes changes{};      // a node, whichever comes first
    std::string copy_to;  // a region; empty: none
};

struct WarehousePause {
    Duration at{};  // after the warm-up's end
    Duration lasts{};
};

struct Warehouse {
    std::string name;
    std::string region;
    std::string zone;              // short name; empty: the region's first
    bool multi_az = false;         // as many nodes again in the next zone, and both serve
    std::string class_name;        // of the catalogue; empty: serverless
    int nodes = 0;                 // of one zone
    int rpu = 0;                   // of a serverless one, else 0
    int slices = 0;                // of one zone
    BitsPerSecond slice_scan{};    // one slice reads data that its disk holds
    BitsPerSecond slice_load{};    // one slice loads, as the files are
    BitsPerSecond node_network{};  // of one node
    RandomDuration commit;         // of a load; one after the other
    int connections_max = 0;
    std::vector<WarehouseTable> tables;  // at least one
    std::vector<WarehouseQueue> queues;  // at least one
    ConcurrencyScaling scaling;
    WarehouseRecovery recovery;
    WarehouseSnapshots snapshots;
    std::vector<WarehousePause> pauses;
    std::optional<Security> security;  // of its own; none: what holds for all
};

// What a query does in a warehouse.
struct WarehouseWork {
    std::string queue;                // empty: the first
    std::vector<std::string> tables;  // that it reads; empty: all
    double scan = 0.0;                // share of their data that is read
    double redistribute = 0.0;        // share of what is read that goes to another node
};

}  // namespace faultline::scenarios
