// A smart driver's knowledge of a cluster: which instance is the writer and which are readers, asked of the instances
// themselves and not of DNS.
//
// It asks the writer at each `topology_refresh`. Once the writer does not answer, or a connection has failed, it
// connects to every instance and asks each at `failover_refresh` whether it is the writer, until one says so; for 30 s
// from then on it goes on refreshing at that pace. Of two that say so the later epoch counts.
// Source: AWS Advanced JDBC Wrapper documentation, Failover v2: 30 s, 100 ms for 30 s after a new writer is seen, one
// monitor for all connections. Leaves out: the cost of its own connections to the instances.
#pragma once

#include <vector>

#include "engine/waits.hpp"
#include "models/cluster/cluster.hpp"
#include "models/network/connection.hpp"

namespace faultline::models {

struct TopologyMonitorShape {
    Stand place{};  // of the client
    Protocol protocol = Protocol::MysqlTls;
    Duration connect_timeout{};
    Duration refresh{};
    Duration failover_refresh{};
};

class TopologyMonitor {
public:
    // `clusters`: those that the writer may be in; they outlive it. Its processes belong to `owner`.
    TopologyMonitor(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                    std::vector<Cluster*> clusters, const TopologyMonitorShape& shape);

    // null while it does not know: the writer is being looked for.
    Instance* writer() const { return searching_ ? nullptr : writer_; }
    // The next reader in turn; the writer if there is none; null while it does not know.
    Instance* next_reader();
    engine::Condition& found() { return found_; }

    // A connection has failed: is the writer still there?
    void suspect();
    // Its owner died: it knows nothing, and begins anew when it is asked.
    void forget();
    // It stands there from now on, and looks for instances in these. Who waits for the writer goes on waiting.
    void move_to(Stand place, std::vector<Cluster*> clusters);

private:
    engine::Process<> watch();
    engine::Process<> ask(Instance& instance, std::uint64_t search);
    engine::Process<bool> is_writer(Instance& instance, int round_trips);
    void learn(Instance& writer);

    engine::Simulation& simulation_;
    const Transport& transport_;
    engine::Component& owner_;
    std::vector<Cluster*> clusters_;
    TopologyMonitorShape shape_;
    engine::RandomStream draws_;
    engine::Condition found_;
    Instance* writer_ = nullptr;
    std::vector<Instance*> readers_;
    std::size_t turn_ = 0;
    std::uint32_t epoch_ = 0;
    std::uint64_t search_ = 0;  // number of the search that goes on, or went on last
    bool searching_ = true;
    bool watching_ = false;
    Instant quick_until_{};
};

}  // namespace faultline::models
