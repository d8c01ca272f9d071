#include "models/cluster/backups/log_backup.hpp"

#include <algorithm>
#include <cmath>

#include "models/retry_pause.hpp"

namespace faultline::models {

LogBackup::LogBackup(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers,
                     const Topology& topology, LogBackupShape shape)
    : simulation_(simulation),
      owner_(owner),
      transfers_(transfers),
      topology_(topology),
      shape_(std::move(shape)),
      draws_(simulation.stream(owner.path(), "log batches")) {
    SIM_CHECK(shape_.interval > Duration::zero() && !shape_.zones.empty());
}

void LogBackup::begin() {
    began_ = simulation_.now();
    arrived_until_ = began_;
    simulation_.spawn(owner_, send());
}

engine::Process<> ship_log(engine::Simulation& simulation, Transfers& transfers, const Topology& topology,
                           const LogBackupShape& shape, Bytes size) {
    bool there = size.count <= 0;  // nothing was written: nothing is missing
    while (!there) {
        TransferSpec spec{shape.zones.front(), shape.object_storage, size};
        spec.options.window = fleet_window;
        for (const PlaceId zone : shape.zones) {
            if (topology.alive(spec.from)) break;
            spec.from = zone;
        }
        const FlowOutcome outcome = co_await transfers.transfer(spec);
        there = outcome == FlowOutcome::Completed;
        if (!there) co_await simulation.delay(retry_pause);
    }
}

void LogBackup::go_on_from(Instant until, Bytes lacking) {
    ++lineage_;
    const double each = std::max(1.0, shape_.bytes_per_commit);
    const auto commits = static_cast<std::uint64_t>(std::llround(static_cast<double>(lacking.count) / each));
    commits_arrived_ = commits_ - std::min(commits_, commits);
    arrived_until_ = until;
    arrived_.notify_all();
    simulation_.spawn(owner_, send());
}

void LogBackup::begin_again() {
    ++lineage_;
    commits_arrived_ = commits_;
    arrived_until_ = simulation_.now();
    arrived_.notify_all();
    simulation_.spawn(owner_, send());
}

engine::Process<> LogBackup::send() {
    const std::uint64_t lineage = lineage_;
    // Batches are no younger in one replication than in another: the first one comes at any time of the interval.
    Duration pause = engine::duration_from_seconds(engine::in_seconds(shape_.interval) * draws_.uniform());
    for (;;) {
        co_await simulation_.delay(pause);
        if (lineage != lineage_) co_return;
        const Instant cut = simulation_.now();
        const std::uint64_t commits = commits_;
        const double bytes = std::ceil(static_cast<double>(commits - commits_arrived_) * shape_.bytes_per_commit);
        const Bytes size{std::llround(bytes)};
        co_await ship_log(simulation_, transfers_, topology_, shape_, size);
        if (lineage != lineage_) co_return;
        commits_arrived_ = commits;
        arrived_until_ = cut;
        arrived_.notify_all();
        pause = std::max(Duration::zero(), cut + shape_.interval - simulation_.now());
    }
}

engine::Process<> LogBackup::arrived(Instant point) {
    while (arrived_until_ < point) {
        engine::Condition::Wait batch(arrived_);
        co_await batch;
    }
}

double LogBackup::commits_per_s() const {
    const double elapsed = engine::in_seconds(simulation_.now() - began_);
    return elapsed > 0.0 ? static_cast<double>(commits_) / elapsed : 0.0;
}

Bytes LogBackup::log_of(Duration time) const {
    return Bytes{std::llround(commits_per_s() * shape_.bytes_per_commit * engine::in_seconds(time))};
}

}  // namespace faultline::models
