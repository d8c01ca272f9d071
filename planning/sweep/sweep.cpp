#include "planning/sweep/sweep.hpp"

#include "planning/futures.hpp"
#include "planning/requirement.hpp"

namespace faultline::planning {

PointId Sweep::id_of(const SweepPoint& point) {
    const std::string hash = sweep_hash(*point.scenario);
    const auto known = ids_.find(hash);
    if (known != ids_.end()) return known->second;
    return ids_[hash] = store_.point(*point.scenario, point.settings);
}

bool Sweep::run(const std::vector<SweepPoint>& points, std::uint32_t replications) {
    store_.together([&] {
        for (const SweepPoint& point : points) {
            if (point.scenario) id_of(point);
        }
    });
    std::vector<PoolTask> tasks;
    std::set<std::int64_t> seen;  // two combinations may be one model
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!points[i].scenario) continue;
        const PointId id = id_of(points[i]);
        if (!seen.insert(id.value).second) continue;
        const std::set<std::uint32_t> done = store_.done(id, points[i].scenario->run.seed);
        for (std::uint32_t k = 1; k <= replications; ++k) {
            if (!done.contains(k)) {
                tasks.push_back({i, k});
            } else if (counted_.insert({id.value, k}).second) {
                ++found_;
            }
        }
    }
    const auto ended = [&](const PoolTask& task, WorkerEnd end) {
        const SweepPoint& point = points[task.scenario];
        const PointId id = id_of(point);
        if (end.result) {
            store_.add(id, *point.scenario, *end.result);
            counted_.insert({id.value, task.replication});
            ++run_;
        } else {
            failed_[id.value][task.replication] = {task.replication, std::move(end.failure), plan_.repeat_command};
        }
    };
    return run_pool(tasks,
                    {.jobs = plan_.jobs,
                     .ranks = plan_.ranks,
                     .scenario = [&](std::size_t i) -> const scenarios::Scenario& { return *points[i].scenario; },
                     .ended = ended,
                     .on_progress = plan_.on_progress},
                    signals_);
}

std::vector<scenarios::ReplicationResult> Sweep::results(const SweepPoint& point, std::uint32_t replications) {
    return store_.results(id_of(point), point.scenario->run.seed, replications);
}

std::vector<scenarios::FailedReplication> Sweep::failed(const SweepPoint& point) {
    std::vector<scenarios::FailedReplication> all;
    for (const auto& [number, failure] : failed_[id_of(point).value]) all.push_back(failure);
    return all;
}

scenarios::SweptPoint Sweep::swept(const SweepPoint& point, std::uint32_t replications) {
    scenarios::SweptPoint swept;
    swept.settings = point.settings;
    swept.problems = point.problems;
    if (!point.scenario) return swept;
    const std::vector<scenarios::ReplicationResult> all = results(point, replications);
    for (const Measure& measure : measures_of(*point.scenario, true)) {
        swept.measures.push_back({.name = measure.name, .text = measure.text, .unit = measure.unit, .values = {}});
        for (const auto& one : all) {
            swept.measures.back().values.push_back(measure.of_replication(*point.scenario, one));
        }
    }
    for (const auto& one : all) {
        swept.replications.push_back(one.replication);
        swept.fingerprints.push_back(one.fingerprint);
    }
    swept.requirements = judge_all(*point.scenario, all);
    swept.notes = faults_without_effect(all);
    swept.failed = failed(point);
    for (const auto& one : all) {
        for (auto& future : failed_futures(one, plan_.repeat_command)) swept.failed.push_back(std::move(future));
    }
    return swept;
}

}  // namespace faultline::planning
