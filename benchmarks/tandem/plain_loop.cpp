// The tandem as a plain event loop: what one writes by hand for this one model, with nothing that it does not need. No
// processes, no cancellation, no statistics but the sum of response times.
#include <cstddef>
#include <queue>
#include <vector>

#include "benchmarks/tandem/tandem.hpp"

namespace faultline::benchmarks {
namespace {

struct Customer {
    std::array<std::int64_t, stations> service_ns{};
    std::int64_t arrived_ns = 0;
};

constexpr std::uint32_t outside = stations;  // the "station" whose events are arrivals

struct Event {
    std::int64_t time_ns;
    std::uint64_t sequence;
    std::uint32_t station;
    std::uint32_t customer;
};
struct Later {
    bool operator()(const Event& a, const Event& b) const {
        return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.sequence > b.sequence;
    }
};

struct Station {
    int idle = 0;
    std::queue<std::uint32_t> queue;
};

class PlainLoop {
public:
    explicit PlainLoop(TandemShape shape) : draws_(shape.servers), to_come_(shape.customers) {
        for (Station& station : stations_) station.idle = shape.servers;
    }

    std::int64_t run() {
        schedule(0, outside, 0);
        while (!events_.empty()) {
            const Event event = events_.top();
            events_.pop();
            now_ns_ = event.time_ns;
            if (event.station == outside) {
                arrive();
            } else {
                leave(event.station, event.customer);
            }
        }
        return total_response_ns_;
    }

private:
    void schedule(std::int64_t delay_ns, std::uint32_t station, std::uint32_t customer) {
        events_.push({now_ns_ + delay_ns, next_sequence_++, station, customer});
    }
    void arrive() {
        const CustomerDraws draws = draws_.next();
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(customers_.size()));
            customers_.emplace_back();
        }
        const std::uint32_t customer = free_.back();
        free_.pop_back();
        customers_[customer] = {draws.service_ns, now_ns_};
        enter(0, customer);
        if (--to_come_ > 0) schedule(draws.gap_ns, outside, 0);
    }
    void enter(std::uint32_t station, std::uint32_t customer) {
        Station& at = stations_[station];
        if (at.idle > 0) {
            --at.idle;
            schedule(customers_[customer].service_ns[station], station, customer);
        } else {
            at.queue.push(customer);
        }
    }
    void leave(std::uint32_t station, std::uint32_t customer) {
        Station& at = stations_[station];
        if (at.queue.empty()) {
            ++at.idle;
        } else {
            const std::uint32_t next = at.queue.front();
            at.queue.pop();
            schedule(customers_[next].service_ns[station], station, next);
        }
        if (station + 1 < stations) return enter(station + 1, customer);
        total_response_ns_ += now_ns_ - customers_[customer].arrived_ns;
        free_.push_back(customer);
    }

    std::priority_queue<Event, std::vector<Event>, Later> events_;
    std::array<Station, stations> stations_;
    std::vector<Customer> customers_;
    std::vector<std::uint32_t> free_;
    TandemDraws draws_;
    std::int64_t now_ns_ = 0;
    std::int64_t to_come_;
    std::int64_t total_response_ns_ = 0;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace
}  // namespace faultline::benchmarks

int main(int argc, char** argv) {
    using namespace faultline::benchmarks;
    const TandemShape shape = shape_of(argc, argv);
    const double begun_s = cpu_s();
    const std::int64_t total_ns = PlainLoop(shape).run();
    print_outcome(shape.customers, total_ns, cpu_s() - begun_s);
}
