#include "planning/replications.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <system_error>

#include "planning/progress_meter.hpp"
#include "planning/worker.hpp"

namespace faultline::planning {
namespace {

constexpr int poll_ms = 100;  // how late an end, or Ctrl-C, is seen at the latest

class Crew {
public:
    Crew(const scenarios::Scenario& scenario, const ReplicationPlan& plan)
        : scenario_{scenario},
          plan_{plan},
          jobs_{static_cast<std::size_t>(plan.jobs > 0 ? plan.jobs : available_cores())},
          meter_{scenario, plan.count} {}

    bool done() const { return workers_.empty() && started_ == plan_.count; }

    void start_some() {
        while (workers_.size() < jobs_ && started_ < plan_.count) {
            const std::uint32_t replication = plan_.first + started_++;
            try {
                workers_.emplace_back(scenario_, replication);
            } catch (const std::system_error& error) {
                fail(replication, fmt::format("it could not be started: {}", error.what()));
            }
        }
    }

    void wait(const SignalWatch& signals) {
        std::vector<pollfd> files{{.fd = signals.file(), .events = POLLIN, .revents = 0}};
        for (const Worker& worker : workers_) {
            files.push_back({.fd = worker.errors_file(), .events = POLLIN, .revents = 0});
            files.push_back({.fd = worker.end_file(), .events = POLLIN, .revents = 0});
        }
        ::poll(files.data(), files.size(), poll_ms);
    }

    void look() {
        for (auto worker = workers_.begin(); worker != workers_.end();) {
            auto end = worker->look();
            meter_.at(worker->replication(), worker->progress());
            if (!end) {
                ++worker;
                continue;
            }
            meter_.finished(worker->replication());
            if (end->result) {
                results_.emplace(worker->replication(), std::move(*end->result));
            } else {
                fail(worker->replication(), std::move(end->failure));
            }
            worker = workers_.erase(worker);
        }
    }

    void tell() {
        if (!plan_.on_progress) return;
        if (const auto progress = meter_.due(done())) plan_.on_progress(*progress);
    }

    Replications give_up() {
        workers_.clear();
        return {.results = {}, .failed = {}, .interrupted = true};
    }

    Replications all() {
        Replications all;
        for (auto& [number, result] : results_) all.results.push_back(std::move(result));
        for (auto& [number, failure] : failed_) all.failed.push_back(std::move(failure));
        return all;
    }

private:
    void fail(std::uint32_t replication, std::string why) {
        std::string repeat = fmt::format("{} --only-replication {}", plan_.repeat_command, replication);
        failed_.insert({replication, {replication, std::move(why), std::move(repeat)}});
    }

    const scenarios::Scenario& scenario_;
    const ReplicationPlan& plan_;
    std::size_t jobs_;
    ProgressMeter meter_;
    std::uint32_t started_ = 0;
    std::list<Worker> workers_;
    std::map<std::uint32_t, scenarios::ReplicationResult> results_;
    std::map<std::uint32_t, scenarios::FailedReplication> failed_;
};

}  // namespace

Replications run_replications(const scenarios::Scenario& scenario, const ReplicationPlan& plan, SignalWatch& signals) {
    Crew crew{scenario, plan};
    while (!crew.done()) {
        if (signals.interrupted()) return crew.give_up();
        crew.start_some();
        crew.wait(signals);
        crew.look();
        crew.tell();
    }
    return signals.interrupted() ? crew.give_up() : crew.all();
}

int available_cores() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
    return std::max(1, CPU_COUNT(&cores));
}

}  // namespace faultline::planning
