#include "models/network/jitter.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace faultline::models {

std::string_view to_string(LinkClass link_class) {
    static constexpr std::array<std::string_view, link_class_count> names{"ideal",
                                                                          "intra_az",
                                                                          "inter_az",
                                                                          "backbone_inter_region",
                                                                          "internet_dc_good_path",
                                                                          "internet_dc_typical_path",
                                                                          "internet_dc_bad_path",
                                                                          "access_fibre",
                                                                          "access_mpls_or_direct_connect",
                                                                          "access_cable",
                                                                          "access_dsl",
                                                                          "access_lte_5g",
                                                                          "access_leo_satellite"};
    return names[static_cast<std::size_t>(link_class)];
}

namespace {

// Mean of a Pareto(scale, alpha) cut at the cap: scale * (alpha - (scale/cap)^(alpha-1)) / (alpha - 1).
double mean_spike_s(const JitterModel& model) {
    if (model.spike_scale_s <= 0.0) return 0.0;
    const double below_cap = std::pow(model.spike_scale_s / model.cap_s, model.spike_alpha - 1.0);
    return model.spike_scale_s * (model.spike_alpha - below_cap) / (model.spike_alpha - 1.0);
}

double mean_body_s(const JitterModel& model) {
    return model.body_median_s * std::exp(0.5 * model.body_sigma * model.body_sigma);
}

}  // namespace

double JitterModel::mean_s() const {
    if (body_median_s <= 0.0) return 0.0;
    return mean_body_s(*this) + spike_probability * mean_spike_s(*this);
}

double JitterModel::mean_deviation_s() const {
    if (body_median_s <= 0.0) return 0.0;
    // E|X - m| = 2 E(m - X)+, and below the mean there is only body: a spike alone is longer than the mean.
    const double m = mean_s();
    if (body_sigma <= 0.0) return 2.0 * (1.0 - spike_probability) * std::max(0.0, m - body_median_s);
    const auto normal_cdf = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
    const double d = std::log(m / body_median_s) / body_sigma;
    const double below = m * normal_cdf(d) - mean_body_s(*this) * normal_cdf(d - body_sigma);
    return 2.0 * (1.0 - spike_probability) * below;
}

}  // namespace faultline::models
