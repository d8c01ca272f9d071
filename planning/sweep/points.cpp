#include "planning/sweep/points.hpp"

#include "scenarios/read_scenario.hpp"

namespace faultline::planning {

SweepPoint point_of(const SweepBase& base, const std::vector<Dimension>& dimensions, const Combination& combination,
                    const LossSet* losses) {
    SweepPoint point;
    scenarios::Json model = base.model;
    for (std::size_t i = 0; i < dimensions.size() && i < combination.size(); ++i) {
        if (combination[i].empty()) continue;
        model[scenarios::Json::json_pointer{dimensions[i].pointer}] = scenarios::Json::parse(combination[i]);
        point.settings.emplace_back(dimensions[i].pointer, combination[i]);
    }
    if (losses != nullptr) {
        lose(*losses, default_times(base.scenario), model);
        point.settings.emplace_back("lost", scenarios::Json(name_of(*losses)).dump());
    }
    scenarios::Problems problems;
    point.scenario = scenarios::read_scenario_in(base.folder, model.dump(2), base.file, "", problems);
    for (const scenarios::Problem& problem : problems.sorted()) point.problems.push_back(scenarios::to_text(problem));
    // What a command line may set besides; a point may vary the rest of "run".
    if (point.scenario) point.scenario->run.seed = base.scenario.run.seed;
    return point;
}

std::vector<SweepPoint> points_of(const SweepBase& base, const std::vector<Dimension>& dimensions,
                                  const std::vector<Combination>& combinations, const std::vector<LossSet>& losses) {
    std::vector<SweepPoint> points;
    for (const Combination& combination : combinations) {
        if (losses.empty()) points.push_back(point_of(base, dimensions, combination, nullptr));
        for (const LossSet& lost : losses) points.push_back(point_of(base, dimensions, combination, &lost));
    }
    return points;
}

}  // namespace faultline::planning
