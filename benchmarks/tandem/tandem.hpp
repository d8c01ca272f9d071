// The tandem that all contenders simulate: customers arrive by a Poisson process and pass four stations, each with a
// queue and some servers at 80 % load. The five draws of a customer are made when it arrives, so that every contender
// makes the same ones in the same order, whatever the order of its events. simpy_processes.py has the same in Python.
#pragma once

#include <sys/resource.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace faultline::benchmarks {

constexpr int stations = 4;
constexpr double service_mean_ns = 10e6;
constexpr double load = 0.8;

struct TandemShape {
    std::int64_t customers;
    int servers;  // of each station
};

struct CustomerDraws {
    std::array<std::int64_t, stations> service_ns;
    std::int64_t gap_ns;  // to the next customer
};

// SplitMix64, a few instructions a draw: the simulators are to be compared, not their generators.
class TandemDraws {
public:
    explicit TandemDraws(int servers) : gap_mean_ns_(service_mean_ns / (load * servers)) {}

    CustomerDraws next() {
        CustomerDraws draws{};
        for (std::int64_t& service : draws.service_ns) service = exponential_ns(service_mean_ns);
        draws.gap_ns = exponential_ns(gap_mean_ns_);
        return draws;
    }

private:
    std::int64_t exponential_ns(double mean_ns) {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
        x ^= x >> 31U;
        const double uniform = static_cast<double>((x >> 11U) + 1) * 0x1p-53;  // in (0, 1]
        return static_cast<std::int64_t>(-std::log(uniform) * mean_ns) + 1;
    }
    double gap_mean_ns_;
    std::uint64_t state_ = 1;
};

// Customers and servers asked for on the command line.
inline TandemShape shape_of(int argc, char** argv) {
    const TandemShape shape{argc > 1 ? std::atoll(argv[1]) : 1'000'000, argc > 2 ? std::atoi(argv[2]) : 4};
    if (shape.customers >= 1 && shape.servers >= 1) return shape;
    std::fprintf(stderr, "usage: %s [customers [servers]]\n", argv[0]);
    std::exit(2);
}

// User and system time of this process so far: on a busy machine it says more than wall time.
inline double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// What benchmarks/compare.py reads: the total is a whole number of nanoseconds, so equal runs print equal lines.
inline void print_outcome(std::int64_t customers, std::int64_t total_response_ns, double spent_s) {
    const double mean_ms = 1e-6 * static_cast<double>(total_response_ns) / static_cast<double>(customers);
    std::printf("customers=%lld total_response_ns=%lld mean_response_ms=%.6f cpu_s=%.6f\n",
                static_cast<long long>(customers), static_cast<long long>(total_response_ns), mean_ms, spent_s);
}

}  // namespace faultline::benchmarks
