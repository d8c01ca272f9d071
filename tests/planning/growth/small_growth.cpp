#include "tests/planning/growth/small_growth.hpp"

#include <fmt/format.h>

#include "scenarios/read_scenario.hpp"

namespace faultline::tests {

std::string small_growth_text(const SmallGrowth& small) {
    return fmt::format(R"({{"name": "{}", "run": {{"warm_up": "0s", "measured": "60s", "seed": 5}},
        "network": {{"profile": "zero"}}, "offices": {{"boston": {{"access": "none"}}}},
        "stations": {{"counter": {{"servers": {}}}}}, "workload": {{"arrivals": {{"rate": "{}"}},
        "classes": {{"lookup": {{"share": 1, "route": ["counter"], "deadline": "1s", "demand": {}}}}}}},
        "requirements": {{"fast": {{"measure": "{}", "of": "lookup", "at_most": "{}"}}}},
        "growth": {}}})",
                       small.name, small.servers, small.rate, small.demand, small.measure, small.limit, small.growth);
}

std::optional<planning::SweepBase> small_growth(const SmallGrowth& small, scenarios::Problems& problems) {
    const std::string text = small_growth_text(small);
    auto scenario = scenarios::read_scenario(text, "g.json", "", problems);
    if (!scenario) return std::nullopt;
    return planning::SweepBase{
        .file = "g.json", .folder = "", .model = scenarios::Json::parse(text), .scenario = std::move(*scenario)};
}

}  // namespace faultline::tests
