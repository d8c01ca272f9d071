#include "scenarios/csv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace faultline::scenarios {

namespace {

// What may stand in a message: a file may be anything, and terminals take some of it as commands.
std::string printable(std::string_view title) {
    constexpr std::size_t longest = 40;
    std::string text;
    for (const char letter : title.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(letter);
        text += byte < 0x20 || byte == 0x7f ? '?' : letter;
    }
    return title.size() > longest ? text + "..." : text;
}

}  // namespace

CsvReader::CsvReader(std::string name, std::string_view text)
    : name_(std::move(name)), text_(std::make_unique<TextLines>(text)), lines_(text_.get()) {
    read_titles();
}

CsvReader::CsvReader(std::string name, LineSource& lines) : name_(std::move(name)), lines_(&lines) {
    read_titles();
}

void CsvReader::read_titles() {
    if (!split_line()) {
        fail("expected a header row, found nothing");
        return;
    }
    titles_.assign(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(cell_count_));
}

std::optional<std::size_t> CsvReader::find(std::string_view title) const {
    for (std::size_t i = 0; i < titles_.size(); ++i) {
        if (titles_[i] == title) return i;
    }
    return std::nullopt;
}

std::size_t CsvReader::column(std::string_view title) {
    const std::optional<std::size_t> found = find(title);
    if (!found) fail(missing_column(title));
    if (std::count(titles_.begin(), titles_.end(), title) > 1) fail(fmt::format("column \"{}\" is there twice", title));
    return found.value_or(0);
}

std::string CsvReader::missing_column(std::string_view title) const {
    constexpr std::size_t shown_most = 20;
    std::vector<std::string> shown;
    for (const std::string& known : titles_) {
        if (shown.size() == shown_most) break;
        shown.push_back(printable(known));
    }
    std::string text = fmt::format("no column \"{}\"; there are {}", title, fmt::join(shown, ", "));
    if (titles_.size() > shown_most) text += fmt::format(" and {} more", titles_.size() - shown_most);
    const bool other_separator = titles_.size() == 1 && titles_.front().find_first_of(";\t|") != std::string::npos;
    return other_separator ? text + ": cells are separated by commas" : text;
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
                         column < titles_.size() ? printable(titles_[column]) : std::string{"?"}, printable(cell)));
        return 0.0;
    }
    return value;
}

bool CsvReader::split_line() {
    std::string_view row;
    while (row.empty()) {
        const std::optional<std::string_view> line = lines_->next();
        if (!line) {
            if (!lines_->error()) return false;
            line_ += line_ > 0 ? 1 : 0;
            fail(*lines_->error());
            return false;
        }
        row = *line;
        ++line_;
        if (line_ == 1 && row.starts_with("\x1f\x8b")) {
            fail("is compressed; unpack it first");
            return false;
        }
        if (line_ == 1 && row.starts_with("\xEF\xBB\xBF")) row.remove_prefix(3);  // no part of the first title
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
    if (error_) return;
    error_ = line_ == 0 ? fmt::format("{}: {}", name_, what) : fmt::format("{}:{}: {}", name_, line_, what);
}

}  // namespace faultline::scenarios
