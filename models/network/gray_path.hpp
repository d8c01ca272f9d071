// A path as a machine with a bad network card, cable or port sees it: everything on it takes k times as long, and
// packets are lost besides, each way. Routers, and whoever else is on the path, see nothing of it.
#pragma once

#include <algorithm>
#include <vector>

#include "models/network/round_trip.hpp"
#include "models/topology.hpp"

namespace faultline::models {

// Of both ends of one exchange.
inline Degradation both_of(const Degradation& a, const Degradation& b) {
    return {a.latency_multiplier * b.latency_multiplier, a.extra_loss + (1.0 - a.extra_loss) * b.extra_loss};
}

// One exchange after another: what `of` returns refers to `path` and to itself, until it is called again. A gray
// machine may have every second message of a run, so nothing is allocated once its arrays have their size.
class GrayPath {
public:
    const Path& of(const Path& path, const Degradation& machines) {
        double mean_s = 0.0, deviation_s = 0.0;
        scaled_.clear();
        for (const JitterModel* const jitter : path.jitter) {
            scaled_.push_back(slower(*jitter, machines.latency_multiplier));
            mean_s += scaled_.back().mean_s();
            deviation_s += scaled_.back().mean_deviation_s();
        }
        pointers_.clear();
        for (const JitterModel& jitter : scaled_) pointers_.push_back(&jitter);
        const double base_s = engine::in_seconds(path.base_round_trip) * machines.latency_multiplier;
        const double arrives = (1.0 - path.loss_one_way) * (1.0 - machines.extra_loss);
        path_ = path;
        path_.touched = nullptr;  // the path itself counts what is sent
        path_.set_jitter(pointers_);
        path_.base_round_trip = engine::duration_from_seconds(base_s);
        path_.loss_one_way = 1.0 - arrives;
        path_.loss_per_round_trip = 1.0 - arrives * arrives;
        path_.retransmission_timeout =
            engine::duration_from_seconds(base_s + mean_s + std::max(retransmission_least_s, 4.0 * deviation_s));
        return path_;
    }

private:
    std::vector<JitterModel> scaled_;
    std::vector<const JitterModel*> pointers_;
    Path path_;
};

}  // namespace faultline::models
