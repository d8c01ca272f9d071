#include "models/global/region_restore.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/cluster/probe.hpp"
#include "models/global/alarm.hpp"

namespace faultline::models {

namespace {
constexpr Duration probe_interval = std::chrono::seconds{5};  // of the alarm. Source: an assumption
constexpr Duration probe_timeout = std::chrono::seconds{5};
}  // namespace

RegionRestore::RegionRestore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers,
                             Cluster& lost, Backups& backups, Measures& measures, RegionRestoreShape shape)
    : simulation_(simulation),
      transport_(transport),
      lost_(lost),
      backups_(backups),
      measures_(measures),
      shape_(std::move(shape)),
      component_(simulation, lost.component().path() + "/restore"),
      restore_(simulation, component_, transfers, transport.topology(), shape_.restore),
      network_draws_(simulation.stream(component_.path(), "network")),
      writer_endpoint_(lost.writer_endpoint().time_to_live()),
      reader_endpoint_(lost.reader_endpoint().time_to_live()),
      serving_(&lost) {
    writer_endpoint_.stand_for(lost.writer_endpoint());
    reader_endpoint_.stand_for(lost.reader_endpoint());
}

void RegionRestore::begin(std::function<Cluster&()> make) {
    make_ = std::move(make);
    component_.enter("watching");
    simulation_.spawn(component_, operate());
}

engine::Process<> RegionRestore::operate() {
    Alarm alarm(shape_.alarm_after);
    while (!restored()) {
        co_await simulation_.delay(probe_interval);
        const bool answered = co_await region_answers();
        const bool raised = alarm.heard(answered, simulation_.now());
        if (!raised) continue;
        enter("deciding", "decision");
        co_await simulation_.delay(backups_.drawn(backups_.shape().decision));
        alarm.reset();
        const bool back = co_await region_answers();
        if (!back) {
            co_await restore();
        }
        if (!restored()) component_.enter("watching");
    }
}

engine::Process<bool> RegionRestore::region_answers() {
    for (const PlaceId place : shape_.asked_from) {
        if (!transport_.topology().alive(place)) continue;
        const Question question{place, lost_.region(), probe_timeout};
        const bool answered = co_await answers(simulation_, transport_, lost_.component(), question, network_draws_);
        if (answered) co_return true;
    }
    co_return false;
}

engine::Process<> RegionRestore::restore() {
    if (on_given_up) on_given_up(lost_.region());
    const Copy copy = newest_copy();
    enter("filling", "restore");
    co_await restore_.fill();
    enter("recovering", "recovery");
    const Bytes no_log;  // a snapshot ends where its log does
    co_await restore_.recover(no_log);
    enter("repointing", "repointing");
    co_await simulation_.delay(backups_.drawn(backups_.shape().repointing));
    const bool back = co_await region_answers();
    if (back) co_return;
    const Loss loss = loss_from(copy);
    serving_ = &make_();
    writer_endpoint_.stand_for(serving_->writer_endpoint());
    reader_endpoint_.stand_for(serving_->reader_endpoint());
    backups_.rewind_to(std::min(backups_.serving(), backups_.log().commits() - loss.simulated));
    measures_.commits_lost(shape_.database, loss.simulated + loss.estimated, loss.gap, simulation_.now());
    measures_.commits_estimated(shape_.database, loss.estimated);
    enter("restored", "reconnection");
}

RegionRestore::Copy RegionRestore::newest_copy() const {
    const std::optional<Restorable> copy = backups_.restorable_in(shape_.region);
    SIM_CHECK(copy.has_value());
    return {copy->at, backups_.log().commits() - copy->commits_lost};
}

// Of a copy that was taken before the run, commits until its start are counted at the rate of the run.
RegionRestore::Loss RegionRestore::loss_from(const Copy& copy) const {
    const LogBackup& log = backups_.log();
    Loss loss;
    loss.simulated = log.commits() - copy.commits;
    if (log.commits() == 0) return loss;
    const Duration written = log.last_commit() - engine::start_of_time;
    const Duration before = std::max(Duration::zero(), engine::start_of_time - copy.taken);
    const double commits_per_s = static_cast<double>(log.commits()) / std::max(1e-9, engine::in_seconds(written));
    loss.estimated = static_cast<std::uint64_t>(std::llround(commits_per_s * engine::in_seconds(before)));
    if (loss.simulated > 0) loss.gap = log.last_commit() - copy.taken;
    return loss;
}

Duration RegionRestore::exposure() const {
    return restored() ? Duration::zero() : loss_from(newest_copy()).gap;
}

void RegionRestore::enter(const char* state, const char* stage) {
    component_.enter(state);
    measures_.incident_stage(stage, simulation_.now());
}

}  // namespace faultline::models
