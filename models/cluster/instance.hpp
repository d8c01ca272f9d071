// A database instance: its CPUs, its connections, its role. What it serves is one process a statement, which dies with
// it.
//
// Leaves out: the buffer pool, row locks, burstable CPU credits.
#pragma once

#include <cstdint>
#include <string>

#include "engine/call.hpp"
#include "engine/queueing/server_pool.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/cluster/key_versions.hpp"
#include "models/cluster/replica_apply.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"

namespace faultline::models {

class Cluster;

enum class Role : std::uint8_t { writer, replica };

struct InstanceShape {
    std::string class_name;
    int vcpus = 2;
    int connections_max = 1000;
    int promotion_tier = 1;
};

// What one statement asks for. The demand is the client's draw: the same query costs the same wherever it is served.
struct Statement {
    bool writes = false;   // needs the writer
    bool commits = false;  // and waits for the storage quorum
    bool reads_key = false;
    Duration demand{};
};

class Instance {
public:
    Instance(engine::Simulation& simulation, std::string path, PlaceId place, InstanceShape shape,
             const ReplicationShape& replication, Cluster& cluster);

    // Serves one statement, or has the cluster do what a reader cannot do by itself (Cluster::mediate). `travel`: how
    // long its answer will be under way.
    engine::Process<Answer> execute(RequestRef request, Statement statement, Duration travel);
    engine::Process<Answer> serve(RequestRef request, Statement statement, Duration travel);  // by itself
    // TLS and authentication of a new connection; refused when there are too many. It counts from open_connection(), so
    // that one whose client has given up meanwhile does not count for ever.
    engine::Process<Answer> accept(Duration cpu, Duration travel);
    // Is there anybody? For health checks and canaries.
    engine::Process<Answer> ping(Duration travel);
    // To a driver that asks who is the writer: ok, with its epoch; read_only from a replica.
    engine::Process<Answer> tell_role(Duration travel);

    // A connection is of an incarnation: after a restart the old ones are reset.
    std::uint32_t incarnation() const { return incarnation_; }
    Instant incarnation_since() const { return incarnation_since_; }
    void open_connection() { ++connections_; }
    void close_connection(std::uint32_t incarnation) {
        if (incarnation == incarnation_) --connections_;
    }
    int connections() const { return connections_; }

    void crash(engine::Health how);
    // The process of the database begins anew, with this role; all connections are gone.
    void start(Role role);
    // A replica becomes the writer without a restart: connections to it stay.
    void become_writer();

    Cluster& cluster() { return cluster_; }
    engine::Component& component() { return component_; }
    const engine::Component& component() const { return component_; }
    PlaceId place() const { return place_; }
    Role role() const { return role_; }
    std::uint32_t epoch() const { return epoch_; }
    const InstanceShape& shape() const { return shape_; }
    engine::ServerPool& cpu() { return cpu_; }

    // As a replica: what it has seen of the writer's commits, unless the log itself knows (CommitLog::lag_of).
    ReplicaApply& replica() { return replica_; }
    // Replica lag: of the newest commit. Zero on the writer.
    Duration lag(Instant now) const;
    // What committed this long ago or longer is seen by a reader now.
    Duration staleness(Instant now);

private:
    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    InstanceShape shape_;
    Cluster& cluster_;
    engine::ServerPool cpu_;
    Role role_ = Role::replica;
    std::uint32_t incarnation_ = 1;
    Instant incarnation_since_{};
    int connections_ = 0;
    std::uint32_t epoch_ = 0;  // of the log, when it became the writer: an older one is fenced
    ReplicaApply replica_;
};

}  // namespace faultline::models
