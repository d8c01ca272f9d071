// Years of failures, event by event: what breaks, what that makes the control plane and people do, and whom it stops.
// No queries, no coroutines: an event costs a fraction of a microsecond, and a state can be copied at any instant.
//
//   serving -> failing -> serving          the writer is lost, and another member takes over
//           -> failing -> waiting          nobody can: the first that is back, or a writer made anew
//           -> failing -> held             the control plane is ill
//           -> regional -> serving         its region is lost, and an operator moves it
//   serving -> serving                     a planned switchover: another region
#pragma once

#include <cstdint>
#include <vector>

#include "planning/availability/outage_ledger.hpp"
#include "planning/availability/outage_state.hpp"

namespace faultline::planning {

// Over any regions that are left; those that are lost carry nothing.
bool reaches(const OutageModel& model, const OutageState& state, std::size_t from, std::size_t to);

class OutageSimulator {
public:
    explicit OutageSimulator(const OutageModel& model);  // which outlives it

    // Everything whole, at time 0. `stream` names the draws: equal numbers, equal futures.
    OutageState start(engine::Seed seed, std::uint64_t stream) const;

    // All events before `until`, then the state stands there.
    void advance(OutageState& state, double until, OutageLedger& ledger) const;

    double next_time(const OutageState& state) const;
    // The next event, with what passes until then.
    void run_next(OutageState& state, OutageLedger& ledger) const;
    // An event of one of its targets now, as if its time had come.
    void strike(OutageState& state, std::size_t process, std::size_t target) const;
    void draw_next_failure(OutageState& state) const;
    // Whom the state stops: after whatever was changed from outside.
    void look(OutageState& state, OutageLedger& ledger) const;

    const OutageModel& model() const { return model_; }

private:
    // What an event says about what it takes: why, and whether users' losses were measured and need no model.
    struct Hit {
        CauseMask cause = 0;
        bool measured = false, silent = true;
    };
    void push(OutageState& state, double after, PendingKind kind, std::size_t owner = 0, std::size_t index = 0,
              std::uint32_t epoch = 0, bool background = false) const;
    void handle(OutageState& state, const Pending& event) const;
    void begins(OutageState& state, const Pending& event) const;
    void begin(OutageState& state, std::size_t process, const FailureTarget& target) const;
    void take(OutageState& state, const FailureProcess& process, const FailureTarget& target, const Hit& hit) const;
    void take_member(OutageState& state, const FailureTarget& target, const Hit& hit, double lasts) const;
    void take_zone(OutageState& state, const FailureProcess& process, std::size_t zone, const Hit& hit,
                   double lasts) const;
    void take_region(OutageState& state, const FailureProcess& process, std::size_t region, const Hit& hit,
                     double lasts) const;
    bool draw_measured(OutageState& state, const FailureProcess& process, bool takes_writer) const;
    bool takes_writer(const OutageState& state, const FailureTarget& target) const;
    FailureTarget found(const OutageState& state, FailureTarget target) const;

    void close(OutageState& state, std::size_t database, const Hit& hit, double lasts) const;
    void lose_zone(OutageState& state, std::size_t zone, const Hit& hit, double lasts, bool keeps_data) const;
    void lose_region(OutageState& state, std::size_t region, const Hit& hit, double lasts) const;
    void lose_member(OutageState& state, std::size_t database, std::size_t member, const Hit& hit) const;
    void lose_writer(OutageState& state, std::size_t database, const Hit& hit) const;
    void lose_node(OutageState& state, std::size_t database, std::size_t node) const;
    void lose_warehouse(OutageState& state, std::size_t warehouse, const Hit& hit, double lasts) const;
    void lose_pool_share(OutageState& state, std::size_t pool, double share, CauseMask cause) const;

    // What people order (outage_planned.cpp).
    void order_there(OutageState& state, std::size_t process, std::size_t target) const;
    void order_back(OutageState& state, const Pending& event) const;
    void next_order(OutageState& state, std::size_t process, std::size_t target, double after) const;
    void begin_planned(OutageState& state, std::size_t process, const FailureTarget& target, bool measured) const;
    void stop_database(OutageState& state, const FailureProcess& process, std::size_t database, double lasts) const;
    void stop_until_published(OutageState& state, const FailureProcess& process, std::size_t database,
                              double published) const;
    bool hand_over(OutageState& state, const FailureProcess& process, std::size_t database, std::size_t but,
                   bool measured) const;
    void leave_zone(OutageState& state, const FailureProcess& process, const FailureTarget& target,
                    bool measured) const;
    void evacuate(OutageState& state, std::size_t process, std::size_t region, bool measured) const;

    // Of a database to another region. `back`: the second half of an evacuation.
    struct Move {
        std::size_t process, database, to;
        bool measured, back;
    };
    static Move move_of(const Pending& event);
    void push_move(OutageState& state, double after, PendingKind kind, const Move& move) const;
    bool can_move(const OutageState& state, const Move& move) const;
    void order_move(OutageState& state, const Move& move) const;
    void refused(OutageState& state, const Move& move) const;
    void move_ready(OutageState& state, const Move& move) const;
    void moved(OutageState& state, const Move& move) const;
    void end_move(OutageState& state, const Move& move, std::size_t from, bool done) const;
    std::size_t successor_in(const OutageState& state, std::size_t database, std::size_t region) const;

    void member_back(OutageState& state, std::size_t database, std::size_t member) const;
    void zone_back(OutageState& state, std::size_t zone, bool kept_data) const;
    void region_back(OutageState& state, std::size_t region) const;
    void failover_done(OutageState& state, std::size_t database) const;
    void promote_or_wait(OutageState& state, std::size_t database) const;
    void rebuild_done(OutageState& state, std::size_t database) const;
    void begin_regional(OutageState& state, std::size_t database) const;
    void regional_done(OutageState& state, std::size_t database) const;
    void serve(OutageState& state, std::size_t database, std::size_t writer) const;
    void check_storage(OutageState& state, std::size_t database) const;

    bool member_up(const OutageState& state, std::size_t database, std::size_t member) const;
    std::size_t successor(const OutageState& state, std::size_t database, std::size_t region) const;
    double sample(OutageState& state, const engine::Distribution& distribution) const {
        return distribution.sample(state.draws);
    }

    const OutageModel& model_;
    // When clients of a database look again: after its loss, and after its return. Ascending, each once.
    std::vector<std::vector<double>> notices_s_, returns_s_;
};

}  // namespace faultline::planning
