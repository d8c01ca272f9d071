#include "tests/properties/small_system.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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
    "office_pool": 64,
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

std::string in_two_regions(std::string_view faults) {
    std::string text = small_system(faults);
    replace_in(text, R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] } })",
               R"("regions": { "us-east-1": { "zones": ["a", "b", "c"] },
                               "us-west-2": { "zones": ["a", "b", "c"] } })");
    replace_in(text, R"("regions": { "us-east-1": 3 })", R"("regions": { "us-east-1": 3, "us-west-2": 3 })");
    return text;
}

void replace_in(std::string& text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) {
        ADD_FAILURE() << "not there: " << what;
        return;
    }
    text.replace(at, what.size(), with);
}

scenarios::Scenario read(const std::string& text, const std::function<void(scenarios::Scenario&)>& change) {
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario(text, "small_system.json", "", problems);
    for (const scenarios::Problem& problem : problems.sorted()) ADD_FAILURE() << scenarios::to_text(problem);
    scenarios::Scenario read = scenario.value_or(scenarios::Scenario{});
    // The laws are told by the second: what says nothing of `within` comes at `at`, and not somewhat later.
    for (scenarios::Fault& fault : read.faults) {
        if (!fault.own_within) fault.within = {};
    }
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

std::uint64_t good_between(const scenarios::ClassResult& query_class, std::size_t from_s, std::size_t to_s) {
    std::uint64_t good = 0;
    for (std::size_t s = from_s; s < to_s && s < query_class.good_per_s.size(); ++s) good += query_class.good_per_s[s];
    return good;
}

bool reached(const scenarios::ReplicationResult& result, std::string_view component, std::string_view state) {
    return std::any_of(result.states.begin(), result.states.end(),
                       [&](const auto& change) { return change.component == component && change.state == state; });
}

double entered_at_s(const scenarios::ReplicationResult& result, std::string_view component, std::string_view state) {
    for (const auto& change : result.states) {
        if (change.component == component && change.state == state) return static_cast<double>(change.at_ns) * 1e-9;
    }
    return -1.0;
}

double served(const scenarios::ReplicationResult& result, std::string_view prefix) {
    double sum = 0.0;
    for (const auto& queue : result.queues) {
        if (queue.name.starts_with(prefix)) sum += static_cast<double>(queue.served);
    }
    return sum;
}

void leave_cache_out(scenarios::Scenario& scenario) {
    for (scenarios::QueryClass& query_class : scenario.workload.classes) {
        std::erase_if(query_class.route, [](const auto& step) { return step.role == scenarios::TargetRole::cache; });
    }
}

scenarios::RandomDuration constant(double seconds) {
    return {scenarios::DistributionKind::constant, {seconds}};
}

}  // namespace faultline::tests
