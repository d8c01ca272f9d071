// Where each of several requirements breaks along steps that get harder (months, multiples of load), by looking at few
// of them. A step is met, violated or undecided for a requirement, and never guessed.
//
// It begins where somebody proposes, goes on in strides that double until a requirement is met at one end and violated
// at the other, and then halves the gaps: the one above the highest step that is met, and the one below the lowest that
// is violated. Where the middle stays undecided, both gaps are narrowed by themselves; what lies between is undecided
// in the end. Verdicts of one step serve all requirements.
//
// It takes for granted that what is met at a step is met at every easier one. Where what was looked at says otherwise,
// the answer says so.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "scenarios/growth_result.hpp"

namespace faultline::planning {

using scenarios::Verdict;

class StepSearch {
public:
    // Steps 0 .. last. `proposals`: by requirement, the first step that looks broken; last + 1: none does.
    StepSearch(int last, std::vector<int> proposals);

    // The step to look at next; none: all is known that can be.
    std::optional<int> next() const;
    // The requirements that it is looked at for. Not those that are known there by other steps, and not those that had
    // been hard to decide elsewhere, unless the look is for their own sake.
    std::vector<bool> waited_for_at(int step) const;
    // One verdict for each requirement; none: it was not decided there, and not waited for. All that are waited for
    // must have one, or next() stays where it is.
    void look(int step, const std::vector<std::optional<Verdict>>& verdicts);

    scenarios::GrowthAnswer answer(std::size_t requirement) const;

private:
    struct Bracket {
        std::optional<int> holds, fails;
    };
    using Seen = std::map<int, Verdict>;  // by step
    static Bracket bracket(const Seen& seen);
    std::optional<int> next_of(std::size_t requirement) const;

    int last_;
    std::vector<int> proposals_;
    std::vector<Seen> seen_;
};

}  // namespace faultline::planning
