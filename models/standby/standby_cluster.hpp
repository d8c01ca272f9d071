// A primary with its own log disk and streaming standbys, each with a copy of everything: plain PostgreSQL or MySQL. A
// monitor probes all instances; when the primary fails several probes in a row, it promotes the standby that has
// received most.
//
//   serving --a probe of the primary fails--> detecting --> promoting --> publishing --> serving
//                                                  \--> waiting for a standby --/
//
// The monitor stands in the region and in no zone, and it fences: a primary is shut off before another is promoted, and
// goes on beside it where that fails (primary_log.hpp). The old one comes back as a standby when its log has been
// rewound
// (`rebuild`). Sources: docs/models/standby.md.
// With a standby in another region an operator has that taken over where the monitor's region answers nobody
// (standby_region.cpp). A switchover is ordered: the primary ends in good order, and a standby that has all of its log
// goes on (standby_planned.cpp). Leaves out: cascading standbys.
#pragma once

#include <optional>

#include "models/cluster/cluster.hpp"
#include "models/standby/primary_log.hpp"

namespace faultline::models {

struct MonitorShape {
    Duration interval{};       // from the beginning of one probe to the next, above 0
    Duration timeout{};        // of a probe; the next one begins no sooner
    int failures = 3;          // in a row
    double fence_fails = 0.0;  // a primary that is up does not hear that it is to stop, 0..1
};

// The operator who has a standby in another region take over. Times in seconds.
struct RegionOperation {
    Duration alarm_after = Duration::max();                               // the monitor has answered no other region
    engine::Distribution decision = engine::Distribution::constant(0);    // paged, until he has decided
    Duration fence_timeout{};                                             // of a primary that cannot be reached
    engine::Distribution dns_update = engine::Distribution::constant(0);  // of the names, then
};

struct StandbyShape {
    PrimaryLogShape log;
    MonitorShape monitor;
    RegionOperation operation;
    // Does a synchronous primary go on alone when the monitor has given a standby up? Else its commits wait.
    bool goes_on_without_standby = false;
};

class StandbyCluster : public Cluster {
public:
    // Of `shape`, neither zones nor volume are used, and of its failover not the detection.
    // `transfers`: with whose flows the log's streams share their links; null: with none.
    StandbyCluster(engine::Simulation& simulation, const Transport& transport, ClusterShape shape, StandbyShape standby,
                   ClusterObserver& observer, Transfers* transfers = nullptr);

    void begin() override;
    void begin_watching() override;
    CommitLog& log() override { return log_; }
    PrimaryLog& primary_log() { return log_; }
    bool slow_disk(Instance& instance, double factor) override;

    std::uint32_t committed(Instance& by, const ToldCommit& commit) override;
    void instance_died(Instance& instance, engine::Health how) override;
    void host_restored(Instance& instance) override;
    void reach_changed() override { log_.reach_changed(); }
    // A standby that follows stands in another region than the primary, and that is not lost.
    bool outlives_region() const override;
    // Told the lost region when the operator has decided to go on elsewhere; may be empty.
    std::function<void(PlaceId)> on_given_up;
    // Of a restore: primary and standbys have been filled from one base backup and one log, so all of them follow.
    engine::Process<> put_back(bool memory_kept) override;

    void shut_down(const std::string& state) override;
    engine::Process<> begin_again(bool memory_kept) override;
    engine::Process<> order_failover() override;
    bool has_successor() override { return most_advanced() != nullptr; }
    void replay_stalls(Duration work) override;

private:
    enum class Reason : std::uint8_t { missed, region_lost, ordered };
    engine::Process<> watch(std::size_t instance);
    engine::Process<> fail_over(Reason reason);
    engine::Process<> promote(Instance& candidate, Instance& lost, Reason reason);
    void stop_for_work(Instance& instance) override;
    engine::Process<> writer_begins_again(Instance& writer) override;
    void fence(Instance& lost);
    void watch_all();
    engine::Process<> operate();
    engine::Process<bool> monitor_answers();
    engine::Process<bool> asked(engine::Component& whom, PlaceId from, Stand to);
    engine::Process<bool> take_over();
    void start_those_down();
    engine::Process<> go_on_elsewhere();
    bool in_another_region(const Instance& instance) const;
    engine::Process<> restart(Instance& instance) override;
    void talk_to(std::size_t instance);
    void heard(std::size_t instance, bool answers);
    void rewind(std::size_t standby);
    void primary_is_back();  // restart() has brought the old one back
    Instance* most_advanced();
    void adjust_quorum(bool may_shrink);

    MonitorShape monitor_;
    int synchronous_;
    bool goes_on_without_standby_;
    PrimaryLog log_;
    RegionOperation operation_;
    engine::RandomStream fence_draws_;
    engine::RandomStream operator_draws_;
    std::optional<engine::Component> operator_;  // none: no standby stands in another region
    bool promoting_ = false;                     // the old primary no longer comes back as one
    bool at_work_ = false;                       // the primary is down because somebody has ordered it
};

}  // namespace faultline::models
