// Tables of shapes.cpp: warehouses.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array warehouse_keys{
    Key{.name = "region", .type = "text", .about = "where it stands", .required = true},
    Key{"zone", "text", "in its region; left out: the first", R"("")", "-"},
    Key{"multi_az", "flag", "as many nodes again in the region's next zone, and both serve; ra3 only", "false",
        "Redshift Management Guide, Multi-AZ: it is chosen"},
    Key{"class", "text", "of its nodes, as ra3.4xlarge; left out: serverless"},
    Key{"nodes", "integer", "of the class", "2",
        "Redshift Management Guide, Clusters: 2 or more but for ra3.large, ra3.xlplus and dc2.large", false, 1, 128},
    Key{"rpu", "integer", "capacity of a serverless one, in steps of 8: 16 GB and a slice each", "128",
        "Redshift Management Guide, Serverless capacity: 8 to 512, 128 unless chosen; a slice for 16 GB as ra3.xlplus "
        "has",
        false, 8, 512},
    Key{"slice_scan", "bandwidth", "of one slice that reads what its disk holds", R"("4Gbps")",
        "Redshift Management Guide, Clusters: I/O of ra3.4xlarge 2 GB/s over 4 slices (from memory)"},
    Key{"slice_load", "bandwidth", "of one slice that loads, compressed", R"("80Mbps")",
        "assumption: 5 to 20 MB/s in the field (from memory); no vendor's figure found"},
    Key{"node_network", "bandwidth", "of one node, to others and to managed storage", R"("10Gbps")", "assumption"},
    Key{"commit", "random", "of a load; one after the other", R"({"lognormal": {"mean": "1s", "cv": 0.5}})",
        "assumption: synchronous to object storage and batched (Redshift Re-invented, SIGMOD 2022, 3.4)"},
    Key{"connections_max",
        "integer",
        "queries that wait or run, at most; left out: the class's",
        {},
        {},
        false,
        1,
        100'000},
    Key{.name = "tables", .type = "map:warehouse-table", .about = "what it holds, and from where", .required = true},
    Key{"queues", "map:warehouse-queue", "workload management, in order; a class goes to the first unless it says so",
        R"({"default": {}})", "Redshift Database Developer Guide, WLM: one queue"},
    Key{"concurrency_scaling", "object:concurrency-scaling", "clusters for those who wait", "{}", "-"},
    Key{"recovery", "object:warehouse-recovery", "what failures take", "{}", "-"},
    Key{"snapshots", "object:warehouse-snapshots", "of all tables", "{}", "-"},
    Key{"pauses", "list:warehouse-pause", "when it sleeps", "[]", "-"},
    Key{"security", "object:security", "what protects it; what is left out: as at the top of the file"},
};

inline constexpr std::array warehouse_table_keys{
    Key{.name = "source", .type = "text", .about = "the database whose commits it shows", .required = true},
    Key{.name = "load",
        .type = "one-of:copy|streaming|zero-etl",
        .about = "micro-batches over object storage, a stream, or the changes of the source's storage",
        .required = true},
    Key{"interval", "duration", "between two loads, from begin to begin; depends on the load"},
    Key{.name = "data", .type = "bytes", .about = "when the run begins", .required = true},
    Key{"capture", "random", "copy: the job that exports, besides its transfer; else until a commit is on its way"},
    Key{"export_rate", "bandwidth", "copy: of the job that exports", R"("1Gbps")",
        "assumption: one job that reads rows and writes files"},
    Key{"files", "integer", "copy: of one load; left out: as many as there are slices", {}, {}, false, 1, 100'000},
    Key{"change_bytes", "bytes", "of one commit, compressed; left out: the mean log of the source's commits"},
};

inline constexpr std::array warehouse_queue_keys{
    Key{"slots", "integer", "queries that run at once on one cluster", "5",
        "Redshift Database Developer Guide, WLM: 5 slots, 50 over all queues", false, 1, 50},
    Key{"concurrency_scaling", "flag", "those that wait may go to another cluster", "false",
        "Redshift Database Developer Guide, concurrency scaling: chosen by queue"},
};

inline constexpr std::array concurrency_scaling_keys{
    Key{"limit", "integer", "clusters besides the main one", "1",
        "Redshift Database Developer Guide: max_concurrency_scaling_clusters is 1", false, 0, 10},
    Key{"start_up", "random", "from the first query that waits until the cluster serves",
        R"({"lognormal": {"mean": "30s", "cv": 0.5}})", "assumption: from a warm pool, its disks filled, seconds"},
    Key{"idle", "duration", "without a query for so long, it goes", R"("1min")", "assumption"},
};

inline constexpr std::array warehouse_recovery_keys{
    Key{"detection", "random", "of a lost node or zone", R"({"uniform": {"low": "10s", "high": "50s"}})",
        "assumption: a failover between zones takes below 60 s (a talk of the vendor, from memory)"},
    Key{"node_replacement", "random", "until a new node serves", R"({"lognormal": {"mean": "5min", "cv": 0.5}})",
        "assumption: from a warm pool (Redshift Re-invented, SIGMOD 2022, 5.5), minutes"},
    Key{"relocation", "flag", "to another zone when its own is lost", "true",
        "Redshift Management Guide, Relocation: on by default with ra3"},
    Key{"relocating", "random", "until it serves there", R"({"uniform": {"low": "10min", "high": "60min"}})",
        "about 10 to 60 min (from memory)"},
    Key{"resume", "random", "from a pause, or when its zone is back", R"({"lognormal": {"mean": "5min", "cv": 0.5}})",
        "assumption: several minutes"},
    Key{"cold_speed", "share", "of a query while data are read anew from managed storage", R"("25%")",
        "assumption: object storage gives a slice about a quarter of what its disk does"},
};

inline constexpr std::array warehouse_snapshots_keys{
    Key{"interval", "duration", "at the latest after", R"("8h")", "Redshift Management Guide, Snapshots: 8 h"},
    Key{"changes", "bytes", "of a node, or after these", R"("5GB")",
        "Redshift Management Guide, Snapshots: 5 GB a node"},
    Key{"copy_to", "text", "a region that is given a copy of each; left out: none", R"("")", "-"},
};

inline constexpr std::array warehouse_pause_keys{
    Key{.name = "at", .type = "duration", .about = "after the end of the warm-up", .required = true},
    Key{.name = "lasts", .type = "duration", .about = "until it is told to resume", .required = true},
};

}  // namespace faultline::scenarios
