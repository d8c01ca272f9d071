#include "tests/reports/example_run.hpp"

#include <limits>

namespace faultline::tests {
namespace {

using scenarios::RequirementResult;
using scenarios::Verdict;

constexpr double never = std::numeric_limits<double>::infinity();

scenarios::IncidentResult incident(std::int64_t rto_s, bool recovered) {
    scenarios::IncidentResult one;
    one.faults = {"zone lost"};
    scenarios::Recovery recovery;
    recovery.of = "update";
    recovery.office = "denver";
    recovery.driver = "plain";
    recovery.rto_ns = rto_s * 1'000'000'000;
    recovery.recovered = recovered;
    one.recoveries.push_back(recovery);
    recovery.of = "orders/writer";
    recovery.driver = "";
    recovery.canary = true;
    recovery.rto_ns /= 2;
    one.recoveries.push_back(recovery);
    scenarios::DataLoss loss;
    loss.database = "orders";
    loss.unknown_absent = 2;
    loss.commits_lost = 10;
    loss.lost_at = {{"boston", 1}, {"denver", 4}, {"miami", 2}, {"reno", 3}};
    one.losses.push_back(loss);
    return one;
}

// A busy writer, a replica that is idle and cold, and a small one that refuses and keeps rows waiting.
void add_instances(scenarios::ReplicationResult& to) {
    to.queues = {{"orders/instance-1", 0.84, 1.0, 9000, 0},
                 {"orders/instance-2", 0.03, 0.0, 300, 0},
                 {"orders/us-west-2/instance-1", 0.41, 0.1, 4000, 0}};
    to.instances = {{.name = "orders/instance-1",
                     .page_hits = 99'950,
                     .page_misses = 50,
                     .lock_waits = 1'209,
                     .connections_peak = 192,
                     .connections_max = 4'000},
                    {.name = "orders/instance-2", .page_hits = 500, .page_misses = 500, .connections_peak = 3},
                    {.name = "orders/us-west-2/instance-1",
                     .lock_waits = 40,
                     .lock_timeouts = 3,
                     .connections_refused = 17,
                     .connections_peak = 90,
                     .connections_max = 90,
                     .acu_mean = 2.25}};
}

scenarios::ResourceResult resource(const char* name, const char* words, double steady, double incident) {
    const auto use = [](double mean, double worst) {
        return scenarios::ResourceUse{.seconds = 100, .mean = mean, .worst_second = worst, .worst_minute = mean};
    };
    scenarios::ResourceResult one;
    one.name = name;
    one.words = words;
    one.steady = use(steady, steady + 0.1);
    one.incidents = {use(incident, incident + 0.02)};
    return one;
}

// Two pools alike, a link that is more than full, a writer that is busier in steady state, and one that idles.
void add_resources(scenarios::ReplicationResult& to) {
    to.resources = {
        resource("services/shop/1/connections", "shop, us-east-1b, to orders/reader: connections", 0.40, 0.90),
        resource("services/shop/2/connections", "shop, us-east-1b, to orders/reader: connections", 0.45, 0.98),
        resource("network/a", "us-east-1 to us-west-2: link", 0.02, 1.25),
        resource("orders/instance-1/CPU", "orders/instance-1 (writer), us-east-1a: CPU", 0.84, 0.31),
        resource("stations/idle/servers", "idle: servers", 0.001, 0.002)};
}

scenarios::ReplicationResult replication(std::uint32_t number) {
    scenarios::ReplicationResult one;
    one.replication = number;
    scenarios::ClassResult update;
    update.name = "update";
    update.steady.emplace_back();
    update.steady.back().outcomes = {.due = 1000, .answered = 1000, .good = 1000};
    update.unanswered = {{"timed out", "network", 2, {2}, {0}, {0}},
                         {"refused", "circuit-breaker", 40, {10}, {30}, {0}},
                         {"failed", "connection-lost", 3, {0}, {3}, {0}}};
    //                  dns connect network pool queue cpu lock storage cache retry, ms of a query
    const std::int64_t mean_ms[] = {0, 1, 12, 0, 20, 3, 1, 3, 0, 0};
    const std::int64_t slow_ms[] = {0, 0, 12, 0, 180, 5, 1, 2, 0, 0};
    for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
        update.stage_ns[i] = mean_ms[i] * 1'000'000'000;
        update.stage_slow_ns[i] = slow_ms[i] * 10'000'000;
    }
    update.stage_slow_count = 10;
    one.classes.push_back(update);
    add_instances(one);
    scenarios::ClassResult lookup;
    lookup.name = "lookup";
    lookup.session_reads.steady = {{1'000'000, 12'345, 200'000, 777, 400'000, 1}, {1'000'000, 0, 200'000, 0, 0, 0}};
    one.classes.push_back(lookup);
    one.sessions = {{"boston", 500, 499, 31, 1, number == 1 ? 17U : 0U}, {"denver", 500, 400, 0, 0, 0}};
    one.transfers = {{"nightly load", 4, 2, 0, 1, true, {(600 + number) * 1'000'000'000LL, 900'000'000'000}},
                     {"export", 1, 0, 1, 0, false, {}}};
    // Ended in the first replication, and in the second not within the run.
    if (number < 3)
        one.storms = {{"update", "zone lost", 100'000'000'000, (100 + 90 * number) * 1'000'000'000LL, number == 1,
                       2.0 + 0.4 * number, 0.125, "retries", "orders/instance-1 (writer), us-east-1a: CPU"}};
    one.incidents.push_back(incident(28 + number, number != 3));
    add_resources(one);
    one.office_minutes = {{"boston", 60, 60}, {"denver", 60, 57 + number % 2}};
    one.memory = {54'000'000, 3000 + 100ULL * number, 1229, 412'345, 29};
    return one;
}

RequirementResult requirement(std::string name, std::string text, Verdict verdict, double estimate, double low,
                              double high, double limit) {
    RequirementResult one;
    one.name = std::move(name);
    one.text = std::move(text);
    one.verdict = verdict;
    one.estimate = estimate;
    one.low = low;
    one.high = high;
    one.limit = limit;
    one.unit = "s";
    one.worst_at = "denver";
    one.observations = 5000;
    return one;
}

}  // namespace

scenarios::RunResult example_run() {
    scenarios::RunResult run;
    run.tool_version = "0.1.0";
    run.scenario_name = "Orders, two regions";
    run.scenario_source = "{}";
    run.seed = 7;
    run.offices = {"boston", "denver"};
    for (std::uint32_t i = 1; i <= 4; ++i) run.replications.push_back(replication(i));
    run.failed.push_back({5, "killed by signal 6 (Aborted); its last words: models/a.cpp:12: check failed: x < y",
                          "faultline run orders.json --seed 7 --only-replication 5"});
    run.requirements.push_back(requirement("fast lookups", "latency p99 of lookup at worst office <= 100ms",
                                           Verdict::met, 0.0382, 0.0379, 0.0386, 0.1));
    auto slow =
        requirement("updates & joins within a quarter of a second", "latency p99 of update at worst office <= 250ms",
                    Verdict::violated, 0.312, 0.298, never, 0.25);
    slow.why =
        "62 ms above the limit at denver, the worst of 2 offices; 90 % of the time of the slowest update "
        "queries goes to waiting for a busy server";
    run.requirements.push_back(slow);
    auto open = requirement("always there", "availability of update at worst office >= 99.99%", Verdict::undecided,
                            0.99992, 0.99985, 0.99999, 0.9999);
    open.unit = "";
    open.why =
        "0.002 points above the limit at denver, the worst of 2 offices; the interval still holds the limit; "
        "about 12 more replications would settle it";
    open.replications_needed = 12;
    run.requirements.push_back(open);
    auto unseen =
        requirement("nothing lost", "rpo p95 of orders after zone lost <= 0s", Verdict::undecided, 0, -never, never, 0);
    unseen.observations = 0;
    unseen.worst_at = "";
    unseen.why = "no incident of \"zone lost\" was observed for orders, and what was not observed is never met";
    run.requirements.push_back(unseen);
    return run;
}

reports::Context example_context() {
    reports::Context context;
    context.tool_version = "0.1.0";
    context.scenario_name = "Orders, two regions";
    context.question =
        "Are writes back within a minute when the writer's zone is lost at peak, and how fast are "
        "lookups at every office in the meantime?";
    context.scenario_hash = "9f86d081884c7d65";
    context.seed = 7;
    context.replications = 5;
    context.machine = "2 cores";
    context.result_path = "results/Orders, two regions.json";
    context.repeat_command = "faultline run orders.json --seed 7";
    return context;
}

}  // namespace faultline::tests
