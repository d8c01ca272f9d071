#include "tests/properties/small_system.hpp"

#include <gtest/gtest.h>

#include "planning/replication.hpp"
#include "scenarios/problem.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::tests {

std::string small_system(std::string_view faults) {
    return std::string{R"({
  "name": "Small system",
  "description": "Does what the laws say hold?",
  "run": { "warm_up": "60s", "measured": "300s", "replications": 1, "seed": 1 },
  "network": { "profile": "aws-2025" },
  "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
  "offices": {
    "boston": { "city": "Boston, US" },
    "denver": { "city": "Denver, US", "access": "cable" }
  },
  "databases": { "orders": {
    "kind": "aurora-mysql", "version": "3.08", "region": "us-east-1", "data": "100GiB",
    "backups": { "retention": "2d" },
    "writer": { "class": "db.r6g.2xlarge", "zone": "a" },
    "replicas": [ { "zone": "b" }, { "zone": "c" } ] } },
  "caches": { "hot": { "kind": "redis", "region": "us-east-1", "class": "cache.r6g.large", "shards": 3,
    "ttl": "10min" } },
  "services": { "shop": { "regions": { "us-east-1": 3 }, "threads": 64, "vcpus": 4, "driver": "fast-failover",
    "health_check": { "interval": "5s", "threshold": 2 } } },
  "workload": {
    "arrivals": { "rate": "600/s" },
    "classes": {
      "lookup": { "kind": "point-read", "share": 0.7, "via": "shop", "route": ["hot", "orders/reader"],
                  "deadline": "1s", "keys": { "zipf": 0.99, "count": 20000, "value": "1KB" } },
      "update": { "kind": "update", "share": 0.3, "via": "shop", "route": ["orders/writer"], "statements": 3,
                  "transaction": true, "deadline": "2s" } } },
  "faults": {)"} +
           std::string{faults} +
           R"(},
  "requirements": { "fast": { "measure": "latency p99", "of": "lookup", "at_most": "1s" } }
})";
}

scenarios::Scenario read(const std::string& text, const std::function<void(scenarios::Scenario&)>& change) {
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario(text, "small_system.json", "", problems);
    for (const scenarios::Problem& problem : problems.sorted()) ADD_FAILURE() << scenarios::to_text(problem);
    scenarios::Scenario read = scenario.value_or(scenarios::Scenario{});
    if (change) change(read);
    return read;
}

scenarios::ReplicationResult run(const scenarios::Scenario& scenario, std::uint32_t replication) {
    return planning::run_replication(scenario, replication, {});
}

const scenarios::ClassResult& class_named(const scenarios::ReplicationResult& result, std::string_view name) {
    for (const auto& query_class : result.classes) {
        if (query_class.name == name) return query_class;
    }
    ADD_FAILURE() << "no class " << name;
    return result.classes.front();
}

scenarios::Outcomes all_outcomes(const scenarios::ClassResult& query_class) {
    scenarios::Outcomes sum;
    for (const auto* phase : {&query_class.steady, &query_class.degraded, &query_class.recovering}) {
        for (const auto& at_office : *phase) {
            sum.due += at_office.outcomes.due;
            sum.answered += at_office.outcomes.answered;
            sum.refused += at_office.outcomes.refused;
            sum.timed_out += at_office.outcomes.timed_out;
            sum.failed += at_office.outcomes.failed;
            sum.in_flight += at_office.outcomes.in_flight;
            sum.good += at_office.outcomes.good;
        }
    }
    return sum;
}

}  // namespace faultline::tests
