#include "models/warehouse/table_feed.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/retry_pause.hpp"

namespace faultline::models {

using scenarios::TableLoad;

namespace {
// Batches of a stream under way at once: a narrow link makes batches larger, not more.
constexpr std::size_t on_the_way_most = 8;
}  // namespace

TableFeed::TableFeed(engine::Simulation& simulation, const std::string& path, Transfers& transfers, Loader& loader,
                     TableShape shape, std::function<FeedWay()> way)
    : simulation_(simulation),
      component_(simulation, path),
      transfers_(transfers),
      loader_(loader),
      shape_(std::move(shape)),
      way_(std::move(way)),
      draws_(simulation.stream(path, "loads")),
      bytes_(shape_.bytes) {
    SIM_CHECK(shape_.interval > Duration::zero() && shape_.files >= 1);
}

void TableFeed::begin() {
    simulation_.spawn(component_, cut_batches());
    simulation_.spawn(component_, load_batches());
}

// A copy is done when it is visible; a stream goes on with what has not arrived.
std::size_t TableFeed::on_the_way() const {
    if (shape_.load == TableLoad::copy) return batches_.size();
    return static_cast<std::size_t>(
        std::count_if(batches_.begin(), batches_.end(), [](const Batch& one) { return !one.arrived; }));
}

engine::Process<> TableFeed::cut_batches() {
    // The first comes at any time of the interval, so that replications do not all see the same phase.
    Instant due =
        simulation_.now() + engine::duration_from_seconds(engine::in_seconds(shape_.interval) * draws_.uniform());
    const std::size_t most = shape_.load == TableLoad::copy ? 1 : on_the_way_most;
    for (;;) {
        co_await simulation_.delay(due - simulation_.now());
        while (on_the_way() >= most) {
            engine::Condition::Wait moved(moved_);
            co_await moved;
        }
        const Duration late = simulation_.now() - due;
        const auto skipped = static_cast<std::uint64_t>(late / shape_.interval);
        if (late > Duration::zero()) ++statistics_.overdue;
        statistics_.skipped += skipped;
        due += shape_.interval * static_cast<std::int64_t>(skipped + 1);
        if (open_.commits == 0) continue;
        open_.cut = simulation_.now();
        batches_.push_back(std::exchange(open_, {}));
        simulation_.spawn(component_, carry(first_number_ + batches_.size() - 1));
    }
}

engine::Process<> TableFeed::carry(std::uint64_t number) {
    co_await simulation_.delay(shape_.capture.sample_duration(draws_));
    // Batches become visible in their order: one that has not arrived is still there.
    co_await send(batches_[number - first_number_].commits);
    batches_[number - first_number_].arrived = true;
    moved_.notify_all();
}

engine::Process<> TableFeed::send(std::uint64_t commits) {
    const Bytes size{bytes_of(commits)};
    const bool over_files = shape_.load == TableLoad::copy;
    bool exported = !over_files;
    for (;;) {
        const FeedWay way = way_();
        TransferSpec spec{exported && over_files ? way.source_storage : way.source,
                          exported ? way.storage : way.source_storage, size};
        spec.options.window = fleet_window;
        if (!exported) spec.options.rate_most = shape_.export_rate;
        const bool there = spec.from == spec.to;  // one region: its object storage is one
        FlowOutcome outcome = FlowOutcome::Completed;
        if (!there) {
            const FlowOutcome ended = co_await transfers_.transfer(spec);
            outcome = ended;
        }
        if (outcome != FlowOutcome::Completed) {
            co_await simulation_.delay(retry_pause);
        } else if (exported) {
            break;
        } else {
            exported = true;
        }
    }
}

std::size_t TableFeed::arrived_in_front() const {
    const auto missing = std::find_if(batches_.begin(), batches_.end(), [](const Batch& one) { return !one.arrived; });
    return static_cast<std::size_t>(missing - batches_.begin());
}

engine::Process<> TableFeed::load_batches() {
    for (;;) {
        while (arrived_in_front() == 0) {
            engine::Condition::Wait moved(moved_);
            co_await moved;
        }
        const std::size_t batches = arrived_in_front();
        std::uint64_t commits = 0;
        for (std::size_t i = 0; i < batches; ++i) commits += batches_[i].commits;
        co_await load(commits);
        show(batches);
        moved_.notify_all();
    }
}

engine::Process<> TableFeed::load(std::uint64_t commits) {
    const LoadWork work{static_cast<double>(bytes_of(commits)), shape_.files};
    for (;;) {
        Compute* const at = loader_.loading();
        if (at == nullptr) {
            engine::Condition::Wait back(loader_.available());
            co_await back;
            continue;
        }
        engine::Call<Loaded> call(simulation_, at->component(),
                                  at->load(work, loader_.drawn_commit(), loader_.commits()), Duration::zero());
        co_await call;
        if (call.outcome() == engine::CallOutcome::answered) break;
        ++statistics_.retried;
        co_await simulation_.delay(retry_pause);
    }
}

void TableFeed::show(std::size_t batches) {
    for (std::size_t i = 0; i < batches; ++i) {
        const Batch& one = batches_.front();
        ++statistics_.loads;
        statistics_.load_s.record(engine::in_seconds(simulation_.now() - one.cut));
        statistics_.bytes += static_cast<double>(bytes_of(one.commits));
        bytes_ += static_cast<double>(bytes_of(one.commits));
        visible_ += one.commits;
        batches_.pop_front();
        ++first_number_;
    }
    tell();
}

void TableFeed::lost(std::uint64_t commits) {
    const std::uint64_t known = std::min(commits, serving());
    lost_ += known;
    const std::uint64_t dropped = std::min(known, open_.commits);
    open_.commits -= dropped;
    statistics_.ahead += known - dropped;
    if (open_.commits == 0 && dropped > 0) tell();
}

std::uint64_t TableFeed::hidden() const {
    std::uint64_t commits = open_.commits;
    for (const Batch& one : batches_) commits += one.commits;
    return commits;
}

std::optional<Instant> TableFeed::oldest_hidden() const {
    if (!batches_.empty()) return batches_.front().first;
    if (open_.commits > 0) return open_.first;
    return std::nullopt;
}

void TableFeed::first_of_open() {
    open_.first = simulation_.now();
    if (batches_.empty()) tell();
}

void TableFeed::tell() {
    freshness_.oldest_hidden(oldest_hidden(), simulation_.now());
    loader_.oldest_hidden_changed();
}

std::int64_t TableFeed::bytes_of(std::uint64_t commits) const {
    return std::llround(std::ceil(static_cast<double>(commits) * shape_.bytes_per_commit));
}

void TableFeed::reset_statistics(Instant now) {
    const std::uint64_t ahead = statistics_.ahead;  // they stay
    statistics_ = {};
    statistics_.ahead = ahead;
    freshness_.reset(now);
}

}  // namespace faultline::models
