// The capacity of an Aurora Serverless v2 instance, in ACUs of 2 GiB and the CPU that goes with them: how much of the
// CPUs its statements get now, and how it follows the load.
//
// Once a second the busy share of the CPUs is compared with a target. Above it the capacity grows, below it shrinks, by
// at most a share of what there is now (the larger, the faster), in steps of 0.5, between minimum and maximum.
// Memory follows: the buffer pool loses its oldest pages or gets room. A replica of tier 0 or 1 has at least the
// writer's capacity. Sources: Aurora User Guide, Aurora Serverless v2; the rates are assumptions (docs/models/
// instances.md).
// Leaves out: scaling for memory or connections, pause at 0 ACU, hosts that run out of room.
#pragma once

#include "engine/statistics/count_over_time.hpp"
#include "engine/statistics/time_weighted.hpp"
#include "engine/waits.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;

struct ServerlessShape {
    double acu_min = 0.5;            // multiples of 0.5
    double acu_max = 1.0;            // >= acu_min
    double vcpus_an_acu = 0.25;      // > 0
    double pool_pages_an_acu = 0.0;  // of the buffer pool
    double target = 0.7;             // busy share of the CPUs, 0..1
    double up_a_second = 0.1;        // at most this share of the capacity more, or 0.5 ACU
    double down_a_second = 0.01;     // at most this share less, or 0.05 ACU
};

// CPU time shared out by capacity: v vCPUs are ceil(v) places of speed v / ceil(v).
class CpuShare {
public:
    CpuShare(Instant now, double vcpus) : busy_(now) { set(vcpus); }

    void set(double vcpus);
    void change_speed(double factor) { speed_ *= factor; }
    int places() const { return places_; }
    int in_service() const { return running_; }
    bool free() const { return running_ < places_; }
    engine::Condition& freed() { return freed_; }
    // What a demand of CPU time takes at this capacity.
    Duration stretched(Duration demand) const;
    // Busy share of the places since the last call.
    double busy_share(Instant now);
    // Places times the time in which they were busy since the start.
    double busy_seconds(Instant now) const { return busy_before_s_ + busy_.count_seconds(now); }

    // A place in use. Requires: free().
    class Turn {
    public:
        Turn(CpuShare& share, engine::Simulation& simulation);
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();

    private:
        CpuShare& share_;
        engine::Simulation& simulation_;
    };

private:
    int places_ = 1;
    double stretch_ = 1.0;
    double speed_ = 1.0;  // of a place
    int running_ = 0;
    engine::CountOverTime busy_;
    double busy_before_s_ = 0.0;  // when its share was last asked for
    engine::Condition freed_;
};

class ServerlessCapacity {
public:
    ServerlessCapacity(const ServerlessShape& shape, Instant now);

    double acu() const { return acu_; }
    CpuShare& cpu() { return cpu_; }
    const CpuShare& cpu() const { return cpu_; }
    std::uint64_t pool_pages() const;
    // A second has passed. `at_least`: the writer's capacity, for a replica that may have to take over; else 0.
    void follow(Instant now, double at_least);

    double acu_mean(Instant now) const { return over_time_.mean(now); }
    void reset_statistics(Instant now) { over_time_.reset(now); }

private:
    ServerlessShape shape_;
    double wanted_;  // not rounded
    double acu_;
    CpuShare cpu_;
    engine::TimeWeighted over_time_;
};

}  // namespace faultline::models
