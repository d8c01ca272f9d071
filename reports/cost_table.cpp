#include "reports/cost_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "reports/text_layout.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::CostLine;
using scenarios::CostResult;
using scenarios::money_text;

constexpr std::size_t group_width = 9;
constexpr std::size_t kind_width = 11;
constexpr std::size_t of_width = 16;
constexpr std::size_t region_width = 15;
constexpr std::size_t money_width = 12;

// Lines of one part that differ in what they are only.
struct Row {
    std::string group, kind, of, region;
    double dollars = 0.0;
    int unknown = 0;
    std::string confidence;  // the lowest
};

int rank(const std::string& confidence) {
    return confidence == "high" ? 3 : confidence == "medium" ? 2 : confidence == "low" ? 1 : 0;
}

std::vector<Row> rows_of(const CostResult& cost) {
    std::vector<Row> rows;
    for (const char* const group : {"running", "standby", "drills", "incidents"}) {
        for (const CostLine& line : cost.lines) {
            if (line.group != group) continue;
            auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
                return one.group == line.group && one.kind == line.kind && one.of == line.of &&
                       one.region == line.region;
            });
            if (row == rows.end()) {
                row = rows.insert(rows.end(), {line.group, line.kind, line.of, line.region, 0.0, 0, line.confidence});
            }
            row->dollars += line.per_month.value_or(0.0);
            row->unknown += line.per_month ? 0 : 1;
            if (rank(line.confidence) < rank(row->confidence)) row->confidence = line.confidence;
        }
    }
    return rows;
}

std::string money_of(const Row& row) {
    if (row.unknown == 0) return money_text(row.dollars);
    constexpr double cent = 0.01;
    return row.dollars >= cent ? ">= " + money_text(row.dollars) : "unknown";
}

// The first date of a text such as "golden file of 2026-08": what begins like a year of this century.
std::string date_in(const std::string& text) {
    for (std::size_t i = text.find("20"); i != std::string::npos; i = text.find("20", i + 1)) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789-", i), text.size());
        if (end - i >= 4) return text.substr(i, end - i);
    }
    return "";
}

// "2024-07 to 2026-10-02".
std::string dates_of(const CostResult& cost) {
    std::set<std::string> dates;
    for (const CostLine& line : cost.lines) {
        const std::string date = line.price ? date_in(line.price_date) : "";
        if (!date.empty()) dates.insert(date);
    }
    if (dates.size() < 2) return dates.empty() ? "" : *dates.begin();
    return *dates.begin() + " to " + *dates.rbegin();
}

std::string loss_text(const scenarios::CostLoss& loss) {
    const std::string rate = loss.incidents_a_year ? fmt::format("{:.3g} a year", *loss.incidents_a_year)
                                                   : std::string{"how often it comes is not said"};
    return fmt::format("{}: {} an incident ({} of downtime, {} of commits lost), {}", loss.fault,
                       money_text(loss.per_incident), scenarios::seconds_text(loss.downtime_h * 3600.0),
                       scenarios::seconds_text(loss.lost_min * 60.0), rate);
}

}  // namespace

std::string cost_total(const CostResult& cost) {
    const std::string total = money_text(cost.per_month) + " a month";
    if (cost.unknown == 0) return total;
    return fmt::format("at least {} ({} unknown)", total,
                       cost.unknown == 1 ? "1 price" : fmt::format("{} prices", cost.unknown));
}

std::vector<std::string> cost_lines(const CostResult& cost, std::size_t width) {
    const std::vector<Row> rows = rows_of(cost);
    if (rows.empty()) return {};
    std::vector<std::string> lines;
    lines.push_back("   " + left("what for", group_width + 2) + left("kind", kind_width) + left("part", of_width) +
                    left("region", region_width) + right("a month", money_width) + "  confidence\n");
    for (const Row& row : rows) {
        std::string part = left(row.of, of_width);
        if (characters(row.of) >= of_width)
            part = row.of + "\n" + std::string(3 + group_width + 2 + kind_width + of_width, ' ');
        lines.push_back("   " + left(row.group, group_width + 2) + left(row.kind, kind_width) + part +
                        left(row.region, region_width) + right(money_of(row), money_width) + "  " + row.confidence +
                        "\n");
    }
    const bool incidents =
        std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.group == "incidents"; });
    if (incidents)
        lines.push_back(
            wrapped("Those of incidents are of the incidents of one run, and not in the sum.", "   ", width));
    lines.push_back(wrapped("In all " + cost_total(cost) + ".", "   ", width));
    if (const std::string dates = dates_of(cost); !dates.empty()) {
        lines.push_back(
            wrapped("Prices are of " + dates + "; the result has date and source of each line.", "   ", width));
    }
    const bool priced =
        std::any_of(cost.losses.begin(), cost.losses.end(), [](const auto& loss) { return loss.per_incident > 0.0; });
    if (!priced) return lines;
    for (const scenarios::CostLoss& loss : cost.losses) lines.push_back(wrapped(loss_text(loss) + ".", "   ", width));
    if (cost.loss_a_year) {
        lines.push_back(wrapped(
            fmt::format("Expected loss by faults that come by chance: {} a year.", money_text(*cost.loss_a_year)),
            "   ", width));
    }
    return lines;
}

}  // namespace faultline::reports
