#include "planning/growth/growth_steps.hpp"

#include <fmt/format.h>

#include "scenarios/quantity_text.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {

const GrowthStep* GrowthSteps::at(int step) {
    const auto known = steps_.find(step);
    if (known != steps_.end()) return &known->second;
    const bool of_load = !load_at_.empty();
    Grown grown = grown_model(base_.model, base_.scenario, of_load ? 0 : step,
                              of_load ? load_at_[static_cast<std::size_t>(step)] : 1.0);
    scenarios::Problems problems;
    auto scenario = scenarios::read_scenario_in(base_.folder, grown.model.dump(2), base_.file, "", problems);
    if (!scenario) {
        problems_.clear();
        for (const scenarios::Problem& problem : problems.sorted()) problems_.push_back(scenarios::to_text(problem));
        return nullptr;
    }
    scenario->run.seed = base_.scenario.run.seed;
    std::erase_if(scenario->requirements, [&](const scenarios::Requirement& one) {
        return scenarios::is_of_years(one.measure) || (!requirement_.empty() && one.name != requirement_);
    });
    GrowthStep made{grown.load, grown.data, grown.offices, std::move(*scenario), {}};
    made.resources = estimate_resources(made.scenario);
    return &steps_.emplace(step, std::move(made)).first->second;
}

Settings GrowthSteps::settings_of(int step) const {
    if (load_at_.empty()) return {{"month", std::to_string(step)}};
    return {{"load", scenarios::trimmed(load_at_[static_cast<std::size_t>(step)], 6)}};
}

int GrowthSteps::first_broken(const scenarios::Requirement& requirement, int last) {
    int sound = -1;
    int broken = last + 1;
    while (broken - sound > 1) {
        const int middle = (sound + broken) / 2;
        const GrowthStep* const step = at(middle);
        (step != nullptr && looks_broken(*step, requirement) ? broken : sound) = middle;
    }
    return broken;
}

}  // namespace faultline::planning
