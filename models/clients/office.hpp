// A branch office: its users' queries as they fall due, each with its deadline, its attempts and its retries; and
// canaries that try every database endpoint once a second over a new connection, directly and through each service that
// its classes go through (office_canaries.cpp).
//
// An office calls a service over HTTPS connections that it keeps, at most `connections` to one region of a service; it
// reaches a database directly only in classes without a service. DNS steers it to a region of a service that has
// healthy instances, the nearest first, and is asked again after its time to live.
//
// Where sessions are watched, each query of keys belongs to one of the office's users, who may ask again after its
// answer (office_sessions.cpp). Surges add arrivals of their own, and closed users wait for their answer before they
// ask anything else (office_demand.cpp). A class may have a circuit breaker, hedged requests and an adaptive rate
// (office_policies.cpp). A trace has its queries fall due one by one (trace_replay.hpp).
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/clients/adaptive_rate.hpp"
#include "models/clients/arrivals.hpp"
#include "models/clients/hedging.hpp"
#include "models/clients/sessions.hpp"
#include "models/clients/surge_arrivals.hpp"
#include "models/network/near_paths.hpp"
#include "models/services/service.hpp"
#include "models/stations/station.hpp"
#include "models/warehouse/warehouse.hpp"

namespace faultline::models {

// A surge as one office has it: its instant in the run.
struct SurgeShape {
    scenarios::Surge surge;
    Instant begin{};
    std::vector<ClassId> classes;  // empty: all
};
struct ClosedUsersShape {
    std::uint32_t users = 0;
    engine::Distribution think = engine::Distribution::constant(0.0);  // seconds
};

struct OfficeShape {
    OfficeId id = 0;
    PlaceId place{};
    int connections = 64;
    std::string name;
    double weight = 1.0;  // its load, as a share of all offices' together
    Duration canary_timeout{};
    ArrivalsShape arrivals{};
    std::optional<SessionShape> sessions{};
    std::vector<SurgeShape> surges{};
    std::optional<ClosedUsersShape> users{};
};

// What one canary of an office asks: a service, or the database by a driver of its own.
struct CanaryTarget {
    std::size_t endpoint = nowhere;
    std::size_t service = nowhere;
    std::unique_ptr<DatabaseClient> direct;  // null: it goes through the service, or nothing is watched
};

// Where each class can go, seen from one office.
struct OfficeTargets {
    std::vector<std::vector<ServiceRegion*>> services;    // by service, in the order of preference
    std::vector<std::unique_ptr<DatabaseClient>> direct;  // by endpoint, null: not used
    std::vector<CanaryTarget> canaries;                   // in the order of the measures' canary targets
    std::vector<Station*> stations;
    std::vector<Warehouse*> warehouses;
};

class Office {
public:
    Office(ServiceContext& context, RequestTable& requests, OfficeShape shape);
    ~Office();
    void set_targets(OfficeTargets targets);
    // Under way, or being made, to this service now.
    int connections_in_use(std::size_t service) const {
        return connections_[service].open - connections_[service].idle;
    }
    void begin();
    // One query of a trace falls due now (trace_replay.hpp). `number`: its own, below 2^46; key: no_key if its class
    // has none.
    void replay(std::uint64_t number, ClassId query_class, std::uint64_t key);
    // For an evacuation (office_moves.cpp). Does DNS send it to this region first, and could it send it elsewhere?
    bool could_leave(PlaceId region) const;
    // DNS sends it there last, or as before. What it was told stands until it asks again.
    void leave(PlaceId region);
    void come_back(PlaceId region);

    engine::Component& component() { return component_; }
    const OfficeShape& shape() const { return shape_; }
    const Arrivals& arrivals() const { return arrivals_; }
    const Sessions* sessions() const { return sessions_.get(); }  // null: they are not watched

private:
    // The HTTPS connections to one service.
    struct Connections {
        int open = 0;  // in use or idle
        int idle = 0;
        ServiceRegion* region = nullptr;  // where DNS steers
        Instant steered_until{};
    };
    struct Attempt {
        AnswerStatus status = because(FailureReason::connection_lost);
        bool timed_out = false;
        bool sent = true;           // false: refused by the office's own pool, or breaker
        std::uint32_t version = 0;  // that was answered
        Duration travel{};
    };
    // What stands before the attempts of a class, if anything does.
    struct Guard {
        std::unique_ptr<CircuitBreaker> breaker;
        std::unique_ptr<Hedging> hedging;
        std::unique_ptr<AdaptiveRate> rate;
    };
    // What a user asks after an answer.
    struct FollowUp {
        std::uint64_t query = 0;
        std::uint64_t key = 0;
        std::uint32_t session = 0;
        ClassId query_class = 0;
        Duration after{};
    };
    // The next query's due time as a calendar node: it waits for nothing else, so it needs no process, and the query
    // begins within its event.
    struct NextArrival : engine::CalendarNode {
        explicit NextArrival(Office& of) : CalendarNode(&fall_due, engine::EventKind::started), office(of) {}
        Office& office;
        std::uint64_t number = 0;
    };
    // The same of a surge's.
    struct NextOfSurge : engine::CalendarNode {
        NextOfSurge(Office& of, std::size_t which, const SurgeShape& shape);
        Office& office;
        std::size_t index;
        SurgeArrivals arrivals;
        engine::QueryKey queries;
        std::vector<std::pair<double, ClassId>> classes;  // cumulative shares, up to 1
        std::uint64_t number = 0;
    };
    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
    void prefetch() const;
    static void fall_due_of_surge(engine::CalendarNode& node, engine::Simulation& simulation);
    void schedule_next_arrival();
    void schedule_next(NextOfSurge& next);
    void begin_demand();
    void make_guards();
    engine::Process<> user(std::uint64_t number);
    engine::Process<> query(RequestRef request);
    template <bool plain_call>
    engine::Process<> query_as(RequestRef request);
    void join_session(Request& request, std::uint64_t number);
    void note_in_session(const Request& request, const ClassPlan& plan, std::uint32_t version);
    void note_read(const Request& request, const ClassPlan& plan, std::uint32_t version);
    engine::Process<> think(FollowUp next);
    static bool is_in_session(const ClassPlan& plan) { return plan.keys && plan.endpoint != nowhere; }
    engine::Process<Attempt> ask_station(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_warehouse(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_database(const RequestRef& request, const ClassPlan& plan);
    // One of these, by where the class goes, with or without what stands before it: a child of the caller all the same.
    engine::Process<Attempt> ask(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_unguarded(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_service(RequestRef request, const ClassPlan& plan);
    engine::Process<Attempt> ask_guarded(const RequestRef& request, const ClassPlan& plan);
    engine::Process<bool> may_send(const RequestRef& request, const ClassPlan& plan, AdaptiveRate& rate);
    engine::Process<Attempt> ask_twice(const RequestRef& request, const ClassPlan& plan, Hedging& hedging);
    static bool answered(const engine::Call<Attempt>& call);
    void cancel(const RequestRef& request, const ClassPlan& plan);
    engine::Call<Answer> send(const RequestRef& request, const ClassPlan& plan, ServiceInstance& instance);
    static Attempt attempt_of(Request& request, const engine::Call<Answer>& call);
    // A connection to a service, out of those that the office may have.
    enum class Ticket : std::uint8_t { none, connected, to_connect, refused, unresolved };
    static AnswerStatus why_none(Ticket ticket);
    Ticket take_connection(std::size_t service, const ServiceInstance* to);
    void give_connection(std::size_t service, bool usable);
    // ok, or why not; unreachable: not before `give_up`.
    engine::Process<AnswerStatus> connect(const RequestRef& request, const ServiceInstance& to, Instant give_up);
    void end(const RequestRef& request, const ClassPlan& plan, const Attempt& last, int attempts);
    void begin_canaries();
    engine::Process<> canary(std::size_t target, Duration offset);
    engine::Process<> try_canary(std::size_t target);
    engine::Process<> try_canary_via_service(std::size_t target);
    ServiceRegion* preferred_now(std::size_t service) const;
    void sort_preferences();
    ServiceRegion* steer(std::size_t service);
    ServiceInstance* choose_instance(std::size_t service);
    void prefetch_path(const ClassPlan& plan);
    void choose_work(Request& request) const;
    void choose_key(Request& request, ClassId query_class) const;
    std::uint64_t drifted(const ClassPlan& plan, std::uint64_t rank) const;
    Duration backoff(const ClassPlan& plan, int attempt);
    bool may_retry(ClassId query_class, const Attempt& failed);
    void refill(ClassId query_class);

    // What every query looks at, side by side and in that order: offices are many, and seldom in the processor's cache.
    // The first two lines the calendar fetches; what opening a query needs is in them.
    NextArrival next_arrival_;
    ServiceContext& context_;
    engine::Simulation& simulation_;
    RequestTable& requests_;
    engine::QueryKey queries_;
    OfficeId id_;    // as in its shape
    PlaceId place_;  // the same
    Arrivals arrivals_;
    NearPaths near_paths_;                                        // to instances of services
    boost::container::small_vector<Connections, 1> connections_;  // by service
    std::unique_ptr<Sessions> sessions_;
    engine::Component component_;
    OfficeShape shape_;
    OfficeTargets targets_;
    std::vector<std::vector<ServiceRegion*>> nearest_first_;  // by service
    std::vector<PlaceId> left_;                               // regions
    std::vector<std::unique_ptr<NextOfSurge>> next_of_surges_;
    std::vector<Guard> guards_;  // by class; empty: no class has any
    engine::RandomStream retries_;
    std::vector<int> tokens_;            // left in the budget for retries, by class
    engine::RandomStream canary_draws_;  // of the ways to the services
    engine::QueryKey session_draws_;
    engine::QueryKey follow_ups_;
    engine::QueryKey of_users_, thoughts_;
};

}  // namespace faultline::models
