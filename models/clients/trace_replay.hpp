// Arrivals as they were recorded: each request of a trace (scenarios/trace_file.hpp) falls due at its own instant, with
// its class, key and office, counted from the beginning of the run and faster or slower by the trace's speed.
//
// It reads the file as it goes, one request ahead: memory does not grow with the trace. Where the file has no offices,
// requests are spread over them by their weights, on draws of its own. A trace that repeats begins anew a mean gap
// after its last request. Instants are exact to a microsecond or better where times have no more than ten digits before
// their point. Leaves out: requests that follow from others (what was recorded already has them).
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/component.hpp"
#include "engine/random/stream.hpp"
#include "engine/simulation.hpp"
#include "models/clients/office.hpp"
#include "scenarios/trace_requests.hpp"

namespace faultline::models {

// A key as a number below `count`, at least 1: a whole number below it is itself, anything else is hashed
// (engine::stable_hash), so that two of n words meet with a probability of about n / (2 count) each.
std::uint64_t key_number(std::string_view key, std::uint64_t count);

class TraceReplay {
public:
    // Requires: the workload has a trace. All outlive it. Offices in the order of the scenario.
    TraceReplay(engine::Simulation& simulation, const scenarios::Scenario& scenario,
                const std::vector<ClassPlan>& classes, const std::vector<std::unique_ptr<Office>>& offices);
    ~TraceReplay();
    TraceReplay(const TraceReplay&) = delete;
    TraceReplay& operator=(const TraceReplay&) = delete;

    // Throws std::runtime_error, here and while it runs, where the file is no longer the one that was checked.
    void begin();

private:
    // The request that is coming, as a calendar node: it waits for nothing but its instant.
    struct Coming : engine::CalendarNode {
        Coming(TraceReplay& of, std::uint32_t component)
            : CalendarNode(&fall_due, engine::EventKind::started, component), replay(of) {}
        TraceReplay& replay;
        std::uint64_t number = 0;
        ClassId query_class = 0;
        std::size_t office = 0;
        std::uint64_t key = no_key;
    };
    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
    void schedule_next();
    std::optional<scenarios::TraceRequest> read();
    std::optional<scenarios::TraceRequest> read_on();
    void begin_anew();
    std::size_t office_of(const scenarios::TraceRequest& request, std::uint64_t number) const;

    engine::Simulation& simulation_;
    engine::Component component_;
    const scenarios::Scenario& scenario_;
    const scenarios::TraceReplay& shape_;
    const std::vector<ClassPlan>& classes_;
    const std::vector<std::unique_ptr<Office>>& offices_;
    engine::StreamKey of_offices_;
    std::vector<double> cumulative_weights_;  // of the offices, up to 1
    std::unique_ptr<scenarios::TraceRequests> requests_;
    std::optional<double> first_s_;   // as recorded
    std::optional<double> begun_s_;   // of the first request that is not passed over
    double last_s_ = 0.0;             // of the last one read
    std::uint64_t of_this_time_ = 0;  // requests since it began, or began anew
    engine::Instant time_begun_ = engine::start_of_time;
    Coming coming_;
};

}  // namespace faultline::models
