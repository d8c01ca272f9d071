#include "reports/unanswered_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t class_width = 17;
constexpr std::size_t count_width = 10;
constexpr std::size_t share_width = 12;

struct UnansweredRow {
    std::string class_name, outcome, reason;
    std::uint64_t count = 0;
    std::uint64_t due = 0;  // of its class
};

std::uint64_t due_of(const scenarios::RunResult& result, const std::string& class_name) {
    std::uint64_t due = 0;
    for (const auto& replication : result.replications) {
        for (const auto& one : replication.classes) {
            if (one.name != class_name) continue;
            for (const auto* const phase : {&one.steady, &one.degraded, &one.recovering}) {
                for (const auto& office : *phase) due += office.outcomes.due;
            }
        }
    }
    return due;
}

std::vector<UnansweredRow> unanswered_rows(const scenarios::RunResult& result) {
    std::vector<UnansweredRow> rows;
    for (const auto& replication : result.replications) {
        for (const auto& of_class : replication.classes) {
            for (const scenarios::UnansweredResult& one : of_class.unanswered) {
                const auto same = std::find_if(rows.begin(), rows.end(), [&](const UnansweredRow& row) {
                    return row.class_name == of_class.name && row.outcome == one.outcome && row.reason == one.reason;
                });
                if (same != rows.end()) same->count += one.count;
                if (same == rows.end()) rows.push_back({of_class.name, one.outcome, one.reason, one.count, 0});
            }
        }
    }
    for (UnansweredRow& row : rows) row.due = due_of(result, row.class_name);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const UnansweredRow& a, const UnansweredRow& b) { return a.count > b.count; });
    return rows;
}

// "refused by an open circuit breaker".
std::string how_it_ended(const UnansweredRow& row) {
    const auto& texts = scenarios::failure_reason_texts;
    const auto text = std::find_if(texts.begin(), texts.end(),
                                   [&](const scenarios::FailureReasonText& one) { return row.reason == one.name; });
    return row.outcome + ' ' + (text == texts.end() ? row.reason : std::string{text->words});
}

}  // namespace

std::vector<std::string> unanswered_lines(const scenarios::RunResult& result, std::size_t rows_most,
                                          std::size_t width) {
    const std::vector<UnansweredRow> rows = unanswered_rows(result);
    if (rows.empty()) return {};
    std::vector<std::string> lines{"   " + left("class", class_width) + right("queries", count_width) +
                                   right("of due", share_width) + "  how they ended\n"};
    for (std::size_t i = 0; i < std::min(rows.size(), rows_most); ++i) {
        const UnansweredRow& row = rows[i];
        const double share = static_cast<double>(row.count) / static_cast<double>(std::max<std::uint64_t>(1, row.due));
        std::string name = "   " + left(row.class_name, class_width);
        std::string above;
        if (characters(row.class_name) > class_width) {
            above = wrapped(row.class_name, "   ", width);
            name = std::string(class_width + 3, ' ');
        }
        const std::string cells = name + right(fmt::format("{}", row.count), count_width) +
                                  right(scenarios::quantity_text(share, ""), share_width) + "  ";
        lines.push_back(above + wrapped(how_it_ended(row), cells, width));
    }
    std::uint64_t left_out = 0;
    for (std::size_t i = rows_most; i < rows.size(); ++i) left_out += rows[i].count;
    if (left_out > 0) {
        const auto more = counted(rows.size() - rows_most, "row") + fmt::format(" more, {} queries", left_out);
        lines.push_back(wrapped("and " + more, "   ", width));
    }
    return lines;
}

}  // namespace faultline::reports
