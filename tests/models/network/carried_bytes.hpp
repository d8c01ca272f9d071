// What flows move over the links of a star, against what these can carry.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "models/network/simgrid_flows.hpp"

namespace faultline::models {

// Link i leads from the hub to place i. Each way of it is a capacity of its own.
class CarriedBytes {
public:
    CarriedBytes(const Flows& flows, std::vector<double> rates) : flows_(flows), rates_(std::move(rates)) {}

    void started(FlowId flow, std::size_t from, std::size_t to) { moving_.push_back({flow, from, to, 0}); }
    void set_rate(std::size_t link, double bits_per_s) { rates_[link] = bits_per_s; }

    // After flows.advance(now): nothing was started, cut or changed since the last call.
    void expect_within_capacity(engine::Instant now, std::span<const Finished> ended) {
        std::vector<double> out(rates_.size()), in(rates_.size());
        for (Moving& one : moving_) {
            const auto end =
                std::find_if(ended.begin(), ended.end(), [&](const auto& e) { return e.flow == one.flow; });
            const std::int64_t moved = end != ended.end() ? end->moved.count : flows_.moved(one.flow).count;
            const bool gone = end == ended.end() && moved < one.moved;
            if (one.from != one.to && !gone) {
                out[one.from] += static_cast<double>(moved - one.moved);
                in[one.to] += static_cast<double>(moved - one.moved);
            }
            one.moved = end != ended.end() ? over : moved;
        }
        std::erase_if(moving_, [](const Moving& one) { return one.moved == over; });
        const double seconds = engine::in_seconds(now - last_) + clock_lag_s;
        for (std::size_t i = 0; i < rates_.size(); ++i) {
            const double most = rates_[i] / 8.0 * seconds + rounding;
            EXPECT_LE(out[i], most) << "link " << i << " away from its end, at " << engine::in_seconds(now);
            EXPECT_LE(in[i], most) << "link " << i << " towards its end, at " << engine::in_seconds(now);
            fullest_ = std::max(fullest_, std::max(out[i], in[i]) / (rates_[i] / 8.0 * seconds + 1.0));
        }
        last_ = now;
    }
    double fullest() const { return fullest_; }  // share of what one way could carry, in the fullest step

private:
    static constexpr std::int64_t over = -1;
    static constexpr double rounding = 64.0;  // a byte for each flow of the way
    // SimGrid's clock may stand at a completion so long before the end of a step; the next one has that time as well.
    static constexpr double clock_lag_s = 10e-6;
    struct Moving {
        FlowId flow;
        std::size_t from, to;
        std::int64_t moved;
    };
    const Flows& flows_;
    std::vector<double> rates_;
    std::vector<Moving> moving_;
    engine::Instant last_ = engine::start_of_time;
    double fullest_ = 0.0;
};

}  // namespace faultline::models
