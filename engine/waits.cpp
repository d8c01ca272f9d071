#include "engine/waits.hpp"

namespace faultline::engine {

Condition::~Condition() {
    // Whoever still waits was never told: it waits on, and its own destructor must not touch this list.
    while (first_ != nullptr) first_->leave();
}

void Condition::Wait::arm(ProcessState& waiter, std::uint32_t index) {
    waiter_ = &waiter;
    index_ = index;
    queued_ = true;
    previous_ = condition_.last_;
    next_ = nullptr;
    if (previous_ != nullptr) {
        previous_->next_ = this;
    } else {
        condition_.first_ = this;
    }
    condition_.last_ = this;
}

void Condition::Wait::leave() {
    if (!queued_) return;
    queued_ = false;
    if (previous_ != nullptr) {
        previous_->next_ = next_;
    } else {
        condition_.first_ = next_;
    }
    if (next_ != nullptr) {
        next_->previous_ = previous_;
    } else {
        condition_.last_ = previous_;
    }
}

bool Condition::notify_one() {
    if (first_ == nullptr) return false;
    Wait& wait = *first_;
    wait.leave();
    wait.over_ = true;
    wait.waiter_->wake_later(wait.index_);
    return true;
}

void Condition::notify_all() {
    while (notify_one()) {
    }
}

}  // namespace faultline::engine
