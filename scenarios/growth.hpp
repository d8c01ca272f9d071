// How a system's data, load and offices grow, month by month: for `faultline growth`. Plain structs; see scenario.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace faultline::scenarios {

// compound: each month by the same share of the month before; linear: each by the same share of today.
enum class GrowthForm { compound, linear };

struct GrowthRate {
    std::string name;      // of what grows; empty: all that has no rate of its own
    double monthly = 0.0;  // share a month, 0..1
};

struct KindGrowth {
    GrowthForm form = GrowthForm::compound;
    double monthly = 0.0;           // share a month, 0..1, of all that has no rate of its own
    std::vector<GrowthRate> parts;  // load: classes; data: databases
    std::vector<GrowthRate> sites;  // load: offices
};

struct OfficeGrowth {
    GrowthForm form = GrowthForm::compound;
    double monthly = 0.0;           // share a month, of the offices there are; 0 where `opened` is given
    std::optional<double> opened;   // so many a month, on average
    std::vector<std::string> like;  // the new ones are copies of these in turn; empty: of all
};

struct Growth {
    int months = 0;  // the horizon, at least 1
    std::optional<KindGrowth> load, data;
    std::optional<OfficeGrowth> offices;
};

}  // namespace faultline::scenarios
