// How much of each queue and link is in use, by phase: what counters said at the end of each second, less what they
// said a second before. So nothing is done while a query passes, and the mean is over time.
//
// Leaves out: what happens within a second.
#pragma once

#include <cstdint>
#include <vector>

#include "models/measures/phase_track.hpp"
#include "scenarios/resource_result.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

// Since some instant, the same as long as neither sum gets smaller: then the counter has begun anew, from zero.
struct ResourceReading {
    double busy_s = 0.0;     // units in use x seconds
    double waiting_s = 0.0;  // jobs that wait x seconds
    double units = 1.0;      // that there are now; > 0
};

class ResourceUses {
public:
    // Returns its number. `now` is what its counters say when it begins.
    std::size_t add(scenarios::ResourceResult described, const ResourceReading& now);
    std::size_t size() const { return resources_.size(); }

    // A second has passed, which ended in this phase, of the latest of so many incidents; then each resource's reading.
    void second_passed(engine::Instant now, LivePhase phase, std::size_t incidents);
    void read(std::size_t resource, const ResourceReading& now);

    // What is settling was `phase` all the time.
    void resolve_settling(LivePhase phase);
    void set_words(std::size_t resource, std::string words) { resources_[resource].told.words = std::move(words); }
    std::vector<scenarios::ResourceResult> finish(std::size_t incidents) const;  // so many in the run
    std::size_t memory_bytes() const;

private:
    // Of one phase.
    struct Sums {
        std::int64_t seconds = 0, worst_at_ns = 0;
        double share = 0.0, waiting = 0.0;  // sums over the seconds
        double worst_second = 0.0, worst_minute = 0.0;
        double minute = 0.0;  // of the seconds since the last whole one; what was settling may make one longer
        int in_minute = 0;
        void add(double second_share, double second_waiting, std::int64_t at_ns);
        void add(const Sums& later);
        void end_minute();
        scenarios::ResourceUse use() const;
    };
    struct Resource {
        scenarios::ResourceResult told;
        Sums settling{};
        std::vector<Sums> incidents{}, aftermaths{};
    };
    // What each second looks at while nothing is wrong, side by side: resources are many.
    struct Steady {
        ResourceReading before;
        Sums sums{};
    };

    std::vector<Resource> resources_;
    std::vector<Steady> steady_;  // of each
    LivePhase phase_ = LivePhase::steady;
    std::size_t incidents_ = 0;
    std::int64_t now_ns_ = 0;
};

}  // namespace faultline::models
