#include "models/services/topology_monitor.hpp"

#include <algorithm>

namespace faultline::models {

namespace {
constexpr Payload question{Bytes{128}, Bytes{512}};
constexpr Duration quick_after_search = std::chrono::seconds{30};  // source: the header
}  // namespace

TopologyMonitor::TopologyMonitor(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                                 std::vector<Cluster*> clusters, const TopologyMonitorShape& shape)
    : simulation_(simulation),
      transport_(transport),
      owner_(owner),
      clusters_(std::move(clusters)),
      shape_(shape),
      draws_(simulation.stream(owner.path() + "/" + clusters_.front()->component().path(), "topology")) {}

Instance* TopologyMonitor::next_reader() {
    if (searching_) return nullptr;
    if (readers_.empty()) return writer_;
    return readers_[turn_++ % readers_.size()];
}

void TopologyMonitor::forget() {
    watching_ = false;
    searching_ = true;
    writer_ = nullptr;
    readers_.clear();
}

void TopologyMonitor::move_to(Stand place, std::vector<Cluster*> clusters) {
    const bool sought = watching_;
    shape_.place = place;
    clusters_ = std::move(clusters);
    epoch_ = 0;
    writer_ = nullptr;
    readers_.clear();
    searching_ = !sought;  // what is asked already is of the old place
    if (sought) suspect();
}

// Every instance is asked at once, each by a process of its own.
void TopologyMonitor::suspect() {
    if (watching_ && searching_) return;
    searching_ = true;
    ++search_;
    for (Cluster* const cluster : clusters_) {
        for (const auto& instance : cluster->instances()) simulation_.spawn(owner_, ask(*instance, search_));
    }
    if (watching_) return;
    watching_ = true;
    simulation_.spawn(owner_, watch());
}

void TopologyMonitor::learn(Instance& writer) {
    writer_ = &writer;
    epoch_ = std::max(epoch_, writer.epoch());
    readers_ = writer.cluster().reader_endpoint().addresses();
    std::erase(readers_, &writer);
    if (!searching_) return;
    searching_ = false;
    quick_until_ = simulation_.now() + quick_after_search;
    found_.notify_all();
}

// The writer alone, while all seems well.
engine::Process<> TopologyMonitor::watch() {
    for (;;) {
        const bool quick = searching_ || simulation_.now() < quick_until_;
        const Duration pause = quick ? shape_.failover_refresh : shape_.refresh;
        co_await simulation_.delay(pause);
        if (searching_) continue;
        const std::uint64_t search = search_;
        Instance& asked = *writer_;
        const bool still = co_await is_writer(asked, 0);
        if (search != search_) continue;
        if (still) {
            learn(asked);
        } else {
            suspect();
        }
    }
}

engine::Process<> TopologyMonitor::ask(Instance& instance, std::uint64_t search) {
    int round_trips = connection_cost(shape_.protocol).round_trips();
    while (searching_ && search == search_) {
        const Instant began = simulation_.now();
        const bool writes = co_await is_writer(instance, round_trips);
        if (!searching_ || search != search_) co_return;
        if (writes && instance.epoch() >= epoch_) {
            learn(instance);
            co_return;
        }
        // An instance that answered is connected; one that took its time to fail is tried again at once.
        const bool answered = simulation_.now() - began < shape_.connect_timeout;
        if (answered) round_trips = 0;
        const Duration pause = answered ? shape_.failover_refresh : Duration::zero();
        co_await simulation_.delay(pause);
    }
}

// One question, after the round trips of a new connection.
engine::Process<bool> TopologyMonitor::is_writer(Instance& instance, int round_trips) {
    engine::Timer patience(simulation_, shape_.connect_timeout);
    if (round_trips > 0) {
        const Delays shake = transport_.handshake(shape_.place, instance.stand(), round_trips, draws_);
        const Duration needed = shake.delivered ? shake.forward + shake.back : Duration::max();
        co_await simulation_.delay(std::min(needed, shape_.connect_timeout));
        if (needed >= shape_.connect_timeout) co_return false;
    }
    const Delays legs = transport_.round_trip(shape_.place, instance.stand(), question, draws_);
    engine::Call<Answer> call(simulation_, instance.component(), instance.tell_role(legs.back), legs);
    co_await engine::any_of(call, patience);
    co_return call.outcome() == engine::CallOutcome::answered&& call.value().status == AnswerStatus::ok;
}

}  // namespace faultline::models
