// What a round trip over a link takes beyond its base, and how often a packet is lost: the parameters of one class of
// link, and one draw from them. Sums of draws over a path: round_trip.hpp.
//
//     excess = min(cap, median * exp(sigma * Z) + [with spike_probability] scale * U^(-1/alpha))
//
// a lognormal body with a Pareto spike; Z standard normal, U uniform on (0,1). Fitted to measured quantiles by class:
// scenarios/profiles/jitter_model.csv, docs/models/network.md.
#pragma once

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "engine/random/exp.hpp"
#include "engine/time.hpp"

namespace faultline::models {

// The classes of jitter_model.csv that a topology is made of, and Ideal: no jitter and no loss.
enum class LinkClass : std::uint8_t {
    Ideal,
    IntraZone,
    InterZone,
    Backbone,
    InternetGood,
    InternetTypical,
    InternetBad,
    AccessFibre,
    AccessPrivate,  // MPLS or Direct Connect
    AccessCable,
    AccessDsl,
    AccessCellular,
    AccessLeoSatellite,
};
inline constexpr int link_class_count = 13;

// The class's name in jitter_model.csv, "backbone_inter_region"; "ideal" for Ideal.
std::string_view to_string(LinkClass link_class);

struct JitterModel {
    double body_median_s = 0.0;      // >= 0; 0 means no jitter at all, spikes included
    double body_sigma = 0.0;         // of the logarithm, >= 0
    double spike_probability = 0.0;  // per round trip, 0..1
    double spike_scale_s = 0.0;      // least spike, >= 0
    double spike_alpha = 2.0;        // Pareto exponent, > 1
    double cap_s = 0.0;              // no excess is longer
    double loss_probability = 0.0;   // per packet and direction, 0..1

    // The mean excess, and the mean absolute difference of a draw from it (what rttvar of RFC 6298 converges to). Exact
    // but for the cap, which is applied to the spike alone.
    double mean_s() const;
    double mean_deviation_s() const;

    friend bool operator==(const JitterModel&, const JitterModel&) = default;
};

// The body alone, in seconds: most draws are nothing else.
struct JitterBody {
    double median_s = 0.0, sigma = 0.0, cap_s = 0.0;
};
inline JitterBody body_of(const JitterModel& model) {
    return {model.body_median_s, model.body_sigma, model.cap_s};
}
template <typename Generator>
double sample_body_s(const JitterBody& body, Generator& generator) {
    boost::random::normal_distribution<double> normal;  // ziggurat; it keeps no state between draws
    return body.median_s * engine::exp_of(body.sigma * normal(generator));
}

// What a spike adds to a body, of a u that is uniform on (0, 1).
inline double spike_s(const JitterModel& model, double u) {
    return model.spike_scale_s * std::pow(u, -1.0 / model.spike_alpha);
}

// The same of what takes `factor` times as long.
inline JitterModel slower(JitterModel model, double factor) {
    model.body_median_s *= factor;
    model.spike_scale_s *= factor;
    model.cap_s *= factor;
    return model;
}

// The least that TCP adds to the smoothed round trip before it sends again. Source: Linux, TCP_RTO_MIN.
inline constexpr double retransmission_least_s = 0.2;

// One draw of the excess in seconds. One uniform decides whether there is a spike and, rescaled, how long it is.
template <typename Generator>
double sample_excess_s(const JitterModel& model, Generator& generator) {
    if (model.body_median_s <= 0.0) return 0.0;
    double excess_s = sample_body_s(body_of(model), generator);
    const double u = generator.uniform();
    if (u < model.spike_probability) [[unlikely]]
        excess_s += spike_s(model, u / model.spike_probability);
    return std::min(excess_s, model.cap_s);
}

}  // namespace faultline::models
