// Goal:   what `faultline run` prints for a plain queue is what theory says: every row of theory_mm1 and theory_mmc,
// mean
//         response and its p99, through scenario file, workers, result file and judgement.
// Method: twenty independent replications a row; the exact value must lie in the run's interval at joint 99 % over all
//         rows and both measures (Bonferroni), and the half-width at 99 % must be at most 2 % of a mean and 5 % of a
//         p99, or the test could not fail. Customers a row: what M/M/1 theory of run lengths asks for, 1 / (1 -
//         load)^2.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/result_file.hpp"
#include "tests/cli/program.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::tests {
namespace {

constexpr int replications = 20;
constexpr double intervals = 22.0;  // eleven rows, two measures
constexpr double joint_confidence = 1.0 - 0.01 / intervals;

std::string queue_scenario(int servers, double arrivals_per_s, double completions_per_s) {
    const double load = arrivals_per_s / (servers * completions_per_s);
    const double customers = std::clamp(7'000.0 / ((1.0 - load) * (1.0 - load)), 80'000.0, 3'200'000.0);
    const double measured_s = std::ceil(customers / arrivals_per_s);
    return fmt::format(R"({{
  "name": "One queue", "description": "Does the command line say what theory says?",
  "run": {{ "warm_up": "{}s", "measured": "{}s", "replications": {}, "seed": 1, "confidence": {} }},
  "network": {{ "profile": "zero" }},
  "offices": {{ "hall": {{ "access": "none" }} }},
  "stations": {{ "counter": {{ "servers": {} }} }},
  "workload": {{
    "arrivals": {{ "rate": "{}/s" }},
    "classes": {{ "request": {{ "share": 1, "route": ["counter"], "deadline": "1h", "retry": {{ "attempts": 1 }},
      "demand": {{ "exponential": "{}us" }} }} }},
    "canary": {{ "enabled": false }} }},
  "requirements": {{
    "mean": {{ "measure": "latency mean", "of": "request", "at_most": "1h" }},
    "p99": {{ "measure": "latency p99", "of": "request", "at_most": "1h" }} }}
}})",
                       std::ceil(0.1 * measured_s) + 10, measured_s, replications, joint_confidence, servers,
                       arrivals_per_s, 1e6 / completions_per_s);
}

double half_width_at_99(const scenarios::RequirementResult& found) {
    const boost::math::students_t t(replications - 1);
    const double shrink = boost::math::quantile(t, 0.995) / boost::math::quantile(t, 0.5 + 0.5 * joint_confidence);
    return 0.5 * (found.high - found.low) * shrink;
}

void expect_theory(const oracles::TheoryRow& row, int servers) {
    const Folder folder;
    const std::string file =
        folder.write("queue.json", queue_scenario(servers, row.number("lambda"), row.number("mu")));
    const Ended ended = run_program(folder, {"run", file, "--result", "result.json"});
    ASSERT_EQ(ended.code, 0) << ended.out << ended.err;
    scenarios::Problems problems;
    const auto result = scenarios::read_result(folder.path("result.json"), problems);
    ASSERT_TRUE(result.has_value());
    ASSERT_EQ(result->requirements.size(), 2U);
    for (const auto& found : result->requirements) {
        const bool mean = found.name == "mean";
        const double exact_s = row.number(mean ? "W_mean" : "resp_p99");
        EXPECT_LE(found.low, exact_s) << found.name << " of " << row.print();
        EXPECT_GE(found.high, exact_s) << found.name << " of " << row.print();
        EXPECT_LE(half_width_at_99(found), (mean ? 0.02 : 0.05) * exact_s) << found.name << " of " << row.print();
    }
}

TEST(TheoryRunTest, SingleServer) {
    for (const auto& row : oracles::read_theory("theory_mm1.csv")) expect_theory(row, 1);
}

TEST(TheoryRunTest, SeveralServers) {
    for (const auto& row : oracles::read_theory("theory_mmc.csv")) expect_theory(row, row.whole("c"));
}

}  // namespace
}  // namespace faultline::tests
