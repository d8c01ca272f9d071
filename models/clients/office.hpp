// A branch office: its users' queries as they fall due, each with its deadline, its attempts and its retries; and a
// canary that tries every database endpoint once a second over a new connection.
//
// An office calls a service over HTTPS connections that it keeps, at most `connections` to one region of a service; it
// reaches a database directly only in classes without a service. DNS steers it to a region of a service that has
// healthy instances, the nearest first, and is asked again after its time to live.
//
// Where sessions are watched, each query of keys belongs to one of the office's users, who may ask again after its
// answer (office_sessions.cpp). Leaves out: users that wait for their answer before they ask anything else (closed
// users).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/clients/arrivals.hpp"
#include "models/clients/sessions.hpp"
#include "models/services/service.hpp"
#include "models/stations/station.hpp"
#include "models/warehouse/warehouse.hpp"

namespace faultline::models {

struct OfficeShape {
    std::string name;
    OfficeId id = 0;
    PlaceId place{};
    int connections = 64;
    Duration canary_timeout{};
    std::vector<double> curve;
    double rate_per_s = 0.0;
    std::int32_t start_of_day_s = 0;
    std::optional<SessionShape> sessions{};
};

// Where each class can go, seen from one office.
struct OfficeTargets {
    std::vector<std::vector<ServiceRegion*>> services;      // by service, in the order of preference
    std::vector<std::unique_ptr<DatabaseClient>> direct;    // by endpoint, null: not used
    std::vector<std::unique_ptr<DatabaseClient>> canaries;  // by endpoint, null: not watched
    std::vector<Station*> stations;
    std::vector<Warehouse*> warehouses;
};

class Office {
public:
    Office(ServiceContext& context, RequestTable& requests, OfficeShape shape);
    ~Office();
    void set_targets(OfficeTargets targets);
    void begin();
    // For an evacuation (office_moves.cpp). Does DNS send it to this region first, and could it send it elsewhere?
    bool could_leave(PlaceId region) const;
    // DNS sends it there last, or as before. What it was told stands until it asks again.
    void leave(PlaceId region);
    void come_back(PlaceId region);

    engine::Component& component() { return component_; }
    const OfficeShape& shape() const { return shape_; }
    const std::optional<Sessions>& sessions() const { return sessions_; }

private:
    // The HTTPS connections to one service.
    struct Connections {
        int open = 0;  // in use or idle
        int idle = 0;
        std::size_t region = 0;  // where DNS steers
        Instant steered_until{};
    };
    struct Attempt {
        AnswerStatus status = AnswerStatus::failed;
        bool timed_out = false;
        std::uint32_t version = 0;  // that was answered
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
        NextArrival(Office& of, std::uint32_t component)
            : CalendarNode(&fall_due, engine::EventKind::started, component), office(of) {}
        Office& office;
        std::uint64_t number = 0;
    };
    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
    void schedule_next_arrival();
    engine::Process<> query(RequestRef request);
    void join_session(Request& request, std::uint64_t number);
    void note_in_session(const Request& request, const ClassPlan& plan, std::uint32_t version);
    void note_read(const Request& request, const ClassPlan& plan, std::uint32_t version);
    engine::Process<> think(FollowUp next);
    static bool is_in_session(const ClassPlan& plan) { return plan.keys && plan.endpoint != nowhere; }
    engine::Process<Attempt> ask_station(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_warehouse(const RequestRef& request, const ClassPlan& plan);
    engine::Process<Attempt> ask_database(const RequestRef& request, const ClassPlan& plan);
    // One of these, by where the class goes: a child of the caller all the same.
    engine::Process<Attempt> ask(const RequestRef& request, const ClassPlan& plan);
    static Attempt attempt_of(const engine::Call<Answer>& call);
    // A connection to a service, out of those that the office may have.
    enum class Ticket : std::uint8_t { none, connected, to_connect, refused };
    Ticket take_connection(std::size_t service);
    void give_connection(std::size_t service, bool usable);
    engine::Process<bool> connect(const RequestRef& request, const ServiceInstance& to, Instant give_up);
    void end(const RequestRef& request, const ClassPlan& plan, const Attempt& last, int attempts);
    engine::Process<> canary(std::size_t endpoint, Duration offset);
    engine::Process<> try_canary(std::size_t endpoint);
    void sort_preferences();
    ServiceRegion* steer(std::size_t service);
    void choose_work(Request& request) const;
    Duration backoff(const ClassPlan& plan, int attempt);
    bool may_retry(ClassId query_class, const Attempt& failed);
    void refill(ClassId query_class);

    ServiceContext& context_;
    engine::Simulation& simulation_;
    RequestTable& requests_;
    engine::Component component_;
    OfficeShape shape_;
    OfficeTargets targets_;
    std::vector<std::vector<ServiceRegion*>> nearest_first_;  // by service
    std::vector<PlaceId> left_;                               // regions
    std::vector<Connections> connections_;                    // by service
    Arrivals arrivals_;
    NextArrival next_arrival_;
    engine::StreamKey queries_;
    engine::RandomStream retries_;
    std::vector<int> tokens_;  // left in the budget for retries, by class
    engine::StreamKey session_draws_;
    engine::StreamKey follow_ups_;
    std::optional<Sessions> sessions_;
};

}  // namespace faultline::models
