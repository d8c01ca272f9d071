// Load shedding in one instance of a service: which calls come in, in which order they are given a thread, and how long
// they wait for one.
//
// A call of low priority may fill its share of the limit only, so that under pressure it is the first to be refused.
// Controlled delay: a call that comes while the queue has not been empty for `delay_interval` waits `delay_target` at
// most, any other one `delay_interval`; so a queue that stands is short, and a short burst is still taken.
// Source: B. Maurer, Fail at Scale, ACM Queue 13(8), 2015 (controlled delay, newest first). Leaves out: what refusing
// costs (nothing), and deadlines that travel with a call.
#pragma once

#include <array>

#include "engine/simulation.hpp"
#include "engine/tokens.hpp"
#include "models/services/concurrency_limit.hpp"

namespace faultline::models {

class Admission {
public:
    class Place;

    // `waiting_room`: calls that may wait for one of the `threads`.
    Admission(engine::Simulation& simulation, const scenarios::Shedding& settings, std::size_t threads,
              std::size_t waiting_room)
        : simulation_(simulation),
          settings_(settings),
          limit_(settings),
          threads_(threads, waiting_room,
                   settings.newest_first ? engine::Tokens::Order::newest_first : engine::Tokens::Order::oldest_first) {
        threads_.watch(simulation);
    }

    engine::Tokens& threads() { return threads_; }
    // How long a call that finds no thread waits for one, at most. Call it before it waits.
    engine::Duration patience() {
        if (!settings_.controlled_delay) return settings_.wait.value_or(engine::Duration::max());
        if (threads_.waiting() == 0) empty_at_ = simulation_.now();
        const bool standing = simulation_.now() - empty_at_ > settings_.delay_interval;
        return standing ? settings_.delay_target : settings_.delay_interval;
    }
    double limit() const { return limit_.value(); }
    int inside() const { return inside_; }

private:
    bool enter(scenarios::Priority priority) {
        const std::array shares{settings_.sheddable_share, settings_.normal_share, 1.0};
        const double share = shares[static_cast<std::size_t>(priority)];
        const bool limited = settings_.limit != scenarios::LimitKind::none;
        if (limited && inside_ + 1 > share * limit_.value()) return false;
        ++inside_;
        return true;
    }

    engine::Simulation& simulation_;
    scenarios::Shedding settings_;
    ConcurrencyLimit limit_;
    engine::Tokens threads_;
    int inside_ = 0;
    engine::Instant empty_at_{};  // the queue was, for the last time
};

// A call's place in the instance, given back when it leaves its scope, also when its process is destroyed.
class Admission::Place {
public:
    Place(Admission& admission, scenarios::Priority priority)
        : admission_(admission), begun_(admission.simulation_.now()), held_(admission.enter(priority)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
        if (held_) --admission_.inside_;
    }
    bool held() const { return held_; }
    // The limit learns from it.
    void ended(bool failed) {
        admission_.limit_.ended(admission_.simulation_.now() - begun_, failed, admission_.inside_);
    }

private:
    Admission& admission_;
    engine::Instant begun_;
    bool held_;
};

}  // namespace faultline::models
