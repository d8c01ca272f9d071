// The requests of a trace as a workload knows them: classes and offices by their numbers. A line that the workload does
// not know is an error; the reader of a scenario finds it before anything is run (reader/check_trace.cpp), and a replay
// reads the same way.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/trace_file.hpp"

namespace faultline::scenarios {

struct TraceRequest {
    double time_s = 0.0;  // as it stands in the file
    std::size_t query_class = 0;
    std::optional<std::size_t> office;  // none: the file has no offices
    std::string_view key;               // valid until the next one; empty: the class has no keys
};

class TraceRequests {
public:
    // Requires: the workload has a trace. The scenario may go away. with_digest: sha256() is wanted.
    explicit TraceRequests(const Scenario& scenario, bool with_digest = false);

    // None at the end, or after an error.
    std::optional<TraceRequest> next();

    const std::optional<std::string>& error() const { return file_.error(); }
    std::uint64_t bytes() const { return file_.bytes(); }  // of the file, after its last request
    std::string sha256() const { return file_.sha256(); }

private:
    using Numbers = std::map<std::string, std::size_t, std::less<>>;
    std::optional<std::size_t> number_of(std::string_view name, const Numbers& known, std::string_view what);

    TraceFile file_;
    Numbers classes_, offices_;
    std::vector<bool> have_keys_;  // by class
};

// The names that a class has in a trace.
std::vector<std::string> traced_names(const QueryClass& query);

// Where the file of the workload's trace lies.
std::string trace_path(const Scenario& scenario);

// When it was changed last, in nanoseconds after 1970; none: it is not there.
std::optional<std::int64_t> trace_changed_ns(const Scenario& scenario);

}  // namespace faultline::scenarios
