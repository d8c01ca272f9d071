#include "planning/sweep/saturation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "planning/stopping.hpp"

namespace faultline::planning {
namespace {

using scenarios::Saturation;
using scenarios::Verdict;

class Search {
public:
    Search(const SweepBase& base, const std::vector<Dimension>& dimensions, const SaturationPlan& plan, Sweep& sweep,
           Saturation& into)
        : base_{base}, dimensions_{dimensions}, plan_{plan}, sweep_{sweep}, into_{into} {
        dimensions_.push_back(plan.dimension);
    }

    bool run() {
        const bool whole = probe(0.0) && probe(1.0) && narrow();
        tell();
        return whole;
    }

private:
    // The gaps that matter: above the highest value that is met, and below the lowest that is violated.
    bool narrow() {
        while (into_.problems.empty()) {
            const auto gap = next_gap();
            if (!gap) return true;
            if (!probe(0.5 * (gap->low + gap->high))) return false;
        }
        return true;
    }

    struct Gap {
        double low = 0.0, high = 1.0;
    };
    std::optional<Gap> next_gap() const {
        const auto fails = lowest(Verdict::violated);
        // All that is met above a violated value contradicts it: it does not count.
        std::optional<double> holds;
        for (const auto& [share, probe] : probes_) {
            if (probe.verdict == Verdict::met && (!fails || share < *fails)) holds = share;
        }
        if (holds && *holds < 1.0) {
            const Gap gap{*holds, probes_.upper_bound(*holds)->first};
            if (!narrow_enough(gap)) return gap;
        }
        if (fails && *fails > 0.0) {
            const Gap gap{std::prev(probes_.find(*fails))->first, *fails};
            if (!narrow_enough(gap)) return gap;
        }
        return std::nullopt;
    }

    bool narrow_enough(const Gap& gap) const {
        const ValueRange& range = *plan_.dimension.range;
        const std::string middle = range.json_at(0.5 * (gap.low + gap.high));
        if (middle == range.json_at(gap.low) || middle == range.json_at(gap.high)) return true;
        const double high = range.number_at(gap.high);
        return high - range.number_at(gap.low) <= plan_.within * std::abs(high);
    }

    std::optional<double> lowest(Verdict verdict) const {
        for (const auto& [share, probe] : probes_) {
            if (probe.verdict == verdict) return share;
        }
        return std::nullopt;
    }

    // False: a signal came.
    bool probe(double share) {
        const std::string value = plan_.dimension.range->json_at(share);
        Combination combination = plan_.others;
        combination.push_back(value);
        SweepPoint point = point_of(base_, dimensions_, combination, nullptr);
        if (!point.scenario) {
            into_.problems.insert(into_.problems.end(), point.problems.begin(), point.problems.end());
            return true;
        }
        scenarios::Scenario asked = *point.scenario;
        std::erase_if(asked.requirements, [&](const scenarios::Requirement& one) {
            return !plan_.requirement.empty() && one.name != plan_.requirement;
        });
        Stopping stopping{asked, plan_.most};
        std::vector<SweepPoint> points;
        points.push_back(std::move(point));
        std::uint32_t replications = 0;
        while (replications < stopping.next_look()) {
            replications = stopping.next_look();
            if (!sweep_.run(points, replications)) return false;
            for (const scenarios::FailedReplication& one : sweep_.failed(points.front())) {
                into_.problems.push_back(fmt::format("at {}, replication {}: {}", value, one.replication, one.why));
            }
            if (!into_.problems.empty()) return true;
            stopping.look(sweep_.results(points.front(), replications));
            if (some(stopping, Verdict::violated)) break;  // the others do not matter any more
        }
        keep(share, value, replications, stopping);
        return true;
    }

    static const scenarios::RequirementResult* some(const Stopping& stopping, Verdict verdict) {
        const auto& all = stopping.requirements();
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.verdict == verdict; });
        return found == all.end() ? nullptr : &*found;
    }

    void keep(double share, const std::string& value, std::uint32_t replications, const Stopping& stopping) {
        Saturation::Probe probe{.value = value, .verdict = Verdict::met, .replications = replications};
        for (const Verdict verdict : {Verdict::undecided, Verdict::violated}) {
            const auto* const one = some(stopping, verdict);
            if (one == nullptr) continue;
            probe.verdict = verdict;
            probe.decided_by = one->name;
        }
        probes_[share] = std::move(probe);
    }

    void tell() {
        const auto fails = lowest(Verdict::violated);
        if (fails) into_.fails = probes_.at(*fails).value;
        for (const auto& [share, probe] : probes_) {
            if (probe.verdict == Verdict::met && (!fails || share < *fails)) into_.holds = probe.value;
            into_.probes.push_back(probe);
        }
    }

    const SweepBase& base_;
    std::vector<Dimension> dimensions_;
    const SaturationPlan& plan_;
    Sweep& sweep_;
    Saturation& into_;
    std::map<double, Saturation::Probe> probes_;  // by share of the range
};

}  // namespace

bool find_saturation(const SweepBase& base, const std::vector<Dimension>& dimensions, const SaturationPlan& plan,
                     Sweep& sweep, Saturation& into) {
    into.pointer = plan.dimension.pointer;
    into.low = plan.dimension.range->json_at(0.0);
    into.high = plan.dimension.range->json_at(1.0);
    into.requirement = plan.requirement;
    for (std::size_t i = 0; i < plan.others.size(); ++i) {
        if (!plan.others[i].empty()) into.settings.emplace_back(dimensions[i].pointer, plan.others[i]);
    }
    return Search{base, dimensions, plan, sweep, into}.run();
}

}  // namespace faultline::planning
