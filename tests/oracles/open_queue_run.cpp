#include "tests/oracles/open_queue_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random/stream.hpp"
#include "tests/oracles/comparison.hpp"

namespace faultline::oracles {
namespace {

using namespace engine;

// The controls of one replication. Their weights follow a shadow of the queue that the draws alone decide: one server
// as fast as all servers together (its wait is exactly that of M/G/1, and near that of a busy M/G/c).
// For a mean the weight is the shadow's wait, for the tail beyond b it is exp(-decay * (b - wait)), at most 1: the
// derivatives of the solutions of Poisson's equation for a reflected Brownian motion.
class Controls {
public:
    explicit Controls(const OpenQueue& queue) : queue_(queue), sums_(5 + 2 * queue.rare_waits_s.size()) {
        const std::size_t room = queue.shape.waiting_room;
        const bool bounded = room != std::numeric_limits<std::size_t>::max();
        if (bounded) longest_s_ = static_cast<double>(room) * service_mean_s_ / servers_;
        const double scv = queue.service.scv();
        service_square_ = service_mean_s_ * service_mean_s_ * (1.0 + scv);
    }

    // A customer came, whose service and the gap after it have just been drawn.
    void record(double service_s, double gap_s, bool measured) {
        if (measured) {
            const double service_off = service_s - service_mean_s_;
            const double gap_off = gap_s - gap_mean_s_;
            sums_[0] += service_off;
            sums_[1] += gap_off;
            sums_[2] += service_off * wait_s_;
            sums_[3] += gap_off * wait_s_;
            sums_[4] += service_s * service_s - service_square_;
            for (std::size_t i = 0; i < queue_.rare_waits_s.size(); ++i) {
                const double short_of_s = queue_.rare_waits_s[i] - wait_s_;
                const double tail = std::min(1.0, std::exp(-queue_.wait_decay_per_s * short_of_s));
                sums_[5 + 2 * i] += service_off * tail;
                sums_[6 + 2 * i] += gap_off * tail;
            }
        }
        wait_s_ = std::max(0.0, std::min(longest_s_, wait_s_ + service_s / servers_) - gap_s);
    }
    const std::vector<double>& sums() const { return sums_; }

private:
    const OpenQueue& queue_;
    double servers_ = queue_.shape.servers;
    double service_mean_s_ = queue_.service.mean();
    double gap_mean_s_ = queue_.gap.mean();
    double service_square_ = 0.0;
    double longest_s_ = std::numeric_limits<double>::infinity();
    double wait_s_ = 0.0;
    std::vector<double> sums_;
};

class OpenQueueRun {
public:
    OpenQueueRun(const OpenQueue& queue, std::uint32_t replication)
        : queue_(queue),
          sim_(RunIdentity{Seed{1}, replication}),
          pool_(sim_, counter_.number(), queue.shape),
          controls_(queue),
          longer_(queue.tails.size()) {}

    Replication result() {
        sim_.spawn(street_, arrivals());
        sim_.run_until(end_of_time);
        const auto answered = static_cast<double>(answered_);
        const auto came = static_cast<double>(queue_.measured);
        Replication seen{.measures = {{"wait", {wait_s_, answered}},
                                      {"response", {response_s_, answered}},
                                      {"waits", {static_cast<double>(waited_), answered}},
                                      {"refused", {came - answered, came}},
                                      {"answered per s", {answered, window_s_}},
                                      {"in queue", {in_queue_ * window_s_, window_s_}},
                                      {"in system", {in_system_ * window_s_, window_s_}},
                                      {"utilisation", {utilisation_ * window_s_, window_s_}}},
                         .controls = controls_.sums()};
        for (std::size_t i = 0; i < longer_.size(); ++i) {
            seen.measures[queue_.tails[i].name] = {static_cast<double>(longer_[i]), answered};
        }
        return seen;
    }

private:
    // From the coming of the first measured customer to that of the first one after them.
    Process<> arrivals() {
        Instant opened{};
        for (std::uint64_t i = 0; i < queue_.warm_up + queue_.measured; ++i) {
            if (i == queue_.warm_up) {
                opened = sim_.now();
                pool_.reset_statistics();
            }
            const bool measured = i >= queue_.warm_up;
            const double service_s = queue_.service.sample(services_);
            const double gap_s = queue_.gap.sample(gaps_);
            controls_.record(service_s, gap_s, measured);
            sim_.spawn(street_, customer(duration_from_seconds(service_s), measured));
            co_await sim_.delay(duration_from_seconds(gap_s));
        }
        window_s_ = in_seconds(sim_.now() - opened);
        in_queue_ = pool_.mean_waiting();
        utilisation_ = pool_.utilisation();
        in_system_ = in_queue_ + utilisation_ * queue_.shape.servers;
    }

    Process<> customer(Duration work, bool measured) {
        const Instant came = sim_.now();
        const auto served = co_await pool_.serve(work);
        if (measured && !served.refused) record(served.started - came, sim_.now() - came);
    }

    void record(Duration wait, Duration response) {
        const double wait_s = in_seconds(wait);
        const double response_s = in_seconds(response);
        ++answered_;
        waited_ += wait > Duration::zero() ? 1U : 0U;
        wait_s_ += wait_s;
        response_s_ += response_s;
        for (std::size_t i = 0; i < longer_.size(); ++i) {
            const Tail& tail = queue_.tails[i];
            longer_[i] += (tail.of_wait ? wait_s : response_s) > tail.longer_than_s ? 1U : 0U;
        }
    }

    const OpenQueue& queue_;
    Simulation sim_;
    Component street_{sim_, "street"};
    Component counter_{sim_, "counter"};
    ServerPool pool_;
    RandomStream gaps_ = sim_.stream("street", "gaps");
    RandomStream services_ = sim_.stream("street", "services");
    Controls controls_;
    std::vector<std::uint64_t> longer_;
    std::uint64_t answered_ = 0;
    std::uint64_t waited_ = 0;
    double wait_s_ = 0.0;
    double response_s_ = 0.0;
    double window_s_ = 0.0;
    double in_queue_ = 0.0;
    double in_system_ = 0.0;
    double utilisation_ = 0.0;
};

}  // namespace

Replication run(const OpenQueue& queue, std::uint32_t replication) {
    return OpenQueueRun(queue, replication).result();
}

void size_runs(OpenQueue& queue, double relaxations) {
    const double spare = std::max(0.01, 1.0 - queue.utilisation());
    const double variability = 0.5 * (queue.gap.scv() + queue.service.scv());
    const double places = static_cast<double>(queue.shape.waiting_room) + queue.shape.servers;
    const double forgetting = std::min(4.0 * std::max(0.5, variability) / (spare * spare), places * places);
    const double relaxation = forgetting + queue.shape.servers;
    queue.warm_up = static_cast<std::uint64_t>(500.0 + 6.0 * relaxation);
    const double measured = 25'000.0 + relaxations * relaxation;
    queue.measured = static_cast<std::uint64_t>(shortened ? measured / 2.0 : measured);
}

std::vector<Replication> run_all(const OpenQueue& queue) {
    std::vector<Replication> all;
    for (std::uint32_t i = 1; i <= replications; ++i) all.push_back(run(queue, i));
    return all;
}

}  // namespace faultline::oracles
