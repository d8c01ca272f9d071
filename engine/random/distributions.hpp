// A distribution of non-negative numbers, as a value: drawn from, asked for its moments, copied, shifted, scaled,
// capped. Every kind is min(offset + scale * U, cap), U being the kind's unit form.
//
// Boost.Random draws the exponential, normal and gamma: the distributions of std:: differ between standard libraries.
// Left out: Zipf's ranks (zipf.hpp). Values have the unit that the caller gave; sample_duration() takes them as
// seconds.
#pragma once

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "engine/random/exp.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

// A point of an inverse distribution function: `value` is the quantile at `probability`.
struct QuantilePoint {
    double probability = 0.0;
    double value = 0.0;
};

class Distribution {
public:
    // Parameters are finite; one outside its range is a programming error (SIM_CHECK): the reader of scenarios answers
    // for its user's input.
    static Distribution constant(double value);                          // value >= 0; draws nothing
    static Distribution uniform(double low, double high);                // 0 <= low <= high
    static Distribution exponential(double mean);                        // mean > 0
    static Distribution lognormal(double median, double sigma_ln);       // median > 0, sigma_ln >= 0, of the logarithm
    static Distribution lognormal_from_mean_cv(double mean, double cv);  // mean > 0, cv >= 0: deviation / mean
    static Distribution pareto(double minimum, double alpha);            // > 0, > 0; P(X > x) = (minimum / x)^alpha
    static Distribution gamma(double mean, double shape);                // > 0, > 0; Erlang-k is shape k
    // Two exponential phases with balanced means (p1 m1 = p2 m2). mean > 0, scv >= 1.
    // Source: H. Tijms, A First Course in Stochastic Models, Wiley 2003, appendix B.
    static Distribution hyperexponential(double mean, double scv);
    // Linear between the points; probabilities strictly increasing in [0, 1], values >= 0 and not decreasing. Below the
    // first point and above the last the value is that point's: no tail is invented.
    static Distribution empirical(std::span<const QuantilePoint> points);

    Distribution shifted(double offset) const;  // offset + this, the cap included; offset >= 0
    Distribution scaled(double factor) const;   // factor * this, the cap included; factor > 0
    Distribution capped(double cap) const;      // min(this, cap); cap >= 0

    // Generator: RandomStream or QueryDraws. The number of words drawn varies (rejection), 1 to 2 as a rule.
    template <class Generator>
    double sample(Generator& generator) const {
        const double value = offset_ + scale_ * sample_unit(generator);
        return value < cap_ ? value : cap_;
    }

    // A draw in seconds, rounded up to a nanosecond; saturates (time.hpp).
    template <class Generator>
    Duration sample_duration(Generator& generator) const {
        return duration_from_seconds(sample(generator));
    }

    // Exact moments, offset and cap included; infinite where they are (Pareto: mean for alpha <= 1, scv for alpha <=
    // 2). scv: variance / mean^2; that of the constant 0 is 0. Relative error of scv about 1e-15 * (1 + 1 / scv).
    double mean() const;
    double scv() const;

private:
    enum class Kind : std::uint8_t {
        Constant,          // 1
        Uniform,           // 0..1
        Exponential,       // mean 1
        Lognormal,         // median 1; shape: sigma of the logarithm
        Pareto,            // minimum 1; shape: 1 / alpha
        Gamma,             // scale 1; shape: shape
        Hyperexponential,  // mean 1; shape: probability of the first phase
        Empirical,
    };
    using Points = std::vector<QuantilePoint>;

    Distribution(Kind kind, double scale, double shape = 0.0) : scale_{scale}, shape_{shape}, kind_{kind} {}

    template <class Generator>
    double sample_unit(Generator& generator) const;
    double empirical_quantile(double probability) const;
    double partial_moment(int power, double limit) const;  // E[U^power; U <= limit]
    struct Moments {
        double mean, variance;
    };
    Moments unit_moments_capped_at(double limit) const;  // of min(U, limit)

    double offset_ = 0.0;
    double scale_;
    double cap_ = std::numeric_limits<double>::infinity();
    double shape_;
    std::shared_ptr<const Points> points_;  // of Empirical only
    Kind kind_;
};

template <class Generator>
double Distribution::sample_unit(Generator& generator) const {
    const auto unit_exponential = [&] { return boost::random::exponential_distribution<double>{}(generator); };
    switch (kind_) {
        case Kind::Constant:
            return 1.0;
        case Kind::Uniform:
            return generator.uniform();
        case Kind::Exponential:
            return unit_exponential();
        case Kind::Lognormal:
            return exp_of(shape_ * boost::random::normal_distribution<double>{}(generator));
        case Kind::Pareto:  // the logarithm of a Pareto variable is exponential: exp() is faster than pow()
            return exp_of(shape_ * unit_exponential());
        case Kind::Gamma:
            return boost::random::gamma_distribution<double>{shape_}(generator);
        case Kind::Hyperexponential: {
            const double phase = generator.uniform() < shape_ ? shape_ : 1.0 - shape_;
            return unit_exponential() / (2.0 * phase);
        }
        case Kind::Empirical:
            break;
    }
    return empirical_quantile(generator.uniform());
}

}  // namespace faultline::engine
