// What a scenario says of money. Prices are not among it: they are in the catalogue (price_list.hpp). Plain structs;
// see scenario.hpp.
#pragma once

#include <optional>

#include "engine/time.hpp"

namespace faultline::scenarios {

// Recoveries that are practised: a copy of every database is restored and runs beside it.
struct Drills {
    double per_year = 0.0;
    engine::Duration lasts{};  // one copy, above 0
};

struct CostRules {
    std::optional<double> downtime_per_h;  // dollars; while an office is not served, of all offices together
    std::optional<double> loss_per_min;    // dollars; a minute of acknowledged commits that is lost
    std::optional<Drills> drills;
};

}  // namespace faultline::scenarios
