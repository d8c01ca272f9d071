// What a machine with a bad network card, cable or port does to those that work together with it and wait for it: its
// streams are slower, and each exchange of messages with it takes longer.
//
// A stream of TCP carries a window a round trip, and with a loss p of its packets about MSS / RTT x sqrt(3 / (2 p)):
// M. Mathis, J. Semke, J. Mahdavi, T. Ott, The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm, ACM CCR
// 27(3), 1997. A message that is lost waits for the sender's timer, which doubles: p x RTO / (1 - 2 p) on average.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/time.hpp"
#include "models/topology.hpp"

namespace faultline::models {

struct NodeExchange {
    double stream_bps = std::numeric_limits<double>::infinity();  // of one stream
    double added_s = 0.0;                                         // to one exchange: there and back

    // So many streams side by side through a card.
    engine::BitsPerSecond rate(engine::BitsPerSecond card, int streams) const {
        return {std::min(card.value, stream_bps * streams)};
    }
};

// `path`: between two of these machines when all are well.
inline NodeExchange exchange_with(const Degradation& machine, const Path& path) {
    if (!machine.any()) return {};
    constexpr double window_bits = 8.0 * 4 * 1024 * 1024;  // Source: Linux tcp(7), tcp_wmem, default maximum
    constexpr double segment_bits = 8.0 * 1448;            // of 1500 bytes with IPv4 and TCP timestamps
    const double calm_s = engine::in_seconds(path.base_round_trip);
    const double round_trip_s = std::max(1e-6, calm_s * machine.latency_multiplier);
    const double loss = machine.extra_loss;
    NodeExchange exchange;
    exchange.stream_bps = window_bits / round_trip_s;
    if (loss > 0.0) {
        exchange.stream_bps = std::min(exchange.stream_bps, segment_bits / round_trip_s * std::sqrt(1.5 / loss));
    }
    exchange.added_s = round_trip_s - calm_s;
    const double timer_s = engine::in_seconds(path.retransmission_timeout);
    if (loss > 0.0) exchange.added_s += 2.0 * loss * timer_s / std::max(0.02, 1.0 - 2.0 * loss);
    return exchange;
}

}  // namespace faultline::models
