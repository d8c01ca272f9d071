#include "engine/queueing/single_class.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <stdexcept>

#include "engine/queueing/require.hpp"

namespace faultline::engine {
double mean_wait_s(const Mg1& queue) {
    require(positive(queue.arrivals_per_s) && positive(queue.service_mean_s) && queue.service_scv >= 0.0,
            "a rate or a mean must be finite and above 0, and an scv not negative");
    const double utilisation = queue.arrivals_per_s * queue.service_mean_s;
    require(utilisation < 1.0, "no steady state: the utilisation reaches 1");
    return utilisation * queue.service_mean_s * (1.0 + queue.service_scv) / (2.0 * (1.0 - utilisation));
}

MdcMeans means(const Mdc& queue) {
    require(positive(queue.arrivals_per_s) && positive(queue.service_s) && queue.servers >= 1,
            "a rate or a service time must be finite and above 0, and a queue needs a server");
    const double c = queue.servers;
    const double load = queue.arrivals_per_s * queue.service_s;  // also the mean number of arrivals in a service
    require(load < c, "no steady state: the offered load reaches the number of servers");

    // With S = (k services) - (k c gaps), the mean wait is the sum of E[max(S, 0)] / k, and -ln P(no wait) the sum of
    // P(S > 0) / k. In units of a mean gap, k c gaps are gamma distributed with scale 1.
    const double rest = -std::expm1(c - load + c * std::log(load / c));
    double wait_gaps = 0.0;
    double minus_log_no_wait = 0.0;
    for (double k = 1.0;; ++k) {
        const double services = k * load;
        const double gaps = k * c;
        const double ahead = boost::math::gamma_p(gaps, services);
        // E[max(services - G, 0)], G the sum of the gaps, by parts: no difference of two nearly equal integrals.
        const double excess = (services - gaps) * ahead + services * boost::math::gamma_p_derivative(gaps, services);
        wait_gaps += excess / k;
        minus_log_no_wait += ahead / k;
        // Terms fall faster than the powers of exp(-rate), so the rest is below this term / (1 - exp(-rate)).
        if (excess / k <= 1e-13 * wait_gaps * rest) break;
    }
    return {.wait_probability = -std::expm1(-minus_log_no_wait), .wait_s = wait_gaps / queue.arrivals_per_s};
}

}  // namespace faultline::engine
