// Queues with Poisson arrivals and services that are not exponential, in steady state, exactly: M/G/1 and M/D/c.
// FCFS, unbounded. A parameter outside its range, or no steady state, throws std::domain_error.
#pragma once

namespace faultline::engine {

// Any service time: only its mean and squared coefficient of variation count.
struct Mg1 {
    double arrivals_per_s = 0.0;  // > 0
    double service_mean_s = 0.0;  // > 0
    double service_scv = 0.0;     // >= 0; infinite gives infinite waits
};
// The mean wait before service: Pollaczek and Khinchine. Source: L. Kleinrock, Queueing Systems, vol. 1, Wiley 1975,
// section 5.6.
double mean_wait_s(const Mg1& queue);

// One service time for all.
struct Mdc {
    double arrivals_per_s = 0.0;  // > 0
    double service_s = 0.0;       // > 0
    int servers = 1;              // >= 1
};
struct MdcMeans {
    double wait_probability;  // that an arrival must wait
    double wait_s;            // mean over all arrivals
};
// Exact: customer k of M/D/c is served by server k mod c, so each server is an E_c/D/1 queue, whose embedded chain of
// waits, W' = max(W + D - sum of c gaps, 0), Spitzer's identity solves as a series of positive terms. Relative error
// below 1e-9 up to a utilisation of 0.99 and c = 10'000. The number of terms grows as 1 / (1 - utilisation)^2 / c.
// Sources: C. Crommelin, Delay probability formulae when the holding times are constant, P.O.E.E. Journal 25, 1932;
// S. Asmussen, Applied Probability and Queues, 2nd ed., Springer 2003, section VIII.4 (Spitzer's identity).
MdcMeans means(const Mdc& queue);

}  // namespace faultline::engine
