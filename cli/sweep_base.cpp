#include "cli/sweep_base.hpp"

#include "planning/candidates.hpp"

namespace faultline::cli {

planning::SweepBase read_sweep_base(const std::string& path, const std::string& variant,
                                    const std::optional<std::uint64_t>& seed, scenarios::Problems& problems) {
    planning::SweepBase base;
    const std::vector<std::string> variants = variant.empty() ? std::vector<std::string>{} : std::vector{variant};
    planning::Candidates candidates = planning::read_candidates({path}, variants, problems);
    for (const scenarios::LeftOut& one : candidates.left_out) {
        if (one.name != variant) continue;
        for (const std::string& text : one.problems) problems.add(path, "", text);
    }
    for (planning::Candidate& candidate : candidates.systems) {
        if (candidate.variant == variant) base.scenario = std::move(candidate.scenario);
    }
    if (!problems.empty()) return base;
    if (seed) base.scenario.run.seed = *seed;
    base.file = path;
    base.folder = base.scenario.folder;
    base.model = scenarios::parse_document(base.scenario.source, path, problems).value_or(nullptr);
    if (base.model.is_object()) base.model.erase("variants");
    return base;
}

}  // namespace faultline::cli
