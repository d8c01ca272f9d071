#include "reports/warehouse_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/quantity_text.hpp"

namespace faultline::reports {

namespace {

using scenarios::seconds_text;
using scenarios::WarehouseResult;
using scenarios::WarehouseTableResult;

// Of a histogram weighted by time or queries.
struct Freshness {
    double sum_s = 0.0;
    double weight = 0.0;
    double longest_s = 0.0;
    void add(const scenarios::HistogramData& data) {
        sum_s += static_cast<double>(data.sum_ns) / 1e9;
        for (const std::uint64_t count : data.counts) weight += static_cast<double>(count);
        longest_s = std::max(longest_s, static_cast<double>(data.max_ns) / 1e9);
    }
    std::string text() const {
        if (weight == 0.0) return "nothing seen";
        return fmt::format("{} old on average, {} at most", seconds_text(sum_s / weight), seconds_text(longest_s));
    }
};

// The k-th part of the i-th warehouse, in each replication.
template <typename Visit>
void each_replication(const scenarios::RunResult& result, std::size_t i, Visit visit) {
    for (const auto& replication : result.replications) {
        if (i < replication.warehouses.size()) visit(replication.warehouses[i]);
    }
}

std::string table_line(const scenarios::RunResult& result, std::size_t i, std::size_t k) {
    Freshness freshness;
    WarehouseTableResult sum;
    double load_s = 0.0;
    each_replication(result, i, [&](const WarehouseResult& warehouse) {
        const WarehouseTableResult& table = warehouse.tables[k];
        freshness.add(table.freshness);
        sum.name = table.name;
        sum.loads += table.loads, sum.overdue += table.overdue, sum.skipped += table.skipped;
        sum.retried += table.retried, sum.commits_ahead += table.commits_ahead;
        load_s += table.load_s_mean * static_cast<double>(table.loads);
    });
    std::string text = fmt::format("table {}: {}; {} loads", sum.name, freshness.text(), sum.loads);
    if (sum.loads > 0) text += fmt::format(" of {} from cut to visible", seconds_text(load_s / double(sum.loads)));
    if (sum.overdue > 0) text += fmt::format(", {} began late and {} were skipped", sum.overdue, sum.skipped);
    if (sum.retried > 0) text += fmt::format(", {} failed and began again", sum.retried);
    if (sum.commits_ahead > 0) text += fmt::format("; {} commits that the source has lost", sum.commits_ahead);
    return text;
}

std::string answers_line(const scenarios::RunResult& result, std::size_t i, std::size_t k) {
    Freshness freshness;
    std::string of;
    each_replication(result, i, [&](const WarehouseResult& warehouse) {
        freshness.add(warehouse.answers[k].freshness);
        of = warehouse.answers[k].of;
    });
    return fmt::format("what {} was shown: {}", of, freshness.text());
}

std::string queues_line(const scenarios::RunResult& result, std::size_t i) {
    WarehouseResult sum;
    each_replication(result, i, [&](const WarehouseResult& warehouse) {
        sum.waited += warehouse.waited, sum.scaled += warehouse.scaled, sum.refused += warehouse.refused;
        sum.scaling_clusters += warehouse.scaling_clusters;
        sum.waiting_most = std::max(sum.waiting_most, warehouse.waiting_most);
    });
    std::string text = fmt::format("{} queries waited for a slot, at most {} at once", sum.waited, sum.waiting_most);
    if (sum.scaling_clusters > 0)
        text += fmt::format("; {} ran on clusters that came {} times", sum.scaled, sum.scaling_clusters);
    if (sum.refused > 0) text += fmt::format("; {} refused for want of connections", sum.refused);
    return text;
}

}  // namespace

std::vector<WarehouseLines> warehouse_lines(const scenarios::RunResult& result) {
    std::vector<WarehouseLines> all;
    if (result.replications.empty()) return all;
    const auto& first = result.replications.front().warehouses;
    for (std::size_t i = 0; i < first.size(); ++i) {
        WarehouseLines& one = all.emplace_back(WarehouseLines{first[i].name, {}});
        for (std::size_t k = 0; k < first[i].tables.size(); ++k) one.lines.push_back(table_line(result, i, k));
        for (std::size_t k = 0; k < first[i].answers.size(); ++k) one.lines.push_back(answers_line(result, i, k));
        if (!first[i].answers.empty()) one.lines.push_back(queues_line(result, i));
    }
    return all;
}

}  // namespace faultline::reports
