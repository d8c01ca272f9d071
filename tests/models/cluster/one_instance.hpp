// A cluster without storage, whose commits take a random time, and updates and reads sent to its instances: where tests
// put an instance and watch it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/cluster/cluster.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {

// A commit takes a random time and never fails.
class RandomLog : public CommitLog {
public:
    RandomLog(engine::Simulation& simulation, engine::Distribution length)
        : simulation_(simulation), length_(std::move(length)), draws_(simulation.stream("log", "commits")) {}
    engine::Process<bool> commit(LogSource, std::uint32_t, const RequestRef&) override {
        co_await simulation_.delay(length_.sample_duration(draws_));
        co_return true;
    }
    std::uint32_t epoch() const override { return 1; }
    Duration exposure_to_loss_of(PlaceId) override { return {}; }

private:
    engine::Simulation& simulation_;
    engine::Distribution length_;
    engine::RandomStream draws_;
};

class NobodyWatches : public ClusterObserver {
public:
    void on_commit(const ToldCommit&) override {}
    void on_recovered(const RecoveredLog&) override {}
    void on_stage(const char*) override {}
    void on_whole(bool) override {}
};

class ClusterWithLog : public Cluster {
public:
    ClusterWithLog(SmallRegion& region, engine::Distribution commit, ClusterObserver& observer)
        : Cluster(region.simulation, region.transport, nullptr, shape(region), observer),
          log_(region.simulation, std::move(commit)) {}
    CommitLog& log() override { return log_; }

private:
    static ClusterShape shape(const SmallRegion& region) {
        ClusterShape shape;
        shape.path = "orders";
        shape.control_plane = region.network.regions[0];
        shape.keys = 100;
        return shape;
    }
    RandomLog log_;
};

// One instance, the writer, at no distance from its clients.
struct OneInstance {
    OneInstance(engine::Distribution commit, const InstanceShape& shape)
        : cluster(region, std::move(commit), nobody_watches) {
        cluster.add_instance(region.zone(0), shape);
        cluster.begin();
    }
    ~OneInstance() { region.simulation.close(); }

    Instance& instance() { return *cluster.instances().front(); }
    void run_to(Duration at) { region.simulation.run_until(engine::start_of_time + at); }

    // One statement of the operation with this number, on this key.
    engine::Process<> send(std::uint64_t number, std::uint64_t key, Statement statement) {
        RequestRef request =
            table.open(region.simulation.stream_key("client", "queries"), number, region.simulation.now());
        request->key = key;
        engine::Call<Answer> call(region.simulation, instance().component(),
                                  instance().execute(request, statement, Duration::zero()), Duration::zero());
        co_await call;
        if (call.outcome() != engine::CallOutcome::answered || call.value().status != AnswerStatus::ok) {
            ++failed;
            co_return;
        }
        order.push_back(number);
        lock_s += engine::in_seconds(request->stages()[static_cast<std::size_t>(Stage::lock)]);
        queue_s += engine::in_seconds(request->stages()[static_cast<std::size_t>(Stage::queue)]);
        cpu_s += engine::in_seconds(request->stages()[static_cast<std::size_t>(Stage::cpu)]);
    }
    // Poisson, the keys in turn.
    engine::Process<> arrivals(double rate_per_s, std::uint64_t keys, Statement statement) {
        engine::RandomStream draws = region.simulation.stream("client", "arrivals");
        const engine::Distribution gap = engine::Distribution::exponential(1.0 / rate_per_s);
        for (std::uint64_t number = 1;; ++number) {
            co_await region.simulation.delay(gap.sample_duration(draws));
            region.simulation.spawn(client, send(number, number % keys, statement));
        }
    }
    double mean_ms(double sum_s) const { return 1e3 * sum_s / static_cast<double>(order.size()); }

    SmallRegion region{"zero"};
    NobodyWatches nobody_watches;
    RequestTable table{[](void*, const Request&) {}, nullptr};
    ClusterWithLog cluster;
    engine::Component client{region.simulation, "client"};
    std::vector<std::uint64_t> order;  // of the answers
    std::uint64_t failed = 0;
    double lock_s = 0.0, queue_s = 0.0, cpu_s = 0.0;  // of all answered
};

}  // namespace faultline::models
