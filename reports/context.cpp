#include "reports/context.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/yearly.hpp"

namespace faultline::reports {

Context context_of(const scenarios::Scenario& scenario, const std::string& variant) {
    Context context;
    context.scenario_name = scenario.name;
    context.question = scenario.description;
    context.variant = variant;
    context.scenario_hash = scenario_hash(scenario.source);
    context.seed = scenario.run.seed;
    context.replications = scenario.run.replications;
    context.confidence = scenario.run.confidence;
    context.of_years = static_cast<std::size_t>(
        std::count_if(scenario.requirements.begin(), scenario.requirements.end(),
                      [](const scenarios::Requirement& one) { return scenarios::is_of_years(one.measure); }));
    return context;
}

std::string scenario_hash(const std::string& source) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char letter : source) {
        hash ^= static_cast<unsigned char>(letter);
        hash *= 0x100000001b3U;
    }
    return fmt::format("{:016x}", hash);
}

}  // namespace faultline::reports
