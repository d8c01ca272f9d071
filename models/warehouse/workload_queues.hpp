// Workload management: queues with slots on each compute. A query waits in its queue, first come first served, until a
// compute has a free slot of it: the main ones in turn, one that nobody has found lost among them; else, where the
// queue may, one that concurrency scaling has made.
//
//   WorkloadQueues::Slot slot(queues, query.queue);
//   while (slot.compute() == nullptr) { engine::Condition::Wait turn(slot.granted()); co_await turn; }
//
// Leaves out: automatic WLM, memory of a slot, priorities, hops between queues, short-query acceleration.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "engine/waits.hpp"
#include "models/warehouse/compute.hpp"

namespace faultline::models {

class WorkloadQueues {
public:
    // Held from construction to destruction: waiting, then with a slot.
    class Slot {
    public:
        Slot(WorkloadQueues& queues, std::size_t queue);
        ~Slot();
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        Compute* compute() const { return compute_; }  // null: waiting
        engine::Condition& granted() { return granted_; }

    private:
        friend class WorkloadQueues;
        WorkloadQueues& queues_;
        std::size_t queue_;
        Compute* compute_ = nullptr;
        engine::Condition granted_;
    };

    // may_scale: by queue.
    explicit WorkloadQueues(std::vector<bool> may_scale)
        : may_scale_(std::move(may_scale)), waiting_(may_scale_.size()) {}
    void add_main(Compute& compute) { mains_.push_back(&compute); }
    void add_scaling(Compute& compute) { scaling_.push_back(&compute); }

    // A slot is free, or a compute has come: whoever waits is given what there is.
    void dispatch();

    // Of queues that may scale.
    std::size_t waiting_to_scale() const;
    std::uint64_t waited() const { return waited_; }  // that found no slot when they came
    std::uint64_t scaled() const { return scaled_; }  // that a scaling cluster was given
    std::size_t waiting_most() const { return waiting_most_; }
    void reset_statistics();

    std::function<void()> on_waiting;  // in a queue that may scale

private:
    Compute* free_compute(std::size_t queue);
    void grant(Slot& slot, Compute& compute);

    std::vector<bool> may_scale_;
    std::vector<Compute*> mains_;
    std::vector<Compute*> scaling_;
    std::vector<std::deque<Slot*>> waiting_;  // by queue
    std::size_t turn_ = 0;                    // of the main computes
    std::uint64_t waited_ = 0;
    std::uint64_t scaled_ = 0;
    std::size_t waiting_now_ = 0;
    std::size_t waiting_most_ = 0;
};

}  // namespace faultline::models
