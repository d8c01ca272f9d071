// One region with three zones, a warehouse in it, and a source that commits: for tests of the warehouse by itself.
#pragma once

#include <memory>

#include "models/network/wiring.hpp"
#include "models/warehouse/warehouse.hpp"

namespace faultline::models::test {

using namespace std::chrono_literals;

struct Site {
    explicit Site(std::uint64_t seed = 1)
        : network(wire()),
          simulation({engine::Seed{seed}, 1}),
          transfers(simulation, network.topology),
          requests(&released, nullptr),
          owner(simulation, "clients"),
          key(simulation.stream_key("clients", "queries")) {}
    ~Site() { simulation.close(); }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    static WiredNetwork wire() {
        std::vector<UnknownName> unknown;
        const NetworkPlan plan{.regions = {{"us-east-1", {"a", "b", "c"}}}, .sites = {}};
        return wire_network(*NetworkProfile::named("aws-2025"), plan, unknown);
    }
    static void released(void*, const Request&) {}

    // Slices that read 1 GB/s in all, and load 10 MB/s.
    WarehouseShape shape() const {
        WarehouseShape of;
        of.path = "reports";
        of.storage = network.regions[0];
        of.zones = network.zones[0];
        of.compute = {.nodes = 2,
                      .slices = 4,
                      .slice_scan = {2e9},
                      .slice_load = {2e7},
                      .node_network = {1e10},
                      .cold_speed = 0.25,
                      .slots = {5}};
        of.may_scale = {false};
        of.scaling.idle = 60s;
        of.connections_max = 1'000'000;
        of.classes = 1;
        of.snapshots = {8h, 1e15, std::nullopt};
        return of;
    }

    void make(const WarehouseShape& of) {
        warehouse = std::make_unique<Warehouse>(simulation, transfers, network.topology, of);
    }
    TableFeed& add_table(const TableShape& of) {
        const FeedWay way{network.zones[0][1], network.regions[0], network.regions[0]};
        warehouse->add_table(of, [way] { return way; });
        return *warehouse->tables().back();
    }
    // A thousand rows of a kilobyte in a second, unless told otherwise.
    void commit_each(TableFeed& feed, Duration interval = 1ms) { simulation.spawn(owner, commits(feed, interval)); }
    engine::Process<> commits(TableFeed& feed, Duration interval) {
        for (;;) {
            co_await simulation.delay(interval);
            feed.committed();
        }
    }
    // One query, which adds to these when it ends.
    engine::Process<> ask(WarehouseQuery query, Duration leader) {
        ++asked;
        RequestRef request = requests.open(key, asked, simulation.now());
        request->query_class = 0;
        const Instant due = simulation.now();
        engine::Call<Answer> call(simulation, warehouse->component(),
                                  warehouse->execute(request, query, leader, Duration::zero()), Duration::zero());
        co_await call;
        const bool answered = call.outcome() == engine::CallOutcome::answered;
        if (answered && call.value().status == AnswerStatus::ok) {
            response_s.record(engine::in_seconds(simulation.now() - due));
        } else if (answered && is_refused(call.value().status)) {
            ++refused;
        } else {
            ++failed;
        }
    }

    WiredNetwork network;
    engine::Simulation simulation;
    Transfers transfers;
    RequestTable requests;
    engine::Component owner;
    engine::StreamKey key;
    std::unique_ptr<Warehouse> warehouse;
    engine::Tally response_s;
    std::uint64_t asked = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
};

// A copy of which the exact length is known: 3 s for the job, no export but a wide line, and a load at 10 MB/s.
inline TableShape copied_each(Duration interval) {
    TableShape of;
    of.name = "sales";
    of.load = scenarios::TableLoad::copy;
    of.interval = interval;
    of.capture = engine::Distribution::constant(3.0);
    of.export_rate = {8e9};
    of.files = 4;
    of.bytes_per_commit = 1000.0;
    of.bytes = 1e9;
    return of;
}

}  // namespace faultline::models::test
