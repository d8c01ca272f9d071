// A running hash of (time, kind, component) over all events: equal runs have equal fingerprints.
#pragma once

#include <cstdint>

#include "engine/calendar.hpp"

namespace faultline::engine {

class Fingerprint {
public:
    // One multiplication an event. The order of events counts: the state is multiplied between them.
    void add(Instant time, EventKind kind, std::uint32_t component) {
        const auto label = (std::uint64_t{static_cast<std::uint16_t>(kind)} << 32) | component;
        state_ = (state_ ^ static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ (label * odd_)) * prime_;
        state_ ^= state_ >> 29;
    }
    std::uint64_t value() const { return state_; }

private:
    static constexpr std::uint64_t prime_ = 0x9e37'79b9'7f4a'7c15;  // 2^64 / golden ratio, odd
    static constexpr std::uint64_t odd_ = 0xd6e8'feb8'6659'fd93;
    std::uint64_t state_ = 0x6a09'e667'f3bc'c908;  // fractional part of the square root of 2
};

}  // namespace faultline::engine
