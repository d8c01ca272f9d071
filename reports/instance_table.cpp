#include "reports/instance_table.hpp"

#include <algorithm>

namespace faultline::reports {
namespace {

struct InstanceRows {
    InstanceRow row;
    double seen = 0.0;  // replications
    std::uint64_t hits = 0, misses = 0;
};

InstanceRows& growing_named(std::vector<InstanceRows>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const InstanceRows& one) { return one.row.name == name; });
    if (found != all.end()) return *found;
    all.emplace_back().row.name = name;
    return all.back();
}

double utilisation_of(const scenarios::ReplicationResult& replication, const std::string& name) {
    const auto& queues = replication.queues;
    const auto found =
        std::find_if(queues.begin(), queues.end(), [&](const auto& queue) { return queue.name == name; });
    return found == queues.end() ? 0.0 : found->utilisation;
}

void add(InstanceRows& to, const scenarios::InstanceResult& one, double utilisation) {
    to.seen += 1.0;
    to.hits += one.page_hits;
    to.misses += one.page_misses;
    to.row.utilisation += utilisation;
    to.row.row_waits += static_cast<double>(one.lock_waits);
    to.row.row_timeouts += one.lock_timeouts;
    to.row.connections_peak = std::max(to.row.connections_peak, one.connections_peak);
    to.row.connections_max = one.connections_max;
    to.row.connections_refused += one.connections_refused;
    to.row.acu_mean += one.acu_mean;
}

InstanceRow finished(InstanceRows&& grown) {
    InstanceRow row = std::move(grown.row);
    row.utilisation /= grown.seen;
    row.row_waits /= grown.seen;
    row.acu_mean /= grown.seen;
    const auto reads = static_cast<double>(grown.hits + grown.misses);
    if (reads > 0.0) row.hit_ratio = static_cast<double>(grown.hits) / reads;
    return row;
}

}  // namespace

bool InstanceRow::crowded() const {
    return connections_refused > 0 || (connections_max > 0 && connections_peak * 10 >= connections_max * 8);
}

InstanceTable instance_table(const scenarios::RunResult& result, std::size_t rows_max) {
    std::vector<InstanceRows> all;
    for (const auto& replication : result.replications) {
        for (const auto& one : replication.instances) {
            add(growing_named(all, one.name), one, utilisation_of(replication, one.name));
        }
    }
    InstanceTable table;
    for (InstanceRows& one : all) table.rows.push_back(finished(std::move(one)));
    if (table.rows.size() <= rows_max) return table;
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const InstanceRow& a, const InstanceRow& b) {
        const bool a_refused = a.connections_refused > 0, b_refused = b.connections_refused > 0;
        return a_refused != b_refused ? a_refused : a.utilisation > b.utilisation;
    });
    std::size_t kept = rows_max;
    while (kept < table.rows.size() && table.rows[kept].connections_refused > 0) ++kept;
    table.left_out = table.rows.size() - kept;
    if (table.left_out > 0) table.left_out_utilisation = table.rows[kept].utilisation;
    table.rows.resize(kept);
    return table;
}

}  // namespace faultline::reports
