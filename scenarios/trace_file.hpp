// Recorded requests, one after the other, in constant memory: a CSV file (csv.hpp) with the columns
//
//   time     seconds from any origin, ascending; equal ones are served in the order of their lines
//   class    any word
//   key      any word; may be empty
//   office   any word; only where it is needed
//
// in any order and among any others. `faultline trace` ranks such a file, and a workload replays it. An error names
// file and line, and ends the reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/csv.hpp"

namespace faultline::scenarios {

class TraceFile {
public:
    // `name` stands in the messages; with_digest: sha256() is wanted.
    TraceFile(std::string name, const std::string& path, bool with_digest = false);

    // Goes to the next request. False at the end, or after an error.
    bool next();

    // Of the current request; views are valid until the next call of next().
    double time_s() const { return time_s_; }
    std::string_view query_class() const { return csv_.text(class_); }
    std::string_view key() const { return csv_.text(key_); }
    std::string_view office() const { return office_ ? csv_.text(*office_) : std::string_view{}; }
    bool has_offices() const { return office_.has_value(); }

    void fail(const std::string& what) { csv_.fail(what); }  // of the current line
    const std::optional<std::string>& error() const { return csv_.error(); }
    std::uint64_t bytes() const { return lines_.bytes(); }  // of the file, after its last request
    std::string sha256() const { return lines_.sha256(); }

private:
    FileLines lines_;
    CsvReader csv_;
    std::size_t time_ = 0, class_ = 0, key_ = 0;
    std::optional<std::size_t> office_;
    std::optional<double> before_s_;
    double time_s_ = 0.0;
};

}  // namespace faultline::scenarios
