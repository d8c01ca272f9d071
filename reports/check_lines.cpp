#include "reports/check_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text_layout.hpp"

namespace faultline::reports {
namespace {

using scenarios::CheckFinding;

constexpr std::size_t severity_width = 9;

std::string with_other_names(const CheckFinding& finding) {
    return finding.also.empty() ? finding.mend : fmt::format("{} ({})", finding.mend, fmt::join(finding.also, ", "));
}

}  // namespace

std::string check_table(const std::vector<CheckFinding>& findings, std::size_t width) {
    const std::string indent(severity_width, ' ');
    std::string text;
    for (const CheckFinding& one : findings) {
        if (!one.suppressed.empty()) continue;
        text += fmt::format("{:<{}}{}  {}\n", one.severity, severity_width, one.id, one.where);
        text += wrapped(one.why + ".", indent, width);
        text += wrapped("Mend: " + with_other_names(one), indent, width);
    }
    for (const CheckFinding& one : findings) {
        if (one.suppressed.empty()) continue;
        text += wrapped(fmt::format("accepted: {} at {}: {}", one.id, one.where, one.suppressed), "", width);
    }
    return text;
}

std::string check_summary(const std::vector<CheckFinding>& findings) {
    std::vector<std::string> counts, ids;
    for (const char* const severity : {"error", "warning", "note"}) {
        std::size_t count = 0;
        for (const CheckFinding& one : findings) {
            if (!one.suppressed.empty() || one.severity != severity) continue;
            ++count;
            if (std::find(ids.begin(), ids.end(), one.id) == ids.end()) ids.push_back(one.id);
        }
        if (count > 0) counts.push_back(counted(count, severity));
    }
    if (counts.empty()) return "";
    const auto suppressed = std::count_if(findings.begin(), findings.end(),
                                          [](const CheckFinding& one) { return !one.suppressed.empty(); });
    const std::string accepted = suppressed == 0 ? "" : fmt::format(", {} accepted", suppressed);
    constexpr std::size_t shown_most = 5;
    const std::size_t shown = std::min(ids.size(), shown_most);
    const std::string more = shown < ids.size() ? fmt::format(" and {} more", ids.size() - shown) : "";
    ids.resize(shown);
    return fmt::format("{}{}: {}{}", fmt::join(counts, ", "), accepted, fmt::join(ids, ", "), more);
}

}  // namespace faultline::reports
