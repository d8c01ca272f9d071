// A reader of comma-separated values: one header row that names the columns, then rows of as many cells. Cells may be
// quoted ("a, b", "say ""so"""); line ends are LF or CRLF; empty lines are skipped. What it leaves out: other
// separators, line breaks inside quotes, and any guess at types. It keeps one row: of a file (line_source.hpp) of any
// length it needs no more memory than of its longest line.
//
// The first error stops it: next() is then false for ever, and error() says file, line, what was expected and found.
//
//     CsvReader csv("cities.csv", text);
//     const std::size_t city = csv.column("city"), population = csv.column("population");
//     while (csv.next()) use(csv.text(city), csv.number(population));
//     if (csv.error()) return report(*csv.error());
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/line_source.hpp"

namespace faultline::scenarios {

class CsvReader {
public:
    // `name` stands in the messages; `text` must outlive the reader.
    CsvReader(std::string name, std::string_view text);
    // `lines` must outlive the reader, too.
    CsvReader(std::string name, LineSource& lines);

    // The index of a column. No such column: an error that lists the columns, and 0.
    std::size_t column(std::string_view title);
    // The same; no such column: none.
    std::optional<std::size_t> find(std::string_view title) const;

    // Goes to the next row. False at the end, or after an error.
    bool next();

    // A cell of the current row, unquoted. Valid until the next call of next(). Out of range: an empty cell.
    std::string_view text(std::size_t column) const;

    // The same as a finite number. Anything else is an error, and 0.
    double number(std::size_t column);

    std::size_t line() const { return line_; }  // of the current row, the header being 1
    const std::optional<std::string>& error() const { return error_; }

    // An error of the user's own on the current row, in the same form.
    void fail(const std::string& what);

private:
    void read_titles();
    bool split_line();  // reads one line into cells_; false at the end of the text
    std::string missing_column(std::string_view title) const;

    std::string name_;
    std::unique_ptr<LineSource> text_;  // null: they are somebody else's
    LineSource* lines_;
    std::size_t line_ = 0;
    std::vector<std::string> titles_;
    std::vector<std::string> cells_;  // strings, reused from row to row: quotes may need unescaping
    std::size_t cell_count_ = 0;
    std::optional<std::string> error_;
};

}  // namespace faultline::scenarios
