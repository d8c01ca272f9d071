#include "reports/waterfall.hpp"

#include <algorithm>
#include <cmath>

#include "reports/incident_summary.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/incidents_of.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t name_width = 26;
constexpr std::size_t length_width = 9;
constexpr double shown_share = 0.001;  // of the whole way

double total_s(const Waterfall& waterfall) {
    double total = 0.0;
    for (const auto& [stage, mean_s] : waterfall.stages) total += mean_s;
    return total;
}

// A stage that is new comes after those that this incident had before it.
void add(Waterfall& waterfall, const scenarios::IncidentResult& incident) {
    std::size_t after = 0;
    for (const auto& [stage, ns] : incident.waterfall) {
        auto& all = waterfall.stages;
        const auto found =
            std::find_if(all.begin(), all.end(), [&, name = &stage](const auto& one) { return one.first == *name; });
        const auto at =
            found != all.end() ? found : all.insert(all.begin() + static_cast<std::ptrdiff_t>(after), {stage, 0.0});
        at->second += static_cast<double>(ns) * 1e-9;
        after = std::max(after, static_cast<std::size_t>(at - all.begin()) + 1);
    }
    if (!incident.waterfall.empty()) ++waterfall.incidents;
}

}  // namespace

Waterfall waterfall_of(const std::string& cause, const std::vector<scenarios::ReplicationResult>& replications) {
    Waterfall waterfall;
    for (const auto& replication : replications) {
        scenarios::visit_incidents_of(replication, [&](const scenarios::IncidentResult& incident, const auto&) {
            if (cause_of(incident) == cause) add(waterfall, incident);
        });
    }
    for (auto& [stage, mean_s] : waterfall.stages) mean_s /= static_cast<double>(waterfall.incidents);
    return waterfall;
}

std::vector<std::string> waterfall_lines(const Waterfall& waterfall, std::size_t width, bool unicode) {
    std::vector<std::string> lines;
    const double total = total_s(waterfall);
    if (!(total > 0.0)) return lines;
    const std::size_t bars = width > name_width + length_width + 12 ? width - name_width - length_width - 2 : 10;
    const auto column = [&](double at_s) {
        return static_cast<std::size_t>(std::lround(at_s / total * static_cast<double>(bars)));
    };
    double since_s = 0.0;
    for (const auto& [stage, mean_s] : waterfall.stages) {
        const double until_s = since_s + mean_s;
        if (mean_s >= shown_share * total) {
            std::string line = left(stage, name_width) + right(scenarios::seconds_text(mean_s), length_width) + "  ";
            line += std::string(column(since_s), ' ');
            const std::size_t length = std::max<std::size_t>(1, column(until_s) - column(since_s));
            for (std::size_t i = 0; i < length; ++i) line += unicode ? "\u2588" : "#";
            lines.push_back(line);
        }
        since_s = until_s;
    }
    return lines;
}

}  // namespace faultline::reports
