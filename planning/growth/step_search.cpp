#include "planning/growth/step_search.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::planning {

StepSearch::StepSearch(int last, std::vector<int> proposals)
    : last_{last}, proposals_{std::move(proposals)}, seen_(proposals_.size()) {
    SIM_CHECK(last >= 0);
}

StepSearch::Bracket StepSearch::bracket(const Seen& seen) {
    Bracket found;
    for (const auto& [step, verdict] : seen) {
        if (verdict == Verdict::violated && !found.fails) found.fails = step;
        if (verdict == Verdict::met && !found.fails) found.holds = step;
    }
    return found;
}

std::optional<int> StepSearch::next_of(std::size_t requirement) const {
    const Seen& seen = seen_[requirement];
    // Just below what looks broken first: if it is met there, most of the way is known.
    if (seen.empty()) return std::clamp(proposals_[requirement] - 1, 0, last_);
    const auto [holds, fails] = bracket(seen);
    const int lowest = seen.begin()->first;
    const int highest = seen.rbegin()->first;
    // As far again as has been looked at: where nothing but a hint is known, small strides come first.
    int stride = std::max(1, highest - lowest + (seen.size() > 1 ? 1 : 0));
    // What cannot be decided here can hardly be near by.
    constexpr int looks_around = 4;
    if (!holds && !fails) stride = std::max(stride, (last_ + looks_around - 1) / looks_around);
    if (!fails && highest < last_) return std::min(last_, highest + stride);
    if (!holds && lowest > 0) return std::max(0, lowest - stride);
    if (holds) {
        const auto above = seen.upper_bound(*holds);
        if (above != seen.end() && above->first - *holds > 1) return (*holds + above->first) / 2;
    }
    if (fails) {
        const auto at = seen.find(*fails);
        if (at != seen.begin() && *fails - std::prev(at)->first > 1) return (*fails + std::prev(at)->first) / 2;
    }
    return std::nullopt;
}

std::optional<int> StepSearch::next() const {
    std::optional<int> easiest;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        const std::optional<int> wanted = next_of(i);
        // Easier steps cost less to simulate, and may answer for the others, too.
        if (wanted && (!easiest || *wanted < *easiest)) easiest = wanted;
    }
    return easiest;
}

std::vector<bool> StepSearch::waited_for_at(int step) const {
    std::vector<bool> waited;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        const Seen& seen = seen_[i];
        const auto [holds, fails] = bracket(seen);
        const bool open = !seen.contains(step) && (!holds || step > *holds) && (!fails || step < *fails);
        const bool hard =
            std::any_of(seen.begin(), seen.end(), [](const auto& one) { return one.second == Verdict::undecided; });
        waited.push_back(open && (!hard || next_of(i) == step));
    }
    return waited;
}

void StepSearch::look(int step, const std::vector<std::optional<Verdict>>& verdicts) {
    SIM_CHECK(verdicts.size() == seen_.size());
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (verdicts[i]) seen_[i].insert({step, *verdicts[i]});
    }
}

scenarios::GrowthAnswer StepSearch::answer(std::size_t requirement) const {
    const Seen& seen = seen_[requirement];
    const auto [holds, fails] = bracket(seen);
    scenarios::GrowthAnswer answer;
    answer.holds = holds;
    answer.breaks = fails;
    answer.contradicted = fails && std::any_of(seen.upper_bound(*fails), seen.end(),
                                               [](const auto& one) { return one.second == Verdict::met; });
    return answer;
}

}  // namespace faultline::planning
