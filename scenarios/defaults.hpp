// Every default of the format with its source, for `faultline kinds` and --explain, and the curves of an office's
// day and week.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace faultline::scenarios {

// Load by local hour, 0 to 23, as a share of the peak hour: office hours with two humps and a dip at noon.
// Source: common sizing practice for business systems (assumption; no open trace of a branch office was found).
inline constexpr std::array<double, 24> office_day_curve{0.04, 0.03, 0.03, 0.03, 0.04, 0.06, 0.12, 0.30,
                                                         0.62, 0.88, 1.00, 0.98, 0.80, 0.84, 0.96, 0.97,
                                                         0.90, 0.72, 0.45, 0.28, 0.18, 0.12, 0.08, 0.05};

// Load by local day, Monday first, as a share of that of the weekdays.
// Source: common sizing practice for business systems (assumption), Saturday 0.35 and Sunday 0.12.
inline constexpr std::array<double, 7> office_week_curve{1.0, 1.0, 1.0, 1.0, 1.0, 0.35, 0.12};

struct Default {
    std::string of;      // shape or preset: "database", "driver plain", "class update"
    std::string key;     // "dns_ttl"
    std::string value;   // JSON text
    std::string source;  // document, or "assumption: ..."; "-": a neutral value that needs none
};

// In the order of the format. Those of presets follow the shape that they belong to.
std::vector<Default> defaults();

// One line each: "database.dns_ttl = \"5s\"   (AWS blog, ...)".
std::string defaults_text();

}  // namespace faultline::scenarios
