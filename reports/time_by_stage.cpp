#include "reports/time_by_stage.hpp"

#include <map>

namespace faultline::reports {
namespace {

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

}  // namespace

std::optional<TimeByStage> slowest_class(const scenarios::RunResult& result) {
    std::optional<TimeByStage> slowest;
    if (result.replications.empty()) return slowest;
    for (const auto& one : result.replications.front().classes) {
        const Totals totals = totals_of(one.name, result);
        if (totals.answered == 0.0 || sum(totals.all) == 0.0) continue;
        const TimeByStage time = time_of(one.name, totals);
        if (!slowest || time.mean_s > slowest->mean_s) slowest = time;
    }
    return slowest;
}

}  // namespace faultline::reports
