// What a topology costs a month of 730 h, line by line, and what its incidents are expected to cost a year beside it.
// Money is in US dollars.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace faultline::scenarios {

inline constexpr double hours_a_month = 730.0;

struct CostLine {
    std::string group;                  // "running", "standby", "drills" or "incidents"
    std::string kind;                   // "instances", "storage", "I/O", "backup" or "transfer"
    std::string of;                     // "orders"
    std::string what;                   // "3 x db.r6g.4xlarge"
    std::string region;                 // that is billed
    double amount = 0.0;                // a month
    std::string unit;                   // "hour", "GB-month", "million", "GB"
    std::optional<double> price{};      // of a unit; none: not known, and per_month is then 0
    std::optional<double> per_month{};  // none: not known
    std::string price_date, source, confidence;
};

// What has no price: as much of the same part costs another topology as much, whatever that is.
struct UnpricedPart {
    std::string part;     // "instances of shop, 4 vCPUs, us-east-1"
    double amount = 0.0;  // a month
};

// What one fault is expected to do.
struct CostLoss {
    std::string fault;
    std::uint64_t incidents = 0;  // seen in all replications
    double downtime_h = 0.0;      // of one, on average over the incidents; infinite: it did not end in the run
    double lost_min = 0.0;        // of one; infinite: without bound
    double per_incident = 0.0;    // dollars
    std::optional<double> incidents_a_year{};  // none: it is scheduled, and nobody says how often it comes
};

struct CostResult {
    std::vector<CostLine> lines;
    double per_month = 0.0;        // of all lines whose price is known
    int unknown = 0;               // lines whose price is not
    double low = 0.0, high = 0.0;  // interval over the replications' own totals
    double weight = 1.0;           // a month's use / what was measured
    std::vector<CostLoss> losses{};
    std::optional<double> loss_a_year{};  // of those with a rate; none: the scenario gives no price of downtime or loss
};

}  // namespace faultline::scenarios
