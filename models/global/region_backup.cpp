#include "models/global/region_backup.hpp"

#include <algorithm>

namespace faultline::models {

RegionBackup::RegionBackup(engine::Simulation& simulation, const std::string& path, Transfers& transfers,
                           const Topology& topology, GlobalLog& log, std::size_t region, RegionBackupShape shape)
    : simulation_(simulation),
      component_(simulation, path + "/region-backups"),
      transfers_(transfers),
      topology_(topology),
      log_(log),
      region_(region),
      shape_(std::move(shape)),
      draws_(simulation.stream(component_.path(), "log batches")),
      restore_(simulation, component_, transfers, topology, shape_.restore) {
    SIM_CHECK(shape_.log.interval > Duration::zero() && shape_.snapshot_interval > Duration::zero());
}

void RegionBackup::begin() {
    const bool first = lineage_++ == 0;
    held_ = false;
    const double age = first ? draws_.uniform() : 0.0;  // of the newest snapshot
    snapshot_ = simulation_.now() - engine::duration_from_seconds(age * engine::in_seconds(shape_.snapshot_interval));
    reached(log_.received(region_), simulation_.now() - log_.rpo_lag(region_, simulation_.now()));
    simulation_.spawn(component_, send());
}

void RegionBackup::reached(Lsn end, Instant complete_until) {
    restorable_ = end;
    latest_ = complete_until;
    if (shape_.recovered_from) log_.recover_with(region_, end);
}

engine::Process<> RegionBackup::send() {
    const std::uint64_t lineage = lineage_;
    // As in log_backup.cpp: the first batch comes at any time of the interval.
    Duration pause = engine::duration_from_seconds(engine::in_seconds(shape_.log.interval) * draws_.uniform());
    for (;;) {
        co_await simulation_.delay(pause);
        if (lineage != lineage_) co_return;
        const Instant cut = simulation_.now();
        pause = shape_.log.interval;
        if (held_ || !topology_.alive(shape_.log.object_storage)) continue;
        const Lsn end = log_.received(region_);
        const Instant complete_until = cut - log_.rpo_lag(region_, cut);
        const Bytes size{static_cast<std::int64_t>(end - std::min(end, restorable_))};
        co_await ship_log(simulation_, transfers_, topology_, shape_.log, size);
        if (lineage != lineage_) co_return;
        if (!held_) reached(end, complete_until);
        pause = std::max(Duration::zero(), cut + shape_.log.interval - simulation_.now());
    }
}

Bytes RegionBackup::log_to_apply() const {
    const double elapsed_s = engine::in_seconds(simulation_.now() - engine::start_of_time);
    if (elapsed_s <= 0.0) return Bytes{};
    const Duration since = (latest_ - snapshot_) % shape_.snapshot_interval;
    const double bytes_per_s = static_cast<double>(log_.end()) / elapsed_s;
    return Bytes{static_cast<std::int64_t>(bytes_per_s * engine::in_seconds(std::max(Duration::zero(), since)))};
}

}  // namespace faultline::models
