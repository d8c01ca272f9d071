// Goal:   the shares of reads that miss their session's own write, go back, or are stale agree with closed forms.
// Method: without distances, and with changes that take no time to apply, a replica shows at t what had committed
//         before the last message of the writer: its lag is uniform on (0, I), I the interval between two messages. One
//         key, so that every reader meets many hidden commits of it. Users read again after an exponential time of mean
//         m; there are so many that none comes back by chance. The exact share must lie within four standard
//         deviations. Reads of one interval share its writes and its message: with 1.6 others of a class on average,
//         the variance is at most 2.6 times that of independent reads.
#include <gtest/gtest.h>

#include <cmath>

#include "planning/replication.hpp"
#include "scenarios/problem.hpp"
#include "scenarios/read_scenario.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr double interval_s = 0.2;
constexpr double think_s = 0.1;
constexpr double writes_per_s = 8.0;
constexpr double bound_s = 0.05;

// Writes, each read back at the replica; looks at the writer, each followed by one at the replica.
constexpr const char* system_text = R"({
  "name": "One key",
  "run": { "warm_up": "10s", "measured": "16000s", "replications": 1, "seed": 3 },
  "network": { "profile": "zero" },
  "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
  "offices": { "hall": {} },
  "databases": { "orders": {
    "kind": "aurora-mysql", "region": "us-east-1", "data": "1GiB",
    "writer": { "class": "db.r6g.2xlarge", "zone": "a" }, "replicas": [{ "zone": "b" }],
    "storage": { "persist": "10us", "send_time": "1us" },
    "replica_stream": { "interval": "200ms", "apply_time": "0s" } } },
  "workload": {
    "arrivals": { "rate": "32/s" }, "canary": { "enabled": false }, "sessions": { "per_office": 1000000, "keys": 1 },
    "classes": {
      "write": { "share": 0.25, "route": ["orders/writer"], "deadline": "1s", "demand": "1us",
                 "keys": { "count": 1 }, "follow_up": { "class": "check", "after": { "exponential": "100ms" } } },
      "look": { "kind": "point-read", "share": 0.25, "route": ["orders/writer"], "deadline": "1s", "demand": "1us",
                "keys": { "count": 1 }, "follow_up": { "class": "look-again", "after": { "exponential": "100ms" } } },
      "check": { "share": 0, "route": ["orders/reader"], "deadline": "1s", "demand": "1us", "keys": { "count": 1 } },
      "look-again": { "share": 0, "route": ["orders/reader"], "deadline": "1s", "demand": "1us",
                      "keys": { "count": 1 } },
      "glance": { "share": 0.25, "route": ["orders/reader"], "deadline": "1s", "demand": "1us",
                  "keys": { "count": 1 } },
      "bounded": { "share": 0.25, "route": ["orders/reader"], "deadline": "1s", "demand": "1us",
                   "keys": { "count": 1 }, "staleness_bound": "50ms" } } }
})";

scenarios::ReplicationResult run(const std::string& text) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(text, "one_key.json", "", problems);
    for (const scenarios::Problem& problem : problems.sorted()) ADD_FAILURE() << scenarios::to_text(problem);
    if (!scenario) return {};
    return planning::run_replication(*scenario, 1, {});
}

const scenarios::SessionReadCounts& reads_of(const scenarios::ReplicationResult& result, std::string_view name) {
    for (const auto& query_class : result.classes) {
        if (query_class.name == name) return query_class.session_reads.steady.at(0);
    }
    ADD_FAILURE() << "no class " << name;
    return result.classes.front().session_reads.steady.at(0);
}

void expect_share(std::uint64_t successes, std::uint64_t trials, double exact, const char* what) {
    ASSERT_GT(trials, 5000U) << what;
    const double share = static_cast<double>(successes) / static_cast<double>(trials);
    const double deviation = std::sqrt(exact * (1.0 - exact) / static_cast<double>(trials));
    std::printf("sessions | %-22s | exact %.4f | simulated %.4f | %.1f deviations\n", what, exact, share,
                (share - exact) / deviation);
    EXPECT_NEAR(share, exact, 4.0 * std::sqrt(2.6) * deviation) << what;
    EXPECT_LT(deviation, 0.05 * exact) << what << ": or the test could not fail";
}

TEST(SessionOracleTest, SharesAgreeWithTheLagOfAReplica) {
    test::in_child([] {
        const auto result = run(system_text);
        const double i = interval_s, m = think_s, w = writes_per_s;
        // A write is hidden while its interval lasts: its user is back before that is over.
        const auto& check = reads_of(result, "check");
        EXPECT_EQ(check.of_own_write, check.reads);
        expect_share(check.missed_own_write, check.of_own_write, 1.0 - m / i * (1.0 - std::exp(-i / m)), "own write");
        // x into its interval a user looks; somebody has written in these x, and the user is back in the same interval.
        const double neither = (std::exp(-i / m) - std::exp(-w * i)) / (w - 1.0 / m);
        const double back = (i - (1.0 - std::exp(-w * i)) / w - m * (1.0 - std::exp(-i / m)) + neither) / i;
        const auto& again = reads_of(result, "look-again");
        EXPECT_EQ(again.of_seen, again.reads);
        expect_share(again.went_back, again.of_seen, back, "gone back");
        // Somebody has written in the interval, before the read, or before that by the bound.
        const auto stale = [&](double within) { return (within - (1.0 - std::exp(-w * within)) / w) / i; };
        expect_share(reads_of(result, "glance").stale, reads_of(result, "glance").reads, stale(i), "stale");
        expect_share(reads_of(result, "bounded").stale, reads_of(result, "bounded").reads, stale(i - bound_s),
                     "stale by 50 ms");
        const auto& look = reads_of(result, "look");
        EXPECT_EQ(look.stale + look.missed_own_write + look.went_back, 0U) << "at the writer";
    });
}

// So few writes that none waits for another's to be applied: the lag is the time that one takes.
TEST(SessionOracleTest, AFixedLagIsMissedByThoseWhoAreBackSooner) {
    test::in_child([] {
        std::string text = system_text;
        const auto replace = [&](std::string_view what, std::string_view with) {
            const std::size_t at = text.find(what);
            ASSERT_NE(at, std::string::npos) << what;
            text.replace(at, what.size(), with);
        };
        replace(R"("interval": "200ms", "apply_time": "0s")", R"("interval": "10us", "apply_time": "100ms")");
        replace(R"("rate": "32/s")", R"("rate": "0.4/s")");
        replace(R"("measured": "16000s")", R"("measured": "80000s")");
        const auto result = run(text);
        const auto& check = reads_of(result, "check");
        expect_share(check.missed_own_write, check.of_own_write, 1.0 - std::exp(-0.1 / think_s),
                     "own write, fixed lag");
    });
}

}  // namespace
}  // namespace faultline::tests
