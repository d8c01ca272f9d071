#include "models/cluster/backups/snapshots.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "models/retry_pause.hpp"

namespace faultline::models {

using engine::Bytes;
using engine::Duration;
using engine::Instant;

Snapshots::Snapshots(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers,
                     const Topology& topology, SnapshotShape shape)
    : simulation_(simulation), owner_(owner), transfers_(transfers), topology_(topology), shape_(shape) {
    SIM_CHECK(shape_.interval > Duration::zero());
    engine::RandomStream draws = simulation.stream(owner.path(), "snapshots");
    const double age_s = engine::in_seconds(shape_.interval) * draws.uniform();
    firsts_.push_back(engine::start_of_time - engine::duration_from_seconds(age_s));
}

void Snapshots::begin(const OfficeCommits& commits, bool restored) {
    if (restored) firsts_.front() = simulation_.now();
    newest_ = Snapshot{firsts_.front(), restored ? commits.count() : 0};
    if (!shape_.copy_to) return;
    simulation_.spawn(owner_, take(commits));
    if (restored) {
        simulation_.spawn(owner_, copy_all(shape_.size));
        return;
    }
    // Those copied before the run, each as if alone on its way.
    const Duration needed = alone();
    Instant taken = firsts_.front();
    while (engine::start_of_time - taken < needed) taken -= shape_.interval;
    copied_ = Snapshot{taken, 0};
    const double done = engine::in_seconds(engine::start_of_time - firsts_.front()) / engine::in_seconds(needed);
    const double left = std::max(0.0, 1.0 - done) * static_cast<double>(shape_.size.count);
    simulation_.spawn(owner_, copy_all(Bytes{std::llround(left)}));
}

// Copies from after the point that was restored share no more with the new cluster than that point.
void Snapshots::begin_again(std::uint64_t commits) {
    firsts_.push_back(simulation_.now());
    newest_ = Snapshot{simulation_.now(), commits};
    if (copied_) copied_->commits = std::min(copied_->commits, commits);
    taken_.notify_all();
}

void Snapshots::end() {
    ended_ = true;
}

engine::Process<> Snapshots::take(const OfficeCommits& commits) {
    while (!ended_) {
        co_await simulation_.delay(newest_.taken + shape_.interval - simulation_.now());
        if (simulation_.now() < newest_.taken + shape_.interval) continue;  // begun again meanwhile
        newest_ = Snapshot{simulation_.now(), commits.count()};
        taken_.notify_all();
    }
}

engine::Process<> Snapshots::copy_all(Bytes left) {
    Bytes size = left;
    for (;;) {
        Snapshot snapshot = newest_;
        if (!copied_ || snapshot.taken > copied_->taken) {
            co_await copy(size);
            snapshot.commits = std::min(snapshot.commits, newest_.commits);  // as of a restore meanwhile
            copied_ = snapshot;
        }
        size = shape_.size;
        while (newest_.taken == snapshot.taken) {
            engine::Condition::Wait next(taken_);
            co_await next;
        }
    }
}

engine::Process<> Snapshots::copy(Bytes size) {
    while (!ended_ && shape_.object_storage != *shape_.copy_to) {
        if (!topology_.alive(*shape_.copy_to)) {
            co_await simulation_.delay(retry_pause);
            continue;
        }
        TransferSpec spec{shape_.object_storage, *shape_.copy_to, size};
        spec.options.window = shape_.copy_window;
        const FlowOutcome outcome = co_await transfers_.transfer(spec);
        if (outcome == FlowOutcome::Completed) break;
        co_await simulation_.delay(retry_pause);
    }
}

Instant Snapshots::newest_before(Instant point) const {
    auto first = firsts_.rbegin();
    while (*first > point && std::next(first) != firsts_.rend()) ++first;
    Duration since = (point - *first) % shape_.interval;
    if (since < Duration::zero()) since += shape_.interval;
    return point - since;
}

Duration Snapshots::alone() const {
    const Path& path = topology_.path(shape_.object_storage, *shape_.copy_to);
    const double by_window =
        8.0 * static_cast<double>(shape_.copy_window.count) / std::max(1e-9, engine::in_seconds(path.base_round_trip));
    const double bits_per_s = std::min(by_window, path.bandwidth.value);
    return path.base_round_trip / 2 +
           engine::duration_from_seconds(8.0 * static_cast<double>(shape_.size.count) / bits_per_s);
}

}  // namespace faultline::models
