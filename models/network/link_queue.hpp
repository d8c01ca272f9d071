// What a request's packets wait at one way of a limited link beside bulk flows, and the share at which a long message
// goes on there.
//
//   not full   every flow is held back elsewhere. Full-sized packets at the flows' utilisation rho form an M/D/1 queue:
//              a packet finds the line busy with probability rho, then waits S / (2 (1 - rho)) in the mean, S being the
//              time of a full packet on the line. The mean is exact (Pollaczek and Khinchine), the shape exponential.
//   full       flows that take all they get keep the buffer near its end. n connections of CUBIC lose in turn, each
//              falling to beta of what it had in flight: together they hold between B - (1 - beta)(T + B) / n and B,
//              and a packet finds any of it equally likely.
//
// T is the link's own round trip, B the buffer's time at full rate: as much, the rule of one bandwidth-delay product.
// No packet waits longer than B. The first window of a message goes back to back at the line's rate, the rest at the
// share that max-min fairness leaves to one connection more.
// Sources: L. Kleinrock, Queueing Systems 1, 1975, section 5.6 (M/D/1); C. Villamizar, C. Song, High Performance TCP in
// ANSNET, CCR 24(5), 1994 (the buffer; no provider publishes its own); RFC 9438, section 4.6 (beta of CUBIC, 0.7);
// RFC 6928 (initial window, 10 segments).
// Leaves out: the losses of a full link (some 1e-5 a packet at a share of 20 Mbit/s), active queue management and BBR,
// which keep queues short, requests among themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/time.hpp"

namespace faultline::models {

// Of one way of a link, as of now.
struct LinkLoad {
    double used = 0.0;         // by flows, share of the bandwidth, 0..1
    double connections = 0.0;  // of the flows on it
};

struct LinkQueue {
    double busy = 0.0;              // probability that a packet waits; 1: the link is full
    double mean_s = 0.0;            // of the waits, while it is not full
    double least_s = 0.0;           // of a wait, while it is full
    double most_s = 0.0;            // of any wait
    double seconds_per_byte = 0.0;  // of a message beyond its first window

    bool full() const { return busy >= 1.0; }
    double expected_wait_s() const { return full() ? (least_s + most_s) / 2.0 : busy * mean_s; }
    friend bool operator==(const LinkQueue&, const LinkQueue&) = default;
};

inline constexpr double full_packet_bytes = 1500.0;
inline constexpr double full_from = 0.999;  // of the bandwidth: less is a rounding of the flows' shares
inline constexpr double cubic_beta = 0.7;
inline constexpr std::int64_t first_window_bytes = 14'600;  // 10 segments of 1460 B

// Nothing waits without a flow, or where the link has no limit.
inline LinkQueue queue_beside(const LinkLoad& load, engine::BitsPerSecond bandwidth, engine::Duration round_trip) {
    if (load.used <= 0.0 || std::isinf(bandwidth.value)) return {};
    const double byte_s = 8.0 / bandwidth.value;
    const double buffer_s = engine::in_seconds(round_trip);
    const double left = std::max(1.0 - load.used, 1.0 / (load.connections + 1.0));
    LinkQueue queue{.most_s = buffer_s, .seconds_per_byte = byte_s / left};
    if (load.used >= full_from) {
        queue.busy = 1.0;
        const double swing_s = (1.0 - cubic_beta) * 2.0 * buffer_s / std::max(1.0, load.connections);
        queue.least_s = std::max(0.0, buffer_s - swing_s);
    } else {
        queue.busy = load.used;
        queue.mean_s = full_packet_bytes * byte_s / (2.0 * (1.0 - load.used));
    }
    return queue;
}

// Of one packet. u is uniform on (0, 1).
inline double wait_s(const LinkQueue& queue, double u) {
    if (queue.full()) return queue.least_s + u * (queue.most_s - queue.least_s);
    return u < queue.busy ? std::min(queue.most_s, -queue.mean_s * std::log(u / queue.busy)) : 0.0;
}

// The queues on a path, by direction.
struct PathQueues {
    std::vector<LinkQueue> there, back;
};

}  // namespace faultline::models
