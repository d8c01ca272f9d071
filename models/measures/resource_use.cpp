#include "models/measures/resource_use.hpp"

#include <algorithm>
#include <utility>

#include "engine/check.hpp"

namespace faultline::models {

namespace {

constexpr int seconds_of_a_minute = 60;

// What was added since; all of it, if it has begun anew.
double since(double before, double now) {
    return now < before ? now : now - before;
}

}  // namespace

void ResourceUses::Sums::add(double second_share, double second_waiting, std::int64_t at_ns) {
    ++seconds;
    share += second_share;
    waiting += second_waiting;
    if (second_share > worst_second) {
        worst_second = second_share;
        worst_at_ns = at_ns;
    }
    minute += second_share;
    ++in_minute;
    end_minute();
}

void ResourceUses::Sums::end_minute() {
    if (in_minute < seconds_of_a_minute) return;
    worst_minute = std::max(worst_minute, minute / in_minute);
    minute = 0.0;
    in_minute = 0;
}

void ResourceUses::Sums::add(const Sums& later) {
    seconds += later.seconds;
    share += later.share;
    waiting += later.waiting;
    if (later.worst_second > worst_second) {
        worst_second = later.worst_second;
        worst_at_ns = later.worst_at_ns;
    }
    worst_minute = std::max(worst_minute, later.worst_minute);
    minute += later.minute;
    in_minute += later.in_minute;
    end_minute();
}

scenarios::ResourceUse ResourceUses::Sums::use() const {
    if (seconds == 0) return {};
    const double mean = share / static_cast<double>(seconds);
    return {.seconds = seconds,
            .mean = mean,
            .worst_second = worst_second,
            .worst_minute = worst_minute > 0.0 ? worst_minute : mean,
            .worst_at_ns = worst_at_ns,
            .waiting = waiting / static_cast<double>(seconds)};
}

std::size_t ResourceUses::add(scenarios::ResourceResult described, const ResourceReading& now) {
    resources_.push_back({std::move(described)});
    steady_.push_back({now});
    return resources_.size() - 1;
}

void ResourceUses::second_passed(engine::Instant now, LivePhase phase, std::size_t incidents) {
    SIM_CHECK(phase == LivePhase::steady || incidents > 0);
    phase_ = phase;
    incidents_ = incidents;
    now_ns_ = now.time_since_epoch().count();
}

void ResourceUses::read(std::size_t resource, const ResourceReading& now) {
    Steady& steady = steady_[resource];
    const double share = since(steady.before.busy_s, now.busy_s) / now.units;
    const double waiting = since(steady.before.waiting_s, now.waiting_s);
    steady.before = now;
    if (phase_ == LivePhase::steady) return steady.sums.add(share, waiting, now_ns_);
    Resource& of = resources_[resource];
    of.incidents.resize(incidents_);
    of.aftermaths.resize(incidents_);
    if (phase_ == LivePhase::settling) return of.settling.add(share, waiting, now_ns_);
    of.incidents.back().add(share, waiting, now_ns_);
    if (phase_ == LivePhase::recovering) of.aftermaths.back().add(share, waiting, now_ns_);
}

void ResourceUses::resolve_settling(LivePhase phase) {
    for (std::size_t i = 0; i < resources_.size(); ++i) {
        Resource& resource = resources_[i];
        const Sums settled = std::exchange(resource.settling, {});
        if (settled.seconds == 0) continue;
        if (phase == LivePhase::steady) {
            steady_[i].sums.add(settled);
        } else {
            resource.incidents.back().add(settled);
            resource.aftermaths.back().add(settled);
        }
    }
}

std::vector<scenarios::ResourceResult> ResourceUses::finish(std::size_t incidents) const {
    std::vector<scenarios::ResourceResult> results;
    results.reserve(resources_.size());
    for (std::size_t i = 0; i < resources_.size(); ++i) {
        const Resource& resource = resources_[i];
        scenarios::ResourceResult& told = results.emplace_back(resource.told);
        told.steady = steady_[i].sums.use();
        for (const Sums& incident : resource.incidents) told.incidents.push_back(incident.use());
        for (const Sums& aftermath : resource.aftermaths) told.aftermaths.push_back(aftermath.use());
        told.incidents.resize(incidents);
        told.aftermaths.resize(incidents);
    }
    return results;
}

std::size_t ResourceUses::memory_bytes() const {
    std::size_t bytes = resources_.capacity() * sizeof(Resource) + steady_.capacity() * sizeof(Steady);
    for (const Resource& resource : resources_)
        bytes += (resource.incidents.capacity() + resource.aftermaths.capacity()) * sizeof(Sums);
    return bytes;
}

}  // namespace faultline::models
