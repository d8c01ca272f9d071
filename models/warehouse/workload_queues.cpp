#include "models/warehouse/workload_queues.hpp"

#include <algorithm>

namespace faultline::models {

WorkloadQueues::Slot::Slot(WorkloadQueues& queues, std::size_t queue) : queues_(queues), queue_(queue) {
    Compute* const free = queues_.waiting_[queue_].empty() ? queues_.free_compute(queue_) : nullptr;
    if (free != nullptr) {
        queues_.grant(*this, *free);
        return;
    }
    queues_.waiting_[queue_].push_back(this);
    ++queues_.waited_;
    queues_.waiting_most_ = std::max(queues_.waiting_most_, ++queues_.waiting_now_);
    if (queues_.may_scale_[queue_] && queues_.on_waiting) queues_.on_waiting();
}

WorkloadQueues::Slot::~Slot() {
    if (compute_ != nullptr) {
        compute_->give_slot(queue_);
        queues_.dispatch();
        return;
    }
    auto& waiting = queues_.waiting_[queue_];
    waiting.erase(std::find(waiting.begin(), waiting.end(), this));
    --queues_.waiting_now_;
}

void WorkloadQueues::dispatch() {
    for (std::size_t queue = 0; queue < waiting_.size(); ++queue) {
        while (!waiting_[queue].empty()) {
            Compute* const free = free_compute(queue);
            if (free == nullptr) break;
            Slot* const next = waiting_[queue].front();
            waiting_[queue].pop_front();
            --waiting_now_;
            grant(*next, *free);
            next->granted_.notify_all();
        }
    }
}

// One that is gone looks free until somebody has noticed.
Compute* WorkloadQueues::free_compute(std::size_t queue) {
    for (std::size_t tried = 0; tried < mains_.size(); ++tried) {
        turn_ = turn_ + 1 < mains_.size() ? turn_ + 1 : 0;
        Compute* const one = mains_[turn_];
        if ((one->up() || !one->noticed()) && one->free_slots(queue) > 0) return one;
    }
    if (!may_scale_[queue]) return nullptr;
    const auto found = std::find_if(scaling_.begin(), scaling_.end(),
                                    [queue](const Compute* one) { return one->up() && one->free_slots(queue) > 0; });
    return found == scaling_.end() ? nullptr : *found;
}

void WorkloadQueues::grant(Slot& slot, Compute& compute) {
    compute.take_slot(slot.queue_);
    slot.compute_ = &compute;
    if (std::find(scaling_.begin(), scaling_.end(), &compute) != scaling_.end()) ++scaled_;
}

std::size_t WorkloadQueues::waiting_to_scale() const {
    std::size_t waiting = 0;
    for (std::size_t queue = 0; queue < waiting_.size(); ++queue) {
        if (may_scale_[queue]) waiting += waiting_[queue].size();
    }
    return waiting;
}

void WorkloadQueues::reset_statistics() {
    waited_ = scaled_ = 0;
    waiting_most_ = waiting_now_;
}

}  // namespace faultline::models
