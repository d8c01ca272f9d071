// The states of a growing system that are asked for, each read once: its months, or multiples of today's load.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planning/growth/proposal.hpp"
#include "planning/sweep/points.hpp"

namespace faultline::planning {

class GrowthSteps {
public:
    // `load_at` empty: steps are months. Else multiples of load, today.
    GrowthSteps(const SweepBase& base, std::string requirement, std::vector<double> load_at = {})
        : base_{base}, requirement_{std::move(requirement)}, load_at_{std::move(load_at)} {}

    // Null: it is no valid model, and problems() say why. Its requirements are those that a run judges, or the one.
    const GrowthStep* at(int step);
    const std::vector<std::string>& problems() const { return problems_; }

    // "month", or "load": and the value, as JSON.
    Settings settings_of(int step) const;

    // The first of steps 0 .. last that looks broken, by halving; last + 1: none does. Requires that all are models.
    int first_broken(const scenarios::Requirement& requirement, int last);

private:
    const SweepBase& base_;
    std::string requirement_;
    std::vector<double> load_at_;
    std::map<int, GrowthStep> steps_;
    std::vector<std::string> problems_;
};

}  // namespace faultline::planning
