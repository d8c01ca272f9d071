#include "scenarios/csv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <utility>

namespace faultline::scenarios {

CsvReader::CsvReader(std::string name, std::string_view text) : name_(std::move(name)), rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // a byte order mark is not part of the first title
    if (!split_line()) {
        fail("expected a header row, found nothing");
        return;
    }
    titles_.assign(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(cell_count_));
}

std::size_t CsvReader::column(std::string_view title) {
    for (std::size_t i = 0; i < titles_.size(); ++i) {
        if (titles_[i] == title) return i;
    }
    fail(fmt::format("no column \"{}\"; there are {}", title, fmt::join(titles_, ", ")));
    return 0;
}

bool CsvReader::next() {
    if (error_ || !split_line()) {
        cell_count_ = 0;
        return false;
    }
    if (cell_count_ != titles_.size()) {
        fail(fmt::format("expected {} cells, found {}", titles_.size(), cell_count_));
        return false;
    }
    return true;
}

std::string_view CsvReader::text(std::size_t column) const {
    return column < cell_count_ ? std::string_view{cells_[column]} : std::string_view{};
}

double CsvReader::number(std::size_t column) {
    const std::string_view cell = text(column);
    double value = 0.0;
    const auto [end, status] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (status != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value)) {
        fail(fmt::format("column \"{}\": expected a number, found \"{}\"",
                         column < titles_.size() ? titles_[column] : std::string{"?"}, cell));
        return 0.0;
    }
    return value;
}

bool CsvReader::split_line() {
    std::string_view row;
    while (row.empty()) {
        if (rest_.empty()) return false;
        const std::size_t end = rest_.find('\n');
        row = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        ++line_;
        if (row.ends_with('\r')) row.remove_suffix(1);
    }
    cell_count_ = 0;
    bool in_quotes = false;
    const auto open_cell = [this] {
        if (cell_count_ == cells_.size()) cells_.emplace_back();
        cells_[cell_count_++].clear();
    };
    open_cell();
    for (std::size_t i = 0; i < row.size(); ++i) {
        const char c = row[i];
        if (c == '"' && in_quotes && i + 1 < row.size() && row[i + 1] == '"') {
            cells_[cell_count_ - 1] += '"';
            ++i;
        } else if (c == '"') {
            in_quotes = !in_quotes;
        } else if (c == ',' && !in_quotes) {
            open_cell();
        } else {
            cells_[cell_count_ - 1] += c;
        }
    }
    if (in_quotes) fail("a quote is opened and not closed");
    return !in_quotes;
}

void CsvReader::fail(const std::string& what) {
    if (!error_) error_ = fmt::format("{}:{}: {}", name_, line_, what);
}

}  // namespace faultline::scenarios
