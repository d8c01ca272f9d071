// The tables of shapes.cpp about databases over several regions.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array secondary_keys{
    Key{"replicas", "list:database-instance", "its instances; none: only the volume (headless)", "[]", "-"},
};

inline constexpr std::array binlog_keys{
    Key{.name = "apply_threads",
        .type = "integer",
        .about = "that execute transactions side by side, seen in the order of their commits; left out: 4, and 1 of a "
                 "\"version\" before 3.04",
        .source = "Aurora User Guide, Optimizing binary log replication: replica_parallel_workers is 4 from 3.04 on",
        .least = 1,
        .most = 128},
    Key{"apply_time", "duration", "one thread executes one transaction", R"("225us")",
        "derived: one thread that can do 4,444 a second meets SIGMOD 2017, Table 4, for MySQL (tests/oracles)"},
    Key{"promoted_with", "one-of:received|applied",
        "what of its log a region is promoted with: all that it has received, executed first, or what it has executed",
        R"("received")",
        "MySQL 8.0 Reference Manual, Switching Sources During Failover: relay logs are processed first (from memory)"},
};

inline constexpr std::array global_keys{
    Key{"bandwidth", "bandwidth", "of the log stream to one region, headers included; left out: the path's"},
    Key{"rpo_limit", "duration",
        "commits wait while every secondary lags by more, 20s or more; aurora-postgresql; left out: none"},
    Key{"staleness_bound", "duration", "no reader is sent to a region that lags by more; left out: any lag will do"},
    Key{"alarm_after", "duration",
        "the writer answers nobody for so long, until an operator is paged; also where its zone is lost and nobody in "
        "the region can take over",
        R"("1min")", "assumption: an alarm over one period of a minute"},
    Key{"decision", "random",
        "of the operator, from the page to the decision to fail over, or to order a writer in another zone",
        R"({"lognormal": {"mean": "10min", "cv": 0.5}})",
        "assumption: failover between regions is not automatic (Aurora User Guide, Switchover or failover)"},
    Key{"fence_timeout", "duration", "until the request to the old region to stop writing is given up", R"("30s")",
        "assumption: it is best effort and can time out (Aurora User Guide, Switchover or failover)"},
    Key{"fence_fails", "share", "probability that it does although the old region can be reached", R"("5%")",
        "assumption, as for fence_timeout"},
    Key{"promotion", "random", "of a region, until it takes writes", R"({"uniform": {"low": "1min", "high": "3min"}})",
        "Aurora User Guide, Switchover or failover: within a few minutes; the bounds are an assumption"},
    Key{"switchover", "random", "the same, planned and with all data there",
        R"({"uniform": {"low": "30s", "high": "90s"}})",
        "assumption: below a failover; its length follows the lag (Aurora User Guide, Switchover or failover)"},
    Key{"dns_update", "random", "until the global writer's name stands for the new region",
        R"({"uniform": {"low": "15s", "high": "20s"}})", "assumption: as in the region (failover.dns_update)"},
    Key{"add_instance", "random",
        "a region without an instance is given one before it is promoted, or a writer in another zone is made",
        R"({"uniform": {"low": "5min", "high": "10min"}})",
        "assumption, 3 to 15 min: no data is copied; RTO of a headless secondary depends on it"},
    Key{"step_fails", "share", "probability that a promotion fails and is begun again", R"("1%")",
        "assumption: a small share of failovers got stuck in 2011 and 2012 (AWS Post-Event Summaries)"},
    Key{"retry", "random", "until it is begun again", R"({"lognormal": {"mean": "5min", "cv": 0.5}})", "assumption"},
    Key{"copy_rate", "bandwidth", "of a volume that is copied anew to another region, at most", R"("5Gbps")",
        "assumption: minutes to several hours by size and distance (Aurora User Guide, Switchover or failover)"},
    Key{"recovers_by", "one-of:promotion|restore",
        "the loss of the primary's region: another one's volume is promoted, or a new one is made there from that "
        "region's own backups",
        R"("promotion")", "Aurora User Guide, Switchover or failover: what it recommends for an outage of a region"},
    Key{"health_interval", "duration", "between two checks of a region's readers", R"("30s")",
        "Route 53 API Reference, HealthCheckConfig, RequestInterval: 30 s"},
    Key{"health_failures", "integer", "in a row, until no reader is sent there", "3",
        "assumption, 1 to 10: as Route 53's console offers it; rerouting of readers depends on it", false, 1, 10},
};

}  // namespace faultline::scenarios
