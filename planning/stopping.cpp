#include "planning/stopping.hpp"

#include <algorithm>

#include "engine/check.hpp"
#include "planning/requirement.hpp"
#include "planning/target_groups.hpp"

namespace faultline::planning {
namespace {

constexpr double share_of_a_look = 0.5;

// So many, or as many more that each target has had as many turns as any other, and two at least.
std::uint32_t whole_turns(const scenarios::Scenario& scenario, std::uint32_t replications) {
    const std::uint32_t turn = replications_a_turn(scenario);
    if (turn <= 1) return replications;
    return std::max(2U, (replications + turn - 1) / turn) * turn;
}

}  // namespace

Stopping::Stopping(const scenarios::Scenario& scenario, std::uint32_t most, std::uint32_t first)
    : scenario_{scenario}, most_{most}, next_{std::min(whole_turns(scenario, first), most)} {
    SIM_CHECK(most >= 1 && first >= 1);
    const double error = 1.0 - confidence_of_each(scenario);
    left_.assign(scenario.requirements.size(), {error, error});
}

void Stopping::look(std::span<const scenarios::ReplicationResult> replications) {
    const bool last = next_ == most_;
    judge_at(replications, last);
    if (!last && !decided()) next_ = std::min(2 * next_, most_);
}

void Stopping::last_look(std::span<const scenarios::ReplicationResult> replications) {
    judge_at(replications, true);
}

void Stopping::judge_at(std::span<const scenarios::ReplicationResult> replications, bool last) {
    requirements_.clear();
    for (std::size_t i = 0; i < left_.size(); ++i) {
        const scenarios::Requirement& requirement = scenario_.requirements[i];
        const double share = last ? 1.0 : share_of_a_look;
        Error spent{left_[i].met * share, left_[i].violated * share};
        if (!last && !could_be_met(scenario_, requirement, replications, spent.met)) spent.met = 0.0;
        left_[i].met -= spent.met;
        left_[i].violated -= spent.violated;
        requirements_.push_back(judge(scenario_, requirement, replications, {spent.met, spent.violated}));
    }
    const auto open = std::count_if(requirements_.begin(), requirements_.end(),
                                    [](const auto& one) { return one.verdict == scenarios::Verdict::undecided; });
    looks_.push_back({static_cast<std::uint32_t>(replications.size()), static_cast<std::uint32_t>(open)});
}

bool Stopping::decided() const {
    return looks_.back().undecided == 0;
}

}  // namespace faultline::planning
