// The longer tables of shapes.cpp: database, cache, service and workload.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array database_keys{
    Key{.name = "kind",
        .type = "one-of:aurora-mysql|aurora-postgresql|postgresql|mysql",
        .about = "the engine",
        .required = true},
    Key{"version", "text", "of the engine, \"3.08\": do readers of other regions outlive its writer? Left out: as now",
        R"("")", "-"},
    Key{.name = "region", .type = "text", .about = "where it stands", .required = true},
    Key{.name = "data", .type = "bytes", .about = "volume size, 1 B to 128 TiB", .required = true},
    Key{"backups", "object:backups", "left out: none"},
    Key{.name = "writer",
        .type = "object:database-instance",
        .about = "the first writer, instance-1",
        .required = true},
    Key{"replicas", "list:database-instance", "at most 15, instance-2 and on", "[]", "-"},
    Key{"secondaries", "map:secondary", "regions that follow this one, by name: a global database", "{}", "-"},
    Key{"logical_replicas", "map:secondary",
        "regions that follow this one by the binary log, by name; aurora-mysql, in place of secondaries", "{}", "-"},
    Key{"binlog", "object:binlog", "how they do", "{}", "-"},
    Key{"write_forwarding", "one-of:off|eventual|session|global",
        "readers send writes on to the writer; reads of a secondary wait for nothing, for their office's writes there, "
        "or for all",
        R"("off")", "Aurora User Guide, Using write forwarding: off by default"},
    Key{"global", "object:global", "what regions do for each other, and who decides", "{}", "-"},
    Key{"storage", "object:storage", "copies, quorum and log", "{}", "-"},
    Key{"replica_stream", "object:replica-stream", "how replicas follow the writer", "{}", "-"},
    Key{"failover", "object:failover", "stages of a failover", "{}", "-"},
    Key{"replication", "object:replication", "log and standbys of the kinds postgresql and mysql", "{}", "-"},
    Key{"monitor", "object:monitor", "who promotes a standby of the kinds postgresql and mysql", "{}", "-"},
    Key{"dns_ttl", "duration", "of the endpoints", R"("5s")", "AWS blog, Improve application availability on Aurora"},
    Key{.name = "connections_max",
        .type = "integer",
        .about = "of an instance; left out: the default of its class",
        .least = 1,
        .most = 16'000},
    Key{"authentication", "one-of:password|iam", "of new connections", R"("password")", "-"},
    Key{"iam_limit", "rate", "new connections that one instance authenticates by IAM; more are refused", R"("200/s")",
        "Aurora User Guide, IAM database authentication: throttled beyond 200 new connections a second (from memory)"},
    Key{"buffer_pool", "object:buffer-pool", "pages in memory, of the Aurora kinds", "{}", "-"},
    Key{"lock_wait_timeout", "duration", "a statement waits for a row this long; left out: the engine's, or for ever"},
    Key{"serverless", "object:serverless", "capacity of the class db.serverless; left out: there is none"},
    Key{"replica_scaling", "object:replica-scaling", "replicas by the load of the readers; left out: those named"},
    Key{"endpoints", "map:endpoint", "custom endpoints, at most 5, of the Aurora kinds", "{}", "-"},
    Key{"security", "object:security", "what protects it; what is left out: as at the top of the file"},
    Key{"storage_price", "one-of:standard|io-optimized",
        "of the Aurora kinds: I/O is charged by the request, or not at all", R"("standard")",
        "Terraform AWS provider, aws_rds_cluster storage_type"},
};

inline constexpr std::array backups_keys{
    Key{.name = "retention", .type = "duration", .about = "1d to 35d", .required = true},
    Key{"log_interval", "duration", "between two batches of log to object storage, 1s to 1h", R"("5min")",
        "Aurora User Guide, Backups: the latest restorable time is typically within the last 5 minutes"},
    Key{"snapshot_interval", "duration", "between two snapshots, 1h to 35d", R"("1d")",
        "Aurora User Guide, Backups: automated, once a day in the backup window"},
    Key{"copy_to", "text",
        "a region that is given a copy of each snapshot, and the database if its own is lost; left out: none", R"("")",
        "-"},
    Key{"copy_streams", "integer", "connections of one copy, each with a window of 3.02 MB", "16",
        "assumption: object storage copies parts side by side", false, 1, 10'000},
    Key{"backtrack", "duration", "window of the kind aurora-mysql, at most 72h; left out: none"},
    Key{"delayed_standby", "duration",
        "a standby of the kinds postgresql and mysql that replays so long behind, 1min to 7d; left out: none"},
    Key{"restore", "object:restore", "what a restore takes", "{}", "-"},
};

inline constexpr std::array restore_keys{
    Key{"alarm_after", "duration", "the region answers nobody for so long, until an operator is paged", R"("1min")",
        "assumption: an alarm over one period of a minute"},
    Key{"decision", "random", "noticed or paged, until an operator orders the cure",
        R"({"lognormal": {"mean": "15min", "cv": 0.5}})", "assumption: a call, a look, a point in time agreed on"},
    Key{"node_rate", "bandwidth", "one storage node, or host of a standby kind, is filled from object storage",
        R"("1Gbps")", "assumption: a tenth of the node's network card (Verbitski et al., SIGMOD 2017, section 2.2)"},
    Key{"instances", "random", "until the new instances are there, while the volume is filled",
        R"({"uniform": {"low": "5min", "high": "10min"}})",
        "assumption, 3 to 15 min to add an instance; it counts where the volume is filled sooner"},
    Key{"recovery", "random", "of the new writer, without any log to apply",
        R"({"lognormal": {"mean": "60s", "cv": 0.5}})",
        "assumption: a start, and the undo of what was open (Verbitski et al., SIGMOD 2017, section 4.3)"},
    Key{"log_apply", "bandwidth",
        "log applied to the snapshot before the point, or undone by backtrack; depends on "
        "the engine",
        R"("1Gbps")",
        "assumption: storage nodes coalesce side by side; one replica applies 0.14 Gbps (replica_stream.apply_time)"},
    Key{"repointing", "random", "restored, until the applications use the new cluster",
        R"({"lognormal": {"mean": "10min", "cv": 0.5}})", "assumption: checked, and rolled out by hand"},
    Key{"backtrack", "random", "the database rewinds in place, without any log to undo",
        R"({"uniform": {"low": "1min", "high": "3min"}})",
        "Aurora User Guide, Backtracking: in minutes; the bounds are an assumption"},
    Key{"clone", "random", "a cluster is made on a copy-on-write clone of the volume",
        R"({"uniform": {"low": "3min", "high": "8min"}})",
        "Aurora User Guide, Cloning: usually a few minutes; the bounds are an assumption"},
};

inline constexpr std::array database_instance_keys{
    Key{"class", "text", "of the catalogue, \"db.r6g.4xlarge\"; a replica's default is the writer's"},
    Key{.name = "zone", .type = "text", .about = "short name of a zone of its region", .required = true},
    Key{"region", "text", "of a standby of the kinds postgresql and mysql; left out: the database's", R"("")", "-"},
    Key{"promotion_tier", "integer", "0 is promoted first, 15 last", "1", "Aurora User Guide, High availability", false,
        0, 15},
};

inline constexpr std::array storage_keys{
    Key{"copies_per_zone", "integer", "in each zone of the volume: three, where its region has more", "2",
        "Verbitski et al., SIGMOD 2017, section 2.1", false, 1, 10},
    Key{"write_quorum", "integer", "copies that must have a log write", "4",
        "Verbitski et al., SIGMOD 2017, section 2.1", false, 1, 100},
    Key{"read_quorum", "integer", "copies that a recovery must reach", "3",
        "Verbitski et al., SIGMOD 2017, section 2.1", false, 1, 100},
    Key{"persist", "random", "one storage node makes a batch of log durable",
        R"({"lognormal": {"mean": "600us", "cv": 0.8}})",
        "assumption: the 4th of 6 over measured inter-zone round trips then gives commits of 1 to 3 ms"},
    Key{"page_read", "random", "one storage node reads a page", R"({"lognormal": {"mean": "200us", "cv": 0.5}})",
        "assumption: a read of 16 KB from a local SSD"},
    Key{.name = "nodes_per_zone",
        .type = "integer",
        .about =
            "storage nodes that hold the volume's segments; left out: 20, or one for each 100 segments of \"data\"",
        .source = "assumption: with 20 the segments of a lost node are rebuilt side by side, in about the 10 s of one "
                  "(Verbitski et al., SIGMOD 2017, section 2.2); a restore takes up to a few hours, and far less than "
                  "linearly more for a larger volume (AWS re:Post, slow snapshot restore)",
        .least = 1,
        .most = 500},
    Key{"send_time", "duration", "of the writer's log sender, for one batch to one copy", R"("69us")",
        "derived: SIGMOD 2017, Table 1, has 14,450 network I/Os a second at the database node: 69 us each, if the "
        "sender was nearly always busy"},
    Key{"groups_per_commit", "integer", "protection groups that a transaction writes", "1",
        "assumption: the rows of a transaction lie together", false, 1, 100},
    Key{"growth_per_commit", "bytes", "what a commit adds to the volume", R"("0B")", "assumption"},
};

inline constexpr std::array replica_stream_keys{
    Key{"interval", "duration", "between two messages of the writer on what has become durable", R"("4800us")",
        "assumption: with apply_time it meets the four rows of SIGMOD 2017, Table 4 (tests/oracles)"},
    Key{"apply_time", "duration", "a replica applies the changes of one commit", R"("60us")",
        "assumption: as above, and below the 66 us at which a replica would fall behind the 15,210 commits a second of "
        "Table 1"},
};

inline constexpr std::array failover_keys{
    Key{"detection", "random", "writer lost, until the control plane has decided",
        R"({"lognormal": {"mean": "6s", "cv": 0.4}})",
        "assumption: with promotion and DNS it adds up to the typical 30 s (Aurora FAQ; Aurora User Guide, High "
        "availability)"},
    Key{"promotion", "random", "until the successor takes writes", R"({"lognormal": {"mean": "4s", "cv": 0.5}})",
        "assumption, as for detection"},
    Key{"dns_update", "random", "until the endpoint's record is changed",
        R"({"uniform": {"low": "15s", "high": "20s"}})",
        "AWS JDBC wrapper, Failover Configuration Guide: usually 15 to 20 s at AWS DNS"},
    Key{"restart", "random", "a crashed process, until it serves again in place",
        R"({"lognormal": {"mean": "8s", "cv": 0.4}})",
        "assumption: no redo replay, recovery within about 10 s (Verbitski et al., SIGMOD 2017, section 4.3)"},
    Key{"rebuild", "random", "no replica left: a new writer in the same zone",
        R"({"uniform": {"low": "4min", "high": "10min"}})",
        "Aurora User Guide, High availability: typically less than 10 minutes; the lower end is an assumption"},
    Key{"fails", "object:failover-fails", "failovers that get stuck, until an operator does them by hand", "{}", "-"},
    Key{"readers", "one-of:stay|restart",
        "what the others do when one of them is promoted: go on, or begin anew with empty memory; left out: as the "
        "version has it (aurora-mysql before 2.10: restart)"},
};

inline constexpr std::array failover_fails_keys{
    Key{"probability", "share", "that a failover gets stuck", R"("0%")",
        "assumption, 0 to 3 %: no vendor publishes one; in April 2011 some of the Multi-AZ databases that had to did "
        "not "
        "fail over by themselves (AWS Post-Event Summary 65648). The tail of RTO depends on it"},
    Key{"noticed_after", "random", "stuck, until an operator has seen it",
        R"({"lognormal": {"mean": "5min", "cv": 0.5}})",
        "assumption: an alarm over a few periods of a minute, and somebody who is paged"},
    Key{"by_hand", "random", "seen, until the operator has ordered the promotion",
        R"({"lognormal": {"mean": "5min", "cv": 0.5}})", "assumption: half of a failover between regions"},
};

inline constexpr std::array replication_keys{
    Key{"synchronous_commit", "one-of:off|local|remote_write|on|remote_apply",
        "what a commit waits for; MySQL: local, or remote_write (semisynchronous)", R"("on")",
        "PostgreSQL 15 documentation, 20.5.1"},
    Key{"synchronous_standbys", "integer", "that must have a commit, whichever are first (ANY n)", "0",
        "PostgreSQL 15 documentation, 20.6.2: synchronous_standby_names is empty", false, 0, 15},
    Key{"standby_lost", "one-of:wait|go-on",
        "commits wait for synchronous standbys that the monitor has given up, or not", R"("wait")",
        "PostgreSQL 15 documentation, 27.2.8: the primary waits"},
    Key{"bandwidth", "bandwidth", "of the stream to one standby, headers included; left out: the path's"},
    Key{"under_way", "one-of:lost|arrives", "packets on their way when the primary's host or zone is lost", R"("lost")",
        "assumption: the worse of the two"},
    Key{"log_writer_delay", "duration", "between two bursts of synchronous_commit off", R"("200ms")",
        "PostgreSQL 15 documentation, wal_writer_delay"},
    Key{"flush", "random", "one flush of a log disk", R"({"lognormal": {"mean": "1ms", "cv": 0.5}})",
        "assumption: network block storage; EBS User Guide: io2 below 0.5 ms on average, others single-digit ms"},
    Key{"apply", "duration", "a standby replays one commit", R"("50us")",
        "assumption: a small transaction; replay follows the flush at 3,000 commits/s within 3 ms "
        "(docs/models/standby.md)"},
};

inline constexpr std::array monitor_keys{
    Key{"interval", "duration", "from one probe to the next", R"("5s")",
        "pg_autoctl(5), pgautofailover.health_check_period: 5000 ms"},
    Key{"timeout", "duration", "of a probe", R"("5s")", "pg_autoctl(5), pgautofailover.health_check_timeout"},
    Key{"failures", "integer", "in a row, until a standby is promoted", "3",
        "pg_autoctl(5), pgautofailover.health_check_max_retries: 2", false, 1, 100},
    Key{"fence_fails", "share", "probability that a primary that is up goes on although it was to be shut off",
        R"("0%")",
        "assumption: the best case; STONITH devices have a failure rate of their own, and none is published"},
};

inline constexpr std::array service_keys{
    Key{.name = "regions",
        .type = "counts",
        .about = "instances in each region, spread over its zones in order",
        .required = true},
    Key{"standby", "map:service-standby", "regions in which it stands by, by name", "{}", "-"},
    Key{"threads", "integer", "calls at once in one instance", "200",
        "Apache Tomcat 10 documentation, The HTTP Connector: maxThreads", false, 1, 1'000'000},
    Key{"vcpus", "integer", "of one instance", "4", "assumption", false, 1, 1024},
    Key{"demand", "random", "CPU of one call", R"({"exponential": "300us"})", "assumption"},
    Key{"steering", "text",
        "\"nearest\" region that is healthy, \"region:<name>\" always, or \"failover:<name>\" while that is healthy",
        R"("nearest")", "-"},
    Key{"health_check", "object:health-check", "how a dead instance is taken out", "{}", "-"},
    Key{"driver", "driver", "a preset, or an object", R"("plain")", "-"},
    Key{"pool_preset", "one-of:hikaricp|tomcat-jdbc|c3p0|sqlalchemy|node-postgres",
        "the library whose defaults \"pool\", \"pool_wait\" and \"max_lifetime\" have", R"("hikaricp")", "-"},
    Key{"pool", "integer", "connections of one instance to one endpoint, at most", "10",
        "HikariCP README, maximumPoolSize", false, 1, 100'000},
    Key{"pool_wait", "duration", "a call waits this long for a connection, at most", R"("30s")",
        "HikariCP README, connectionTimeout"},
    Key{"max_lifetime", "duration", "a pooled connection is replaced after it, less up to 2.5 %; 0s: never",
        R"("30min")", "HikariCP README, maxLifetime; HikariPool.java for the 2.5 %"},
    Key{"queue", "integer", "calls that may wait for a thread in one instance", "100",
        "Apache Tomcat 10 documentation, The HTTP Connector: acceptCount", false, 0, 1'000'000},
    Key{"breaker", "object:breaker", "of each instance, towards each endpoint that it asks; left out: none"},
    Key{"shedding", "object:shedding", "of calls that an instance cannot serve in time; left out: none"},
    Key{"outliers", "object:outliers", "instances that often fail are sent nothing for a while; left out: never"},
    Key{"instance_price", "money", "of one instance, \"$0.17/h\"; left out: not known"},
};

inline constexpr std::array service_standby_keys{
    Key{.name = "instances",
        .type = "integer",
        .about = "when another region is given up, spread over the zones in order",
        .required = true,
        .least = 1,
        .most = 10'000},
    Key{"running", "integer", "of these all along: 0 is a pilot light, more a warm standby", "0", "-", false, 0, 9'999},
    Key{"deployment", "random", "from the order until the others are launched", R"("0s")",
        "network, balancer and images stand there already; where only backups do, give what it takes"},
    Key{"start_up", "random", "of each: launched, until it serves", R"({"lognormal": {"mean": "4min", "cv": 0.3}})",
        "assumption, 2 to 8 min: a launch, a boot, the application's start; RTO of standby services depends on it"},
};

inline constexpr std::array health_check_keys{
    Key{"interval", "duration", "between two checks", R"("30s")",
        "Elastic Load Balancing, target group health checks: HealthCheckIntervalSeconds"},
    Key{"timeout",
        "duration",
        "until a check without an answer has failed; absent: 5 s, or a shorter interval",
        {},
        "Elastic Load Balancing, target group health checks: HealthCheckTimeoutSeconds, 5 (from memory)"},
    Key{"threshold", "integer", "failures in a row until an instance is out", "2",
        "Elastic Load Balancing, target group health checks: 2 failures, 5 successes (from memory)", false, 1, 100},
};

inline constexpr std::array driver_keys{
    Key{"preset", "one-of:plain|with-timeouts|fast-failover|aws-wrapper|rds-proxy", "what the other keys default to",
        R"("plain")", "-"},
    Key{"connect_timeout", "duration", "until an attempt to connect is given up"},
    Key{"socket_timeout", "duration", "until an answer is given up; left out: waits for the kernel"},
    Key{"dead_peer_after", "duration", "keepalive or TCP_USER_TIMEOUT; left out: the kernel's retries"},
    Key{"dns_cache", "duration", "an answer is kept at least this long"},
    Key{"monitor_after", "duration", "a server is asked when its answer takes longer; left out: it is not"},
    Key{"monitor_interval", "duration", "between two such questions", R"("5s")", aws_wrapper_monitoring},
    Key{"monitor_misses", "integer", "questions in a row without an answer until it is dead", "3",
        aws_wrapper_monitoring, false, 1, 1000},
    Key{"topology_refresh", "duration", "the cluster is asked for its writer, not DNS; left out: DNS"},
    Key{"failover_refresh", "duration", "the same while the writer is looked for", R"("100ms")", aws_wrapper_failover},
    Key{"failover_timeout", "duration", "a connection waits this long for a writer to be found, at most", R"("300s")",
        aws_wrapper_failover},
    Key{"through_proxy", "flag", "connections are a proxy's in the region of the database", "false", "-"},
    Key{"proxy_delay", "random", "a statement's time in the proxy, besides the ways to it and from it", R"("0s")",
        "depends on the proxy"},
    Key{"borrow_timeout", "duration", "a statement waits this long for one of the proxy's, at most", R"("120s")",
        "Aurora User Guide, RDS Proxy: connection borrow timeout"},
    Key{"pinned", "flag", "sessions of the proxy share no connections", "false", "-"},
};

inline constexpr std::array workload_keys{
    Key{"arrivals", "object:arrivals", "how many queries; left out: only closed users ask"},
    Key{.name = "classes", .type = "map:class", .about = "what they ask; their shares add up to 1", .required = true},
    Key{"canary", "object:canary", "a probe at each office", "{}", "-"},
    Key{"driver", "driver", "of offices that talk to a database directly", R"("plain")", "-"},
    Key{"sessions", "object:sessions", "users who remember what they wrote and saw; left out: nobody does"},
    Key{"users", "object:users", "closed users, who wait for their answers; left out: none"},
    Key{"tenants", "map:tenant", "whose classes are whose, and their quotas, by name", "{}", "-"},
    Key{"storm", "object:storm", "when retries that go on are called a metastable failure", "{}", "-"},
    Key{"office_pool", "integer", "connections of one office to one service, at most", "28232",
        "Linux ip-sysctl, ip_local_port_range: 32768 to 60999, from one address to another", false, 1, 1'000'000},
    Key{"direct_pool", "integer", "and to one endpoint of a database that it asks directly", "64",
        "assumption: a branch's own server", false, 1, 1'000'000},
};

inline constexpr std::array sessions_keys{
    Key{.name = "per_office",
        .type = "integer",
        .about = "users of one office; each query of a class with keys is one of theirs",
        .required = true,
        .least = 1,
        .most = 10'000'000},
    Key{"keys", "integer", "that a session remembers, those that it used last", "16",
        "assumption: more than a user has at hand", false, 1, 1024},
};

inline constexpr std::array follow_up_keys{
    Key{.name = "class", .type = "text", .about = "what the same user asks next, of the same key", .required = true},
    Key{"probability", "share", "that they do", R"("100%")", "-"},
    Key{.name = "after", .type = "random", .about = "from the answer on", .required = true},
};

inline constexpr std::array class_keys{
    Key{"kind", "one-of:point-read|range-read|update|complex-join|analytic|other",
        "what demand and sizes default to; left out: update to a writer, other to a station, else point-read"},
    Key{.name = "share",
        .type = "number",
        .about = "of the arrivals; all shares add up to 1",
        .required = true,
        .most = 1},
    Key{"traced_as", "texts", "its names in the trace of the arrivals; left out: its own", "[]", "-"},
    Key{"via", "text", "a service; left out: the office talks to the last step of the route", R"("")", "-"},
    Key{.name = "route",
        .type = "route",
        .about =
            "caches to look aside, then what answers: a station, a warehouse, \"orders/reader\" or \"orders/writer\"",
        .required = true},
    Key{.name = "deadline", .type = "duration", .about = "an answer later than this is not good", .required = true},
    Key{"timeout", "duration", "the client gives an attempt up after this; left out: the deadline"},
    Key{"retry", "object:retry", "after a failed attempt", "{}", "-"},
    Key{"breaker", "object:breaker", "of each office, for its queries of this class; left out: none"},
    Key{"hedge", "object:hedge", "a second copy of what is not answered soon; only via a service; left out: none"},
    Key{"priority", "one-of:critical|normal|sheddable", "for services with \"shedding\"", R"("normal")", "-"},
    Key{"statements", "integer", "of one query", "1", "-", false, 1, 10'000},
    Key{"transaction", "flag", "the statements are one, with round trips of their own for begin and commit", "false",
        "-"},
    Key{"writes", "flag", "it changes data; only of the kind other, the other kinds know", "false", "-"},
    Key{"idempotent", "flag", "applied twice, it is as if once", "true", "-"},
    Key{"keys", "object:keys", "left out: not cacheable"},
    Key{"ttl", "duration", "of the entries that it fills into a cache; left out: the cache's"},
    Key{"follow_up", "object:follow-up",
        "after its answer, on top of the arrivals; only of a class with keys; left out: nothing"},
    Key{"staleness_bound", "duration",
        "a read is stale if what it shows was replaced longer before it fell due; only with sessions", R"("0s")",
        "whatever is old is stale"},
    Key{"pages", "integer", "that a statement touches: from that of its key on, or anywhere in the working set", "1",
        "one row: its page, the index above it in memory", false, 1, 100'000},
    Key{"demand", "random", "CPU of one statement, or the service time of a station"},
    Key{"request", "bytes", "size of a request", R"("200B")", "assumption: a statement with its parameters"},
    Key{"response", "bytes", "size of an answer", R"("200B")", "assumption"},
    Key{"log", "bytes", "redo of one commit; only of a class that writes", R"("0B")", "-"},
    Key{"queue", "text", "of a warehouse; left out: its first", R"("")", "-"},
    Key{"tables", "names", "of a warehouse, that it reads; left out: all", "[]", "-"},
    Key{"scan", "share", "of the data of these tables that it reads", R"("0%")", "-"},
    Key{"redistribute", "share", "of what it reads that goes to another node", R"("0%")", "-"},
};

inline constexpr std::array keys_keys{
    Key{"zipf", "number", "exponent of the popularity; 0: uniform", "0.99",
        "YCSB; below the median of 54 Twitter clusters, 1.21 (Yang et al., OSDI 2020)", false, 0, 5},
    Key{.name = "count", .type = "integer", .about = "of keys", .required = true, .least = 1, .most = 1e12},
    Key{"value", "bytes", "of one entry", R"("250B")", "Yang et al., OSDI 2020: median object about 230 B"},
    Key{"drift", "object:drift", "how the hot set moves; left out: it stays"},
};

inline constexpr std::array drift_keys{
    Key{.name = "by",
        .type = "integer",
        .about = "ranks: the most popular key is now the one that stood so many ranks behind it, and so on, around",
        .required = true,
        .least = 1,
        .most = 1e12},
    Key{.name = "every",
        .type = "duration",
        .about = "again after each; from the beginning of the run, its warm-up included",
        .required = true},
};

inline constexpr std::array canary_keys{
    Key{"enabled", "flag", "whether there is one", "true", "-"},
    Key{"timeout", "duration", "of connection and statement together", R"("1s")", "by definition of the canary"},
};

}  // namespace faultline::scenarios
