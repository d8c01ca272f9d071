#include "planning/growth/growth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "planning/fullest.hpp"
#include "planning/growth/growth_steps.hpp"
#include "planning/growth/step_search.hpp"
#include "planning/stopping.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using scenarios::GrowthAnswer;
using scenarios::GrowthLine;
using scenarios::GrowthProbe;
using scenarios::GrowthResource;
using scenarios::GrowthResult;
using scenarios::Requirement;

// No log disk of an instance: the busier it is, the more commits share a flush.
constexpr std::array kinds_that_fill{
    scenarios::resource_cpu,         scenarios::resource_threads,      scenarios::resource_servers,
    scenarios::resource_connections, scenarios::resource_cache_thread, scenarios::resource_network_card,
    scenarios::resource_log_disks,   scenarios::resource_page_disks,   scenarios::resource_slots,
    scenarios::resource_slices,      scenarios::resource_link,         scenarios::resource_log_replay,
    scenarios::resource_commits};
constexpr double in_use_from = 0.5;  // less is no reason to break

// 1, 1.05, 1.1025, ...: up to the one that is the first at or above the most.
std::vector<double> multiples_of_load(const GrowthPlan& plan) {
    std::vector<double> all{1.0};
    while (all.back() < plan.load_most * (1.0 - 1e-9)) all.push_back(all.back() * (1.0 + plan.within));
    return all;
}

int last_month(const GrowthResult& result) {
    return static_cast<int>(result.months.size()) - 1;
}

class Resources {
public:
    explicit Resources(GrowthResult& into) : into_{into} {}

    void add(int month, const GrowthStep& step) {
        for (const ResourceEstimate& one : step.resources) {
            auto row = std::find_if(into_.resources.begin(), into_.resources.end(),
                                    [&](const GrowthResource& known) { return known.words == one.words; });
            if (row == into_.resources.end()) {
                into_.resources.push_back({.words = one.words, .unit = one.unit, .full_month = {}});
                row = std::prev(into_.resources.end());
                row->saturates = one.saturates();
            }
            if (month == 0) row->wanted_today = one.wanted, row->share_today = one.share();
            row->there = one.there;
            row->share_at_end = one.share();
            if (!row->full_month && one.share() >= 1.0) row->full_month = month;
        }
    }

    // Whatever fills up first, and then what has the least room.
    void sort() {
        const auto when = [](const GrowthResource& one) { return one.full_month.value_or(1'000'000); };
        std::stable_sort(into_.resources.begin(), into_.resources.end(), [&](const auto& a, const auto& b) {
            return when(a) != when(b) ? when(a) < when(b) : a.share_at_end > b.share_at_end;
        });
    }

private:
    GrowthResult& into_;
};

class Confirmation {
public:
    Confirmation(GrowthSteps& steps, int last, std::vector<int> proposals, const GrowthPlan& plan, Sweep& sweep,
                 GrowthResult& result, std::vector<GrowthProbe>& probes)
        : steps_{steps},
          search_{last, std::move(proposals)},
          plan_{plan},
          sweep_{sweep},
          result_{result},
          probes_{probes} {}

    // False: a signal came.
    bool run() {
        while (const std::optional<int> step = search_.next()) {
            if (!probe(*step)) return false;
            if (!result_.failed.empty()) break;
        }
        std::sort(probes_.begin(), probes_.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
        return true;
    }

    GrowthAnswer answer(std::size_t requirement) {
        GrowthAnswer answer = search_.answer(requirement);
        const std::optional<int> at = answer.breaks ? answer.breaks : answer.holds;
        if (!at) return answer;
        const auto probe =
            std::find_if(probes_.begin(), probes_.end(), [&](const auto& one) { return one.step == *at; });
        const GrowthStep& step = *steps_.at(*at);
        const Requirement& about = step.scenario.requirements[requirement];
        std::vector<std::string> owners = passed_by(step.scenario, about);
        owners.push_back(about.of.substr(0, about.of.find('/')));
        const auto results = sweep_.results(point_at(*at), probe->replications);
        if (const auto found = fullest(about, owners, kinds_that_fill, in_use_from, results)) {
            answer.fullest = found->words;
            answer.fullest_share = found->share;
        }
        return answer;
    }

private:
    SweepPoint point_at(int step) { return {steps_.settings_of(step), steps_.at(step)->scenario, {}}; }

    bool probe(int number) {
        const GrowthStep& step = *steps_.at(number);
        const std::vector<bool> waited = search_.waited_for_at(number);
        std::vector<std::optional<scenarios::RequirementResult>> decided(waited.size());
        const std::vector<SweepPoint> points{point_at(number)};
        Stopping stopping{step.scenario, plan_.most};
        std::uint32_t replications = 0;
        while (replications < stopping.next_look()) {
            replications = stopping.next_look();
            if (!sweep_.run(points, replications)) return false;
            for (auto& dead : sweep_.failed(points.front())) result_.failed.push_back(std::move(dead));
            if (!result_.failed.empty()) return true;
            stopping.look(sweep_.results(points.front(), replications));
            if (keep(stopping, waited, decided)) break;
        }
        tell(number, step, replications, stopping, waited, decided);
        return true;
    }

    // The first look that decides a requirement counts. True: all that are waited for are decided.
    static bool keep(const Stopping& stopping, const std::vector<bool>& waited,
                     std::vector<std::optional<scenarios::RequirementResult>>& decided) {
        bool all = true;
        for (std::size_t i = 0; i < decided.size(); ++i) {
            const scenarios::RequirementResult& now = stopping.requirements()[i];
            if (!decided[i] && now.verdict != Verdict::undecided) decided[i] = now;
            all = all && (decided[i] || !waited[i]);
        }
        return all;
    }

    void tell(int number, const GrowthStep& step, std::uint32_t replications, const Stopping& stopping,
              const std::vector<bool>& waited,
              const std::vector<std::optional<scenarios::RequirementResult>>& decided) {
        GrowthProbe probe{number, step.load, step.data, step.offices, replications, {}};
        std::vector<std::optional<Verdict>> verdicts;
        for (std::size_t i = 0; i < decided.size(); ++i) {
            const scenarios::RequirementResult& one = decided[i] ? *decided[i] : stopping.requirements()[i];
            probe.judged.push_back(
                {one.name, one.verdict, one.estimate, one.low, one.high, one.unit, one.observations, waited[i]});
            const bool known = decided[i] || waited[i];
            verdicts.push_back(known ? std::optional{one.verdict} : std::nullopt);
        }
        // A step may be looked at once more, for the sake of what had not been waited for.
        std::erase_if(probes_, [&](const GrowthProbe& one) { return one.step == number; });
        probes_.push_back(std::move(probe));
        search_.look(number, verdicts);
    }

    GrowthSteps& steps_;
    StepSearch search_;
    const GrowthPlan& plan_;
    Sweep& sweep_;
    GrowthResult& result_;
    std::vector<GrowthProbe>& probes_;
};

std::vector<int> proposals_of(const GrowthResult& result, int otherwise) {
    std::vector<int> proposals;
    for (const GrowthLine& line : result.lines) proposals.push_back(line.proposed_month.value_or(otherwise));
    return proposals;
}

}  // namespace

bool estimate_growth(const SweepBase& base, const GrowthPlan& plan, GrowthResult& into) {
    into.growth = *base.scenario.growth;
    into.offices_today = base.scenario.offices.size();
    for (const Requirement& one : base.scenario.requirements) {
        if (scenarios::is_of_years(one.measure)) into.not_judged.push_back(one.name);
    }
    GrowthSteps months{base, plan.requirement};
    Resources resources{into};
    for (int month = 0; month <= into.growth.months; ++month) {
        const GrowthStep* const step = months.at(month);
        if (step == nullptr) {
            into.no_model_month = month;
            into.no_model_problems = months.problems();
            break;
        }
        into.months.push_back({month, step->load, step->data, step->offices});
        resources.add(month, *step);
    }
    resources.sort();
    if (into.months.empty()) return false;
    into.load_at = multiples_of_load(plan);
    GrowthSteps loads{base, plan.requirement, into.load_at};
    while (loads.at(static_cast<int>(into.load_at.size()) - 1) == nullptr) into.load_at.pop_back();
    const int last = last_month(into);
    const int last_load = static_cast<int>(into.load_at.size()) - 1;
    for (const Requirement& one : months.at(0)->scenario.requirements) {
        GrowthLine line;
        line.requirement = one.name;
        line.text = text_without_limit(one);
        const int month = months.first_broken(one, last);
        if (month <= last) line.proposed_month = month;
        line.proposed_by = least_room(*months.at(std::min(month, last)), one);
        const int load = loads.first_broken(one, last_load);
        if (load <= last_load) line.proposed_load = into.load_at[static_cast<std::size_t>(load)];
        into.lines.push_back(std::move(line));
    }
    return true;
}

bool confirm_growth(const SweepBase& base, const GrowthPlan& plan, Sweep& sweep, GrowthResult& into) {
    GrowthSteps months{base, plan.requirement};
    const int last = last_month(into);
    Confirmation by_month{months, last, proposals_of(into, last + 1), plan, sweep, into, into.month_probes};
    bool whole = by_month.run();
    GrowthSteps loads{base, plan.requirement, into.load_at};
    const int last_load = static_cast<int>(into.load_at.size()) - 1;
    std::vector<int> proposals;
    for (const Requirement& one : months.at(0)->scenario.requirements) {
        proposals.push_back(loads.first_broken(one, last_load));
    }
    Confirmation by_load{loads, last_load, std::move(proposals), plan, sweep, into, into.load_probes};
    whole = whole && (!into.failed.empty() || by_load.run());
    for (std::size_t i = 0; i < into.lines.size() && whole && into.failed.empty(); ++i) {
        into.lines[i].months = by_month.answer(i);
        into.lines[i].load = by_load.answer(i);
    }
    return whole;
}

}  // namespace faultline::planning
