// Goal:   engine::ServerPool, with processes on a real Simulation, is the queue that theory means: every row of the
//         tables of open queues, every column that a pool shows; first come first served, bounded, and sharing.
// Method: 40 independent replications a row. The exact value must lie in each interval at joint 99 % over all
//         intervals of its table (Bonferroni); and the half-width at 99 % must be at most 2 % of a mean and 5 % of a
//         99th percentile, or the test could not fail. Control variates narrow the intervals (controlled_estimate.hpp):
//         the mean of M/M/1 at 95 % load would take 40 million customers without them, as its estimate's relative
//         variance is 2 (1 + load) / (1 - load)^2 / customers (W. Whitt, Planning Queueing Simulations, Management
//         Science 35(11), 1989), and takes a million; its p99 takes most of the four million that it gets.
// Without a limit of width: p50, p95 and p999; and all that is about waiting where hardly anybody waits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/oracles/comparison.hpp"
#include "tests/oracles/open_queue_run.hpp"
#include "tests/oracles/service_named.hpp"
#include "tests/oracles/theory_table.hpp"

namespace faultline::oracles {
namespace {

using engine::Discipline;
using engine::Distribution;

constexpr double for_tails = 50.0;
constexpr double for_means = 20.0;

struct QuantileColumn {
    std::string column;
    bool of_wait;
    double p;
    double width;
};

// The columns of the tables of M/M/1 and M/M/c that are quantiles, but those that are 0: their share is P_wait.
std::vector<QuantileColumn> quantile_columns(const TheoryRow& row) {
    std::vector<QuantileColumn> found;
    for (const auto& [name, p] : {std::pair{"p50", 0.5}, std::pair{"p90", 0.9}, std::pair{"p95", 0.95},
                                  std::pair{"p99", 0.99}, std::pair{"p999", 0.999}}) {
        for (const bool of_wait : {false, true}) {
            const std::string column = (of_wait ? "wait_" : "resp_") + std::string{name};
            if (shortened && p > 0.95) continue;
            if (!row.has(column) || row.number(column) <= 0.0) continue;
            found.push_back({column, of_wait, p, p == 0.99 ? of_a_p99 : any_width});
        }
    }
    return found;
}

// M/M/1 and M/M/c, both FCFS.
struct MarkovRow {
    TheoryRow row;
    OpenQueue queue;
    double wait_probability;
};

MarkovRow markov_row(const TheoryRow& row, int servers) {
    const double spare = servers * row.number("mu") - row.number("lambda");
    OpenQueue queue{.gap = Distribution::exponential(1.0 / row.number("lambda")),
                    .service = Distribution::exponential(1.0 / row.number("mu")),
                    .shape = {.servers = servers}};
    queue.wait_decay_per_s = spare;
    const double wait_probability = row.has("P_wait_erlangC") ? row.number("P_wait_erlangC") : row.number("rho");
    for (const double beyond : {0.01, 0.001}) {
        if (!shortened) queue.rare_waits_s.push_back(std::max(0.0, std::log(wait_probability / beyond) / spare));
    }
    size_runs(queue, for_tails);
    return {row, queue, wait_probability};
}

void expect_markov_row(MarkovRow& markov, std::size_t rows) {
    const TheoryRow& row = markov.row;
    const auto quantiles = quantile_columns(row);
    for (const auto& [column, of_wait, p, width] : quantiles) {
        const double exact_s = row.number(column);
        markov.queue.tails.push_back({column, of_wait, exact_s});
        markov.queue.tails.push_back({column + " * 0.95", of_wait, 0.95 * exact_s});
        markov.queue.tails.push_back({column + " * 1.05", of_wait, 1.05 * exact_s});
    }
    const Comparison compare(rows * 18);  // 6 means and up to 12 quantiles
    const auto runs = run_all(markov.queue);
    // Who hardly ever waits takes too many customers for a narrow mean of waits.
    const bool waits = markov.wait_probability >= 0.1;
    compare.mean(runs, row, {"W_mean", "response", of_a_mean});
    compare.mean(runs, row, {"Wq_mean", "wait", waits ? of_a_mean : any_width});
    compare.mean(runs, row, {"L", "in system", of_a_mean});
    compare.mean(runs, row, {"Lq", "in queue", waits ? of_a_mean : any_width});
    compare.mean(runs, row, {"rho", "utilisation", of_a_mean});
    compare.value(runs, markov.wait_probability, row, {"P_wait", "waits", waits ? of_a_mean : any_width});
    for (const auto& [column, of_wait, p, width] : quantiles) {
        compare.quantile(runs, row, column, p, waits || !of_wait ? width : any_width);
    }
}

TEST(PoolTheoryTest, SingleServer) {
    const auto rows = read_theory("theory_mm1.csv");
    for (const TheoryRow& row : rows) {
        MarkovRow markov = markov_row(row, 1);
        expect_markov_row(markov, rows.size());
    }
}

TEST(PoolTheoryTest, SeveralServers) {
    const auto rows = read_theory("theory_mmc.csv");
    for (const TheoryRow& row : rows) {
        MarkovRow markov = markov_row(row, row.whole("c"));
        expect_markov_row(markov, rows.size());
    }
}

TEST(PoolTheoryTest, AnyServiceTime) {
    const auto rows = read_theory("theory_mg1.csv");
    const Comparison compare(rows.size() * 5);
    for (const TheoryRow& row : rows) {
        OpenQueue queue{.gap = Distribution::exponential(1.0 / row.number("lambda")),
                        .service = service_named(row.text("service_distribution"), row.number("service_mean"))};
        size_runs(queue, for_means);
        const auto runs = run_all(queue);
        compare.mean(runs, row, {"W_mean", "response", of_a_mean});
        compare.mean(runs, row, {"Wq_mean", "wait", row.number("rho") >= 0.1 ? of_a_mean : any_width});
        compare.mean(runs, row, {"L", "in system", of_a_mean});
        compare.mean(runs, row, {"Lq", "in queue", row.number("rho") >= 0.1 ? of_a_mean : any_width});
        compare.mean(runs, row, {"rho", "utilisation", of_a_mean});
    }
}

TEST(PoolTheoryTest, ConstantService) {
    const auto rows = read_theory("theory_mdc.csv");
    const Comparison compare(rows.size() * 6);
    for (const TheoryRow& row : rows) {
        OpenQueue queue{.gap = Distribution::exponential(1.0 / row.number("lambda")),
                        .service = Distribution::constant(row.number("service")),
                        .shape = {.servers = row.whole("c")}};
        size_runs(queue, for_means);
        const auto runs = run_all(queue);
        const double waits = row.number("P_wait") >= 0.1 ? of_a_mean : any_width;
        compare.mean(runs, row, {"W_mean", "response", of_a_mean});
        compare.mean(runs, row, {"Wq_mean", "wait", waits});
        compare.mean(runs, row, {"L", "in system", of_a_mean});
        compare.mean(runs, row, {"Lq", "in queue", waits});
        compare.mean(runs, row, {"rho", "utilisation", of_a_mean});
        compare.mean(runs, row, {"P_wait", "waits", waits});
    }
}

TEST(PoolTheoryTest, BoundedWaitingRoom) {
    const auto rows = read_theory("theory_mmck.csv");
    const Comparison compare(rows.size() * 7);
    for (const TheoryRow& row : rows) {
        const int servers = row.whole("c");
        OpenQueue queue{
            .gap = Distribution::exponential(1.0 / row.number("lambda")),
            .service = Distribution::exponential(1.0 / row.number("mu")),
            .shape = {.servers = servers, .waiting_room = static_cast<std::size_t>(row.whole("K_total") - servers)}};
        size_runs(queue, for_means);
        const auto runs = run_all(queue);
        const bool waits = row.number("Lq") >= 0.1;
        compare.mean(runs, row, {"P_block", "refused", row.number("P_block") >= 0.01 ? of_a_mean : any_width});
        compare.mean(runs, row, {"throughput", "answered per s", of_a_mean});
        compare.mean(runs, row, {"W_mean_accepted", "response", of_a_mean});
        compare.mean(runs, row, {"Wq_mean_accepted", "wait", waits ? of_a_mean : any_width});
        compare.mean(runs, row, {"L", "in system", of_a_mean});
        compare.mean(runs, row, {"Lq", "in queue", waits ? of_a_mean : any_width});
        compare.mean(runs, row, {"utilisation", "utilisation", of_a_mean});
    }
}

// Whatever the distribution of services, only its mean counts: s / (1 - load).
// Source: L. Kleinrock, Queueing Systems, vol. 2, Wiley 1976, section 4.4.
TEST(PoolTheoryTest, ProcessorSharingOneServer) {
    const auto rows = read_theory("theory_mg1.csv");
    const Comparison compare(rows.size() * 2);
    for (const TheoryRow& row : rows) {
        OpenQueue queue{.gap = Distribution::exponential(1.0 / row.number("lambda")),
                        .service = service_named(row.text("service_distribution"), row.number("service_mean")),
                        .shape = {.discipline = Discipline::processor_sharing}};
        size_runs(queue, for_means);
        const auto runs = run_all(queue);
        const double exact_s = row.number("service_mean") / (1.0 - row.number("rho"));
        compare.value(runs, exact_s, row, {"s / (1 - rho)", "response", of_a_mean});
        compare.mean(runs, row, {"rho", "utilisation", of_a_mean});
    }
}

// With exponential services the number of jobs does not depend on the discipline, so neither does the mean response.
void expect_sharing(const std::string& table) {
    const auto rows = read_theory(table);
    const Comparison compare(rows.size() * 2);
    for (const TheoryRow& row : rows) {
        OpenQueue queue = markov_row(row, row.has("c") ? row.whole("c") : 1).queue;
        queue.shape.discipline = Discipline::processor_sharing;
        size_runs(queue, for_means);
        const auto runs = run_all(queue);
        compare.mean(runs, row, {"W_mean", "response", of_a_mean});
        compare.mean(runs, row, {"rho", "utilisation", of_a_mean});
    }
}

TEST(PoolTheoryTest, ProcessorSharingExponentialOneServer) {
    expect_sharing("theory_mm1.csv");
}

TEST(PoolTheoryTest, ProcessorSharingExponentialSeveralServers) {
    expect_sharing("theory_mmc.csv");
}

}  // namespace
}  // namespace faultline::oracles
