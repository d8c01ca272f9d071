#include "planning/plan/space.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Json;
using scenarios::PlanChoice;
using scenarios::PlanConstraint;
using scenarios::PlanSelection;

// Of one constraint, as numbers.
struct Selected {
    std::size_t choice = 0;
    std::vector<bool> options;
};
struct Rule {
    std::vector<Selected> when, then;
};

bool holds(const std::vector<Selected>& selection, const Topology& topology) {
    return std::all_of(selection.begin(), selection.end(),
                       [&](const Selected& one) { return one.options[topology[one.choice]]; });
}

bool lets_through(const Rule& rule, const Topology& topology) {
    return !holds(rule.when, topology) || holds(rule.then, topology);
}

class SpaceReader {
public:
    SpaceReader(const scenarios::PlanSpace& asked, const SweepBase& base, scenarios::Problems& problems)
        : asked_{asked}, base_{base}, problems_{problems} {}

    Space read() {
        Space space;
        for (PlanChoice choice : asked_.choices) {
            if (!choice.at.empty()) read_values(choice);
            space.choices.push_back(std::move(choice));
        }
        if (!problems_.empty()) return space;
        for (std::size_t i = 0; i < asked_.constraints.size(); ++i) {
            rules_.push_back({selected(space, asked_.constraints[i].when, i, "when"),
                              selected(space, asked_.constraints[i].then, i, "then")});
        }
        space.combinations = 1;
        for (const PlanChoice& choice : space.choices) {
            space.combinations = std::min(combinations_max + 1, space.combinations * choice.options.size());
        }
        if (space.combinations > combinations_max) {
            problems_.add(base_.file, "/plan/choices", fmt::format("more than {} combinations", combinations_max));
        }
        if (problems_.empty()) enumerate(space);
        return space;
    }

private:
    // The base, or what some patch makes of it, has the pointer.
    std::optional<Json> model_with(const std::string& pointer) const {
        const Json::json_pointer at{pointer};
        if (base_.model.contains(at)) return base_.model;
        for (const PlanChoice& choice : asked_.choices) {
            if (!choice.at.empty()) continue;
            for (const scenarios::PlanOption& option : choice.options) {
                Json model = base_.model;
                model.merge_patch(Json::parse(option.json));
                if (model.contains(at)) return model;
            }
        }
        return std::nullopt;
    }

    void read_values(PlanChoice& choice) {
        const std::string place = fmt::format("{}: /plan/choices/{}", base_.file, choice.name);
        const auto model = model_with(choice.at);
        if (!model) {
            find_in_model(base_.model, choice.at, place, problems_);
            return;
        }
        if (choice.range.empty()) return;
        const auto dimension = parse_dimension(choice.at + "=" + choice.range, *model, place, problems_);
        if (!dimension) return;
        if (dimension->range) {
            problems_.add(place, "range", "expected a number of values or a step: 1..8/8, \"1..8 step 1\"");
            return;
        }
        for (const std::string& value : dimension->values) {
            const Json json = Json::parse(value);
            choice.options.push_back({json.is_string() ? json.get<std::string>() : value, value});
        }
    }

    std::vector<Selected> selected(const Space& space, const PlanSelection& selection, std::size_t number,
                                   const char* part) {
        std::vector<Selected> all;
        for (const auto& [name, options] : selection) {
            const auto choice = std::find_if(space.choices.begin(), space.choices.end(),
                                             [&](const PlanChoice& one) { return one.name == name; });
            Selected one{static_cast<std::size_t>(choice - space.choices.begin()),
                         std::vector<bool>(choice->options.size())};
            for (const std::string& option : options) {
                std::vector<std::string_view> known;
                for (const scenarios::PlanOption& other : choice->options) known.push_back(other.name);
                const auto found = std::find(known.begin(), known.end(), option);
                if (found == known.end()) {
                    problems_.add(base_.file, fmt::format("/plan/constraints/{}/{}/{}", number, part, name),
                                  scenarios::unknown_name("option", option, known));
                } else {
                    one.options[static_cast<std::size_t>(found - known.begin())] = true;
                }
            }
            all.push_back(std::move(one));
        }
        return all;
    }

    // Every combination; of each constraint, how many outlive it and those before it.
    void enumerate(Space& space) {
        std::vector<std::uint64_t> left(rules_.size(), 0), alone(rules_.size(), 0);
        Topology topology(space.choices.size(), 0);
        for (std::uint64_t k = 0; k < space.combinations; ++k) {
            std::size_t passed = 0;
            while (passed < rules_.size() && lets_through(rules_[passed], topology)) ++left[passed++];
            for (std::size_t r = 0; r < rules_.size(); ++r) {
                if (lets_through(rules_[r], topology)) ++alone[r];
            }
            if (passed == rules_.size()) space.topologies.push_back(topology);
            if (space.topologies.size() > topologies_max) {
                problems_.add(base_.file, "/plan",
                              fmt::format("more than {} topologies are left by the constraints", topologies_max));
                return;
            }
            for (std::size_t i = topology.size(); i-- > 0;) {
                if (++topology[i] < space.choices[i].options.size()) break;
                topology[i] = 0;
            }
        }
        if (space.topologies.empty()) tell_contradiction(space, left, alone);
    }

    void tell_contradiction(const Space& space, const std::vector<std::uint64_t>& left,
                            const std::vector<std::uint64_t>& alone) {
        const auto first =
            static_cast<std::size_t>(std::find(left.begin(), left.end(), std::uint64_t{0}) - left.begin());
        const std::string at = fmt::format("/plan/constraints/{}", first);
        if (alone[first] == 0) {
            problems_.add(
                base_.file, at,
                fmt::format("no topology is left: of {} combinations none fits this constraint", space.combinations));
            return;
        }
        problems_.add(base_.file, at,
                      fmt::format("no topology is left: it contradicts those before it; {} combinations fit it alone, "
                                  "{} fit the others before it, and none both",
                                  alone[first], left[first - 1]));
    }

    const scenarios::PlanSpace& asked_;
    const SweepBase& base_;
    scenarios::Problems& problems_;
    std::vector<Rule> rules_;
};

}  // namespace

Space space_of(const scenarios::PlanSpace& asked, const SweepBase& base, scenarios::Problems& problems) {
    return SpaceReader{asked, base, problems}.read();
}

SweepPoint point_of(const SweepBase& base, const Space& space, const Topology& topology) {
    SweepPoint point;
    Json model = base.model;
    for (std::size_t i = 0; i < space.choices.size(); ++i) {
        if (space.choices[i].at.empty()) model.merge_patch(Json::parse(space.choices[i].options[topology[i]].json));
    }
    for (std::size_t i = 0; i < space.choices.size(); ++i) {
        const PlanChoice& choice = space.choices[i];
        const scenarios::PlanOption& option = choice.options[topology[i]];
        point.settings.emplace_back(choice.at.empty() ? "/plan/choices/" + choice.name : choice.at,
                                    choice.at.empty() ? Json(option.name).dump() : option.json);
        if (choice.at.empty()) continue;
        const Json::json_pointer at{choice.at};
        if (!model.contains(at)) {
            point.problems.push_back(
                fmt::format("{} ({}) hits nothing in this combination; a constraint can leave it "
                            "out",
                            choice.at, choice.name));
            continue;
        }
        model[at] = Json::parse(option.json);
    }
    if (!point.problems.empty()) return point;
    scenarios::Problems problems;
    point.scenario = scenarios::read_scenario_in(base.folder, model.dump(2), base.file, "", problems);
    for (const scenarios::Problem& problem : problems.sorted()) point.problems.push_back(scenarios::to_text(problem));
    if (point.scenario) point.scenario->run.seed = base.scenario.run.seed;
    return point;
}

bool is_weaker(const Space& space, const Topology& strong, const Topology& weak) {
    bool less = false;
    for (std::size_t i = 0; i < strong.size(); ++i) {
        if (strong[i] == weak[i]) continue;
        if (!space.choices[i].ordered || weak[i] > strong[i]) return false;
        less = true;
    }
    return less;
}

bool are_neighbours(const Topology& a, const Topology& b) {
    std::size_t steps = 0;
    for (std::size_t i = 0; i < a.size(); ++i) steps += a[i] < b[i] ? b[i] - a[i] : a[i] - b[i];
    return steps == 1;
}

}  // namespace faultline::planning
