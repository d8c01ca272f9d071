// A server pool: c servers, a discipline and a waiting room. The one queue that all models use: CPUs, disks, cache
// nodes.
//
//   const auto served = co_await cpu.serve(work);
//   if (served.refused) ...                         // the waiting room was full
//   request.charge(Stage::queue, served.started);
//
// fcfs: a job has one server to itself; those that find none wait in order. processor_sharing: up to c jobs have a
// server each, more share them equally (virtual time: one heap of finish times and one calendar event, whatever the
// number of jobs; the head of the heap finishes because its event says so, not because a sum of doubles came out
// equal).
//
// A process that leaves (its client's timeout, its own end) abandons its wait, never the work: the pool serves the job
// to its end. clear() is the node's death.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/ring.hpp"
#include "engine/simulation.hpp"
#include "engine/statistics/count_over_time.hpp"

namespace faultline::engine {

enum class Discipline : std::uint8_t { fcfs, processor_sharing };

struct PoolShape {
    int servers = 1;  // >= 1
    Discipline discipline = Discipline::fcfs;
    std::size_t waiting_room = std::numeric_limits<std::size_t>::max();  // jobs that may wait; fcfs only
};

// How a job went. `started`: when a server took it (processor sharing: when it came).
struct Served {
    bool refused = false;
    Instant started{};
};

class ServerPool {
public:
    ServerPool(Simulation& simulation, std::uint32_t component, PoolShape shape);
    ~ServerPool() { clear(); }
    ServerPool(const ServerPool&) = delete;
    ServerPool& operator=(const ServerPool&) = delete;

    class Service;
    // work >= 0: the time that one server of speed 1 needs.
    Service serve(Duration work);

    // 1 is nominal; a gray or smaller node is slower. Applies to what starts from now on (fcfs) or to all (sharing).
    // Requires: speed > 0.
    void set_speed(double speed);
    double speed() const { return speed_; }
    // fcfs, and nothing in it. utilisation() is then of the new number. Requires: servers >= 1.
    void set_servers(int servers);

    // Everything in service or waiting is gone; no waiter is told (they die with the node, or call it over a Call).
    void clear();

    int servers() const { return shape_.servers; }
    std::size_t in_service() const;
    std::size_t waiting() const { return queue_.size(); }
    std::size_t jobs() const { return in_service() + waiting(); }
    std::uint64_t completed() const { return completed_; }
    std::uint64_t refused() const { return refused_; }

    // Since the last reset_statistics.
    double utilisation() const;   // busy servers / servers, over time
    double mean_waiting() const;  // length of the queue over time
    double busy_seconds() const { return busy_servers_.count_seconds(simulation_.now()); }     // servers x time
    double waiting_seconds() const { return queue_length_.count_seconds(simulation_.now()); }  // jobs x time
    void reset_statistics();

private:
    // A server, and as a calendar node the end of its job.
    struct Server : CalendarNode {
        Server(ServerPool& the_pool, std::uint32_t component)
            : CalendarNode(&finish, EventKind::served, component), pool(the_pool) {}
        ServerPool& pool;
        Service* job = nullptr;  // null while busy: abandoned
        Server* next_idle = nullptr;
    };
    struct Waiting {
        Service* job = nullptr;  // null: abandoned, the work remains
        Duration work{};
    };
    struct Sharing {
        double finish = 0.0;  // virtual time, seconds of service that each job has had
        std::uint64_t number = 0;
        std::uint32_t place = 0;  // in sharing_jobs_
    };
    class SharingEvent : public CalendarNode {
    public:
        SharingEvent(ServerPool& the_pool, std::uint32_t component)
            : CalendarNode(&finish_first_shared, EventKind::served, component), pool(the_pool) {}
        ServerPool& pool;
    };

    bool enter(Service& job);  // false: refused
    void start(Server& server, Service* job, Duration work);
    void put_idle(Server& server);
    void abandon(Service& job);
    static void finish(CalendarNode& node, Simulation& simulation);

    void share(Service& job);
    std::uint32_t take_place(Service& job);
    void advance_virtual_time();
    void schedule_first_shared();
    double sharing_rate() const;
    static void finish_first_shared(CalendarNode& node, Simulation& simulation);
    void observe_sharing();
    void observe_busy();
    void observe_queue();

    Simulation& simulation_;
    std::uint32_t component_;
    PoolShape shape_;
    double speed_ = 1.0;
    std::vector<std::unique_ptr<Server>> servers_;
    Server* idle_ = nullptr;  // the one that became idle last, and so on
    std::size_t busy_ = 0;
    Ring<Waiting> queue_;

    SharingEvent sharing_event_;
    std::vector<Sharing> sharing_;        // a binary heap, earliest finish first
    std::vector<Service*> sharing_jobs_;  // by place; null: abandoned, or free
    std::vector<std::uint32_t> free_places_;
    double virtual_time_ = 0.0;
    Instant virtual_time_at_{};
    std::uint64_t next_number_ = 0;

    std::uint64_t completed_ = 0;
    std::uint64_t refused_ = 0;
    CountOverTime busy_servers_;
    CountOverTime queue_length_;
};

// One job, as the wait of its process.
class ServerPool::Service {
public:
    Service(ServerPool& pool, Duration work) : pool_(pool), work_(work) {}
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service() {
        if (inside_) pool_.abandon(*this);
    }

    // Enters the pool at once (for any_of, which waits later).
    void begin() {
        begun_ = true;
        result_.refused = !pool_.enter(*this);
    }
    bool over() const { return begun_ && !inside_; }
    void arm(ProcessState& waiter, std::uint32_t index) {
        waiter_ = &waiter;
        index_ = index;
        if (!begun_) begin();
        if (over()) waiter.wake_later(index);
    }
    void disarm() { waiter_ = nullptr; }
    const Served& result() const { return result_; }

    bool await_ready() {
        if (!begun_) begin();
        return over();
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        handle.promise().begin_wait();
        waiter_ = &handle.promise();
        index_ = 0;
    }
    Served await_resume() const { return result_; }

private:
    friend class ServerPool;
    ServerPool& pool_;
    Duration work_;
    Served result_;
    ProcessState* waiter_ = nullptr;
    Server* server_ = nullptr;  // fcfs, in service
    std::uint64_t place_ = 0;   // fcfs: ticket in the queue; sharing: in sharing_jobs_
    std::uint32_t index_ = 0;
    bool begun_ = false;
    bool inside_ = false;
};

inline ServerPool::Service ServerPool::serve(Duration work) {
    return Service{*this, work};
}

}  // namespace faultline::engine
