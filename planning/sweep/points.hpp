// From combinations of values to models that can be run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/sweep/design.hpp"
#include "planning/sweep/losses.hpp"
#include "planning/sweep/store.hpp"

namespace faultline::planning {

// The scenario that is varied.
struct SweepBase {
    std::string file, folder;
    scenarios::Json model;  // without variants
    scenarios::Scenario scenario;
};

struct SweepPoint {
    Settings settings;
    std::optional<scenarios::Scenario> scenario;  // none: it is no valid model
    std::vector<std::string> problems;            // and this is why
};

// Each combination with each set of losses, in that order; without losses: as the scenario's own faults are.
std::vector<SweepPoint> points_of(const SweepBase& base, const std::vector<Dimension>& dimensions,
                                  const std::vector<Combination>& combinations, const std::vector<LossSet>& losses);

// One combination. `losses` null: none.
SweepPoint point_of(const SweepBase& base, const std::vector<Dimension>& dimensions, const Combination& combination,
                    const LossSet* losses);

}  // namespace faultline::planning
