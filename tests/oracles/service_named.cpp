#include "tests/oracles/service_named.hpp"

#include <gtest/gtest.h>

namespace faultline::oracles {

using engine::Distribution;

Distribution service_named(const std::string& name, double mean_s) {
    const auto parameter = [&] { return std::stod(name.substr(name.find('=') + 1)); };
    if (name == "deterministic") return Distribution::constant(mean_s);
    if (name.starts_with("erlang")) return Distribution::gamma(mean_s, std::stod(name.substr(6)));
    if (name == "exponential") return Distribution::exponential(mean_s);
    if (name.starts_with("lognormal_cv"))
        return Distribution::lognormal_from_mean_cv(mean_s, std::stod(name.substr(12)));
    if (name.starts_with("hyperexp2_balanced_cv2=")) return Distribution::hyperexponential(mean_s, parameter());
    if (name.starts_with("uniform_0_")) return Distribution::uniform(0.0, 2.0 * mean_s);
    if (name.starts_with("pareto_a=")) {
        return Distribution::pareto(mean_s * (parameter() - 1.0) / parameter(), parameter());
    }
    ADD_FAILURE() << "no distribution is named " << name;
    return Distribution::constant(mean_s);
}

}  // namespace faultline::oracles
