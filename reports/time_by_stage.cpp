#include "reports/time_by_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

constexpr double named_share = 0.9;

using Stages = std::array<double, scenarios::stage_count>;

struct Totals {
    Stages all{}, slow{};
    double answered = 0.0;
};

double sum(const Stages& stages) {
    double total = 0.0;
    for (const double ns : stages) total += ns;
    return total;
}

Totals totals_of(const std::string& class_name, const scenarios::RunResult& result) {
    Totals totals;
    for (const auto& replication : result.replications) {
        for (const auto& one : replication.classes) {
            if (one.name != class_name) continue;
            for (const auto* const phase : {&one.steady, &one.degraded, &one.recovering}) {
                for (const auto& office : *phase) totals.answered += static_cast<double>(office.outcomes.answered);
            }
            for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
                totals.all[i] += static_cast<double>(one.stage_ns[i]);
                totals.slow[i] += static_cast<double>(one.stage_slow_ns[i]);
            }
        }
    }
    return totals;
}

TimeByStage time_of(const std::string& class_name, const Totals& totals) {
    TimeByStage time;
    time.class_name = class_name;
    const double all = sum(totals.all);
    const double slow = sum(totals.slow);
    time.mean_s = all * 1e-9 / totals.answered;
    time.slow_known = slow > 0.0;
    for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
        time.stages[i] = {.mean_s = totals.all[i] * 1e-9 / totals.answered,
                          .share = totals.all[i] / all,
                          .share_slow = slow > 0.0 ? totals.slow[i] / slow : 0.0};
    }
    return time;
}

// "network 88 %, cpu 7 %": until nine tenths of the time are named.
template <typename Share>
std::string largest_of(const TimeByStage& time, Share share) {
    std::array<std::size_t, scenarios::stage_count> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return share(time.stages[a]) > share(time.stages[b]); });
    std::string text;
    double named = 0.0;
    for (const std::size_t i : order) {
        const double one = share(time.stages[i]);
        if (named >= named_share || one < 0.0005) break;
        text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", scenarios::stage_names[i], one * 100.0);
        named += one;
    }
    return text;
}

}  // namespace

std::vector<TimeByStage> times_by_stage(const scenarios::RunResult& result) {
    std::vector<TimeByStage> times;
    if (result.replications.empty()) return times;
    for (const auto& one : result.replications.front().classes) {
        const Totals totals = totals_of(one.name, result);
        if (totals.answered == 0.0 || sum(totals.all) == 0.0) continue;
        times.push_back(time_of(one.name, totals));
    }
    std::stable_sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.mean_s > b.mean_s; });
    return times;
}

std::string in_a_line(const TimeByStage& time) {
    std::string text = fmt::format("{}, {} on average: {}", time.class_name, scenarios::seconds_text(time.mean_s),
                                   largest_of(time, [](const StageShare& stage) { return stage.share; }));
    if (time.slow_known) {
        text += fmt::format("; of its slowest 1 %: {}",
                            largest_of(time, [](const StageShare& stage) { return stage.share_slow; }));
    }
    return text;
}

}  // namespace faultline::reports
