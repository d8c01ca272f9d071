// The part of a global database that stands in one region: an Aurora-style cluster that is the primary or follows it.
//
//   primary    a writer and its replicas; fails over within the region by itself (cluster.hpp)
//   secondary  replicas only, over a volume that the stream of the primary's log keeps up to date; or no instance at
//              all, only the volume ("headless")
//   copying    its volume is being made anew from the primary's: unreadable
//   abandoned  it was the primary, and another region is now. Where it could not be fenced, its writer goes on, and
//              what it tells is lost
//
// Source: Aurora User Guide, Global databases, Switchover or failover. The operator and the steps: global_database.hpp.
#pragma once

#include "models/cluster/cluster.hpp"
#include "models/global/global_log.hpp"
#include "models/global/write_forwarding.hpp"

namespace faultline::models {

enum class RegionRole : std::uint8_t { primary, secondary, copying, abandoned };

class RegionalCluster : public Cluster {
public:
    // What it tells the database that it belongs to.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual Instance& global_writer() = 0;
        // Of a commit of an abandoned lineage: whom it was told to, and how far back the database has nothing of it.
        virtual void commit_diverged(OfficeId told, Duration gap) = 0;
    };

    // `region`: its number in `log`, 0 is the first primary.
    RegionalCluster(engine::Simulation& simulation, const Transport& transport, Transfers* transfers,
                    ClusterShape shape, ClusterObserver& observer, GlobalLog& log, std::size_t region);
    void belongs_to(Owner& owner) { owner_ = &owner; }

    // Building: of a version whose readers stop while they hear nothing of the primary's writer
    // (regional_cluster_stream.cpp).
    void stop_without_stream() { stops_without_stream_ = true; }
    // Building: readers send writes on to the global writer, and reads wait for what this asks.
    void forward_writes(ReadConsistency consistency);
    engine::Process<Answer> mediate(Instance& at, RequestRef request, Statement statement, Duration travel) override;

    void transaction_ended(Instance& at, RowLocks::Transaction transaction) override;
    void instance_died(Instance& instance, engine::Health how) override;

    void begin() override;
    CommitLog& log() override { return commit_log_; }
    Instance& writer() override { return owner_->global_writer(); }
    Instance& own_writer() { return *instances_[writer_]; }  // Requires: it is or was the primary
    RegionRole region_role() const { return region_role_; }
    PlaceId zone_for_another() const;  // instance: the first that stands

    void host_restored(Instance& instance) override;
    void reach_changed() override { global_log_.reach_changed(); }
    // What an abandoned lineage commits is lost: no key has a newer version by it.
    std::uint32_t committed(Instance& by, const ToldCommit& commit) override;
    void region_lost(engine::Health how) override;
    void region_back() override;
    engine::Process<> put_back(bool memory_kept) override;

    // For the operator. Whom to make the writer; null: no instance answers.
    Instance* candidate();
    bool has_candidate();  // that can take over at once
    // `all_restart`: the other instances, too.
    void become_primary(Instance& successor, bool all_restart);
    void refuse_writes() { refusing_ = true; }  // fenced, or in a switchover
    void accept_writes();                       // again: a switchover was given up, or nobody could take over
    bool lacks_instance() const;                // it has none whose host is there
    void abandon();
    // Its volume and instances are new ones.
    void begin_with_empty_memory() { lose_memories(); }
    // The database is what this region has of the log.
    void lose_the_rest() { versions_->lose_beyond(global_log_.end()); }
    void begin_copy();        // instances stop
    void become_secondary();  // and are there again, or go on as replicas

private:
    // The volume's own log, then the count of the global one.
    class CountedLog : public CommitLog {
    public:
        explicit CountedLog(RegionalCluster& cluster) : cluster_(cluster) {}
        engine::Process<bool> commit(LogSource writer, std::uint32_t epoch, const RequestRef& request) override;
        std::uint32_t epoch() const override { return cluster_.storage_->epoch(); }
        Duration exposure_to_loss_of(PlaceId place) override;
        std::optional<Duration> lag_of(const Instance& replica, Instant now) override;
        std::optional<Lsn> shown_by(const Instance& replica, Instant now) override;

    private:
        RegionalCluster& cluster_;
    };
    bool is_of_database() const override {
        return region_role_ == RegionRole::primary || region_role_ == RegionRole::secondary;
    }
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

    void begin_watching() override;
    Lsn end_of_commit() override { return global_log_.end(); }
    engine::Process<> watch_replicas();
    engine::Process<> start_replica(Instance& instance);
    engine::Process<> follow_writer();
    void start_those_down();
    void take(RegionRole role, std::size_t writer);

    GlobalLog& global_log_;
    std::size_t region_;
    RegionRole region_role_;
    bool refusing_ = false;
    bool stops_without_stream_ = false;
    // The primary's writer, as the readers know it: none yet, or this one.
    struct Followed {
        const Instance* writer = nullptr;
        std::uint32_t incarnation = 0;
        int silent = 0;     // questions in a row
        bool lost = false;  // they have stopped
    } followed_;
    Lsn abandoned_at_ = 0;  // the end of the log that it shared with the database
    std::optional<WriteForwarding> forwarding_;
    Owner* owner_ = nullptr;
    CountedLog commit_log_{*this};
};

}  // namespace faultline::models
