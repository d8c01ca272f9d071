#include "engine/random/distributions.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>

#include "engine/check.hpp"

namespace faultline::engine {
namespace {

bool positive(double value) {
    return std::isfinite(value) && value > 0.0;
}
bool not_negative(double value) {
    return std::isfinite(value) && value >= 0.0;
}

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

// E[X^power; X <= limit] of the gamma distribution with scale 1.
double gamma_partial_moment(double shape, int power, double limit) {
    double moment = 1.0;
    for (int i = 0; i < power; ++i) moment *= shape + i;
    if (std::isinf(limit)) return moment;
    return moment * boost::math::gamma_p(shape + power, limit);
}

double lognormal_partial_moment(double sigma, int power, double limit) {
    const double moment = std::exp(0.5 * power * power * sigma * sigma);
    if (std::isinf(limit)) return moment;
    return moment * normal_cdf((std::log(limit) - power * sigma * sigma) / sigma);
}

double pareto_partial_moment(double alpha, int power, double limit) {
    if (limit < 1.0) return 0.0;
    if (std::isinf(limit) && power >= alpha) return std::numeric_limits<double>::infinity();
    if (power == alpha) return alpha * std::log(limit);
    return alpha / (alpha - power) * -std::expm1((power - alpha) * std::log(limit));
}

double hyperexponential_partial_moment(double first_phase, int power, double limit) {
    double moment = 0.0;
    for (const double phase : {first_phase, 1.0 - first_phase}) {
        if (phase == 0.0) continue;
        const double mean = 0.5 / phase;
        moment += phase * std::pow(mean, power) * gamma_partial_moment(1.0, power, limit / mean);
    }
    return moment;
}

// E[X^power; X <= limit] of a variable uniform between low and high, or of the atom low == high.
double uniform_partial_moment(double low, double high, int power, double limit) {
    if (limit < low) return 0.0;
    if (low == high) return std::pow(low, power);
    const double top = std::min(high, limit);
    return (std::pow(top, power + 1) - std::pow(low, power + 1)) / (power + 1) / (high - low);
}

double empirical_partial_moment(std::span<const QuantilePoint> points, int power, double limit) {
    const QuantilePoint& first = points.front();
    const QuantilePoint& last = points.back();
    double moment = first.probability * uniform_partial_moment(first.value, first.value, power, limit);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double mass = points[i].probability - points[i - 1].probability;
        moment += mass * uniform_partial_moment(points[i - 1].value, points[i].value, power, limit);
    }
    return moment + (1.0 - last.probability) * uniform_partial_moment(last.value, last.value, power, limit);
}

}  // namespace

Distribution Distribution::constant(double value) {
    SIM_CHECK(not_negative(value));
    return {Kind::Constant, value};
}

Distribution Distribution::uniform(double low, double high) {
    SIM_CHECK(not_negative(low) && std::isfinite(high) && low <= high);
    Distribution result{Kind::Uniform, high - low};
    result.offset_ = low;
    return result;
}

Distribution Distribution::exponential(double mean) {
    SIM_CHECK(positive(mean));
    return {Kind::Exponential, mean};
}

Distribution Distribution::lognormal(double median, double sigma_ln) {
    SIM_CHECK(positive(median) && not_negative(sigma_ln));
    if (sigma_ln == 0.0) return constant(median);
    return {Kind::Lognormal, median, sigma_ln};
}

Distribution Distribution::lognormal_from_mean_cv(double mean, double cv) {
    SIM_CHECK(positive(mean) && not_negative(cv));
    return lognormal(mean / std::sqrt(1.0 + cv * cv), std::sqrt(std::log1p(cv * cv)));
}

Distribution Distribution::pareto(double minimum, double alpha) {
    SIM_CHECK(positive(minimum) && positive(alpha));
    return {Kind::Pareto, minimum, 1.0 / alpha};
}

Distribution Distribution::gamma(double mean, double shape) {
    SIM_CHECK(positive(mean) && positive(shape));
    return {Kind::Gamma, mean / shape, shape};
}

Distribution Distribution::hyperexponential(double mean, double scv) {
    SIM_CHECK(positive(mean) && std::isfinite(scv) && scv >= 1.0);
    return {Kind::Hyperexponential, mean, 0.5 * (1.0 + std::sqrt((scv - 1.0) / (scv + 1.0)))};
}

Distribution Distribution::empirical(std::span<const QuantilePoint> points) {
    SIM_CHECK(!points.empty());
    for (std::size_t i = 0; i < points.size(); ++i) {
        SIM_CHECK(points[i].probability >= 0.0 && points[i].probability <= 1.0 && not_negative(points[i].value));
        if (i == 0) continue;
        SIM_CHECK(points[i].probability > points[i - 1].probability && points[i].value >= points[i - 1].value);
    }
    Distribution result{Kind::Empirical, 1.0};
    result.points_ = std::make_shared<const Points>(points.begin(), points.end());
    return result;
}

Distribution Distribution::shifted(double offset) const {
    SIM_CHECK(not_negative(offset));
    Distribution result = *this;
    result.offset_ += offset;
    result.cap_ += offset;
    return result;
}

Distribution Distribution::scaled(double factor) const {
    SIM_CHECK(positive(factor));
    Distribution result = *this;
    result.offset_ *= factor;
    result.scale_ *= factor;
    result.cap_ *= factor;
    return result;
}

Distribution Distribution::capped(double cap) const {
    SIM_CHECK(not_negative(cap));
    Distribution result = *this;
    result.cap_ = std::min(cap_, cap);
    return result;
}

double Distribution::empirical_quantile(double probability) const {
    const Points& points = *points_;
    const auto above = std::upper_bound(points.begin(), points.end(), probability,
                                        [](double p, const QuantilePoint& point) { return p < point.probability; });
    if (above == points.begin()) return points.front().value;
    if (above == points.end()) return points.back().value;
    const QuantilePoint& left = *(above - 1);
    const double part = (probability - left.probability) / (above->probability - left.probability);
    return left.value + part * (above->value - left.value);
}

double Distribution::partial_moment(int power, double limit) const {
    switch (kind_) {
        case Kind::Constant:
            return limit < 1.0 ? 0.0 : 1.0;
        case Kind::Uniform:
            return uniform_partial_moment(0.0, 1.0, power, limit);
        case Kind::Exponential:
            return gamma_partial_moment(1.0, power, limit);
        case Kind::Lognormal:
            return lognormal_partial_moment(shape_, power, limit);
        case Kind::Pareto:
            return pareto_partial_moment(1.0 / shape_, power, limit);
        case Kind::Gamma:
            return gamma_partial_moment(shape_, power, limit);
        case Kind::Hyperexponential:
            return hyperexponential_partial_moment(shape_, power, limit);
        case Kind::Empirical:
            break;
    }
    return empirical_partial_moment(*points_, power, limit);
}

Distribution::Moments Distribution::unit_moments_capped_at(double limit) const {
    if (limit <= 0.0) return {limit, 0.0};
    double mean = partial_moment(1, limit);
    double second = partial_moment(2, limit);
    if (std::isfinite(limit)) {
        const double above = 1.0 - partial_moment(0, limit);
        mean += limit * above;
        second += limit * limit * above;
    }
    if (std::isinf(second)) return {mean, second};
    return {mean, std::max(0.0, second - mean * mean)};
}

double Distribution::mean() const {
    if (scale_ == 0.0) return std::min(offset_, cap_);
    return offset_ + scale_ * unit_moments_capped_at((cap_ - offset_) / scale_).mean;
}

double Distribution::scv() const {
    const double average = mean();
    if (scale_ == 0.0 || average == 0.0) return 0.0;
    const double variance = scale_ * scale_ * unit_moments_capped_at((cap_ - offset_) / scale_).variance;
    return std::isinf(variance) ? variance : variance / (average * average);
}

}  // namespace faultline::engine
