#include "models/global/region_restore.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/alarm.hpp"
#include "models/cluster/probe.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

RegionRestore::RegionRestore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers,
                             Cluster& first, Backups& backups, Measures& measures, RegionRestoreShape shape)
    : simulation_(simulation),
      transport_(transport),
      transfers_(transfers),
      serving_(&first),
      backups_(&backups),
      measures_(measures),
      shape_(std::move(shape)),
      component_(simulation, first.component().path() + "/restore"),
      first_name_(first.component().path()),
      network_draws_(simulation.stream(component_.path(), "network")),
      writer_endpoint_(first.writer_endpoint().time_to_live()),
      reader_endpoint_(first.reader_endpoint().time_to_live()),
      custom_endpoints_(first.custom_endpoints(), Endpoint(first.writer_endpoint().time_to_live())) {
    restore_.emplace(simulation, component_, transfers, transport.topology(), shape_.restore);
    point_at(first);
}

void RegionRestore::point_at(Cluster& cluster) {
    serving_ = &cluster;
    writer_endpoint_.stand_for(cluster.writer_endpoint());
    reader_endpoint_.stand_for(cluster.reader_endpoint());
    for (std::size_t i = 0; i < custom_endpoints_.size(); ++i)
        custom_endpoints_[i].stand_for(cluster.custom_endpoint(i));
}

std::string RegionRestore::now_named(const std::string& name) const {
    if (!name.starts_with(first_name_ + "/")) return name;
    return serving_->component().path() + name.substr(first_name_.size());
}

void RegionRestore::begin(std::function<Made(const RegionCopy&)> make) {
    make_ = std::move(make);
    component_.enter("watching");
    simulation_.spawn(component_, operate());
}

engine::Process<> RegionRestore::operate() {
    const auto ask = [this] { return region_answers(); };
    for (;;) {
        co_await long_silence(simulation_, alarm_probe_interval, shape_.alarm_after, ask);
        enter("deciding", "decision");
        co_await simulation_.delay(backups_->drawn(backups_->shape().decision));
        const bool back = co_await region_answers();
        if (!back) {
            co_await restore();
        }
        component_.enter("watching");
    }
}

engine::Process<bool> RegionRestore::region_answers() {
    for (const PlaceId place : shape_.asked_from) {
        if (!transport_.topology().alive(place)) continue;
        const Question question{place, serving_->region(), alarm_probe_timeout};
        const bool answered =
            co_await answers(simulation_, transport_, serving_->component(), question, network_draws_);
        if (answered) co_return true;
    }
    co_return false;
}

engine::Process<> RegionRestore::restore() {
    const std::optional<RegionCopy> copy = newest_copy();
    if (!copy) {
        enter("without a copy", "waiting for the region");
        co_return;
    }
    if (on_given_up) on_given_up(serving_->region());
    if (control_plane_ill()) enter("waiting for a control plane", "waiting for a control plane");
    while (control_plane_ill()) {
        co_await simulation_.delay(retry_pause);
    }
    enter("filling", "restore");
    co_await restore_->fill();
    enter("recovering", "recovery");
    const Bytes no_log;  // a snapshot ends where its log does
    co_await restore_->recover(no_log);
    enter("repointing", "repointing");
    co_await simulation_.delay(backups_->drawn(backups_->shape().repointing));
    const bool back = co_await region_answers();
    if (back) co_return;
    const Loss loss = loss_from(*copy);
    const std::vector<std::uint64_t> by_office = backups_->rewind_to(backups_->serving() - loss.simulated);
    backups_->end();
    const Made made = make_(*copy);
    backups_ = &made.backups;
    shape_ = made.next;
    restore_.emplace(simulation_, component_, transfers_, transport_.topology(), shape_.restore);
    point_at(made.cluster);
    measures_.commits_lost(shape_.database, loss.simulated + loss.estimated, loss.gap, simulation_.now(), by_office);
    measures_.commits_estimated(shape_.database, loss.estimated);
    enter("restored", "reconnection");
}

std::optional<RegionCopy> RegionRestore::newest_copy() const {
    const std::optional<Restorable> copy = backups_->restorable_in(shape_.region);
    if (!copy) return std::nullopt;
    return RegionCopy{copy->at, backups_->serving() - copy->commits_lost};
}

// Of a copy that was taken before the run, commits until its start are counted at the rate of the run.
RegionRestore::Loss RegionRestore::loss_from(const RegionCopy& copy) const {
    const LogBackup& log = backups_->log();
    Loss loss;
    loss.simulated = backups_->serving() - std::min(copy.commits, backups_->serving());
    if (log.commits() == 0) return loss;
    const Duration written = log.last_commit() - engine::start_of_time;
    const Duration before = std::max(Duration::zero(), engine::start_of_time - copy.taken);
    const double commits_per_s = static_cast<double>(log.commits()) / std::max(1e-9, engine::in_seconds(written));
    loss.estimated = static_cast<std::uint64_t>(std::llround(commits_per_s * engine::in_seconds(before)));
    if (loss.simulated > 0) loss.gap = log.last_commit() - copy.taken;
    return loss;
}

Duration RegionRestore::exposure() const {
    const std::optional<RegionCopy> copy = newest_copy();
    return copy ? loss_from(*copy).gap : Duration::zero();
}

void RegionRestore::enter(const char* state, const char* stage) {
    component_.enter(state);
    measures_.incident_stage(stage, simulation_.now());
}

}  // namespace faultline::models
