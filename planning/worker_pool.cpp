#include "planning/worker_pool.hpp"

#include <fmt/format.h>

#include <system_error>

#include "planning/progress_meter.hpp"

namespace faultline::planning {
namespace {

class Pool {
public:
    Pool(const std::vector<PoolTask>& tasks, const PoolPlan& plan)
        : tasks_{tasks},
          plan_{plan},
          hands_{hands_of(plan.ranks, plan.jobs)},
          meter_{plan.scenario(tasks.front().scenario), static_cast<std::uint32_t>(tasks.size())} {}

    bool done() const { return next_ == tasks_.size() && workers_.empty(); }

    void start_some() {
        while (workers_.size() < hands_->places() && next_ < tasks_.size()) {
            const PoolTask& task = tasks_[next_];
            try {
                workers_.push_back(hands_->start(plan_.scenario(task.scenario), task.replication, 0));
                running_.push_back(next_);
            } catch (const std::system_error& error) {
                plan_.ended(task, {{}, fmt::format("it could not be started: {}", error.what()), {}});
            }
            ++next_;
        }
    }

    void look() {
        auto task = running_.begin();
        for (auto worker = workers_.begin(); worker != workers_.end();) {
            auto end = (*worker)->look();
            const auto number = static_cast<std::uint32_t>(*task + 1);
            meter_.at(number, (*worker)->progress());
            if (!end) {
                ++worker;
                ++task;
                continue;
            }
            meter_.finished(number);
            const PoolTask& ended = tasks_[*task];
            worker = workers_.erase(worker);
            task = running_.erase(task);
            plan_.ended(ended, std::move(*end));
        }
    }

    void tell() {
        if (!plan_.on_progress) return;
        if (const auto progress = meter_.due(done())) plan_.on_progress(*progress);
    }

    void wait(const SignalWatch& signals) const { wait_for_news(*hands_, workers_, signals); }

private:
    const std::vector<PoolTask>& tasks_;
    const PoolPlan& plan_;
    std::unique_ptr<Hands> hands_;
    ProgressMeter meter_;
    std::size_t next_ = 0;
    std::list<std::unique_ptr<Running>> workers_;
    std::list<std::size_t> running_;  // the task of each worker
};

}  // namespace

bool run_pool(const std::vector<PoolTask>& tasks, const PoolPlan& plan, SignalWatch& signals) {
    if (tasks.empty()) return !signals.interrupted();
    Pool pool{tasks, plan};
    while (!pool.done()) {
        if (signals.interrupted()) return false;
        pool.start_some();
        pool.wait(signals);
        pool.look();
        pool.tell();
    }
    return true;
}

}  // namespace faultline::planning
