// What a check found: a line of `faultline check`, and of a result file.
#pragma once

#include <string>
#include <vector>

namespace faultline::scenarios {

struct CheckFinding {
    std::string id;                   // "retention-too-short"
    std::vector<std::string> also{};  // what well-known linters call it: "CKV_AWS_133"
    std::string severity;             // "error", "warning" or "note"
    std::string where;                // JSON pointer
    std::string why;                  // it matters here
    std::string mend;                 // the smallest change
    std::string suppressed{};         // the scenario's reason; empty: it counts
    friend bool operator==(const CheckFinding&, const CheckFinding&) = default;
};

}  // namespace faultline::scenarios
