// The processor sharing half of ServerPool. Virtual time runs at the service rate of one job; a job that needs work w
// and comes at virtual time v ends at v + w, whoever comes and goes meanwhile, so a heap of ends is enough.
#include <algorithm>
#include <utility>

#include "engine/queueing/server_pool.hpp"

namespace faultline::engine {

namespace {
constexpr auto later = [](const auto& a, const auto& b) {
    return a.finish != b.finish ? a.finish > b.finish : a.number > b.number;
};
}  // namespace

double ServerPool::sharing_rate() const {
    const auto jobs = static_cast<double>(sharing_.size());
    const auto servers = static_cast<double>(shape_.servers);
    return jobs <= servers ? speed_ : speed_ * servers / jobs;
}

void ServerPool::advance_virtual_time() {
    const Instant now = simulation_.now();
    if (!sharing_.empty()) virtual_time_ += in_seconds(now - virtual_time_at_) * sharing_rate();
    virtual_time_at_ = now;
}

void ServerPool::schedule_first_shared() {
    if (sharing_event_.pending()) simulation_.cancel(sharing_event_);
    if (sharing_.empty()) {
        virtual_time_ = 0.0;  // every busy period begins anew, so that virtual time keeps its precision
        return;
    }
    const double left = std::max(0.0, sharing_.front().finish - virtual_time_);
    const Duration length = duration_from_seconds(left / sharing_rate());
    simulation_.schedule(sharing_event_, saturating_add(simulation_.now(), length));
}

std::uint32_t ServerPool::take_place(Service& job) {
    if (free_places_.empty()) {
        sharing_jobs_.push_back(&job);
        return static_cast<std::uint32_t>(sharing_jobs_.size() - 1);
    }
    const std::uint32_t place = free_places_.back();
    free_places_.pop_back();
    sharing_jobs_[place] = &job;
    return place;
}

void ServerPool::share(Service& job) {
    advance_virtual_time();
    const std::uint32_t place = take_place(job);
    job.inside_ = true;
    job.place_ = place;
    job.result_.started = simulation_.now();
    sharing_.push_back({virtual_time_ + in_seconds(job.work_), next_number_++, place});
    std::push_heap(sharing_.begin(), sharing_.end(), later);
    schedule_first_shared();
    observe_sharing();
}

void ServerPool::observe_sharing() {
    const std::size_t busy = std::min(sharing_.size(), static_cast<std::size_t>(shape_.servers));
    busy_servers_.set(simulation_.now(), static_cast<std::int64_t>(busy));
}

void ServerPool::finish_first_shared(CalendarNode& node, Simulation& /*simulation*/) {
    ServerPool& pool = static_cast<SharingEvent&>(node).pool;
    pool.advance_virtual_time();
    // The event is the head's end; rounding may leave virtual time a hair beside it.
    pool.virtual_time_ = std::max(pool.virtual_time_, pool.sharing_.front().finish);
    std::pop_heap(pool.sharing_.begin(), pool.sharing_.end(), later);
    const std::uint32_t place = pool.sharing_.back().place;
    pool.sharing_.pop_back();
    Service* const done = std::exchange(pool.sharing_jobs_[place], nullptr);
    pool.free_places_.push_back(place);
    ++pool.completed_;
    pool.schedule_first_shared();
    pool.observe_sharing();
    if (done == nullptr) return;
    done->inside_ = false;
    if (done->waiter_ != nullptr) done->waiter_->wake_now(done->index_);
}

}  // namespace faultline::engine
