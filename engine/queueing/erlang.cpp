#include "engine/queueing/erlang.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <stdexcept>

#include "engine/queueing/require.hpp"
#include "engine/queueing/station_weights.hpp"

namespace faultline::engine {
namespace {

// Returns the offered load.
double checked_load(double arrivals_per_s, double completions_per_s, int servers) {
    require(positive(arrivals_per_s) && positive(completions_per_s), "a rate must be finite and above 0");
    require(servers >= 1, "a queue needs a server");
    return arrivals_per_s / completions_per_s;
}

// P(response time > t) of an M/M/c queue whose arrivals wait with probability `waits`, and then for an exponential
// time of rate `drain`; `service` is the rate of one server.
double response_time_tail(double waits, double drain, double service, double t) {
    const double apart = (drain - service) * t;
    const double served_after = std::exp(-service * t);
    // (e^-st - e^-dt) / (d - s): a difference of equals near d = s, where the series of expm1 takes over.
    const double both = std::abs(apart) < 1.0
                            ? served_after * (apart == 0.0 ? t : -std::expm1(-apart) / (drain - service))
                            : (served_after - std::exp(-drain * t)) / (drain - service);
    return served_after + waits * service * both;
}

}  // namespace

double erlang_b(double offered_load, int servers) {
    require(std::isfinite(offered_load) && offered_load >= 0.0, "an offered load must be finite and not negative");
    require(servers >= 0, "a number of servers must not be negative");
    // 1/B rather than B: a sum of positive terms, which grows for a light load to infinity, and B to 0, as it should.
    if (offered_load == 0.0) return servers == 0 ? 1.0 : 0.0;
    double inverse = 1.0;
    for (int c = 1; c <= servers; ++c) inverse = 1.0 + inverse * (c / offered_load);
    return 1.0 / inverse;
}

ErlangC erlang_c(double arrivals_per_s, double completions_per_s, int servers) {
    const double load = checked_load(arrivals_per_s, completions_per_s, servers);
    require(load < servers, "no steady state: the offered load reaches the number of servers");
    const double lost = erlang_b(load, servers);
    const double idle = (servers - load) / servers;
    const double waits = lost / (idle + lost * (1.0 - idle));
    return {.wait_probability = waits, .mean_wait_s = waits / (servers * completions_per_s - arrivals_per_s)};
}

MmcMeans means(const Mmc& queue) {
    const ErlangC erlang = erlang_c(queue.arrivals_per_s, queue.completions_per_s, queue.servers);
    const double response_time_s = erlang.mean_wait_s + 1.0 / queue.completions_per_s;
    return {.utilisation = queue.arrivals_per_s / queue.completions_per_s / queue.servers,
            .wait_probability = erlang.wait_probability,
            .wait_s = erlang.mean_wait_s,
            .response_time_s = response_time_s,
            .in_queue = queue.arrivals_per_s * erlang.mean_wait_s,  // Little's law
            .in_system = queue.arrivals_per_s * response_time_s};
}

double wait_quantile_s(const Mmc& queue, double p) {
    require(p >= 0.0 && p < 1.0, "a quantile of a wait needs 0 <= p < 1");
    const double waits = erlang_c(queue.arrivals_per_s, queue.completions_per_s, queue.servers).wait_probability;
    if (1.0 - p >= waits) return 0.0;
    return std::log(waits / (1.0 - p)) / (queue.servers * queue.completions_per_s - queue.arrivals_per_s);
}

double response_time_quantile_s(const Mmc& queue, double p) {
    require(p >= 0.0 && p < 1.0, "a quantile of a response time needs 0 <= p < 1");
    if (p == 0.0) return 0.0;
    const double waits = erlang_c(queue.arrivals_per_s, queue.completions_per_s, queue.servers).wait_probability;
    const double service = queue.completions_per_s;
    const double drain = queue.servers * service - queue.arrivals_per_s;
    const auto excess = [&](double t) {
        return std::log(response_time_tail(waits, drain, service, t)) - std::log1p(-p);
    };
    double high = 1.0 / std::min(service, drain);
    while (excess(high) > 0.0) high *= 2.0;
    std::uintmax_t iterations = 200;
    const auto bracket =
        boost::math::tools::toms748_solve(excess, 0.0, high, boost::math::tools::eps_tolerance<double>{44}, iterations);
    return 0.5 * (bracket.first + bracket.second);
}

MmckMeans means(const Mmck& queue) {
    const double load = checked_load(queue.arrivals_per_s, queue.completions_per_s, queue.servers);
    require(queue.capacity >= queue.servers, "a capacity counts those in service: it is at least the servers");
    const Eigen::VectorXd weights = station_weights(load, queue.servers, queue.capacity);
    const double total = weights.sum();
    double in_queue = 0.0;
    double busy = 0.0;
    for (int n = 1; n <= queue.capacity; ++n) {
        busy += std::min(n, queue.servers) * weights(n) / total;
        in_queue += std::max(0, n - queue.servers) * weights(n) / total;
    }
    const double throughput = busy * queue.completions_per_s;
    return {.refusal_probability = weights(queue.capacity) / total,
            .throughput_per_s = throughput,
            .utilisation = busy / queue.servers,
            .in_queue = in_queue,
            .in_system = in_queue + busy,
            .wait_s = in_queue / throughput,
            .response_time_s = (in_queue + busy) / throughput};
}

}  // namespace faultline::engine
