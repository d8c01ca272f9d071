// The tables of what breaks and what is planned; see shape_tables.hpp. Defaults by kind: fault_presets.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array fault_keys{
    Key{.name = "kind",
        .type =
            "one-of:instance-crash|storage-node-loss|zone-outage|region-outage|link-cut|brown-out|zone-gray|link-gray|"
            "switchover|operator-error|evacuation|cache-node-loss|control-plane-impaired|dns-failure|slow-disk|"
            "certificate-expiry|zone-cut|machine-gray|patch|upgrade|class-change|schema-change|cache-scaling|cache-"
            "snapshot|"
            "warehouse-resize|"
            "zone-evacuation",
        .about = "what breaks, or is planned",
        .required = true},
    Key{"target", "text",
        "\"orders/writer\", \"orders/instance-2\", \"reports/node-1\", \"orders/storage/a/1\", \"us-east-1/a\", "
        "\"az-of: orders/writer\", \"us-east-1\", \"region-of: orders/writer\", \"us-east-1 - us-west-2\", "
        "\"boston/line\", \"boston/backup\"; "
        "switchover: \"orders/us-west-2\"; operator error, certificate, DNS and planned work: \"orders\"; certificate "
        "and DNS of a service: \"shop\", certificate also \"shop/us-east-1\", \"shop/credentials\"; a cache's "
        "node: \"hot/shard-1/primary\", \"hot/shard-1/replica\", \"hot/shard-1/node-2\"; brown-out: also the name of a "
        "service, cache, warehouse or station; \"each: zone\", \"each: zone of us-east-1\": all of them in turn, one a "
        "replication, "
        "and each requirement is judged for each by itself: also of region, link, instance, service-instance, "
        "cache-node, warehouse-node, storage-node, office-line, database, service, service-region, credentials, cache, "
        "warehouse, station, as the "
        "kind "
        "can hit; required "
        "unless \"at_random\" has targets"},
    Key{"targets", "texts",
        "instead of \"target\": equal ones, of which each replication takes the next, the first after the last", "[]",
        "-"},
    Key{"mode", "one-of:crash|silent", "peers get a reset, or nothing at all", R"("silent")",
        "re:Post, redirected endpoint writer: a lost writer sends no reset"},
    Key{"at", "duration",
        "after the end of the warm-up; of planned work, its order; required unless it comes by chance"},
    Key{"within", "duration",
        "it comes later than \"at\" by up to this, uniformly and in each replication anew. Left out: all scheduled "
        "faults and planned work that leave it out come later together, by one draw; a file of planned work alone does "
        "not",
        R"("30s")",
        "assumption: as long as the longest clock that by default runs by itself, the health checks of services and of "
        "regions, 30 s; incidents of one phase of such clocks are no sample"},
    Key{"lasts", "duration",
        "left out: to the end of the run, or what the repair takes; an evacuation: until it is ordered back, or never"},
    Key{"speed", "share", "brown-out, slow-disk: what is left of the speed of processors, or of disks", R"("10%")",
        "assumption"},
    Key{"latency", "number",
        "zone-gray, link-gray, machine-gray: multiplies the latency of the links, or of all that one machine "
        "sends and receives",
        "10", "assumption", false, 1, 1'000},
    Key{"loss", "share", "zone-gray, link-gray, machine-gray: of the packets, each way", R"("2%")",
        "assumption: the lower of two losses seen in real incidents, 2 % and 50 %"},
    Key{"comes_back", "random", "zone-outage, region-outage: each machine, from the return of power until it runs",
        R"("0s")",
        "assumption, the best case: after power losses of 2012 to 2019 most machines took 2 to 6 h (AWS Post-Event "
        "Summaries); recovery of what has no other zone depends on it"},
    Key{"zones", "texts", "zone-cut: others of the region, \"us-east-1/b\", that are cut off with it and reach it",
        "[]", "-"},
    Key{"offices", "names", "zone-cut: whose lines end in what is cut off: they reach that, and nothing else", "[]",
        "-"},
    Key{"decision", "random", "an evacuation, from the order until it begins",
        R"({"lognormal": {"mean": "10min", "cv": 0.5}})", "assumption: as of a failover between regions"},
    Key{"shares", "names", "of the load that can move, ascending; each is a step of an evacuation",
        R"(["10%", "50%", "100%"])", "assumption: a few first, and a look at them"},
    Key{"step", "random", "of an evacuation: one share, or one database, with a look at what it did",
        R"({"lognormal": {"mean": "5min", "cv": 0.5}})", "assumption"},
    Key{"step_fails", "share", "probability that a step of an evacuation fails and is done again", R"("1%")",
        "assumption: as of a promotion"},
    Key{"retry", "random", "until it is", R"({"lognormal": {"mean": "5min", "cv": 0.5}})", "assumption"},
    Key{"noticed_after", "random", "operator error, expired certificate: until somebody notices", R"("30min")",
        "assumption: users complain within the hour"},
    Key{"mends_by", "one-of:restore|backtrack|clone|delayed-standby|none",
        "what cures an operator error; clone: one that was made just before it", R"("restore")",
        "a restore is what every kind with backups has"},
    Key{"classes", "names",
        "operator error: whose answers are wrong; schema-change: whose table it is; left out: all that end at the "
        "database",
        "[]", "-"},
    Key{"renewal", "random", "expired certificate: noticed, until the new one is in use everywhere",
        R"({"lognormal": {"mean": "20min", "cv": 0.5}})", "assumption: issued, and rolled out by hand"},
    Key{"method", "one-of:restart|no-restart|zero-downtime|in-place|blue-green|failover|instant|online|copy|rolling",
        "patch: restart, no-restart, zero-downtime, rolling; upgrade: in-place, blue-green, rolling; class-change: "
        "failover, in-place; schema-change: online, instant, copy. Left out: the first of them"},
    Key{"preparation", "random", "planned work: ordered, until anything is down or closed", R"("0s")", "-"},
    Key{"work", "random", "planned work: what it takes down, closes or copies, for so long", R"("0s")", "-"},
    Key{"work_fails", "share", "patch, upgrade: probability that it fails at its end, and is rolled back", R"("0%")",
        "assumption, 0 to 5 %: no vendor publishes one; the tail of RTO depends on it"},
    Key{"rollback", "random", "failed, until what was before is there again; until then all is down",
        R"({"lognormal": {"mean": "5min", "cv": 0.5}})",
        "assumption: a switchover of a blue/green deployment is given up and rolled back after 5 min (Aurora User "
        "Guide, "
        "Blue/Green Deployments, from memory)"},
    Key{"long_query", "random", "schema-change: how long a query of its table that has begun before still goes on",
        R"("0s")", "-"},
    Key{"class", "text", "class-change, cache-scaling: the new class of the catalogue"},
    Key{.name = "nodes",
        .type = "integer",
        .about = "warehouse-resize: the new number of nodes of a compute",
        .least = 1,
        .most = 128},
    Key{"at_random", "object:random-faults", "in place of target, at and lasts"},
    Key{"follows", "object:follows", "in place of at: begun by another fault"},
};

inline constexpr std::array random_faults_keys{
    Key{.name = "targets", .type = "texts", .about = "each breaks by itself", .required = true},
    Key{.name = "every",
        .type = "random",
        .about = "whole, until the next one of this target (its mean: MTBF)",
        .required = true},
    Key{"lasts", "random",
        "lost, until it is whole (its mean: MTTR), or there, until it is ordered back; not of what ends by itself, as "
        "a cure does",
        R"("0s")", "-"},
    Key{"zone_share", "share", "of the events that take the whole zone of the target along", R"("0%")", "-"},
    Key{"region_share", "share", "and its whole region", R"("0%")", "-"},
    Key{"zone_lasts", "random", "of these",
        R"({"quantiles": {"0": "20min", "0.2": "20min", "0.5": "68min", "0.6": "73min", "0.8": "81min", )"
        R"("1": "82min"}})",
        "power losses of one zone in AWS Post-Event Summaries, 2011 to 2022: 20, 20, 64, 73, 81 and 82 min"},
};

inline constexpr std::array follows_keys{
    Key{.name = "fault", .type = "text", .about = "each time that one starts", .required = true},
    Key{"after", "random", "until this one does", R"("0s")", "-"},
    Key{"probability", "share", "that it does", R"("100%")", "-"},
};

// By kind, or by kind and method.
inline constexpr auto fault_presets = std::to_array<PresetValue>({
    {"fault", "certificate-expiry", "noticed_after", R"({"lognormal": {"mean": "10min", "cv": 0.5}})",
     "assumption: an alarm on failed connections, and somebody who reads it"},
    {"fault", "patch restart", "work", R"({"lognormal": {"mean": "30s", "cv": 0.3}})",
     "Verbitski et al., SIGMOD 2017, section 7.4: about 30 s of planned downtime; the variation is an assumption"},
    {"fault", "patch no-restart", "work", R"("5min")", "assumption: the host's agents, one after the other"},
    {"fault", "patch zero-downtime", "work", R"({"uniform": {"low": "1s", "high": "5s"}})",
     "assumption: session state spooled, a new engine, and state read back (SIGMOD 2017, section 7.4)"},
    {"fault", "patch rolling", "work", R"({"lognormal": {"mean": "30s", "cv": 0.3}})",
     "assumption: of each instance, as of a restart of all"},
    {"fault", "upgrade rolling", "work", R"({"lognormal": {"mean": "20min", "cv": 0.4}})",
     "assumption: of each instance, as in place"},
    {"fault", "upgrade in-place", "work", R"({"lognormal": {"mean": "20min", "cv": 0.4}})",
     "assumption: tens of minutes, most of them for the catalogue's tables; depends on their number"},
    {"fault", "upgrade blue-green", "preparation", R"({"uniform": {"low": "30min", "high": "60min"}})",
     "assumption: a clone, its upgrade, and the log since"},
    {"fault", "upgrade blue-green", "work", R"({"uniform": {"low": "20s", "high": "60s"}})",
     "Aurora User Guide, Blue/Green Deployments (from memory): typically under a minute; the lower end is assumed"},
    {"fault", "class-change failover", "work", R"({"uniform": {"low": "5min", "high": "12min"}})",
     "assumption: a host, and a start; 3 to 15 min to add an instance"},
    {"fault", "class-change in-place", "work", R"({"uniform": {"low": "5min", "high": "12min"}})",
     "assumption: a host, and a start; 3 to 15 min to add an instance"},
    {"fault", "schema-change online", "work", R"("10min")", "assumption: depends on the table's size"},
    {"fault", "schema-change instant", "work", R"("50ms")", "assumption: the dictionary's pages"},
    {"fault", "schema-change copy", "work", R"("10min")", "assumption: depends on the table's size"},
    {"fault", "cache-scaling", "work", R"({"uniform": {"low": "100ms", "high": "1s"}})",
     "ElastiCache User Guide: under 1 s of interruption; the lower end is an assumption"},
    {"fault", "zone-evacuation", "preparation", R"({"lognormal": {"mean": "10min", "cv": 0.5}})",
     "assumption: seen, and decided on, as of a failover between regions"},
    {"fault", "warehouse-resize", "work", R"({"uniform": {"low": "3min", "high": "15min"}})",
     "Redshift Management Guide, Elastic resize: a few minutes; the bounds are an assumption"},
});

}  // namespace faultline::scenarios
