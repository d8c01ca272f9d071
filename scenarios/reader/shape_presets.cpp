// Defaults that depend on a preset, and what later versions bring. Each figure with its source, or as an assumption.
#include <array>
#include <vector>

#include "scenarios/reader/shape_tables_faults.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::string_view pgjdbc =
    "pgjdbc documentation: connectTimeout 10 s, socketTimeout none, no keepalive; MySQL Connector/J has neither by "
    "default (from memory): it waits for the kernel to connect, too";
constexpr std::string_view fast_failover =
    "Aurora User Guide, Fast failover with Aurora PostgreSQL: 2 s, 60 s, keepalive 1 s x 5";
constexpr std::string_view ycsb = "YCSB workload files: records of 1 KB";

constexpr std::string_view zero_etl =
    "assumption within what AWS announced in 2023: half of the commits visible within 15 s (from memory)";

constexpr std::string_view measured_promotion =
    "PostgreSQL 15 as measured: 0.03 to 0.12 s from the decision to the first write (docs/models/standby.md)";
constexpr std::string_view address_moves = "assumption: a proxy or a virtual address, checked every 3 s";
constexpr std::string_view log_replayed = "assumption: the log since the last checkpoint is replayed";
constexpr std::string_view log_rewound = "assumption: pg_rewind, or a clone, and a start";

constexpr std::string_view proxy_detects =
    "assumption: what the proxy does to notice a lost server is not published; as the fast-failover settings";
constexpr std::string_view mysql_lock_wait = "MySQL 8.0 Reference Manual, innodb_lock_wait_timeout";
constexpr std::string_view three_quarters =
    "Aurora User Guide: innodb_buffer_pool_size is 3/4 of DBInstanceClassMemory, which is 96 % of the class's memory "
    "(derived from max_connections of db.r6g.large and xlarge); SIGMOD 2017, section 6.1: 170 of 244 GB";
constexpr std::string_view postgresql_share =
    "Aurora User Guide, parameters of Aurora PostgreSQL: shared_buffers is DBInstanceClassMemory/12038 pages of 8 KB "
    "less 50,003, 68 % of 96 % of the class's memory";

constexpr std::string_view sdk_standard =
    "AWS SDK for JavaScript, @aws-sdk/middleware-retry, constants.ts; AWS SDKs and Tools Reference Guide, Retry "
    "behavior: 3 attempts";
constexpr std::string_view envoy_retry =
    "Envoy documentation, Router: retries once; fully jittered, base 25 ms, at most 10 times the base";
constexpr std::string_view resilience4j_retry = "Resilience4j documentation, Retry: maxAttempts 3, waitDuration 500 ms";
constexpr std::string_view resilience4j_breaker =
    "Resilience4j documentation, CircuitBreaker: 50 %, 100 calls, 60 s open, 10 calls half-open";
constexpr std::string_view polly_retry = "Polly documentation, RetryStrategyOptions: 3 retries, 2 s, constant";
constexpr std::string_view polly_breaker =
    "Polly documentation, CircuitBreakerStrategyOptions: 0.1, 100 calls, 30 s of sampling, 5 s of break, one probe";

constexpr std::string_view tomcat_jdbc =
    "Apache Tomcat 10 documentation, The Tomcat JDBC Connection Pool: maxActive 100, maxWait 30 s, maxAge 0";
constexpr std::string_view c3p0 =
    "c3p0 documentation, Configuration Properties: maxPoolSize 15, checkoutTimeout 0 (it waits without end: here a "
    "day), "
    "maxConnectionAge 0";
constexpr std::string_view sqlalchemy =
    "SQLAlchemy documentation, QueuePool: pool_size 5 and max_overflow 10, timeout 30 s, recycle off. That the ten "
    "are closed when they come back is left out";
constexpr std::string_view node_postgres =
    "node-postgres documentation, pg.Pool: max 10, connectionTimeoutMillis 0 (it waits without end: here a day), "
    "maxLifetimeSeconds 0";

constexpr auto presets = std::to_array<PresetValue>({
    {"driver", "plain", "connect_timeout", R"("10s")", pgjdbc},
    {"driver", "plain", "dns_cache", R"("30s")",
     "JVM: 30 s for look-ups that succeed (field post; RDS guide, JVM TTL)"},
    {"driver", "with-timeouts", "connect_timeout", R"("2s")", fast_failover},
    {"driver", "with-timeouts", "socket_timeout", R"("60s")", fast_failover},
    {"driver", "with-timeouts", "dns_cache", R"("5s")", "Aurora User Guide, Global database: at most 5 s"},
    {"driver", "fast-failover", "connect_timeout", R"("2s")", fast_failover},
    {"driver", "fast-failover", "socket_timeout", R"("60s")", fast_failover},
    {"driver", "fast-failover", "dead_peer_after", R"("5s")", fast_failover},
    {"driver", "fast-failover", "dns_cache", R"("1s")",
     "Aurora User Guide, Fast failover: 1 s for look-ups that succeed"},
    {"driver", "aws-wrapper", "connect_timeout", R"("10s")", pgjdbc},
    {"driver", "aws-wrapper", "dns_cache", R"("30s")", "as plain; not used while it follows the topology"},
    {"driver", "aws-wrapper", "monitor_after", R"("30s")", aws_wrapper_monitoring},
    {"driver", "aws-wrapper", "topology_refresh", R"("30s")", aws_wrapper_failover},
    {"driver", "rds-proxy", "connect_timeout", R"("2s")", proxy_detects},
    {"driver", "rds-proxy", "dead_peer_after", R"("5s")", proxy_detects},
    {"driver", "rds-proxy", "dns_cache", R"("0s")", "Aurora User Guide, RDS Proxy: it goes round DNS"},
    {"driver", "rds-proxy", "topology_refresh", R"("1s")", proxy_detects},
    {"driver", "rds-proxy", "through_proxy", "true", "-"},
    {"driver", "rds-proxy", "proxy_delay", R"({"lognormal": {"mean": "4ms", "cv": 0.5}})",
     "assumption, 0.5 to 5 ms: typically below 1 ms in the zone, and Amazon speaks of about 5 ms (both from memory); "
     "latency by the proxy depends on it, recovery does not"},

    {"database", "aurora-mysql", "lock_wait_timeout", R"("50s")", mysql_lock_wait},
    {"database", "mysql", "lock_wait_timeout", R"("50s")", mysql_lock_wait},
    {"buffer-pool", "aurora-mysql", "share", R"("72%")", three_quarters},
    {"buffer-pool", "aurora-mysql", "kept_on_promotion", "true",
     "Aurora User Guide, Storage and reliability: the page cache is a process of its own, the new writer keeps its "
     "own"},
    {"buffer-pool", "aurora-postgresql", "share", R"("65%")", postgresql_share},
    {"buffer-pool", "aurora-postgresql", "kept_on_promotion", "false",
     "Aurora User Guide, Cluster cache management: without it the buffer cache is empty after a failover"},
    {"database", "postgresql", "connections_max", "100", "PostgreSQL 15 documentation, max_connections"},
    {"failover", "postgresql", "promotion", R"({"lognormal": {"mean": "100ms", "cv": 0.5}})", measured_promotion},
    {"failover", "postgresql", "dns_update", R"({"uniform": {"low": "0s", "high": "3s"}})", address_moves},
    {"failover", "postgresql", "restart", R"({"lognormal": {"mean": "20s", "cv": 0.5}})", log_replayed},
    {"failover", "postgresql", "rebuild", R"({"uniform": {"low": "30s", "high": "2min"}})", log_rewound},
    {"restore", "postgresql", "log_apply", R"("400Mbps")",
     "pgsql-general, 2018-10-31, Is there a way to speed up WAL replay: 3 to 4 files of 16 MiB a second, one process"},
    {"restore", "mysql", "log_apply", R"("400Mbps")", "assumption: as PostgreSQL"},
    {"database", "mysql", "connections_max", "151", "MySQL 8.0 Reference Manual, max_connections"},
    {"replication", "mysql", "synchronous_commit", R"("local")",
     "MySQL 8.0 Reference Manual, Replication: asynchronous by default"},
    {"failover", "mysql", "promotion", R"({"lognormal": {"mean": "100ms", "cv": 0.5}})", measured_promotion},
    {"failover", "mysql", "dns_update", R"({"uniform": {"low": "0s", "high": "3s"}})", address_moves},
    {"failover", "mysql", "restart", R"({"lognormal": {"mean": "20s", "cv": 0.5}})", log_replayed},
    {"failover", "mysql", "rebuild", R"({"uniform": {"low": "30s", "high": "2min"}})", log_rewound},

    {"global", "binlog", "promotion", R"({"uniform": {"low": "3min", "high": "10min"}})",
     "Aurora User Guide, Replicating across Regions: several minutes or longer; the bounds are an assumption"},

    {"service", "tomcat-jdbc", "pool", "100", tomcat_jdbc},
    {"service", "tomcat-jdbc", "pool_wait", R"("30s")", tomcat_jdbc},
    {"service", "tomcat-jdbc", "max_lifetime", R"("0s")", tomcat_jdbc},
    {"service", "c3p0", "pool", "15", c3p0},
    {"service", "c3p0", "pool_wait", R"("24h")", c3p0},
    {"service", "c3p0", "max_lifetime", R"("0s")", c3p0},
    {"service", "sqlalchemy", "pool", "15", sqlalchemy},
    {"service", "sqlalchemy", "pool_wait", R"("30s")", sqlalchemy},
    {"service", "sqlalchemy", "max_lifetime", R"("0s")", sqlalchemy},
    {"service", "node-postgres", "pool", "10", node_postgres},
    {"service", "node-postgres", "pool_wait", R"("24h")", node_postgres},
    {"service", "node-postgres", "max_lifetime", R"("0s")", node_postgres},

    {"cache", "lettuce", "command_timeout", R"("60s")", "Lettuce, RedisURI.DEFAULT_TIMEOUT (from memory)"},
    {"cache", "redis-py", "command_timeout", R"("924s")",
     "redis-py documentation: socket_timeout None, so the kernel gives up: Linux ip-sysctl, tcp_retries2"},
    {"cache", "go-redis", "command_timeout", R"("3s")", "go-redis documentation, Options: ReadTimeout 3 s"},
    {"cache", "stackexchange-redis", "command_timeout", R"("5s")",
     "StackExchange.Redis documentation, Configuration: syncTimeout 5,000 ms"},

    {"retry", "aws-sdk-standard", "attempts", "3", sdk_standard},
    {"retry", "aws-sdk-standard", "base", R"("100ms")", sdk_standard},
    {"retry", "aws-sdk-standard", "cap", R"("20s")", sdk_standard},
    {"retry", "aws-sdk-standard", "budget", "{}", sdk_standard},
    {"retry", "aws-sdk-adaptive", "attempts", "3", sdk_standard},
    {"retry", "aws-sdk-adaptive", "base", R"("100ms")", sdk_standard},
    {"retry", "aws-sdk-adaptive", "cap", R"("20s")", sdk_standard},
    {"retry", "aws-sdk-adaptive", "budget", "{}", sdk_standard},
    {"retry", "aws-sdk-adaptive", "adaptive", "true",
     "AWS SDKs and Tools Reference Guide, Retry behavior: adaptive mode"},
    {"retry", "envoy", "attempts", "2", envoy_retry},
    {"retry", "envoy", "base", R"("25ms")", envoy_retry},
    {"retry", "envoy", "cap", R"("250ms")", envoy_retry},
    {"retry", "resilience4j", "base", R"("500ms")", resilience4j_retry},
    {"retry", "resilience4j", "cap", R"("500ms")", resilience4j_retry},
    {"retry", "resilience4j", "jitter", R"("none")", resilience4j_retry},
    {"retry", "polly", "attempts", "4", polly_retry},
    {"retry", "polly", "base", R"("2s")", polly_retry},
    {"retry", "polly", "cap", R"("2s")", polly_retry},
    {"retry", "polly", "jitter", R"("none")", polly_retry},
    {"breaker", "resilience4j", "failures", R"("50%")", resilience4j_breaker},
    {"breaker", "resilience4j", "open", R"("60s")", resilience4j_breaker},
    {"breaker", "polly", "failures", R"("10%")", polly_breaker},
    {"breaker", "polly", "sampling", R"("30s")", polly_breaker},
    {"breaker", "polly", "open", R"("5s")", polly_breaker},
    {"breaker", "polly", "probes", "1", polly_breaker},

    {"class", "point-read", "demand", R"({"lognormal": {"mean": "200us", "cv": 0.5}})",
     "assumption, 0.1 to 0.3 ms of CPU: point select by key, page in cache; CPU load depends on it"},
    {"class", "point-read", "response", R"("1KB")", ycsb},
    {"class", "range-read", "demand", R"({"lognormal": {"mean": "2500us", "cv": 0.8}})",
     "list of 20 to 100 rows: 1 to 5 ms (assumption)"},
    {"class", "range-read", "response", R"("16KiB")", "assumption: 60 rows of about 270 B"},
    {"class", "update", "demand", R"({"lognormal": {"mean": "300us", "cv": 0.5}})",
     "assumption: upper end of a point select; TPC-C New-Order: 3 to 6 ms over its 46 statements"},
    {"class", "update", "response", R"("100B")", "assumption: a row count"},
    {"class", "update", "log", R"("1KiB")",
     "AWS guidance on Aurora I/O: a log record of 1,024 B as the example of one write"},
    {"class", "update", "idempotent", "false", "an update without an idempotency key is applied again by a retry"},
    {"class", "complex-join", "demand", R"({"lognormal": {"mean": "200ms", "cv": 1.0}})",
     "report over 10^5 rows: from 0.2 s (assumption, the low end of 0.2 to 5 s)"},
    {"class", "complex-join", "response", R"("64KiB")", "assumption: 240 rows of about 270 B"},
    {"class", "complex-join", "scan", R"("2%")", "assumption: a zone map keeps the rest of a year's rows away"},
    {"class", "complex-join", "redistribute", R"("20%")",
     "assumption: the smaller side is sent to where the larger is"},
    {"class", "analytic", "demand", R"({"lognormal": {"mean": "100ms", "cv": 0.5}})",
     "assumption: parsed, planned and found compiled (87 % are: Redshift Re-invented, SIGMOD 2022, 2.6)"},
    {"class", "analytic", "response", R"("16KiB")", "assumption: a row for each of some dozens of branches"},
    {"class", "analytic", "scan", R"("1%")", "assumption: some columns of a month"},
    {"warehouse-table", "copy", "interval", R"("5min")", "field posts: a COPY each 5 to 15 min"},
    {"warehouse-table", "copy", "capture", R"({"lognormal": {"mean": "10s", "cv": 0.3}})",
     "assumption: a job is begun, queries the changes and closes its files"},
    {"warehouse-table", "streaming", "interval", R"("5s")",
     "assumption: a materialized view that refreshes by itself, \"low latency\" (Redshift Database Developer Guide)"},
    {"warehouse-table", "streaming", "capture", R"({"lognormal": {"mean": "1s", "cv": 0.5}})",
     "assumption: read from the log and put into a stream"},
    {"warehouse-table", "zero-etl", "interval", R"("10s")", zero_etl},
    {"warehouse-table", "zero-etl", "capture", R"({"lognormal": {"mean": "4s", "cv": 0.5}})", zero_etl},
    {"class", "range-read", "pages", "2", "assumption: 60 rows of about 270 B, 16 KiB that begin anywhere in a page"},
    {"class", "complex-join", "pages", "1650", "assumption: 10^5 rows of about 270 B in pages of 16 KiB"},
});

constexpr auto later = std::to_array<LaterFeature>({
    {"scenario", "links", ""},
    {"scenario", "search", ""},
    {"scenario", "prices", ""},
    {"run", "precision", ""},
    {"office", "users", ""},
    {"office", "access", "internet"},
    {"database", "kind", "aurora-serverless"},
    {"database", "kind", "rds-postgresql"},
    {"database", "kind", "rds-mysql"},
    {"database", "proxy", ""},
    {"cache", "kind", "valkey"},
    {"cache", "kind", "memcached"},
    {"service", "zone_affinity", ""},
    {"arrivals", "burstiness", ""},
    {"class", "consistency", ""},
    {"fault", "mode", "gray"},
    {"fault", "each", ""},
    {"fault", "kind", "service-instance-crash"},
    {"fault", "kind", "zone-power"},
    {"fault", "kind", "zone-network"},
});

}  // namespace

std::span<const PresetValue> preset_values() {
    static const std::vector<PresetValue> all = [] {
        std::vector<PresetValue> values(presets.begin(), presets.end());
        values.insert(values.end(), fault_presets.begin(), fault_presets.end());
        return values;
    }();
    return all;
}

std::span<const LaterFeature> later_features() {
    return later;
}

}  // namespace faultline::scenarios
