// Drives the recorder with a trace written by hand: operations at even intervals with a fate, and anything else at an
// instant. Calls are made in order of time, as a simulation makes them.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "models/measures/measures.hpp"
#include "tests/support/instants.hpp"

namespace faultline::models {

using namespace std::chrono_literals;
using scenarios::ReplicationResult;
using test::at;

// How an operation ends; `never` leaves it in flight.
struct Fate {
    FailureReason reason = FailureReason::none;
    Duration after = 5ms;
    bool never = false;
};
inline constexpr Fate answered{};
inline constexpr Fate refused{FailureReason::queue, 1ms};
inline constexpr Fate timed_out{scenarios::timed_out_in(scenarios::Stage::network), 3s};
inline constexpr Fate reset{FailureReason::connection_lost, 1ms};
inline constexpr Fate hangs{FailureReason::none, 0s, true};

// Time stages of an answer: all of it network.
inline std::array<Duration, scenarios::stage_count> stages_of(Duration latency) {
    std::array<Duration, scenarios::stage_count> stages{};
    stages[static_cast<std::size_t>(scenarios::Stage::network)] = latency;
    return stages;
}

class Trace {
public:
    explicit Trace(MeasuresShape shape) : shape_{std::move(shape)}, measures_{shape_} {}

    struct Stream {
        std::size_t query_class = 0;
        std::size_t office = 0;
        Duration every = 1ms;
    };
    // One operation in the middle of each interval of [from, to). The fate may depend on the due time.
    void operations(Stream stream, Duration from, Duration to, const std::function<Fate(Duration)>& fate_of) {
        for (Duration due = from + stream.every / 2; due < to; due += stream.every) {
            const Fate fate = fate_of(due);
            call(due, [=](Measures& m) { m.due(stream.query_class, stream.office, at(due)); });
            if (fate.never) continue;
            call(due + fate.after, [=](Measures& m) {
                m.ended(stream.query_class, stream.office, at(due), at(due + fate.after), fate.reason,
                        stages_of(fate.after), 1);
            });
        }
    }
    void operations(Stream stream, Duration from, Duration to, Fate fate) {
        operations(stream, from, to, [=](Duration) { return fate; });
    }
    // Every second, half a second into it.
    void canaries(std::size_t site, std::size_t target, const std::function<bool(Duration)>& good) {
        for (Duration due = 500ms; at(due) < shape_.end; due += 1s) {
            const bool ok = good(due);
            const Duration known = due + (ok ? 2ms : 1s);
            if (at(known) <= shape_.end) call(known, [=](Measures& m) { m.canary(site, target, at(due), ok); });
        }
    }
    void fault(std::size_t index, Duration from, Duration to) {
        call(from, [=](Measures& m) { m.fault_started(index, at(from)); });
        if (at(to) <= shape_.end) call(to, [=](Measures& m) { m.fault_ended(index, at(to)); });
    }
    void call(Duration when, std::function<void(Measures&)> what) { calls_.emplace_back(when, std::move(what)); }

    ReplicationResult run() {
        std::stable_sort(calls_.begin(), calls_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [when, what] : calls_) {
            if (at(when) <= shape_.end) what(measures_);
        }
        ReplicationResult result;
        measures_.finish(shape_.end, result);
        return result;
    }
    Measures& measures() { return measures_; }

private:
    MeasuresShape shape_;
    Measures measures_;
    std::vector<std::pair<Duration, std::function<void(Measures&)>>> calls_;
};

// One class at one office, one database with its canaries, one cache, two faults. The warm-up ends at 10 s.
inline MeasuresShape small_shape(Duration end) {
    MeasuresShape shape;
    shape.classes = {{"update", 1s, true, false, "orders", scenarios::TargetRole::writer}};
    shape.offices = {"boston"};
    shape.canary_targets = {"orders/writer", "orders/reader"};
    shape.caches = {"hot"};
    shape.databases = {"orders"};
    shape.faults = {{"first", "orders/instance-1"}, {"second", "us-east-1/a"}};
    shape.warm_up_end = at(10s);
    shape.end = at(end);
    return shape;
}

inline const scenarios::Recovery& recovery_of(const ReplicationResult& result, const std::string& of,
                                              std::size_t incident = 0) {
    const auto& all = result.incidents.at(incident).recoveries;
    return *std::find_if(all.begin(), all.end(), [&](const auto& recovery) { return recovery.of == of; });
}

// Of a class at its first office, over all phases.
inline scenarios::Outcomes outcomes_of(const scenarios::ClassResult& result) {
    scenarios::Outcomes sum;
    for (const auto* phase : {&result.steady, &result.degraded, &result.recovering}) {
        const scenarios::Outcomes& part = phase->at(0).outcomes;
        sum.due += part.due;
        sum.answered += part.answered;
        sum.refused += part.refused;
        sum.timed_out += part.timed_out;
        sum.failed += part.failed;
        sum.in_flight += part.in_flight;
        sum.good += part.good;
        sum.undecided += part.undecided;
    }
    return sum;
}

}  // namespace faultline::models
