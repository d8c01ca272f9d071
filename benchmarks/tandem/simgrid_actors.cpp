// The tandem on SimGrid's s4u actors: an actor a customer, a semaphore a station. SimGrid's clock is a double; a
// simulated second stands for a nanosecond here, so that every instant is a whole number and the sum is exact.
#include <simgrid/s4u.hpp>

#include "benchmarks/tandem/tandem.hpp"

namespace faultline::benchmarks {
namespace {

namespace s4u = simgrid::s4u;

struct Tandem {
    explicit Tandem(TandemShape shape) : draws(shape.servers) {
        for (auto& at : station) at = s4u::Semaphore::create(static_cast<unsigned>(shape.servers));
    }
    std::array<s4u::SemaphorePtr, stations> station;
    TandemDraws draws;
    std::int64_t total_response_ns = 0;
};

void customer(Tandem& tandem, const CustomerDraws& draws) {
    const double arrived = s4u::Engine::get_clock();
    for (std::size_t i = 0; i < stations; ++i) {
        tandem.station[i]->acquire();
        s4u::this_actor::sleep_for(static_cast<double>(draws.service_ns[i]));
        tandem.station[i]->release();
    }
    tandem.total_response_ns += static_cast<std::int64_t>(s4u::Engine::get_clock() - arrived);
}

void arrivals(Tandem& tandem, std::int64_t customers) {
    for (std::int64_t i = 0; i < customers; ++i) {
        const CustomerDraws draws = tandem.draws.next();
        s4u::Actor::create("customer", s4u::this_actor::get_host(), [&tandem, draws] { customer(tandem, draws); });
        s4u::this_actor::sleep_for(static_cast<double>(draws.gap_ns));
    }
}

}  // namespace
}  // namespace faultline::benchmarks

int main(int argc, char** argv) {
    using namespace faultline::benchmarks;
    const TandemShape shape = shape_of(argc, argv);
    int engine_argc = 1;
    s4u::Engine engine(&engine_argc, argv);
    s4u::Engine::set_config("contexts/stack-size:16");  // KiB; the default of 8 MiB costs a mapping an actor
    s4u::NetZone* const zone = s4u::create_full_zone("zone");
    s4u::Host* const host = zone->create_host("host", 1e9);
    zone->seal();

    Tandem tandem(shape);
    const double begun_s = cpu_s();
    s4u::Actor::create("arrivals", host, [&tandem, shape] { arrivals(tandem, shape.customers); });
    engine.run();
    print_outcome(shape.customers, tandem.total_response_ns, cpu_s() - begun_s);
}
