// The network card of an instance's class, towards the network: what the instance sends waits for it, first come first
// served, and occupies it for as long as its bytes take at the class's sustained bandwidth. When bytes have left is
// known when they are handed over, so nothing of it is an event.
//
// Source: Amazon EC2 User Guide, instance network bandwidth: what a size has at any time is its baseline. Leaves out:
// bursts above it from credits, what comes in, headers, and which of the instance's connections is served first.
#pragma once

#include "engine/queueing/serial_server.hpp"
#include "engine/time.hpp"

namespace faultline::models {

class NetworkCard {
public:
    // A bandwidth of 0 or less: it is no limit, and never in use.
    NetworkCard(engine::Instant now, engine::BitsPerSecond bandwidth) : bandwidth_(bandwidth), server_(now) {}

    bool limited() const { return bandwidth_.value > 0.0; }
    // For what is handed over from now on.
    void set_bandwidth(engine::BitsPerSecond bandwidth) { bandwidth_ = bandwidth; }

    // How long so many bytes occupy it. Requires: size >= 0.
    engine::Duration time_of(engine::Bytes size) const {
        return limited() ? engine::transmission_time(size, bandwidth_) : engine::Duration::zero();
    }
    // From when to when it sends what is handed over now. Requires: calls come in the order of `now`.
    engine::SerialServer::Turn take(engine::Instant now, engine::Bytes size) {
        return limited() ? server_.take(now, time_of(size)) : engine::SerialServer::Turn{now, now};
    }

    // What has not left is gone: its host died, or its process.
    void clear(engine::Instant now) { server_.clear(now); }
    const engine::SerialServer& server() const { return server_; }
    void reset_statistics(engine::Instant now) { server_.reset_statistics(now); }

private:
    engine::BitsPerSecond bandwidth_;
    engine::SerialServer server_;
};

}  // namespace faultline::models
