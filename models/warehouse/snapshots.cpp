#include "models/warehouse/snapshots.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
using engine::Duration;
using engine::Instant;
constexpr Duration looked_at_each = std::chrono::seconds{10};
constexpr engine::Bytes copy_window{16 * 3'020'000};  // sixteen connections (simgrid_flows.hpp)
}  // namespace

WarehouseSnapshots::WarehouseSnapshots(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers,
                                       PlaceId storage, WarehouseSnapshotShape shape, std::function<double()> bytes)
    : simulation_(simulation),
      owner_(owner),
      transfers_(transfers),
      storage_(storage),
      shape_(shape),
      bytes_(std::move(bytes)) {
    SIM_CHECK(shape_.interval > Duration::zero());
    // The newest is of any age when a run begins, and its copy is there.
    engine::RandomStream draws = simulation.stream(owner.path(), "snapshots");
    newest_ =
        engine::start_of_time - engine::duration_from_seconds(engine::in_seconds(shape_.interval) * draws.uniform());
    newest_copied_ = newest_;
}

void WarehouseSnapshots::begin() {
    simulation_.spawn(owner_, take());
    if (shape_.copy_to) simulation_.spawn(owner_, copy());
}

engine::Process<> WarehouseSnapshots::take() {
    for (;;) {
        const Duration left = newest_ + shape_.interval - simulation_.now();
        const Duration next_look = std::min(looked_at_each, std::max(left, Duration{1}));
        co_await simulation_.delay(next_look);
        const bool due = simulation_.now() >= newest_ + shape_.interval;
        if (!due && bytes_() - newest_bytes_ < shape_.changes_bytes) continue;
        newest_ = simulation_.now();
        newest_bytes_ = bytes_();
        ++taken_;
        news_.notify_all();
    }
}

engine::Process<> WarehouseSnapshots::copy() {
    for (;;) {
        while (newest_copied_ == newest_) {
            engine::Condition::Wait news(news_);
            co_await news;
        }
        const Instant taken = newest_;
        const double bytes = newest_bytes_;
        TransferSpec spec{storage_, *shape_.copy_to, engine::Bytes{std::llround(bytes - copied_bytes_)}};
        spec.options.window = copy_window;
        const FlowOutcome outcome = co_await transfers_.transfer(spec);
        if (outcome != FlowOutcome::Completed) {
            co_await simulation_.delay(retry_pause);
            continue;
        }
        copy_age_most_ = std::max(copy_age_most_, simulation_.now() - newest_copied_);
        newest_copied_ = taken;
        copied_bytes_ = bytes;
        ++copied_;
    }
}

Duration WarehouseSnapshots::copy_age_most(Instant now) {
    if (!shape_.copy_to) return Duration{};
    return std::max(copy_age_most_, now - newest_copied_);
}

void WarehouseSnapshots::reset_statistics(Instant now) {
    taken_ = copied_ = 0;
    copy_age_most_ = now - newest_copied_;
}

}  // namespace faultline::models
