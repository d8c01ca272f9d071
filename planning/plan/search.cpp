#include "planning/plan/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/two_samples.hpp"
#include "models/cost/bill.hpp"
#include "planning/availability/availability.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/money.hpp"
#include "planning/plan/screen.hpp"
#include "planning/plan/summary.hpp"
#include "planning/requirement.hpp"
#include "scenarios/quantity_text.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using scenarios::Fate;
using scenarios::PlannedTopology;
using scenarios::Verdict;

constexpr std::uint64_t confirmation_offset = 1'000'000'007;  // of the seed
constexpr std::uint64_t years_drawn = 20'000;
constexpr std::uint32_t neighbour_replications = 8;
constexpr std::size_t race_of_ordered = 4, race_of_others = 8;

Objective objective_of(const SweepBase& base, const std::string& name) {
    Objective objective{.name = name};
    for (const scenarios::Requirement& one : base.scenario.requirements) {
        if (objective.is_cost() || one.name != name) continue;
        objective.unit = scenarios::is_duration(one.measure) ? "s" : scenarios::is_money(one.measure) ? "$/month" : "";
        objective.less_is_better = one.at_most;
    }
    return objective;
}

}  // namespace

PlanSearch::PlanSearch(const SweepBase& base, const Space& space, const scenarios::PlanSpace& asked, SweepStore& store,
                       const SweepPlan& plan, SignalWatch& signals)
    : base_{base},
      space_{space},
      asked_{asked},
      plan_{plan},
      signals_{signals},
      objective_{objective_of(base, asked.objective)},
      confirmation_seed_{base.scenario.run.seed + confirmation_offset},
      search_{store, plan, signals},
      confirmation_{store, plan, signals} {
    ordered_ = std::any_of(space.choices.begin(), space.choices.end(), [](const auto& one) { return one.ordered; });
}

bool PlanSearch::run(scenarios::PlanResult& into) {
    if (!screen()) return false;
    while (true) {
        const Numbers race = next_race();
        if (!race.empty()) {
            if (!halve(race)) return false;
            continue;
        }
        const auto number = best();
        if (!number) break;
        if (!confirm(*number, into)) return false;
        if (candidates_[*number].told.fate == Fate::winner) break;
    }
    settle();
    tell(into);
    return true;
}

bool PlanSearch::screen() {
    for (const Topology& topology : space_.topologies) {
        if (signals_.interrupted()) return false;
        Candidate candidate{.topology = topology, .told = {}};
        PlannedTopology& told = candidate.told;
        for (std::size_t i = 0; i < topology.size(); ++i) {
            told.options.push_back(space_.choices[i].options[topology[i]].name);
        }
        const SweepPoint point = point_of(base_, space_, topology);
        if (!point.scenario) {
            told.fate = Fate::no_model;
            told.problems = point.problems;
        } else {
            const scenarios::CostResult bill = models::bill_of(*point.scenario, {});
            told.cost_floor = bill.per_month;
            told.unknown_prices = bill.unknown;
            told.unpriced = unpriced_in(bill);
            if (auto discarded = screened(*point.scenario)) {
                told.fate = Fate::screened;
                told.requirement = std::move(discarded->requirement);
                told.why = std::move(discarded->why);
            }
        }
        candidates_.push_back(std::move(candidate));
    }
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.told.cost_floor < b.told.cost_floor; });
    return true;
}

Entrant& PlanSearch::entrant_of(std::size_t number) {
    Candidate& candidate = candidates_[number];
    if (!candidate.entrant) {
        candidate.entrant =
            std::make_unique<Entrant>(point_of(base_, space_, candidate.topology), objective_, asked_.replications_max);
    }
    return *candidate.entrant;
}

std::optional<std::size_t> PlanSearch::best() const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        if (candidates_[i].told.fate != Fate::met) continue;
        const double objective = sign() * candidates_[i].entrant->objective();
        if (!best || objective < sign() * candidates_[*best].entrant->objective()) best = i;
    }
    return best;
}

// By cost: what it costs at least is as much as the other costs. Else by the paired differences of what both have run.
bool PlanSearch::is_worse(std::size_t number, std::size_t than) const {
    const Candidate& one = candidates_[number];
    const Entrant& other = *candidates_[than].entrant;
    if (objective_.is_cost() && one.told.cost_floor >= other.objective()) return true;
    if (!one.entrant || one.entrant->replications() == 0) return false;
    const std::size_t pairs = std::min(one.entrant->objectives().size(), other.objectives().size());
    const auto difference =
        engine::paired_difference(std::span{other.objectives()}.first(pairs),
                                  std::span{one.entrant->objectives()}.first(pairs), base_.scenario.run.confidence);
    return difference.significant() && (difference.interval.low > 0.0) == objective_.less_is_better;
}

bool PlanSearch::may_win(std::size_t number) const {
    if (candidates_[number].told.fate != Fate::open) return false;
    const auto leader = best();
    return !leader || !is_worse(number, *leader);
}

PlanSearch::Numbers PlanSearch::next_race() const {
    Numbers open;
    const auto leader = best();
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        if (candidates_[i].told.fate == Fate::open && (!leader || !is_worse(i, *leader))) open.push_back(i);
    }
    // Without a price known before, all of them race.
    return objective_.is_cost() ? most_telling(open, ordered_ ? race_of_ordered : race_of_others) : open;
}

PlanSearch::Numbers PlanSearch::most_telling(const Numbers& open, std::size_t most) const {
    struct Told {
        std::size_t number, least;
    };
    std::vector<Told> all;
    for (std::size_t place = 0; place < open.size(); ++place) {
        std::size_t weaker = 1;
        const Topology& strong = candidates_[open[place]].topology;
        for (std::size_t i = 0; ordered_ && i < place; ++i) {
            if (is_weaker(space_, strong, candidates_[open[i]].topology)) ++weaker;
        }
        all.push_back({open[place], std::min(weaker, open.size() - place)});
    }
    std::stable_sort(all.begin(), all.end(), [](const Told& a, const Told& b) { return a.least > b.least; });
    Numbers race;
    for (const Told& one : all) {
        if (race.size() == most) break;
        race.push_back(one.number);
    }
    return race;
}

bool PlanSearch::halve(Numbers race) {
    while (!race.empty()) {
        std::vector<Entrant*> entrants;
        for (const std::size_t number : race) entrants.push_back(&entrant_of(number));
        if (!search_.advance(entrants)) return false;
        for (const std::size_t number : race) {
            if (!judge(number)) return false;
        }
        std::erase_if(race, [&](std::size_t number) { return !may_win(number); });
        std::stable_sort(race.begin(), race.end(), [&](std::size_t a, std::size_t b) {
            const Entrant &one = *candidates_[a].entrant, &other = *candidates_[b].entrant;
            if (one.doubts() != other.doubts()) return one.doubts() < other.doubts();
            return sign() * one.objective() < sign() * other.objective();
        });
        race.resize((race.size() + 1) / 2);
    }
    return true;
}

bool PlanSearch::judge(std::size_t number) {
    Candidate& candidate = candidates_[number];
    if (candidate.told.fate != Fate::open) return true;  // weaker than another one of this race
    const Entrant& entrant = *candidate.entrant;
    const auto failed = search_.sweep().failed(entrant.point());
    if (!failed.empty()) {
        candidate.told.fate = Fate::failed;
        candidate.told.why = fmt::format("replication {}: {}", failed.front().replication, failed.front().why);
        return true;
    }
    for (const std::string& note :
         faults_without_effect(search_.sweep().results(entrant.point(), entrant.replications()))) {
        candidate.told.fate = Fate::no_model;
        candidate.told.problems.push_back(note);
    }
    if (candidate.told.fate == Fate::no_model || !entrant.ended()) return true;
    if (const scenarios::RequirementResult* const one = entrant.deciding()) {
        candidate.told.fate = one->verdict == Verdict::violated ? Fate::violated : Fate::undecided;
        candidate.told.requirement = one->name;
        candidate.told.why = one->why;
        if (candidate.told.fate == Fate::violated) discard_weaker(number);
        return true;
    }
    candidate.told.fate = Fate::met;
    return judge_years(number, entrant);
}

// Years are drawn for what meets all else.
bool PlanSearch::judge_years(std::size_t number, const Entrant& entrant) {
    PlannedTopology& told = candidates_[number].told;
    const scenarios::Scenario& scenario = entrant.scenario();
    const auto asked = [](const auto& one) { return scenarios::is_of_years(one.measure); };
    if (std::none_of(scenario.requirements.begin(), scenario.requirements.end(), asked)) return true;
    if (const auto why = too_large_for_years(scenario); !why.empty()) {
        told.fate = Fate::undecided;
        told.why = why.front();
        return true;
    }
    const AvailabilityOutcome outcome = run_availability(scenario, {},
                                                         {.years = years_drawn,
                                                          .seed = engine::Seed{scenario.run.seed},
                                                          .confidence = scenario.run.confidence,
                                                          .jobs = std::max(1, plan_.jobs),
                                                          .interrupted = [this] { return signals_.interrupted(); }});
    if (outcome.interrupted) return false;
    for (const scenarios::RequirementResult& one : outcome.result.requirements) {
        told.requirements.push_back(one);
        if (one.verdict == Verdict::met || told.fate == Fate::violated) continue;
        told.fate = one.verdict == Verdict::violated ? Fate::violated : Fate::undecided;
        told.requirement = one.name;
        told.why = one.why;
    }
    if (told.fate == Fate::violated) discard_weaker(number);
    return true;
}

// What costs too much says nothing of what is weaker.
void PlanSearch::discard_weaker(std::size_t number) {
    const Candidate& strong = candidates_[number];
    for (const scenarios::Requirement& one : base_.scenario.requirements) {
        if (one.name == strong.told.requirement && scenarios::is_money(one.measure)) return;
    }
    for (Candidate& candidate : candidates_) {
        if (candidate.told.fate != Fate::open || !is_weaker(space_, strong.topology, candidate.topology)) continue;
        candidate.told.fate = Fate::weaker;
        candidate.told.requirement = strong.told.requirement;
        candidate.told.why = fmt::format("weaker than {}, which violates it", fmt::join(strong.told.options, ", "));
    }
}

PlanSearch::Numbers PlanSearch::neighbours_of(std::size_t number) const {
    Numbers all;
    for (std::size_t i = 0; i < candidates_.size() && all.size() < asked_.neighbours; ++i) {
        const Fate fate = candidates_[i].told.fate;
        if (fate == Fate::no_model || fate == Fate::screened || fate == Fate::failed) continue;
        if (are_neighbours(candidates_[number].topology, candidates_[i].topology)) all.push_back(i);
    }
    return all;
}

bool PlanSearch::confirm(std::size_t number, scenarios::PlanResult& into) {
    Numbers numbers{number};
    for (const std::size_t other : neighbours_of(number)) numbers.push_back(other);
    std::vector<std::unique_ptr<Entrant>> again;
    for (const std::size_t one : numbers) {
        SweepPoint point = point_of(base_, space_, candidates_[one].topology);
        point.scenario->run.seed = confirmation_seed_;
        again.push_back(std::make_unique<Entrant>(
            std::move(point), objective_,
            one == number ? asked_.replications_max : std::min(asked_.replications_max, neighbour_replications)));
    }
    while (true) {
        std::vector<Entrant*> going;
        for (const auto& one : again) {
            if (!one->ended()) going.push_back(one.get());
        }
        if (going.empty()) break;
        if (!confirmation_.advance(going)) return false;
        // A worker that died again will not end: what is there is told.
        if (std::any_of(again.begin(), again.end(),
                        [&](const auto& one) { return !confirmation_.sweep().failed(one->point()).empty(); })) {
            into.notes.push_back("a worker died in the confirmation");
            break;
        }
    }
    PlannedTopology& told = candidates_[number].told;
    told.fate = again.front()->verdict() == Verdict::met ? Fate::winner : Fate::not_confirmed;
    if (const auto* const one = again.front()->deciding(); told.fate != Fate::winner && one != nullptr) {
        told.requirement = one->name;
        told.why = one->why;
    }
    into.confirmations.clear();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        scenarios::Confirmation& one = into.confirmations.emplace_back();
        one.topology = numbers[i];
        one.replications = again[i]->replications();
        one.requirements = again[i]->requirements();
        if (!again[i]->costs().empty()) one.cost = mean_of(again[i]->costs());
        if (i == 0 || again[i]->verdict() != Verdict::met || candidates_[numbers[i]].told.fate != Fate::violated)
            continue;
        into.notes.push_back(fmt::format("{} was violated in the search and is met on the seed of the confirmation",
                                         fmt::join(candidates_[numbers[i]].told.options, ", ")));
    }
    return true;
}

// What is still open is worse than the best one, or nobody is.
void PlanSearch::settle() {
    const auto winner = std::find_if(candidates_.begin(), candidates_.end(),
                                     [](const Candidate& one) { return one.told.fate == Fate::winner; });
    for (Candidate& candidate : candidates_) {
        if (candidate.told.fate != Fate::open || winner == candidates_.end()) continue;
        candidate.told.fate = Fate::worse;
        candidate.told.why = objective_.is_cost() && candidate.told.cost_floor >= winner->entrant->objective()
                                 ? "it costs more, whatever it does"
                                 : "its objective is significantly worse";
    }
}

void PlanSearch::tell(scenarios::PlanResult& into) {
    into.objective = objective_.name;
    into.objective_unit = objective_.unit;
    into.seed = base_.scenario.run.seed;
    into.confirmation_seed = confirmation_seed_;
    into.confidence = base_.scenario.run.confidence;
    into.replications_max = asked_.replications_max;
    into.combinations = space_.combinations;
    for (const scenarios::PlanChoice& choice : space_.choices) into.choices.push_back(choice.name);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        Candidate& candidate = candidates_[i];
        if (candidate.entrant && candidate.entrant->replications() > 0) {
            const Entrant& entrant = *candidate.entrant;
            candidate.told.replications = entrant.replications();
            candidate.told.requirements.insert(candidate.told.requirements.begin(), entrant.requirements().begin(),
                                               entrant.requirements().end());
            candidate.told.cost = mean_of(entrant.costs());
            if (!objective_.is_cost()) candidate.told.objective = entrant.objective();
        }
        if (candidate.told.fate == Fate::winner) {
            into.winner = i;
            const Entrant& entrant = *candidate.entrant;
            into.head_room = head_room(search_.sweep().results(entrant.point(), entrant.replications()));
        }
        into.topologies.push_back(candidate.told);
    }
    add_front(base_.scenario, into);
    if (objective_.is_cost()) find_maybe_cheaper(into);
    into.found = search_.sweep().found() + confirmation_.sweep().found();
    into.run = search_.sweep().newly_run() + confirmation_.sweep().newly_run();
}

}  // namespace faultline::planning
