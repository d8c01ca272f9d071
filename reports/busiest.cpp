#include "reports/busiest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "reports/incident_summary.hpp"
#include "reports/text_layout.hpp"

namespace faultline::reports {
namespace {

constexpr const char* steady_phase = "steady";
constexpr double idle_below = 0.005;

// " words  in use  worst second  in which phase"
constexpr std::size_t words_width = 45;
constexpr std::size_t use_width = 7;
constexpr std::size_t worst_width = 8;
constexpr std::size_t phase_width = 15;

// One phase of all that are alike.
struct Phase {
    double means = 0.0, waiting = 0.0;  // sums over replications
    double worst_second = 0.0;
    double replications = 0.0;
};
struct Alike {
    std::set<std::string> names;
    std::map<std::string, Phase> phases;
};

// The busiest of them in one replication.
using Seen = std::map<std::string, std::map<std::string, scenarios::ResourceUse>>;

void see(std::map<std::string, scenarios::ResourceUse>& phases, const std::string& phase,
         const scenarios::ResourceUse& use) {
    if (use.seconds == 0) return;
    const auto [known, is_new] = phases.try_emplace(phase, use);
    if (is_new || use.mean <= known->second.mean) return;
    known->second = use;
}

void add(std::map<std::string, Alike>& all, const Seen& seen) {
    for (const auto& [words, phases] : seen) {
        for (const auto& [name, use] : phases) {
            Phase& phase = all[words].phases[name];
            phase.means += use.mean;
            phase.waiting += use.waiting;
            phase.worst_second = std::max(phase.worst_second, use.worst_second);
            phase.replications += 1.0;
        }
    }
}

BusyRow row_of(const std::string& words, const Alike& alike) {
    BusyRow row;
    row.words = words;
    row.alike = alike.names.size();
    for (const auto& [name, phase] : alike.phases) {
        const double mean = phase.means / phase.replications;
        if (name == steady_phase) row.steady_mean = mean;
        if (!row.phase.empty() && mean <= row.mean) continue;
        row.phase = name;
        row.mean = mean;
        row.worst_second = phase.worst_second;
        row.waiting = phase.waiting / phase.replications;
    }
    return row;
}

}  // namespace

std::vector<BusyRow> busiest(const scenarios::RunResult& result, std::size_t rows_max) {
    std::map<std::string, std::string> words_of;  // by name, as the first replication says it
    std::map<std::string, Alike> all;
    for (const scenarios::ReplicationResult& replication : result.replications) {
        Seen seen;
        for (const scenarios::ResourceResult& one : replication.resources) {
            const std::string& words = words_of.try_emplace(one.name, one.words).first->second;
            all[words].names.insert(one.name);
            see(seen[words], steady_phase, one.steady);
            for (std::size_t i = 0; i < one.incidents.size(); ++i)
                see(seen[words], cause_of(replication.incidents.at(i)), one.incidents[i]);
        }
        add(all, seen);
    }
    std::vector<BusyRow> rows;
    for (const auto& [words, alike] : all) {
        BusyRow row = row_of(words, alike);
        if (row.mean >= idle_below) rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const BusyRow& a, const BusyRow& b) { return a.mean > b.mean; });
    if (rows.size() > rows_max) rows.resize(rows_max);
    return rows;
}

std::vector<std::string> busiest_lines(const std::vector<BusyRow>& rows, std::size_t width) {
    std::vector<std::string> lines;
    if (rows.empty()) return lines;
    lines.push_back("   " + left("of", words_width) + right("in use", use_width) + right("worst s", worst_width) +
                    "  phase\n");
    for (const BusyRow& one : rows) {
        std::string words = one.words;
        if (one.alike > 1) words += fmt::format(" (busiest of {})", one.alike);
        std::string name = left(words, words_width);
        if (characters(words) > words_width) {
            lines.push_back(wrapped(words, "   ", width));
            name = std::string(words_width, ' ');
        }
        const bool long_phase = characters(one.phase) > phase_width;
        lines.push_back("   " + name + right(fmt::format("{:.0f} %", 100.0 * one.mean), use_width) +
                        right(fmt::format("{:.0f} %", 100.0 * one.worst_second), worst_width) +
                        (long_phase ? "" : "  " + one.phase) + "\n");
        if (long_phase) lines.push_back(wrapped("during " + one.phase, "     ", width));
    }
    return lines;
}

}  // namespace faultline::reports
