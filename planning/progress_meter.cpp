#include "planning/progress_meter.hpp"

#include <algorithm>

namespace faultline::planning {
namespace {

constexpr auto between_tellings = std::chrono::milliseconds{100};
constexpr double share_max_running = 0.99;  // the length of an automatic warm-up is not known beforehand
constexpr double share_min_to_estimate = 0.005;
constexpr double smoothing = 0.2;  // of the rate of events

// Simulated time of one replication: of each further future, from the first fault that may come to the window's end.
double horizon_ns_of(const scenarios::Scenario& scenario) {
    const scenarios::Run& run = scenario.run;
    const engine::Duration alone = run.warm_up.value_or(engine::Duration{}) + run.measured;
    engine::Duration within{};
    for (const scenarios::Fault& fault : scenario.faults) within = std::max(within, fault.within);
    const engine::Duration future = std::min(run.measured, run.futures.window + within / 2);
    return static_cast<double>(alone.count()) +
           static_cast<double>(future.count()) * static_cast<double>(run.futures.count - 1);
}

}  // namespace

ProgressMeter::ProgressMeter(const scenarios::Scenario& scenario, std::uint32_t replications)
    : horizon_ns_{horizon_ns_of(scenario)}, replications_{replications}, begun_{Clock::now()}, told_{begun_} {}

void ProgressMeter::at(std::uint32_t replication, const WorkerProgress& progress) {
    Part& part = parts_[replication];
    part.events = progress.events;
    const double share = horizon_ns_ > 0.0 ? static_cast<double>(progress.now_ns) / horizon_ns_ : 0.0;
    part.share = std::clamp(share, part.share, share_max_running);
}

void ProgressMeter::finished(std::uint32_t replication) {
    Part& part = parts_[replication];
    part.share = 1.0;
    part.finished = true;
}

std::optional<Progress> ProgressMeter::due(bool at_the_end) {
    const auto now = Clock::now();
    const std::chrono::duration<double> since_told = now - told_;
    if (since_told < between_tellings && !at_the_end) return std::nullopt;

    Progress progress;
    progress.replications = replications_;
    double shares = 0.0;
    for (const auto& [number, part] : parts_) {
        shares += part.share;
        progress.events += part.events;
        if (part.finished) ++progress.finished;
    }
    progress.share = replications_ == 0 ? 1.0 : std::min(1.0, shares / replications_);  // some are ahead
    progress.finished = std::min(progress.finished, replications_);

    const double new_events = static_cast<double>(progress.events - std::min(events_told_, progress.events));
    const double rate = since_told.count() > 0.0 ? new_events / since_told.count() : 0.0;
    events_per_s_ = events_per_s_ > 0.0 ? events_per_s_ + smoothing * (rate - events_per_s_) : rate;
    progress.events_per_s = events_per_s_;
    events_told_ = progress.events;
    told_ = now;

    const std::chrono::duration<double> so_far = now - begun_;
    if (progress.share >= share_min_to_estimate) {
        progress.seconds_left = so_far.count() * (1.0 - progress.share) / progress.share;
    }
    return progress;
}

}  // namespace faultline::planning
