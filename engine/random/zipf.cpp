#include "engine/random/zipf.hpp"

#include "engine/check.hpp"

namespace faultline::engine {

Zipf::Zipf(std::uint64_t ranks, double exponent)
    : ranks_{ranks},
      exponent_{exponent},
      one_minus_{1.0 - exponent},
      inverse_one_minus_{exponent == 1.0 ? 0.0 : 1.0 / (1.0 - exponent)},
      form_{Form::Power} {
    SIM_CHECK(ranks >= 1 && ranks <= (std::uint64_t{1} << 52U));
    SIM_CHECK(std::isfinite(exponent) && exponent >= 0.0);
    if (exponent == 0.0) {
        form_ = Form::Uniform;
    } else if (exponent == 1.0) {
        form_ = Form::Logarithm;
    } else if (std::abs(one_minus_) < 1e-3) {
        form_ = Form::NearOne;
    }
    area_low_ = area(1.5) - 1.0;
    area_span_ = area(static_cast<double>(ranks) + 0.5) - area_low_;
    squeeze_ = 2.0 - inverse_area(area(2.5) - density(2.0));
}

double Zipf::area(double x) const {
    const double log_x = std::log(x);
    if (form_ == Form::Uniform) return x - 1.0;
    if (form_ == Form::Logarithm) return log_x;
    return std::expm1(one_minus_ * log_x) * inverse_one_minus_;
}

double Zipf::density(double x) const {
    return std::exp(-exponent_ * std::log(x));
}

bool Zipf::accepts(double rank, double drawn_area) const {
    return drawn_area >= area(rank + 0.5) - density(rank);
}

}  // namespace faultline::engine
