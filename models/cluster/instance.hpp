// A database instance: its CPUs, its connections, its role, its memory and its row locks. What it serves is one process
// a statement, which dies with it.
//
// A statement reads the pages that it needs and that are not in memory (buffer_pool.hpp), takes the lock of the row
// that it changes (row_locks.hpp), then a CPU. What it sends, log and answers, leaves through the network card of its
// class (network_card.hpp). Sources and limits: docs/models/instances.md. Leaves out: burstable CPU credits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/call.hpp"
#include "engine/queueing/server_pool.hpp"
#include "models/cluster/buffer_pool.hpp"
#include "models/cluster/commit_log.hpp"
#include "models/cluster/key_versions.hpp"
#include "models/cluster/network_card.hpp"
#include "models/cluster/replica_apply.hpp"
#include "models/cluster/row_locks.hpp"
#include "models/cluster/serverless.hpp"
#include "models/cluster/table_gate.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"
#include "models/token_bucket.hpp"

namespace faultline::models {

class Cluster;

enum class Role : std::uint8_t { writer, replica };
// leaving: still there, and no longer published; retired: gone, until it is taken in again.
enum class Membership : std::uint8_t { member, leaving, retired };

struct InstanceShape {
    std::string class_name;
    int vcpus = 2;
    int connections_max = 1000;
    std::optional<double> iam_per_s{};  // new connections that it authenticates by IAM; none: no limit
    int promotion_tier = 1;
    std::uint64_t pool_pages = 0;                 // of the buffer pool; 0: everything is in memory
    std::optional<Duration> lock_wait_max{};      // none: a statement waits for a row for ever
    std::optional<ServerlessShape> serverless{};  // its vcpus are those of its maximum
    engine::BitsPerSecond bandwidth{};            // of its network card, towards the network; 0: it is no limit
};

// What one statement asks for. The demand is the client's draw: the same query costs the same wherever it is served.
struct Statement {
    bool writes = false;   // needs the writer
    bool commits = false;  // and waits for the storage quorum
    bool reads_key = false;
    Duration demand{};
    bool locks = false;                                  // changes the row of its key
    int pages = 0;                                       // that it touches; from that of its key on, if it has one
    RowLocks::Transaction transaction = RowLocks::none;  // none: one of its own
    Bytes answer{};                                      // how large it is
};

// Since the last reset_statistics.
struct InstanceStatistics {
    std::uint64_t page_hits = 0, page_misses = 0;
    std::uint64_t lock_waits = 0, lock_timeouts = 0;
    std::uint64_t connections_refused = 0;
    int connections_peak = 0;
};

class Instance {
public:
    Instance(engine::Simulation& simulation, std::string path, PlaceId place, InstanceShape shape,
             const ReplicationShape& replication, Cluster& cluster);

    // Serves one statement, or has the cluster do what a reader cannot do by itself (Cluster::mediate). `travel`: how
    // long its answer will be under way.
    engine::Process<Answer> execute(RequestRef request, Statement statement, Duration travel);
    engine::Process<Answer> serve(RequestRef request, Statement statement, Duration travel);  // by itself
    // TLS and authentication of a new connection; refused at once when there are too many, those under way included, or
    // when IAM authenticates no more of them in this second. It
    // stays from open_connection() on, so that one whose client has given up meanwhile does not count for ever; so as
    // many more may get in as are accepted in the half round trip between.
    engine::Process<Answer> accept(Duration cpu, Duration travel);
    // To a driver that asks who is the writer: ok, with its epoch; read_only from a replica.
    engine::Process<Answer> tell_role(Duration travel);

    // A connection is of an incarnation: after a restart the old ones are reset.
    std::uint32_t incarnation() const { return incarnation_; }
    Instant incarnation_since() const { return incarnation_since_; }
    void open_connection() {
        if (++connections_ > statistics_.connections_peak) statistics_.connections_peak = connections_;
    }
    void close_connection(std::uint32_t incarnation) {
        if (incarnation == incarnation_) --connections_;
    }
    int connections() const { return connections_; }

    // A transaction of a connection has ended, by its commit or because the connection is closed.
    void end_transaction(RowLocks::Transaction transaction);

    void crash(engine::Health how);
    // The process of the database begins anew, with this role; all connections are gone.
    void start(Role role);
    // A replica becomes the writer without a restart: connections to it stay.
    void become_writer();

    Cluster& cluster() { return cluster_; }
    engine::Component& component() { return component_; }
    const engine::Component& component() const { return component_; }
    PlaceId place() const { return place_; }
    Stand stand() const { return {place_, component_.number()}; }
    Role role() const { return role_; }
    std::uint32_t epoch() const { return epoch_; }
    // It believes to be the writer, and another has taken the log over: it shows what it had then.
    bool deposed() const;
    const InstanceShape& shape() const { return shape_; }
    engine::ServerPool& cpu() { return cpu_; }
    NetworkCard& card() { return card_; }
    const NetworkCard& card() const { return card_; }
    // Of its processors: 1 is nominal. Requires: factor > 0.
    void change_speed(double factor) {
        cpu_.set_speed(cpu_.speed() * factor);
        if (capacity_) capacity_->cpu().change_speed(factor);
    }
    // Down: it will begin as one of another class, its statistics of utilisation then being of both.
    void change_class(InstanceShape shape);
    // Its host has not come back with its place: nothing starts on it.
    void set_host_away(bool away) { host_away_ = away; }
    bool host_away() const { return host_away_; }
    // Who wants a table, or the whole engine, for itself.
    TableGate& gate() { return gate_; }
    // No statement runs and no transaction holds a row.
    bool quiet() const { return cpus_busy() == 0 && row_locks_.rows_locked() == 0; }
    RowLocks& row_locks() { return row_locks_; }
    const InstanceStatistics& statistics() const { return statistics_; }
    void reset_statistics();

    // CPUs that it has now.
    int cpus() { return capacity_ ? capacity_->cpu().places() : cpu_.servers(); }
    std::size_t cpus_busy() const {
        return capacity_ ? static_cast<std::size_t>(capacity_->cpu().in_service()) : cpu_.in_service();
    }
    // None: of a class with fixed CPUs.
    std::optional<ServerlessCapacity>& capacity() { return capacity_; }
    const std::optional<ServerlessCapacity>& capacity() const { return capacity_; }
    void follow_load(double acu_at_least);

    // Replicas that scaling adds and takes away (replica_scaling.hpp).
    bool is_member() const { return membership_ == Membership::member; }
    Membership membership() const { return membership_; }
    void set_membership(Membership membership) { membership_ = membership; }
    bool added_by_scaling() const { return added_by_scaling_; }
    void mark_as_added() { added_by_scaling_ = true; }

    // Null: everything is in memory.
    BufferPool* pool() { return pool_ ? &*pool_ : nullptr; }
    const BufferPool* pool() const { return pool_ ? &*pool_ : nullptr; }
    // A statement about this key is on its way.
    void prefetch_page(std::uint64_t key) const;
    void prefetch_page_frame(std::uint64_t key) const;
    // Its memory is gone when it starts again: its host lost power, or it is replaced. A process that only restarts
    // finds its pages where they were.
    void lose_memory() { memory_lost_ = true; }
    // Would it have to apply a change of this key, or is the page not there?
    bool has_page_of(std::uint64_t key) const;

    // As a replica: what it has seen of the writer's commits, unless the log itself knows (CommitLog::lag_of).
    ReplicaApply& replica() { return replica_; }
    // Replica lag: of the newest commit. Zero on the writer.
    Duration lag(Instant now) const;
    // What committed this long ago or longer is seen by a reader now.
    Duration staleness(Instant now);
    // Up to where in the log a reader sees it.
    Lsn shown(Instant now);

private:
    // A statement that changes a row, from its beginning to its end; with the last one its transaction ends.
    class RowChange {
    public:
        RowChange(Instance& instance, const Statement& statement, std::uint64_t key);
        RowChange(const RowChange&) = delete;
        RowChange& operator=(const RowChange&) = delete;
        ~RowChange();
        bool changes() const { return transaction_ != RowLocks::none; }
        bool transaction_is_there() const { return there_; }
        RowLocks::Transaction transaction() const { return transaction_; }
        void end_transaction() { ends_ = true; }

    private:
        RowLocks& locks_;
        RowLocks::Transaction transaction_ = RowLocks::none;
        bool there_ = true;
        bool ends_ = false;
    };
    engine::Process<> read_missing_pages(RequestRef request, std::uint64_t key, int first_missing, int pages);
    int first_missing_page(std::uint64_t key, int pages);
    int missing_shared_pages(int pages);
    engine::Process<> read_shared_pages(RequestRef request, int missing);
    engine::Process<bool> wait_for_row(RequestRef request, RowLocks::Transaction transaction);
    engine::Process<> wait_at_gate(const RequestRef& request, const Statement& statement);
    engine::Process<> use_cpu_share(RequestRef request, Duration demand);

    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    InstanceShape shape_;
    Cluster& cluster_;
    engine::ServerPool cpu_;
    NetworkCard card_;
    Role role_ = Role::replica;
    std::uint32_t incarnation_ = 1;
    Instant incarnation_since_{};
    int connections_ = 0;
    int connecting_ = 0;
    bool memory_lost_ = false;
    bool host_away_ = false;
    TableGate gate_;
    std::optional<BufferPool> pool_;
    engine::RandomStream page_draws_;  // of the working set
    RowLocks row_locks_;
    std::optional<ServerlessCapacity> capacity_;
    std::optional<TokenBucket> iam_;  // of new connections
    Membership membership_ = Membership::member;
    bool added_by_scaling_ = false;
    InstanceStatistics statistics_;
    std::uint32_t epoch_ = 0;  // of the log, when it became the writer: an older one is fenced
    ReplicaApply replica_;
};

}  // namespace faultline::models
