// The tandem on the scheduler of ns-3, with the queues of the plain loop: its simulator has events and no processes.
#include <ns3/nstime.h>
#include <ns3/simulator.h>

#include <queue>

#include "benchmarks/tandem/tandem.hpp"

namespace faultline::benchmarks {
namespace {

struct Customer {
    std::array<std::int64_t, stations> service_ns{};
    std::int64_t arrived_ns = 0;
};

struct Station {
    int idle = 0;
    std::queue<Customer*> queue;
};

ns3::Time delay(std::int64_t length_ns) {
    return ns3::NanoSeconds(static_cast<std::uint64_t>(length_ns));
}

class Tandem {
public:
    explicit Tandem(TandemShape shape) : draws_(shape.servers), to_come_(shape.customers) {
        for (Station& station : stations_) station.idle = shape.servers;
    }

    std::int64_t run() {
        ns3::Simulator::Schedule(delay(0), &Tandem::arrive, this);
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
        return total_response_ns_;
    }

private:
    void arrive() {
        const CustomerDraws draws = draws_.next();
        enter(0, new Customer{draws.service_ns, ns3::Simulator::Now().GetNanoSeconds()});
        if (--to_come_ > 0) ns3::Simulator::Schedule(delay(draws.gap_ns), &Tandem::arrive, this);
    }
    void enter(std::size_t station, Customer* customer) {
        if (stations_[station].idle > 0) {
            --stations_[station].idle;
            begin(station, customer);
        } else {
            stations_[station].queue.push(customer);
        }
    }
    void begin(std::size_t station, Customer* customer) {
        ns3::Simulator::Schedule(delay(customer->service_ns[station]), &Tandem::leave, this, station, customer);
    }
    void leave(std::size_t station, Customer* customer) {
        if (stations_[station].queue.empty()) {
            ++stations_[station].idle;
        } else {
            begin(station, stations_[station].queue.front());
            stations_[station].queue.pop();
        }
        if (station + 1 < stations) return enter(station + 1, customer);
        total_response_ns_ += ns3::Simulator::Now().GetNanoSeconds() - customer->arrived_ns;
        delete customer;
    }

    std::array<Station, stations> stations_;
    TandemDraws draws_;
    std::int64_t to_come_;
    std::int64_t total_response_ns_ = 0;
};

}  // namespace
}  // namespace faultline::benchmarks

int main(int argc, char** argv) {
    using namespace faultline::benchmarks;
    const TandemShape shape = shape_of(argc, argv);
    const double begun_s = cpu_s();
    const std::int64_t total_ns = Tandem(shape).run();
    print_outcome(shape.customers, total_ns, cpu_s() - begun_s);
}
