#include "models/network/transfers.hpp"

#include <algorithm>

namespace faultline::models {

namespace {

// Leaves the list when its process ends, by itself or with its owner.
template <class Item>
class Listed {
public:
    Listed(std::vector<Item*>& list, Item& item) : list_(list), item_(&item) { list_.push_back(item_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() { list_.erase(std::find(list_.begin(), list_.end(), item_)); }

private:
    std::vector<Item*>& list_;
    Item* item_;
};

}  // namespace

engine::Process<FlowOutcome> Transfers::transfer(TransferSpec spec) {
    if (flows_ == nullptr) flows_ = std::make_unique<Flows>(topology_);
    Waiting waiting;
    waiting.flow = flows_->start(simulation_.now(), spec.from, spec.to, spec.size, spec.options);
    ++started_;
    const Listed<Waiting> listed(waiting_, waiting);
    begin_driving();
    while (!waiting.over) {
        engine::Condition::Wait ended(waiting.ended);
        co_await ended;
    }
    co_return waiting.outcome;
}

void Transfers::topology_changed() {
    if (flows_ == nullptr) return;
    flows_->follow_topology(simulation_.now());
    begin_driving();
}

void Transfers::begin_driving() {
    if (driving_) return;
    driving_ = true;
    simulation_.spawn(component_, drive());
}

engine::Process<> Transfers::drive() {
    for (;;) {
        const engine::Instant next = flows_->next_step(simulation_.now());
        if (next == engine::end_of_time) break;
        co_await simulation_.delay(next - simulation_.now());
        for (const Finished& end : flows_->advance(simulation_.now())) deliver(end);
    }
    driving_ = false;
}

void Transfers::deliver(const Finished& end) {
    for (Waiting* const waiting : waiting_) {
        if (waiting->flow != end.flow) continue;
        waiting->over = true;
        waiting->outcome = end.outcome;
        waiting->ended.notify_all();
    }
}

}  // namespace faultline::models
