"""The tandem on SimPy: a process a customer, a Resource a station. Draws and clock as in tandem.hpp."""
import math
import resource
import sys

import simpy

STATIONS = 4
SERVICE_MEAN_NS = 10e6
LOAD = 0.8
MASK = (1 << 64) - 1


class Draws:
    def __init__(self, servers):
        self.gap_mean_ns = SERVICE_MEAN_NS / (LOAD * servers)
        self.state = 1

    def exponential_ns(self, mean_ns):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        x = self.state
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        x ^= x >> 31
        uniform = ((x >> 11) + 1) * 2.0**-53
        return int(-math.log(uniform) * mean_ns) + 1

    def next(self):
        services = [self.exponential_ns(SERVICE_MEAN_NS) for _ in range(STATIONS)]
        return services, self.exponential_ns(self.gap_mean_ns)


def customer(env, stations, services, total_ns):
    arrived_ns = env.now
    for station, service_ns in zip(stations, services):
        with station.request() as server:
            yield server
            yield env.timeout(service_ns)
    total_ns[0] += env.now - arrived_ns


def arrivals(env, stations, customers, draws, total_ns):
    for _ in range(customers):
        services, gap_ns = draws.next()
        env.process(customer(env, stations, services, total_ns))
        yield env.timeout(gap_ns)


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    servers = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    begun_s = cpu_s()
    env = simpy.Environment()
    stations = [simpy.Resource(env, servers) for _ in range(STATIONS)]
    total_ns = [0]
    env.process(arrivals(env, stations, customers, Draws(servers), total_ns))
    env.run()
    spent_s = cpu_s() - begun_s
    print(f"customers={customers} total_response_ns={total_ns[0]} "
          f"mean_response_ms={1e-6 * total_ns[0] / customers:.6f} cpu_s={spent_s:.6f}")


main()
