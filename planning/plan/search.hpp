// The cheapest topology of a space that meets every requirement, or the one that is best by another measure.
//
//   1. Every topology is priced without a run (what it costs at least) and held against bounds (screen.hpp).
//   2. Races of successive halving among those that are left and may still be better than the best one that is met: all
//      of a race are simulated to their next look (2, 4, 8, ... replications, stopping.hpp), what violates a
//      requirement is out, and the half with less hope waits. What waits keeps its replications and comes again:
//      halving orders the work, and discards nothing.
//   3. Out without a run of its own is what costs more than the best one that is met, and what is weaker, in choices
//      that the scenario calls ordered, than a topology that was violated.
//   4. The best one and its neighbours are simulated again on another seed. If it is not met there, the search goes on
//      without it.
//
// Which topologies race: those of which most is learned, whatever the verdict. One that is violated takes the weaker
// ones along, one that is met the dearer ones; the smaller of both numbers decides, then the lower cost.
//
// All replications go through the store: a search that was stopped goes on where it was.
#pragma once

#include <memory>
#include <set>

#include "planning/plan/race.hpp"
#include "planning/plan/space.hpp"

namespace faultline::planning {

class PlanSearch {
public:
    // All of these outlive it. The objective of `asked` is "cost" or a requirement of the base.
    PlanSearch(const SweepBase& base, const Space& space, const scenarios::PlanSpace& asked, SweepStore& store,
               const SweepPlan& plan, SignalWatch& signals);

    // False: a signal came. Throws SqliteError when something cannot be stored.
    bool run(scenarios::PlanResult& into);

private:
    struct Candidate {
        Topology topology;
        scenarios::PlannedTopology told;
        std::unique_ptr<Entrant> entrant{};  // once it has raced
    };
    using Numbers = std::vector<std::size_t>;

    bool screen();
    bool may_win(std::size_t number) const;  // it is open, and nothing known makes it worse than the best
    Numbers next_race() const;
    Numbers most_telling(const Numbers& open, std::size_t most) const;
    bool halve(Numbers race);
    bool judge(std::size_t number);  // after a look; false: a signal came
    bool judge_years(std::size_t number, const Entrant& entrant);
    void discard_weaker(std::size_t number);
    std::optional<std::size_t> best() const;
    bool is_worse(std::size_t number, std::size_t than) const;  // by objective, as far as it is known
    bool confirm(std::size_t number, scenarios::PlanResult& into);
    Numbers neighbours_of(std::size_t number) const;
    Entrant& entrant_of(std::size_t number);
    double sign() const { return objective_.less_is_better ? 1.0 : -1.0; }
    void settle();
    void tell(scenarios::PlanResult& into);

    const SweepBase& base_;
    const Space& space_;
    const scenarios::PlanSpace& asked_;
    const SweepPlan& plan_;
    SignalWatch& signals_;
    Objective objective_;
    bool ordered_ = false;
    std::uint64_t confirmation_seed_;
    std::vector<Candidate> candidates_;  // by what they cost at least
    Race search_, confirmation_;
};

}  // namespace faultline::planning
