// The tandem as Faultline models are written: a process a customer, server pools with their statistics, a histogram of
// the response times, true removal from the calendar and the fingerprint of the run. With `--patience` each customer
// also arms a timer of 30 s, which its departure cancels.
#include <string_view>

#include "benchmarks/tandem/tandem.hpp"
#include "engine/queueing/server_pool.hpp"
#include "engine/statistics/latency_histogram.hpp"
#include "engine/waits.hpp"

namespace faultline::benchmarks {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::Instant;
using engine::Process;

class Tandem {
public:
    Tandem(TandemShape shape, bool with_patience)
        : shape_(shape), with_patience_(with_patience), draws_(shape.servers) {}

    std::int64_t run() {
        simulation_.schedule_now(next_arrival_);
        simulation_.run_until(engine::end_of_time);
        const auto contents = responses_.contents();
        return static_cast<std::int64_t>(contents.sum_low_ns);  // below 2^63: 10^6 customers of a minute
    }
    void print_statistics() const {
        std::fprintf(stderr, "fingerprint %016llx, utilisation %.4f, mean waiting %.4f, p99 %.3f ms\n",
                     static_cast<unsigned long long>(simulation_.fingerprint()), pools_[0].utilisation(),
                     pools_[0].mean_waiting(), engine::in_milliseconds(responses_.quantile(0.99)));
    }

private:
    // As in models/clients/office: the next arrival is a calendar node, and a customer begins within its event.
    struct NextArrival : engine::CalendarNode {
        explicit NextArrival(Tandem& of)
            : CalendarNode(&fall_due, engine::EventKind::started, of.office_.number()), tandem(of) {}
        Tandem& tandem;
        std::int64_t customers = 0;
    };
    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation) {
        auto& next = static_cast<NextArrival&>(node);
        Tandem& tandem = next.tandem;
        const CustomerDraws draws = tandem.draws_.next();
        const Duration gap(draws.gap_ns);
        if (++next.customers < tandem.shape_.customers) simulation.schedule(node, simulation.now() + gap);
        simulation.begin(tandem.office_,
                         tandem.with_patience_ ? tandem.patient_customer(draws) : tandem.customer(draws));
    }
    Process<> customer(CustomerDraws draws) {
        const Instant arrived = simulation_.now();
        for (std::size_t i = 0; i < stations; ++i) {
            const Duration work(draws.service_ns[i]);
            co_await pools_[i].serve(work);
        }
        responses_.record(simulation_.now() - arrived);
    }
    Process<> patient_customer(CustomerDraws draws) {
        const engine::Timer patience(simulation_, 30s);
        const Instant arrived = simulation_.now();
        for (std::size_t i = 0; i < stations; ++i) {
            const Duration work(draws.service_ns[i]);
            co_await pools_[i].serve(work);
        }
        responses_.record(simulation_.now() - arrived);
    }
    engine::ServerPool pool(std::uint32_t station) {
        return engine::ServerPool{simulation_, station, {.servers = shape_.servers}};
    }

    TandemShape shape_;
    bool with_patience_;
    engine::Simulation simulation_{engine::RunIdentity{}};
    engine::Component office_{simulation_, "office"};
    NextArrival next_arrival_{*this};
    std::array<engine::ServerPool, stations> pools_{pool(1), pool(2), pool(3), pool(4)};
    engine::LatencyHistogram responses_;
    TandemDraws draws_;
};

}  // namespace
}  // namespace faultline::benchmarks

int main(int argc, char** argv) {
    using namespace faultline::benchmarks;
    const TandemShape shape = shape_of(argc, argv);
    const bool with_patience = argc > 3 && std::string_view{argv[3]} == "--patience";
    const double begun_s = cpu_s();
    Tandem tandem(shape, with_patience);
    const std::int64_t total_ns = tandem.run();
    print_outcome(shape.customers, total_ns, cpu_s() - begun_s);
    tandem.print_statistics();
}
