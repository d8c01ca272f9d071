#include "planning/checks/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "planning/checks/finder.hpp"

namespace faultline::planning {
namespace {

using scenarios::CheckFinding;
using scenarios::Suppression;

bool covers(const Suppression& suppression, const CheckFinding& finding) {
    if (suppression.id != finding.id) return false;
    if (suppression.where.empty() || suppression.where == finding.where) return true;
    return finding.where.starts_with(suppression.where + "/");
}

// One that hits nothing is told: what it excused is mended, or its name is wrong.
void suppress(Finder& finder) {
    const std::size_t found = finder.findings.size();
    const std::vector<Suppression>& suppressions = finder.scenario.suppressions;
    for (std::size_t i = 0; i < suppressions.size(); ++i) {
        bool hit = false;
        for (std::size_t f = 0; f < found; ++f) {
            if (!covers(suppressions[i], finder.findings[f])) continue;
            hit = true;
            if (finder.findings[f].suppressed.empty()) finder.findings[f].suppressed = suppressions[i].reason;
        }
        if (hit) continue;
        const std::string at = suppressions[i].where.empty() ? "" : " at " + suppressions[i].where;
        finder.add("suppression-without-finding", check_warning,
                   {.where = fmt::format("/checks/suppress/{}", i),
                    .why = fmt::format("there is no finding \"{}\"{}: it is mended, or was never there",
                                       suppressions[i].id, at),
                    .mend = "remove this suppression"});
    }
}

std::size_t rank(const CheckFinding& finding) {
    constexpr std::array order{check_error, check_warning, check_note};
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), finding.severity) - order.begin());
}

}  // namespace

std::vector<CheckFinding> check_topology(const scenarios::Scenario& scenario) {
    Finder finder(scenario);
    check_security(finder);
    check_backups(finder);
    check_redundancy(finder);
    check_cuts(finder);
    check_network(finder);
    check_clients(finder);
    check_survivors(finder);
    suppress(finder);
    std::stable_sort(finder.findings.begin(), finder.findings.end(),
                     [](const CheckFinding& a, const CheckFinding& b) { return rank(a) < rank(b); });
    return std::move(finder.findings);
}

std::size_t count_of(const std::vector<CheckFinding>& findings, std::string_view severity) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [&](const CheckFinding& one) {
        return one.suppressed.empty() && one.severity == severity;
    }));
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
    std::string text;
    const std::size_t shown = names.size() > most ? most : names.size();
    for (std::size_t i = 0; i < shown; ++i) {
        const bool last = i + 1 == shown && shown == names.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + names[i];
    }
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

}  // namespace faultline::planning
