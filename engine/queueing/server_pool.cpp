#include "engine/queueing/server_pool.hpp"

#include <algorithm>
#include <memory>

namespace faultline::engine {

inline void ServerPool::observe_busy() {
    busy_servers_.set(simulation_.now(), static_cast<std::int64_t>(busy_));
}

inline void ServerPool::observe_queue() {
    queue_length_.set(simulation_.now(), static_cast<std::int64_t>(queue_.size()));
}

inline void ServerPool::put_idle(Server& server) {
    server.job = nullptr;
    server.next_idle = idle_;
    idle_ = &server;
}

// Inlined by order: it is on the way of every job, and a call of it saves and restores six registers.
[[gnu::always_inline]] inline void ServerPool::start(Server& server, Service* job, Duration work) {
    server.job = job;
    if (job != nullptr) {
        job->server_ = &server;
        job->result_.started = simulation_.now();
    }
    const Duration length = speed_ == 1.0 ? work : duration_from_seconds(in_seconds(work) / speed_);
    simulation_.schedule(server, saturating_add(simulation_.now(), length));
}

ServerPool::ServerPool(Simulation& simulation, std::uint32_t component, PoolShape shape)
    : simulation_(simulation),
      component_(component),
      shape_(shape),
      sharing_event_(*this, component),
      busy_servers_(simulation.now()),
      queue_length_(simulation.now()) {
    SIM_CHECK(shape.servers >= 1);
    if (shape.discipline == Discipline::fcfs) set_servers(shape.servers);
}

void ServerPool::set_servers(int servers) {
    SIM_CHECK(servers >= 1 && shape_.discipline == Discipline::fcfs && jobs() == 0);
    shape_.servers = servers;
    idle_ = nullptr;
    servers_.clear();
    servers_.reserve(static_cast<std::size_t>(servers));
    for (int i = 0; i < servers; ++i) {
        servers_.push_back(std::make_unique<Server>(*this, component_));
        put_idle(*servers_.back());
    }
}

std::size_t ServerPool::in_service() const {
    return shape_.discipline == Discipline::fcfs ? busy_ : sharing_.size();
}

double ServerPool::utilisation() const {
    return busy_servers_.mean(simulation_.now()) / static_cast<double>(shape_.servers);
}

double ServerPool::mean_waiting() const {
    return queue_length_.mean(simulation_.now());
}

void ServerPool::reset_statistics() {
    busy_servers_.reset(simulation_.now());
    queue_length_.reset(simulation_.now());
    completed_ = 0;
    refused_ = 0;
}

bool ServerPool::enter(Service& job) {
    if (shape_.discipline == Discipline::processor_sharing) {
        share(job);
        return true;
    }
    if (idle_ != nullptr) {
        Server& server = *idle_;
        idle_ = server.next_idle;
        ++busy_;
        job.inside_ = true;
        start(server, &job, job.work_);
        observe_busy();
        return true;
    }
    if (queue_.size() >= shape_.waiting_room) {
        ++refused_;
        return false;
    }
    job.inside_ = true;
    job.place_ = queue_.push({&job, job.work_});
    observe_queue();
    return true;
}

// The next job starts before the finished one's process goes on: a server is never idle while somebody waits.
void ServerPool::finish(CalendarNode& node, Simulation& /*simulation*/) {
    auto& server = static_cast<Server&>(node);
    ServerPool& pool = server.pool;
    Service* const done = server.job;
    ++pool.completed_;
    if (pool.queue_.empty()) {
        --pool.busy_;
        pool.put_idle(server);
        pool.observe_busy();
    } else {
        const Waiting next = pool.queue_.pop();
        pool.start(server, next.job, next.work);
        pool.observe_queue();
    }
    if (done == nullptr) return;
    done->inside_ = false;
    if (done->waiter_ != nullptr) done->waiter_->wake_now(done->index_);
}

void ServerPool::abandon(Service& job) {
    job.inside_ = false;
    if (shape_.discipline == Discipline::processor_sharing) {
        sharing_jobs_[job.place_] = nullptr;
    } else if (job.server_ != nullptr) {
        job.server_->job = nullptr;
    } else if (Waiting* const waiting = queue_.find(job.place_)) {
        waiting->job = nullptr;
    }
}

void ServerPool::clear() {
    for (const auto& server : servers_) {
        if (!server->pending()) continue;
        simulation_.cancel(*server);
        if (server->job != nullptr) server->job->inside_ = false;
        put_idle(*server);
    }
    busy_ = 0;
    while (!queue_.empty()) {
        const Waiting waiting = queue_.pop();
        if (waiting.job != nullptr) waiting.job->inside_ = false;
    }
    for (Service* const job : sharing_jobs_) {
        if (job != nullptr) job->inside_ = false;
    }
    sharing_.clear();
    sharing_jobs_.clear();
    free_places_.clear();
    if (sharing_event_.pending()) simulation_.cancel(sharing_event_);
    observe_busy();
    observe_queue();
}

void ServerPool::set_speed(double speed) {
    SIM_CHECK(speed > 0.0);
    if (shape_.discipline == Discipline::processor_sharing) advance_virtual_time();
    speed_ = speed;
    if (shape_.discipline == Discipline::processor_sharing) schedule_first_shared();
}

}  // namespace faultline::engine
