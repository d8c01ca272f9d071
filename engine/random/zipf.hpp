// Zipf's law over a finite number of ranks: P(rank) is proportional to rank^-exponent. The popularity of keys.
//
// Rejection-inversion: no table, so a hundred million keys cost as much as ten; at most 1.1 draws a rank on average.
// Source: W. Hörmann, G. Derflinger, Rejection-inversion to generate variates from monotone discrete distributions,
// ACM TOMACS 6(3), 1996. Its H is kept free of cancellation near exponent 1 by expm1 and log1p.
#pragma once

#include <cmath>
#include <cstdint>

#include "engine/random/exp.hpp"

namespace faultline::engine {

class Zipf {
public:
    // ranks: 1 to 2^52. exponent: finite, >= 0; 0 is uniform; 1, and more than 1, are allowed. Else SIM_CHECK.
    Zipf(std::uint64_t ranks, double exponent);

    // A rank, 1 to ranks(); 1 is the most popular.
    template <class Generator>
    std::uint64_t operator()(Generator& generator) const;

    std::uint64_t ranks() const { return ranks_; }
    double exponent() const { return exponent_; }

private:
    // How H is written. Far from exponent 1 the power is as exact as the rest and twice as fast as log1p.
    enum class Form : std::uint8_t { Uniform, Logarithm, NearOne, Power };

    double area(double x) const;                         // H(x): the area under t^-exponent from 1 to x
    double density(double x) const;                      // x^-exponent
    double inverse_area(double h) const;                 // x such that H(x) = h
    bool accepts(double rank, double drawn_area) const;  // the exact test, needed for few draws

    std::uint64_t ranks_;
    double exponent_;
    double one_minus_;          // 1 - exponent
    double inverse_one_minus_;  // 1 / (1 - exponent)
    double area_low_ = 0.0;     // H(1.5) - 1: rank 1 has the mass of its density exactly
    double area_span_ = 0.0;    // H(ranks + 0.5) - area_low_
    double squeeze_ = 0.0;      // a draw this little left of its rank, or right of it, is accepted without the test
    Form form_;
};

inline double Zipf::inverse_area(double h) const {
    const double power = h * one_minus_;
    if (form_ == Form::Power) return exp_of(std::log(1.0 + power) * inverse_one_minus_);
    if (form_ == Form::Logarithm) return exp_of(h);
    return exp_of(std::log1p(power) * inverse_one_minus_);
}

template <class Generator>
std::uint64_t Zipf::operator()(Generator& generator) const {
    const auto ranks = static_cast<double>(ranks_);
    if (form_ == Form::Uniform) {
        return 1 + static_cast<std::uint64_t>(generator.uniform() * ranks);  // bias below ranks * 2^-53
    }
    for (;;) {
        const double drawn_area = area_low_ + generator.uniform() * area_span_;
        const double x = inverse_area(drawn_area);
        // Rounding may leave the range at either end, even by an infinite x.
        double rank = x + 0.5 < ranks ? static_cast<double>(static_cast<std::int64_t>(x + 0.5)) : ranks;
        if (rank < 1.0) rank = 1.0;
        if (rank - x <= squeeze_ || accepts(rank, drawn_area)) return static_cast<std::uint64_t>(rank);
    }
}

}  // namespace faultline::engine
