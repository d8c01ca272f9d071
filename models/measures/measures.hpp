// What is measured in a run, in one place; definitions in docs/models/measures.md. A passive recorder: the models tell
// what happens when it happens, it starts nothing and changes nothing. Left out: requirements and verdicts (planning/).
//
// Every `now` is the simulated instant of the call, so calls come in order of `now`. What is due before the warm-up's
// end is dropped everywhere. After the start nothing is allocated an operation: an octave of latency met for the first
// time, a fault, an incident and a state change each take memory once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/measures/caches.hpp"
#include "models/measures/canaries.hpp"
#include "models/measures/databases.hpp"
#include "models/measures/incidents.hpp"
#include "models/measures/normal_bands.hpp"
#include "models/measures/operations.hpp"
#include "models/measures/resource_use.hpp"
#include "models/measures/session_reads.hpp"
#include "models/measures/steady_shares.hpp"

namespace faultline::models {

class Measures {
public:
    explicit Measures(const MeasuresShape& shape);

    // --- operations: each due one exactly once, sent or not, and its end exactly once, at any time after. One that was
    // never sent ends as refused, timed out or failed, at the latest when its deadline has passed. `due` is called at
    // its due time. reason: none, if it was answered.
    // stages: where the time went; of an answered operation they add up to now - due (SIM_CHECK).
    void due(std::size_t query_class, std::size_t office, Instant due);
    // One of these will be told soon.
    void prefetch(std::size_t query_class, std::size_t office) const {
        operations_.prefetch({query_class, office}, track_.phase());
    }
    void ended(std::size_t query_class, std::size_t office, Instant due, Instant now, FailureReason reason,
               StageTimes stages, int attempts);

    // An attempt besides the first begins: a retry, or a copy beside an attempt under way.
    void repeated(std::size_t query_class, Instant now) {
        if (measured(now)) operations_.repeated(query_class, now, false);
    }
    void hedged(std::size_t query_class, Instant now) {
        if (measured(now)) operations_.repeated(query_class, now, true);
    }

    // --- the canaries: every second for each site (an office) and target, when its answer or timeout is known
    void canary(std::size_t site, std::size_t target, Instant due, bool good);

    // --- writes, by the due time of their operation
    void write_unknown(std::size_t query_class, Instant due);
    void write_unknown_resolved(std::size_t query_class, Instant due, bool durable);
    void write_duplicate(std::size_t query_class, Instant due);

    // --- sessions: an answered read, by the due time of its operation. false: it was due before the warm-up's end
    bool session_read(std::size_t query_class, std::size_t office, Instant due, const SessionRead& read);

    // --- caches and databases
    void cache_read(std::size_t cache, CacheRead kind, Instant now);
    void commit_latency(std::size_t database, Duration latency, Instant now);  // of an acknowledged commit
    // The levels from now on: what any loss would leave, and what that of a zone or of less would (<= gap).
    void exposure(std::size_t database, Duration gap, Duration of_zone, Instant now);
    void replica_lag(std::size_t database, const std::string& of, Duration lag, Instant now);
    // Acknowledged commits that the serving lineage lacks. gap: last acknowledged commit on the abandoned lineage -
    // newest point with nothing missing. They stay lost until they are reconciled. by_office: of those that were told
    // to a client whose office is known; fewer offices than there are: 0.
    void commits_lost(std::size_t database, std::uint64_t commits, Duration gap, Instant now,
                      std::span<const std::uint64_t> by_office = {});
    // Of these, so many of time that was not simulated.
    void commits_estimated(std::size_t database, std::uint64_t commits) {
        incidents_.commits_estimated(database, commits);
    }
    // Nothing that is kept is as old as what was lost.
    void loss_unbounded(std::size_t database) { incidents_.loss_unbounded(database); }
    void commits_reconciled(std::size_t database, std::uint64_t commits, Instant now);

    // --- faults, by their index in the shape; in the measured part only (SIM_CHECK)
    std::size_t add_fault(FaultShape fault) { return incidents_.add_fault(std::move(fault)); }
    void fault_moved(std::size_t fault, std::string target) { incidents_.set_target(fault, std::move(target)); }
    void fault_started(std::size_t fault, Instant now);
    void fault_hit(std::size_t fault, std::string_view node) { incidents_.fault_hit(fault, node); }
    void fault_cut(std::size_t fault, std::uint64_t operations) { incidents_.fault_cut(fault, operations); }
    void fault_ended(std::size_t fault, Instant now);
    // An operator error: the classes whose answers are wrong from now on; noticed, after as much time again that was
    // not simulated; and no longer there.
    void data_wrong(std::size_t fault, std::size_t query_class) { incidents_.data_wrong(fault, query_class); }
    void data_noticed(std::size_t fault, Duration skipped, Instant now) {
        incidents_.data_noticed(fault, skipped, now);
    }
    void data_mended(std::size_t fault, Instant now) { incidents_.data_mended(fault, now); }
    // A database lost some of its redundancy, or all that was lost is replaced.
    void redundancy(std::size_t database, bool whole, Instant now);
    // A stage of the recovery begins: "promotion", "dns", "reconnection". What comes before the first is "detection";
    // the last one lasts until the end of the last bad window.
    void incident_stage(std::string_view stage, Instant now);
    // Some names cannot be looked up, or can again: each outage of names twice, within its fault. They may overlap.
    void names_away(bool away, Instant now);
    // A client has found its connection's server gone, or another. Reconnection is over after the last such instant
    // before the end of the last bad window; what is still bad then is a cache's re-warming, and then backlog.
    void connection_lost(Instant at);
    // Told each second: the balancer of a service sends calls to an instance that is down. Until then it is health
    // checks that are waited for.
    void balancer_misled(Instant at);
    void state_change(Instant now, std::string_view component, std::string_view state);

    // --- queues and links: each is added; then, when a second has passed, read in turn
    ResourceUses& resources() { return resources_; }
    ResourceUses& traffic() { return traffic_; }  // bytes in place of busy seconds
    void second_passed(Instant now) {
        resources_.second_passed(now, track_.phase(), incidents_.all().size());
        traffic_.second_passed(now, track_.phase(), incidents_.all().size());
    }

    // --- the end: fills its parts of the result
    void finish(Instant end, scenarios::ReplicationResult& result);

    LivePhase phase() const { return track_.phase(); }
    std::uint64_t in_flight() const { return operations_.in_flight() + warm_up_in_flight_; }
    std::size_t memory_bytes() const;

private:
    struct WriteCounts {
        std::uint64_t unknown = 0, durable = 0, absent = 0, duplicates = 0;
    };

    bool measured(Instant instant) const { return instant >= shape_.warm_up_end; }
    Instant after_dues(Instant now) const;
    void advance(Instant now);
    void judge_window(Instant now);
    bool shares_bad(Instant from, Instant now) const;
    bool class_bad(Operations::Place place, std::size_t first_row, Instant now) const;
    bool canary_bad(Canaries::Probe probe, std::size_t first_row) const;
    void open_incident(Instant start);
    void resolve_settling(LivePhase phase);
    void note_cache_recovery(Instant window_end);
    void need_rows();
    void finish_classes(std::vector<scenarios::ClassResult>& results) const;

    MeasuresShape shape_;
    PhaseTrack track_;
    Operations operations_;
    Canaries canaries_;
    NormalBands bands_;
    CacheReads cache_reads_;
    SessionReads session_reads_;
    Databases databases_;
    SteadyShares steady_shares_;
    Incidents incidents_;
    ResourceUses resources_, traffic_;
    std::vector<WriteCounts> writes_;       // by class
    std::vector<std::size_t> database_of_;  // by class; databases.size(): none
    std::vector<scenarios::StateChange> states_;
    bool incident_open_ = false;
    bool finished_ = false;
    Instant latest_due_{Duration{-1}};
    Instant window_end_;
    std::uint64_t warm_up_in_flight_ = 0;
    int outages_of_names_ = 0;  // active
};

}  // namespace faultline::models
