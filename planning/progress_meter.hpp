// How far many replications are, all in all, and how long the rest will take, from what each worker says.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "planning/replications.hpp"
#include "planning/worker.hpp"

namespace faultline::planning {

class ProgressMeter {
public:
    ProgressMeter(const scenarios::Scenario& scenario, std::uint32_t replications);

    void at(std::uint32_t replication, const WorkerProgress& progress);
    void finished(std::uint32_t replication);
    void expect(std::uint32_t replications) { replications_ = replications; }

    // When it is time to tell again, or `at_the_end`.
    std::optional<Progress> due(bool at_the_end);

private:
    using Clock = std::chrono::steady_clock;
    struct Part {
        double share = 0.0;
        std::uint64_t events = 0;
        bool finished = false;
    };

    double horizon_ns_;
    std::uint32_t replications_;
    std::map<std::uint32_t, Part> parts_;
    Clock::time_point begun_, told_;
    std::uint64_t events_told_ = 0;
    double events_per_s_ = 0.0;
};

}  // namespace faultline::planning
