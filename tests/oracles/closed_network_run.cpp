#include "tests/oracles/closed_network_run.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "engine/random/stream.hpp"
#include "engine/simulation.hpp"
#include "engine/statistics/count_over_time.hpp"

namespace faultline::oracles {
namespace {

using namespace engine;

class ClosedNetworkRun {
public:
    ClosedNetworkRun(const ClosedNetwork& network, std::uint32_t replication)
        : network_(network), sim_(RunIdentity{Seed{1}, replication}) {
        for (const ClosedStation& station : network.stations) {
            const std::string path = "station " + std::to_string(stations_.size() + 1);
            stations_.push_back(std::make_unique<Station>(sim_, path, station));
        }
    }

    Replication result() {
        for (int i = 0; i < network_.clients; ++i) sim_.spawn(clients_, client());
        sim_.run_until(start_of_time + network_.warm_up);
        measured_ = true;
        for (const auto& station : stations_) station->reset(sim_.now());
        sim_.run_until(sim_.now() + network_.measured);
        Replication seen = measures();
        sim_.close();
        return seen;
    }

private:
    struct Station {
        Station(Simulation& sim, const std::string& path, const ClosedStation& the_shape)
            : shape(the_shape),
              component(sim, path),
              pool(sim, component.number(), {.servers = std::max(1, shape.servers), .discipline = shape.discipline}),
              draws(sim.stream(path, "services")),
              here(sim.now()) {}
        void reset(Instant now) {
            pool.reset_statistics();
            here.reset(now);
        }
        void moves(Instant now, int by) {
            population += by;
            here.set(now, population);
        }

        ClosedStation shape;
        Component component;
        ServerPool pool;
        RandomStream draws;
        CountOverTime here;
        int population = 0;
        double residence_s = 0.0;
        double wait_s = 0.0;
        double visits = 0.0;
        double service_off_s = 0.0;  // a control: services begun in the window, less their mean
    };

    Process<> client() {
        while (true) {
            const double think_s = network_.think_s > 0.0 ? think_.sample(think_draws_) : 0.0;
            if (measured_) think_off_s_ += think_s - network_.think_s;
            co_await sim_.delay(duration_from_seconds(think_s));
            const Instant began = sim_.now();
            for (const auto& station : stations_) co_await visit(*station);
            if (!measured_) continue;
            cycles_ += 1.0;
            response_s_ += in_seconds(sim_.now() - began);
        }
    }

    Process<> visit(Station& station) {
        const double service_s = station.shape.service.sample(station.draws);
        if (measured_) station.service_off_s += service_s - station.shape.service.mean();
        const Duration work = duration_from_seconds(service_s);
        const Instant came = sim_.now();
        Instant started = came;
        station.moves(came, 1);
        if (station.shape.servers == 0) {
            co_await sim_.delay(work);
        } else {
            const auto served = co_await station.pool.serve(work);
            started = served.started;
        }
        station.moves(sim_.now(), -1);
        if (!measured_) co_return;
        station.visits += 1.0;
        station.wait_s += in_seconds(started - came);
        station.residence_s += in_seconds(sim_.now() - came);
    }

    Replication measures() const {
        const double window_s = in_seconds(network_.measured);
        Replication seen;
        seen.measures["throughput"] = {cycles_, window_s};
        seen.measures["cycles"] = {cycles_, 1.0};
        seen.measures["response"] = {response_s_, cycles_};
        seen.controls.push_back(think_off_s_);
        for (std::size_t i = 0; i < stations_.size(); ++i) {
            const Station& station = *stations_[i];
            const std::string number = std::to_string(i + 1);
            const auto over_time = [&](double mean) { return Ratio{mean * window_s, window_s}; };
            seen.measures["residence " + number] = {station.residence_s, station.visits};
            seen.measures["wait " + number] = {station.wait_s, station.visits};
            seen.measures["population " + number] = over_time(station.here.mean(sim_.now()));
            seen.measures["waiting " + number] = over_time(station.pool.mean_waiting());
            seen.measures["utilisation " + number] = over_time(station.pool.utilisation());
            seen.controls.push_back(station.service_off_s);
        }
        return seen;
    }

    const ClosedNetwork& network_;
    Simulation sim_;
    Component clients_{sim_, "clients"};
    Distribution think_ = Distribution::exponential(network_.think_s > 0.0 ? network_.think_s : 1.0);
    RandomStream think_draws_ = sim_.stream("clients", "thinking");
    std::vector<std::unique_ptr<Station>> stations_;
    bool measured_ = false;
    double think_off_s_ = 0.0;
    double cycles_ = 0.0;
    double response_s_ = 0.0;
};

}  // namespace

Replication run(const ClosedNetwork& network, std::uint32_t replication) {
    return ClosedNetworkRun(network, replication).result();
}

void size_runs(ClosedNetwork& network, double cycles) {
    double alone_s = network.think_s;
    double bottleneck_s = 0.0;
    for (const ClosedStation& station : network.stations) {
        alone_s += station.service.mean();
        if (station.servers > 0) bottleneck_s = std::max(bottleneck_s, station.service.mean() / station.servers);
    }
    const double cycle_s = std::max(bottleneck_s, alone_s / network.clients);
    network.warm_up = duration_from_seconds(10.0 * alone_s + 5.0 * network.clients * cycle_s + 500.0 * cycle_s);
    network.measured = duration_from_seconds(cycles * cycle_s);
}

}  // namespace faultline::oracles
