#include "scenarios/reader/shapes.hpp"

#include <array>
#include <stdexcept>

#include "scenarios/reader/instance_tables.hpp"
#include "scenarios/reader/random_duration_tables.hpp"
#include "scenarios/reader/shape_tables.hpp"
#include "scenarios/reader/shape_tables_caches.hpp"
#include "scenarios/reader/shape_tables_checks.hpp"
#include "scenarios/reader/shape_tables_clients.hpp"
#include "scenarios/reader/shape_tables_cost.hpp"
#include "scenarios/reader/shape_tables_faults.hpp"
#include "scenarios/reader/shape_tables_growth.hpp"
#include "scenarios/reader/shape_tables_plan.hpp"
#include "scenarios/reader/shape_tables_regions.hpp"
#include "scenarios/reader/warehouse_tables.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::array scenario_keys{
    Key{"$schema", "text", "where an editor finds the schema"},
    Key{.name = "name", .type = "text", .about = "what reports call it", .required = true},
    Key{"description", "text", "the question that it answers", R"("")", "-"},
    Key{.name = "run", .type = "object:run", .about = "how long, how often, from which seed", .required = true},
    Key{"network", "object:network", "the measured profile", "{}", "-"},
    Key{"regions", "map:region", "regions and their zones", "{}", "-"},
    Key{.name = "offices", .type = "map:office", .about = "branch offices, where clients are", .required = true},
    Key{"stations", "map:station", "plain queues, to check against theory", "{}", "-"},
    Key{"databases", "map:database", "database clusters", "{}", "-"},
    Key{"caches", "map:cache", "caches", "{}", "-"},
    Key{"services", "map:service", "the application tier", "{}", "-"},
    Key{"warehouses", "map:warehouse", "warehouses for analysts", "{}", "-"},
    Key{.name = "workload", .type = "object:workload", .about = "who asks what, and how often", .required = true},
    Key{"transfers", "map:transfer", "bulk data that are moved at fixed times, \"nightly load\"", "{}", "-"},
    Key{"faults", "map:fault", "what breaks, and when", "{}", "-"},
    Key{"requirements", "map:requirement", "what is judged", "{}", "-"},
    Key{"security", "object:security",
        "of databases, caches and warehouses that have none of their own; left out: none"},
    Key{"checks", "object:checks", "what the checks are told", "{}", "-"},
    Key{"cost", "object:cost", "what an incident costs, and drills", "{}", "-"},
    Key{"growth", "object:growth", "how it grows by the month; left out: nothing is said"},
    Key{"plan", "object:plan", "what `faultline plan` may choose from; left out: it has no search space"},
    Key{"variants", "variants", "named JSON merge patches (RFC 7396) over this file", "{}", "-"},
};

constexpr std::array run_keys{
    Key{"warm_up", "warm-up", "dropped time at the start; \"auto\": by MSER-5", R"("auto")",
        "White, Cobb, Spratt, WSC 2000: MSER-5"},
    Key{.name = "measured", .type = "duration", .about = "time after the warm-up", .required = true},
    Key{"replications", "replications", "independent runs; \"auto\": until every requirement is decided", "5",
        "assumption: enough for a first interval", false, 1, 100'000},
    Key{"seed", "integer", "of every random number", "1", "-", false, 0, 18446744073709551615.0},
    Key{"confidence", "share", "of the intervals and verdicts, 0.5 to 0.9999", R"("95%")", "convention"},
    Key{"joint", "flag", "the confidence holds for all requirements together, not for each", "false", "-"},
    Key{"start_of_day", "clock", "local time at the first office when the run begins, \"HH:MM\"", R"("10:00")",
        "the busiest hour of the curve office-day"},
    Key{"start_day", "one-of:monday|tuesday|wednesday|thursday|friday|saturday|sunday", "and the local day there",
        R"("monday")", "-"},
    Key{"futures", "object:futures", "of each replication's history up to its first fault", "{}", "-"},
    Key{"office_timelines", "flag", "the result has due and good of each second by office, too", "false", "-"},
};

constexpr std::array futures_keys{
    Key{"count", "integer", "ways in which a replication goes on from there, itself among them", "1", "-", false, 1,
        1000},
    Key{"window", "duration", "how long the first incident of each further one is watched, from its start",
        R"("10min")", "assumption: ten times the recovery that is hoped for"},
};

constexpr std::array network_keys{
    Key{"profile", "one-of:aws-2025|zero", "measured round trips, or none at all", R"("aws-2025")",
        "scenarios/profiles/README.md"},
    Key{"spike_multiplier", "number", "of the probability of a jitter spike", "1", "scenarios/profiles/README.md",
        false, 0, 1000},
    Key{"backbone_bandwidth", "bandwidth", "of the link between two regions, each way; left out: no limit"},
    Key{"inter_zone_bandwidth", "bandwidth", "of the link between two zones of a region, each way; left out: no limit"},
};

constexpr std::array transfer_keys{
    Key{.name = "from", .type = "text", .about = "a region or zone, \"us-east-1/a\"", .required = true},
    Key{.name = "to", .type = "text", .about = "another one", .required = true},
    Key{.name = "size", .type = "bytes", .about = "of each, on the wire", .required = true},
    Key{"first", "duration", "due, after the end of the warm-up", R"("0s")", "-"},
    Key{"every", "duration", "until the next is due; left out: once"},
    Key{"streams", "integer", "connections side by side, each 3.02 MB / round trip at most", "1",
        "assumption: one copy command", false, 1, 10'000},
    Key{"rate", "bandwidth", "of all its connections together, at most; left out: no limit of its own"},
};

constexpr std::array region_keys{
    Key{.name = "zones",
        .type = "names",
        .about = "availability zones, \"a\" of us-east-1 is us-east-1/a",
        .required = true},
};

constexpr std::array office_keys{
    Key{"city", "text", "\"Boston, US\"; may be left out only with the network profile zero", R"("")", "-"},
    Key{"access", "one-of:fibre|cable|dsl|lte|leo-satellite|mpls|direct-connect|none", "the last mile", R"("fibre")",
        "assumption: the usual line of a branch office"},
    Key{"backup_access", "one-of:none|fibre|cable|dsl|lte|leo-satellite|mpls|direct-connect",
        "a second line, by another carrier: used when routers know that the first is down", R"("none")", "-"},
    Key{"vpn", "flag", "what it sends over the internet goes through a tunnel, a second line's too", "false", "-"},
    Key{"weight", "number", "share of the arrivals: weight / sum of weights", "1", "assumption: equal offices", false,
        1e-9, 1e9},
};

constexpr std::array station_keys{
    Key{.name = "servers",
        .type = "integer",
        .about = "that serve at once",
        .required = true,
        .least = 1,
        .most = 100'000},
    Key{"discipline", "one-of:fcfs|processor-sharing", "first come first served, or all at once", R"("fcfs")", "-"},
    Key{.name = "waiting_room", .type = "integer", .about = "places to wait; left out: unbounded", .most = 1e9},
    Key{"zone", "text", "\"region/zone\"; left out: no distance from any office", R"("")", "-"},
};

constexpr std::array requirement_keys{
    Key{.name = "measure",
        .type = "text",
        .about = "\"latency p99\" (any p, or mean), \"rto\", \"rto p95\", \"rpo\", \"restore\", "
                 "\"full-recovery\", \"availability\", \"good-minutes\", \"freshness p99\", \"replica-lag p99\", "
                 "\"hit-rate\", \"offload\", \"stale-reads\", \"read-your-writes-violations\", "
                 "\"monotonic-read-violations\", \"encrypted\", \"private\", \"cost\", \"availability-per-year\" "
                 "(mean, or the p95 of the years)",
        .required = true},
    Key{"of", "text",
        "a class (latency, rto, availability, those of sessions), database (rpo, restore; replica-lag, or its part in "
        "a region, \"orders/us-west-2\"), cache (hit-rate, offload), or warehouse or its table (freshness, by time; of "
        "a class: by its queries); a database, cache or warehouse, or "
        "left out for all (encrypted, private)",
        R"("")", "-"},
    Key{"after", "text", "a fault (rto, rpo, restore, full-recovery); left out: any", R"("")", "-"},
    Key{"sites", "one-of:each|pooled", "judged at the worst office, or over all", R"("each")",
        "a topology has to serve every office"},
    Key{"phase", "one-of:steady|degraded|recovering|all", "of the run", R"("all")", "-"},
    Key{"planned_work", "one-of:apart|included",
        "rto, rpo without \"after\", availability-per-year: planned work alone does not count, or does", R"("apart")",
        "a recovery from what was ordered is another figure than one from what broke"},
    Key{"at_most", "limit",
        "for latency, rto, rpo, restore, full-recovery, freshness, replica-lag: a duration; for those of sessions: a "
        "share; for cost: money, "
        "\"$50k/month\""},
    Key{"at_least", "limit", "for availability, availability-per-year, hit-rate, offload, encrypted, private: a share"},
};

constexpr auto all_shapes = std::to_array<Shape>({
    {"scenario", "a system, its load, its faults and its requirements", scenario_keys},
    {"run", "how it is simulated", run_keys},
    {"futures", "several futures of one warm history", futures_keys},
    {"network", "what lies between the places", network_keys},
    {"transfer", "bulk data that are moved at fixed times", transfer_keys},
    {"region", "a region", region_keys},
    {"office", "a branch office", office_keys},
    {"station", "one queue with c servers", station_keys},
    {"database", "a cluster: one writer, and replicas", database_keys},
    {"backups", "continuous backups", backups_keys},
    {"restore", "a new cluster from object storage, and the people who order it", restore_keys},
    {"database-instance", "the writer or a replica", database_instance_keys},
    {"secondary", "a region that follows the database's own", secondary_keys},
    {"binlog", "how regions follow by the binary log", binlog_keys},
    {"global", "a database over several regions, and its operator", global_keys},
    {"storage", "the storage volume", storage_keys},
    {"replica-stream", "from the writer to the replicas of its region", replica_stream_keys},
    {"buffer-pool", "pages that an instance keeps in memory", buffer_pool_keys},
    {"serverless", "capacity that follows the load", serverless_keys},
    {"replica-scaling", "replicas that come and go with the load", replica_scaling_keys},
    {"endpoint", "a name for some of the instances", endpoint_keys},
    {"failover", "stages from the loss of the writer to the new one", failover_keys},
    {"failover-fails", "failovers that get stuck", failover_fails_keys},
    {"replication", "the log of a primary, and its streams to standbys", replication_keys},
    {"monitor", "probes the instances and promotes a standby", monitor_keys},
    {"cache", "a look-aside cache", cache_keys},
    {"cache-failover", "stages from the loss of a primary to the new one", cache_failover_keys},
    {"cache-resync", "how a replica of a cache is filled", cache_resync_keys},
    {"cache-write-behind", "how a database hears of what a cache has taken", cache_write_behind_keys},
    {"cache-global", "one data set of a cache over several regions", cache_global_keys},
    {"cache-warm-up", "what an empty node of a cache is given", cache_warm_up_keys},
    {"service", "instances that offices call, and that call databases", service_keys},
    {"service-standby", "instances that are started when another region is given up", service_standby_keys},
    {"health-check", "how a dead instance of a service is taken out", health_check_keys},
    {"driver", "how a client notices and outlives a lost server", driver_keys},
    {"warehouse", "a columnar warehouse, fed from databases", warehouse_keys},
    {"warehouse-table", "a table, and how the commits of its source come into it", warehouse_table_keys},
    {"warehouse-queue", "a queue of workload management", warehouse_queue_keys},
    {"concurrency-scaling", "clusters that come while queries wait", concurrency_scaling_keys},
    {"warehouse-recovery", "what a warehouse does after a failure", warehouse_recovery_keys},
    {"warehouse-snapshots", "snapshots, and their copies elsewhere", warehouse_snapshots_keys},
    {"warehouse-pause", "a warehouse that sleeps", warehouse_pause_keys},
    {"workload", "the demand", workload_keys},
    {"arrivals", "open arrivals, Poisson or recorded", arrivals_keys},
    {"trace", "recorded arrivals", trace_keys},
    {"surge", "a flash crowd", surge_keys},
    {"users", "closed users", users_keys},
    {"tenant", "a customer among others", tenant_keys},
    {"storm", "retries that outlive their trigger", storm_keys},
    {"sessions", "users, and what they remember", sessions_keys},
    {"class", "a class of queries", class_keys},
    {"follow-up", "what a user does after an answer", follow_up_keys},
    {"retry", "what a client does after a failed attempt", retry_keys},
    {"retry-budget", "what bounds the retries of an office", retry_budget_keys},
    {"breaker", "a circuit breaker: stops asking who fails", breaker_keys},
    {"hedge", "a second copy of a request that takes long", hedge_keys},
    {"outliers", "how a balancer leaves out an instance that often fails", outliers_keys},
    {"shedding", "what an instance does with calls that it cannot serve in time", shedding_keys},
    {"keys", "which keys a class reads", keys_keys},
    {"drift", "a hot set that moves", drift_keys},
    {"canary", "a new connection and one statement a second at each site", canary_keys},
    {"fault", "something that breaks, or is planned", fault_keys},
    {"random-faults", "again and again, by chance, each target by itself", random_faults_keys},
    {"follows", "begun by the start of another fault", follows_keys},
    {"requirement", "a limit on something measured", requirement_keys},
    {"security", "what protects it", security_keys},
    {"checks", "what the checks are told", checks_keys},
    {"cost", "what an incident costs, and drills", cost_keys},
    {"drills", "recoveries that are practised", drills_keys},
    {"growth", "how data, load and offices grow", growth_keys},
    {"load-growth", "of the arrivals", load_growth_keys},
    {"data-growth", "of what is stored", data_growth_keys},
    {"growth-rate", "of one of them", growth_rate_keys},
    {"office-growth", "offices that open", office_growth_keys},
    {"plan", "a search space of topologies", plan_keys},
    {"plan-choice", "one thing that may be chosen", plan_choice_keys},
    {"plan-constraint", "which options go together", plan_constraint_keys},
    {"suppression", "a finding that is as it should be", suppression_keys},
    {"random-duration", "exactly one of these", random_duration_keys},
    {"lognormal", "lognormal", lognormal_keys},
    {"gamma", "gamma", gamma_keys},
    {"uniform", "uniform", uniform_keys},
    {"pareto", "Pareto, cut at the cap", pareto_keys},
    {"hyperexponential", "two exponentials with balanced means", hyperexponential_keys},
});

}  // namespace

const Key* Shape::find(std::string_view key) const {
    for (const Key& candidate : keys) {
        if (candidate.name == key) return &candidate;
    }
    return nullptr;
}

std::vector<std::string_view> Shape::key_names() const {
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    return names;
}

std::span<const Shape> shapes() {
    return all_shapes;
}

const Shape& shape_named(std::string_view name) {
    for (const Shape& shape : all_shapes) {
        if (shape.name == name) return shape;
    }
    throw std::logic_error("no shape is named " + std::string{name});
}

std::vector<std::string_view> choices(const Key& key) {
    std::vector<std::string_view> values;
    std::string_view rest = key.type;
    rest.remove_prefix(rest.find(':') + 1);
    while (true) {
        const std::size_t bar = rest.find('|');
        values.push_back(rest.substr(0, bar));
        if (bar == std::string_view::npos) return values;
        rest.remove_prefix(bar + 1);
    }
}

}  // namespace faultline::scenarios
