// One request and its answer over a path: base, jitter, lost packets, the time that the bytes take on the wire, and
// what they wait for bulk flows on limited links (link_queue.hpp).
//
// Established connections wait the path's retransmission timeout for a lost packet and double it each time, connection
// attempts 1 s (RFC 6298); a message of many segments recovers from a single loss in one round trip (RFC 5681, fast
// retransmit), unless one of its last three is the lost one. It leaves out: slow start after idling, queues behind
// other requests, and paths that change while a packet is under way.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/call.hpp"
#include "engine/time.hpp"
#include "models/network/jitter.hpp"
#include "models/topology.hpp"

namespace faultline::models {

struct Payload {
    engine::Bytes request{};   // >= 0
    engine::Bytes response{};  // >= 0
};

// Not delivered: the path carries nothing now, or everything was lost until the sender gave up; then the delays hold
// how long that took (zero for a path that carries nothing: the caller's timers decide).
using engine::Delays;

inline constexpr std::int64_t segment_bytes = 1460;  // 1500 of Ethernet less the headers of IPv4 and TCP
inline constexpr int retransmissions_max = 15;       // Linux tcp_retries2
inline constexpr int connect_retries_max = 6;        // Linux tcp_syn_retries: gives up after 127 s
inline constexpr engine::Duration connect_timeout_first = std::chrono::seconds{1};          // RFC 6298 section 2.1
inline constexpr engine::Duration retransmission_timeout_most = std::chrono::seconds{120};  // Linux TCP_RTO_MAX

// What a round trip takes beyond path.base_round_trip, by the jitter of all links on the way: without a spike, with at
// least one (u uniform on (0, spike_probability): it says which links have one, and is rescaled from link to link), and
// by the path's own odds. Losses not included.
template <typename Generator>
engine::Duration sample_calm_excess(const Path& path, Generator& generator) {
    double excess_s = 0.0;
    const auto add = [&](const JitterBody& body) { excess_s += std::min(sample_body_s(body, generator), body.cap_s); };
    for (std::size_t i = 0; i < path.body_count; ++i) add(path.bodies[i]);
    if (path.body_count == Path::bodies_most) [[unlikely]] {
        for (std::size_t i = Path::bodies_most; i < path.jitter.size(); ++i) add(body_of(*path.jitter[i]));
    }
    return engine::Duration{static_cast<std::int64_t>(excess_s * 1e9)};
}
template <typename Generator>
engine::Duration sample_spiky_excess(const Path& path, Generator& generator, double u) {
    double excess_s = 0.0;
    for (const JitterModel* const jitter : path.jitter) {
        double link_s = sample_body_s(body_of(*jitter), generator);
        const double here = jitter->spike_probability;
        const bool spike = u < here;
        if (spike) link_s += spike_s(*jitter, u / here);
        u = spike ? generator.uniform() : (u - here) / (1.0 - here);
        excess_s += std::min(link_s, jitter->cap_s);
    }
    return engine::Duration{static_cast<std::int64_t>(excess_s * 1e9)};
}
template <typename Generator>
engine::Duration sample_excess(const Path& path, Generator& generator) {
    const double u = path.spike_probability > 0.0 ? generator.uniform() : 1.0;
    return u < path.spike_probability ? sample_spiky_excess(path, generator, u) : sample_calm_excess(path, generator);
}

// The wait before packet number `attempt` is sent again, 0 being the first wait.
inline engine::Duration retransmission_wait(engine::Duration first, int attempt) {
    const engine::Duration longest = std::max(first, retransmission_timeout_most);
    return attempt >= 10 ? longest : std::min(longest, first * (std::int64_t{1} << attempt));
}

namespace detail {

// The probability that the bytes of one direction lose a packet. Beyond some hundred segments the exact count changes
// only how often the same single recovery is paid.
inline std::int64_t segments_of(engine::Bytes size) {
    return std::max<std::int64_t>(1, (size.count + segment_bytes - 1) / segment_bytes);
}
inline double loss_of_message(const Path& path, engine::Bytes size) {
    const std::int64_t segments = segments_of(size);
    if (segments <= 8) {  // as exact, and cheaper than the logarithm
        double lost = path.loss_one_way;
        for (std::int64_t i = 1; i < segments; ++i) lost += (1.0 - lost) * path.loss_one_way;
        return lost;
    }
    return -std::expm1(static_cast<double>(segments) * std::log1p(-path.loss_one_way));
}

// Sends one direction's bytes, of which a packet was lost, until they are through. Adds what that costs to `delay`;
// false: gave up.
template <typename Generator>
bool recover_from_loss(const Path& path, engine::Bytes size, Generator& generator, engine::Duration& delay) {
    const std::int64_t segments = segments_of(size);
    const double tail_share = 3.0 / static_cast<double>(segments);
    if (segments > 3 && generator.uniform() >= tail_share) {
        delay += path.base_round_trip;
        return true;
    }
    int attempt = 0;
    do {
        if (attempt == retransmissions_max) return false;
        delay += retransmission_wait(path.retransmission_timeout, attempt);
        ++attempt;
    } while (generator.uniform() < path.loss_one_way);
    return true;
}

// That a packet of the request or of the answer is lost.
struct LossOfMessages {
    double there, back;
    double any() const { return there + back - there * back; }
};
inline LossOfMessages loss_of_messages(const Path& path, const Payload& payload) {
    return {loss_of_message(path, payload.request), loss_of_message(path, payload.response)};
}

// Given that a packet was lost. u is uniform on (0, loss.any()): which way. false: gave up.
template <typename Generator>
bool recover(const Path& path, const Payload& payload, Generator& generator, double u, Delays& delays) {
    const LossOfMessages loss = loss_of_messages(path, payload);
    const bool lost_there = u < loss.there;
    const bool lost_back = !lost_there || generator.uniform() < loss.back;
    if (lost_there && !recover_from_loss(path, payload.request, generator, delays.forward)) return false;
    return !lost_back || recover_from_loss(path, payload.response, generator, delays.back);
}

inline engine::Duration on_the_wire(const Path& path, engine::Bytes size) {
    return engine::duration_from_seconds(static_cast<double>(size.count) * path.seconds_per_byte);
}

}  // namespace detail

namespace detail {

// What one direction's bytes wait for flows. `wire` is what each byte takes on the path without them.
template <typename Generator>
engine::Duration wait_for_flows(const std::vector<LinkQueue>& queues, engine::Bytes size, double wire,
                                Generator& generator) {
    double waits_s = 0.0;
    double slowest = wire;
    for (const LinkQueue& queue : queues) {
        waits_s += wait_s(queue, generator.uniform());
        slowest = std::max(slowest, queue.seconds_per_byte);
    }
    const auto beyond = static_cast<double>(std::max<std::int64_t>(0, size.count - first_window_bytes));
    return engine::duration_from_seconds(waits_s + beyond * (slowest - wire));
}

template <typename Generator>
void add_waits_for_flows(const Path& path, const Payload& payload, Generator& generator, Delays& delays) {
    delays.forward += wait_for_flows(path.queues->there, payload.request, path.seconds_per_byte, generator);
    delays.back += wait_for_flows(path.queues->back, payload.response, path.seconds_per_byte, generator);
}

}  // namespace detail

// The same without waiting for flows: of a stream that is a flow itself (link_stream.hpp). The excess is split in
// halves between the two directions. One uniform says whether anything befalls them, a lost packet or a spike: as a
// rule nothing does.
template <typename Generator>
Delays sample_beside_no_flow(const Path& path, const Payload& payload, Generator& generator) {
    if (!path.usable) return {.delivered = false};
    const bool one_segment = payload.request.count <= segment_bytes && payload.response.count <= segment_bytes;
    const double loss = one_segment ? path.loss_per_round_trip : detail::loss_of_messages(path, payload).any();
    const double mishaps = loss + (1.0 - loss) * path.spike_probability;
    const double u = mishaps > 0.0 ? generator.uniform() : 1.0;
    engine::Duration excess;
    if (u >= mishaps) [[likely]] {
        excess = sample_calm_excess(path, generator);
    } else if (u < loss) {
        excess = sample_excess(path, generator);
    } else {
        excess = sample_spiky_excess(path, generator, (u - loss) / (1.0 - loss));
    }
    const engine::Duration total = path.base_round_trip + excess;
    const engine::Duration there = total / 2;
    Delays delays{true, there + detail::on_the_wire(path, payload.request),
                  total - there + detail::on_the_wire(path, payload.response)};
    if (u < loss) [[unlikely]]
        delays.delivered = detail::recover(path, payload, generator, u, delays);
    return delays;
}

// A request and its answer on an established connection.
template <typename Generator>
Delays sample_round_trip(const Path& path, const Payload& payload, Generator& generator) {
    Delays delays = sample_beside_no_flow(path, payload, generator);
    path.send(payload.request, payload.response);
    if (path.queues != nullptr) [[unlikely]]
        detail::add_waits_for_flows(path, payload, generator, delays);
    return delays;
}

// The first round trip of a TCP connection: SYN and its answer, either of which may be lost.
template <typename Generator>
Delays sample_connect(const Path& path, Generator& generator) {
    if (!path.usable) return {.delivered = false};
    const engine::Duration total = path.base_round_trip + sample_excess(path, generator);
    Delays delays{true, total / 2, total - total / 2};
    for (int attempt = 0; path.loss_per_round_trip > 0.0 && generator.uniform() < path.loss_per_round_trip; ++attempt) {
        delays.forward += retransmission_wait(connect_timeout_first, attempt);
        if (attempt == connect_retries_max) return {false, delays.forward, {}};
    }
    if (path.queues != nullptr) [[unlikely]]
        detail::add_waits_for_flows(path, Payload{}, generator, delays);
    return delays;
}

}  // namespace faultline::models
