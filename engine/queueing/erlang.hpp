// Queues in steady state, exactly: first estimates before a run, and the oracle that simulated queues are tested by.
// Arrivals are Poisson. In this file: Erlang B and C, M/M/c quantiles, M/M/c/K. Elsewhere: M/G/1 and M/D/c
// (single_class.hpp), networks of queues (network_mva.hpp, jackson.hpp).
//
//   arrivals_per_s      rate of Poisson arrivals          finite, > 0
//   completions_per_s   rate of ONE busy server           finite, > 0
//   servers             c                                 >= 1
//
// A parameter outside its range, or an offered load of c or more where there is then no steady state, throws
// std::domain_error. Source, where no other is named: L. Kleinrock, Queueing Systems, vol. 1, Wiley 1975, chapter 3.
#pragma once

namespace faultline::engine {

// Erlang B: the share of arrivals lost by c servers without a queue. offered_load: arrival rate / service rate, >= 0.
// Relative error below 1e-12 up to c = 10'000. Source: Kleinrock section 3.6, by its recursion in c.
double erlang_b(double offered_load, int servers);

// Erlang C: the M/M/c queue, FCFS, unbounded. The probability that an arrival must wait, and the mean wait before
// service over all arrivals, those that do not wait included.
// Relative error below 1e-12 up to c = 10'000 (tests/engine/queueing/erlang_test.cpp). Source: Kleinrock section 3.5.
struct ErlangC {
    double wait_probability;
    double mean_wait_s;
};
ErlangC erlang_c(double arrivals_per_s, double completions_per_s, int servers);

// An M/M/c queue: FCFS, unbounded.
struct Mmc {
    double arrivals_per_s = 0.0;
    double completions_per_s = 0.0;
    int servers = 1;
};
struct MmcMeans {
    double utilisation;       // of one server
    double wait_probability;  // Erlang C
    double wait_s;
    double response_time_s;
    double in_queue;   // waiting, mean over time
    double in_system;  // waiting or in service
};
MmcMeans means(const Mmc& queue);

// The wait that the share p of arrivals does not exceed: 0 when that many do not wait. Requires 0 <= p < 1.
double wait_quantile_s(const Mmc& queue, double p);
// The same of wait + service, solved to a relative 1e-12.
double response_time_quantile_s(const Mmc& queue, double p);

// An M/M/c queue that refuses arrivals when `capacity` are in it, those in service included. capacity >= servers. Any
// load has a steady state.
struct Mmck {
    double arrivals_per_s = 0.0;
    double completions_per_s = 0.0;
    int servers = 1;
    int capacity = 1;
};
struct MmckMeans {
    double refusal_probability;
    double throughput_per_s;  // of the accepted
    double utilisation;       // of one server
    double in_queue;
    double in_system;
    double wait_s;           // of the accepted
    double response_time_s;  // of the accepted
};
MmckMeans means(const Mmck& queue);

}  // namespace faultline::engine
