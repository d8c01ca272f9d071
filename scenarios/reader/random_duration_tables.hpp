// The keys of random durations: see shape_tables.hpp.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array random_duration_keys{
    Key{"exponential", "duration", "its mean"},
    Key{"lognormal", "object:lognormal", "mean and coefficient of variation"},
    Key{"gamma", "object:gamma", "mean and shape"},
    Key{"uniform", "object:uniform", "from low to high"},
    Key{"pareto", "object:pareto", "minimum, alpha and cap"},
    Key{"hyperexponential", "object:hyperexponential", "mean and squared coefficient of variation"},
    Key{"quantiles", "quantiles", "values by probability, from \"0\" to \"1\", linear between"},
};
inline constexpr std::array lognormal_keys{
    Key{.name = "mean", .type = "duration", .about = "above 0", .required = true},
    Key{.name = "cv",
        .type = "number",
        .about = "standard deviation / mean",
        .required = true,
        .least = 1e-6,
        .most = 100},
};
inline constexpr std::array gamma_keys{
    Key{.name = "mean", .type = "duration", .about = "above 0", .required = true},
    Key{.name = "shape", .type = "number", .about = "1: exponential", .required = true, .least = 1e-3, .most = 1e6},
};
inline constexpr std::array uniform_keys{
    Key{.name = "low", .type = "duration", .about = "least value", .required = true},
    Key{.name = "high", .type = "duration", .about = "greatest value", .required = true},
};
inline constexpr std::array pareto_keys{
    Key{.name = "minimum", .type = "duration", .about = "least value, above 0", .required = true},
    Key{.name = "alpha", .type = "number", .about = "tail exponent", .required = true, .least = 0.01, .most = 1000},
    Key{.name = "cap", .type = "duration", .about = "greatest value", .required = true},
};
inline constexpr std::array hyperexponential_keys{
    Key{.name = "mean", .type = "duration", .about = "above 0", .required = true},
    Key{.name = "scv",
        .type = "number",
        .about = "squared coefficient of variation, 1 or more",
        .required = true,
        .least = 1,
        .most = 1e6},
};

}  // namespace faultline::scenarios
