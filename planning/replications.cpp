#include "planning/replications.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "planning/futures.hpp"
#include "planning/progress_meter.hpp"
#include "planning/ranks.hpp"
#include "planning/worker_pool.hpp"

namespace faultline::planning {
namespace {

class Crew {
public:
    Crew(const scenarios::Scenario& scenario, const ReplicationPlan& plan)
        : scenario_{scenario},
          plan_{plan},
          hands_{hands_of(plan.ranks, plan.jobs)},
          wanted_{plan.count},
          meter_{scenario, plan.count},
          begun_{std::chrono::steady_clock::now()} {}

    bool done() const { return enough_; }

    void start_some() {
        while (!enough_ && running_.size() < hands_->places() && started_ < most_now()) {
            const std::uint32_t replication = number_of(started_++);
            try {
                running_.push_back(
                    hands_->start(scenario_, replication, replication == plan_.first ? plan_.traced : 0));
            } catch (const std::system_error& error) {
                fail(replication, fmt::format("it could not be started: {}", error.what()));
            }
        }
    }

    void wait(const SignalWatch& signals) { wait_for_news(*hands_, running_, signals); }

    void look() {
        for (auto it = running_.begin(); it != running_.end();) {
            Running& running = **it;
            auto end = running.look();
            meter_.at(running.replication(), running.progress());
            if (!end) {
                ++it;
                continue;
            }
            meter_.finished(running.replication());
            if (end->result) {
                note_futures(*end->result);
                results_.emplace(running.replication(), std::move(*end->result));
            } else {
                fail(running.replication(), std::move(end->failure));
            }
            it = running_.erase(it);
        }
        put_in_order();
        see_whether_enough();
    }

    void tell() {
        if (!plan_.on_progress) return;
        if (const auto progress = meter_.due(done())) plan_.on_progress(*progress);
    }

    Replications give_up() {
        running_.clear();
        return {.results = {}, .failed = {}, .interrupted = true};
    }

    Replications all() {
        running_.clear();
        Replications all;
        all.results = std::move(in_order_);
        for (auto& [number, failure] : failed_) {
            if (number < number_of(ended_)) all.failed.push_back(std::move(failure));
        }
        for (const scenarios::FailedReplication& one : failed_futures_) {
            if (one.replication < number_of(ended_)) all.failed.push_back(one);
        }
        const auto place = [](const auto& one) { return std::pair{one.replication, one.future}; };
        std::sort(all.failed.begin(), all.failed.end(),
                  [&](const auto& one, const auto& other) { return place(one) < place(other); });
        all.out_of_time = out_of_time_;
        return all;
    }

private:
    std::uint32_t number_of(std::uint32_t index) const { return plan_.first + index * plan_.step; }

    // One look further than the one that is waited for.
    std::uint32_t most_now() const {
        if (!plan_.stopping) return wanted_;
        return std::max(wanted_, std::min(2 * wanted_, plan_.stopping->most));
    }

    void put_in_order() {
        for (; ended_ < wanted_; ++ended_) {
            const std::uint32_t next = number_of(ended_);
            const auto found = results_.find(next);
            if (found == results_.end() && !failed_.contains(next)) return;
            if (found == results_.end()) continue;
            in_order_.push_back(std::move(found->second));
            results_.erase(found);
        }
    }

    void see_whether_enough() {
        if (ended_ == wanted_) {
            const std::uint32_t next = plan_.stopping ? plan_.stopping->wanted(in_order_) : wanted_;
            enough_ = next <= wanted_;
            if (enough_) return;
            wanted_ = next;
            meter_.expect(next);
            return put_in_order();
        }
        if (!plan_.stopping || !plan_.stopping->time_limit) return;
        out_of_time_ = enough_ = std::chrono::steady_clock::now() - begun_ >= *plan_.stopping->time_limit;
    }

    std::string repeat_command(std::uint32_t replication) const {
        return fmt::format("{} --only-replication {}", plan_.repeat_command, replication);
    }

    void fail(std::uint32_t replication, std::string why) {
        failed_.insert({replication, {replication, std::move(why), repeat_command(replication)}});
    }

    // A future that died takes nothing else with it.
    void note_futures(const scenarios::ReplicationResult& result) {
        for (auto& one : failed_futures(result, repeat_command(result.replication))) {
            failed_futures_.push_back(std::move(one));
        }
    }

    const scenarios::Scenario& scenario_;
    const ReplicationPlan& plan_;
    std::unique_ptr<Hands> hands_;
    std::uint32_t wanted_;
    ProgressMeter meter_;
    std::chrono::steady_clock::time_point begun_;
    std::uint32_t started_ = 0;
    std::uint32_t ended_ = 0;  // the first ones, without a gap
    bool enough_ = false;
    bool out_of_time_ = false;
    std::list<std::unique_ptr<Running>> running_;         // before its hands: it ends first
    std::vector<scenarios::ReplicationResult> in_order_;  // of these
    std::map<std::uint32_t, scenarios::ReplicationResult> results_;
    std::map<std::uint32_t, scenarios::FailedReplication> failed_;
    std::vector<scenarios::FailedReplication> failed_futures_;
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

}  // namespace faultline::planning
