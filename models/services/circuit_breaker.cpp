#include "models/services/circuit_breaker.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

using engine::Duration;

CircuitBreaker::CircuitBreaker(engine::Simulation& simulation, std::string path, const scenarios::Breaker& settings)
    : simulation_(simulation), component_(simulation, std::move(path)), settings_(settings) {
    if (!settings_.sampling) window_.resize(static_cast<std::size_t>(settings_.window));
    enter(State::closed);
}

void CircuitBreaker::enter(State state) {
    constexpr std::array names{"closed", "open", "half-open"};
    state_ = state;
    ++period_;
    component_.enter(names[static_cast<std::size_t>(state)]);
    in_window_ = probed_ = {};
    in_slices_.fill({});
    next_ = 0;
    probes_let_through_ = 0;
    if (state == State::open) opens_until_ = engine::saturating_add(simulation_.now(), settings_.open);
}

CircuitBreaker::Leave CircuitBreaker::ask() {
    if (state_ == State::open && simulation_.now() >= opens_until_) enter(State::half_open);
    const bool probes_left = state_ == State::half_open && probes_let_through_ < settings_.probes;
    if (state_ != State::closed && !probes_left) {
        ++refused_;
        return {false, period_};
    }
    if (probes_left) ++probes_let_through_;
    return {true, period_};
}

void CircuitBreaker::ended(const Leave& leave, bool failed, Duration took) {
    if (leave.period != period_) return;
    const bool counts_as_failed = failed || (settings_.slow_call && took > *settings_.slow_call);
    if (state_ == State::closed) {
        look_back(counts_as_failed);
        const Counts all = seen();
        if (all.calls >= static_cast<std::uint64_t>(settings_.calls_least) && failing(all)) enter(State::open);
        return;
    }
    ++probed_.calls;
    probed_.failures += counts_as_failed ? 1 : 0;
    if (probed_.calls < static_cast<std::uint64_t>(settings_.probes)) return;
    enter(failing(probed_) ? State::open : State::closed);
}

void CircuitBreaker::dropped(const Leave& leave) {
    if (leave.period == period_ && state_ == State::half_open) --probes_let_through_;
}

bool CircuitBreaker::failing(const Counts& seen) const {
    return static_cast<double>(seen.failures) >= settings_.failures * static_cast<double>(seen.calls);
}

void CircuitBreaker::look_back(bool failed) {
    if (settings_.sampling) return look_back_on_time(failed);
    std::uint8_t& place = window_[next_];
    if (in_window_.calls == window_.size()) {
        in_window_.failures -= place;
    } else {
        ++in_window_.calls;
    }
    place = failed ? 1 : 0;
    in_window_.failures += place;
    next_ = next_ + 1 < window_.size() ? next_ + 1 : 0;
}

void CircuitBreaker::look_back_on_time(bool failed) {
    const std::int64_t length_ns = std::max<std::int64_t>(1, settings_.sampling->count() / std::int64_t{slices});
    const std::int64_t now = simulation_.now().time_since_epoch().count() / length_ns;
    const std::int64_t gone = std::min<std::int64_t>(now - slice_, slices);
    for (std::int64_t i = 0; i < gone; ++i) in_slices_[static_cast<std::size_t>((now - i) % std::int64_t{slices})] = {};
    slice_ = now;
    Counts& newest = in_slices_[static_cast<std::size_t>(now % std::int64_t{slices})];
    ++newest.calls;
    newest.failures += failed ? 1 : 0;
}

CircuitBreaker::Counts CircuitBreaker::seen() const {
    if (!settings_.sampling) return in_window_;
    Counts sum;
    for (const Counts& slice : in_slices_) {
        sum.calls += slice.calls;
        sum.failures += slice.failures;
    }
    return sum;
}

}  // namespace faultline::models
