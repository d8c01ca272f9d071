#include "models/cluster/storage_volume.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace faultline::models {

namespace {
// A log that its segments have not acknowledged is sent again after this. Source: an assumption.
constexpr Duration sent_again_after = std::chrono::seconds{1};
// The LSN allocation limit: a writer gets at most this far beyond the VDL. Source: SIGMOD 2017, section 4.2.1; that an
// LSN counts bytes of log is an assumption.
constexpr std::int64_t allocation_limit = 10'000'000;
}  // namespace

StorageVolume::StorageVolume(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                             const std::vector<PlaceId>& zones, const std::vector<std::string>& zone_names,
                             const VolumeShape& shape)
    : simulation_(simulation),
      transport_(transport),
      shape_(shape),
      first_pages_(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(shape.size.count / shape.page_size.count))),
      choices_(simulation.stream(path + "/storage", "pages")),
      reads_(simulation.stream(path + "/storage", "page reads")),
      groups_(simulation, path, zones, zone_names, shape.groups),
      batches_(simulation, path, transport, groups_,
               {shape.groups.write_quorum, shape.persist, shape.send_time, shape.groups_per_commit}) {
    groups_.grow_to(shape.size);
    for (const auto& node : groups_.nodes()) node->read_s_mean = shape.page_read.mean();
}

engine::Process<bool> StorageVolume::commit(LogSource writer, std::uint32_t epoch, const RequestRef& request) {
    while (epoch == epoch_ && !room_for_a_commit()) {
        engine::Condition::Wait room(room_);
        co_await room;
    }
    // Fenced, and cut off from all who know: it sends, and is not answered, until it hears of it.
    while (epoch != epoch_ && !hears_of_epoch(writer.stand)) {
        co_await simulation_.delay(sent_again_after);
    }
    if (epoch != epoch_) co_return false;
    const std::uint64_t lsn = write(writer, request);
    Instant passes = durable_until_;
    for (;;) {
        if (passes < engine::end_of_time) {
            co_await simulation_.delay(passes - simulation_.now());
        } else {
            engine::Condition::Wait change(changed_);
            engine::Timer patience(simulation_, sent_again_after);
            co_await engine::any_of(change, patience);
            if (epoch == epoch_) send_again(writer.stand);
        }
        while (epoch != epoch_ && !hears_of_epoch(writer.stand)) {
            co_await simulation_.delay(sent_again_after);
        }
        if (epoch != epoch_) co_return false;
        advance_vdl();
        if (vdl_ > lsn) break;
        passes = vdl_passes(lsn);  // later than it seemed: a segment died while the log was under way
    }
    tell(lsn);
    co_return true;
}

bool StorageVolume::hears_of_epoch(Stand writer) const {
    if (!transport_.topology().any_cut()) return true;
    return std::any_of(nodes().begin(), nodes().end(), [&](const auto& node) {
        return node->component.up() && node->epoch == epoch_ && !transport_.topology().apart(writer.place, node->place);
    });
}

// The group's segments that are alive, and those of them to which no cut bars the way.
std::uint16_t StorageVolume::within_reach(std::uint32_t group, std::optional<PlaceId> from) const {
    std::uint16_t reached = groups_[group].alive;
    if (!from || !transport_.topology().any_cut()) return reached;
    for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
        const PlaceId place = groups_.node_of(groups_[group].segments[copy]).place;
        if (transport_.topology().apart(*from, place)) reached = static_cast<std::uint16_t>(reached & ~(1U << copy));
    }
    return reached;
}

bool StorageVolume::finds_log(std::optional<PlaceId> from) const {
    if (!can_read()) return false;
    if (!from || !transport_.topology().any_cut()) return true;
    for (std::uint32_t group = 0; group < groups_.count(); ++group) {
        if (std::popcount(within_reach(group, from)) < shape_.groups.read_quorum) return false;
    }
    return true;
}

bool StorageVolume::room_for_a_commit() const {
    const auto beyond = static_cast<std::int64_t>(log_.next_ticket() - std::min(vdl_, log_.next_ticket()));
    return (beyond / shape_.groups_per_commit + 1) * LogBatches::commit_size.count <= allocation_limit;
}

std::uint64_t StorageVolume::write(const LogSource& writer, const RequestRef& request) {
    last_writer_ = writer.stand;
    if (shape_.growth_per_commit.count > 0) {
        groups_.grow_to(Bytes{groups_.size().count + shape_.growth_per_commit.count});
    }
    const std::uint64_t key = request ? request->key : no_key;
    const std::uint32_t first =
        key == no_key ? static_cast<std::uint32_t>(choices_.uniform() * static_cast<double>(groups_.count()))
                      : group_of_page(page_of_key(key));
    const std::uint32_t touched = std::min(static_cast<std::uint32_t>(shape_.groups_per_commit), groups_.count());
    Record record{.written = simulation_.now()};
    LogSource part = writer;  // of the commit's log, to each of its groups
    part.log.count = (writer.log.count + touched - 1) / touched;
    for (std::uint32_t i = 0; i < touched; ++i) {
        record.batch = batches_.add(part, (first + i) % groups_.count(), log_.next_ticket());
        record.ends_commit = i + 1 == touched;
        if (record.ends_commit) record.request = request;
        durable_until_ = std::max(durable_until_, batches_.find(record.batch)->durable);
        log_.push(record);
    }
    ++written_;
    return log_.next_ticket() - 1;
}

void StorageVolume::advance_vdl() {
    while (vdl_ < log_.next_ticket() && batch_of(at(vdl_)).durable <= simulation_.now()) {
        const Record& record = at(vdl_);
        if (record.request) record.request->became_durable();
        ++vdl_;
        room_.notify_one();
    }
}

// When the VDL will be beyond this record, as things stand now.
Instant StorageVolume::vdl_passes(std::uint64_t lsn) {
    Instant passes = simulation_.now();
    for (std::uint64_t i = vdl_; i <= lsn; ++i) passes = std::max(passes, batch_of(at(i)).durable);
    return passes;
}

void StorageVolume::send_again(Stand writer) {
    for (std::uint64_t lsn = vdl_; lsn < log_.next_ticket(); ++lsn) {
        LogBatch& batch = batch_of(at(lsn));
        if (batch.durable == engine::end_of_time) batches_.send_again(writer, batch);
    }
    if (log_.next_ticket() > vdl_) durable_until_ = vdl_passes(log_.next_ticket() - 1);
}

void StorageVolume::tell(std::uint64_t lsn) {
    at(lsn).told = true;
    last_told_ = simulation_.now();
    ++acknowledged_;
    drop_settled();
}

// What every living segment has, and whose client knows, needs no memory here: repair and recovery will find it.
void StorageVolume::drop_settled() {
    const Instant now = simulation_.now();
    while (!log_.empty() && log_.first_ticket() < vdl_) {
        Record& record = log_.front();
        if (record.ends_commit && !record.told) break;
        const bool old = now - record.written > gossip_fills_gaps_within;
        if (!old && !batches_.on_every_living_segment(batch_of(record), now)) break;
        record.request = RequestRef{};
        log_.pop();
    }
    batches_.forget_before(log_.first_ticket());
}

void StorageVolume::lose(std::uint32_t node, engine::Health how) {
    StorageNode& lost = *groups_.nodes()[node];
    if (!lost.component.up()) return;
    ++lost.losses;
    lost.component.kill(how);
    lost.component.enter("lost");
    lost.log_disk.clear(simulation_.now());
    lost.page_disk.clear(simulation_.now());
    for (std::uint32_t group = 0; group < groups_.count(); ++group) {
        for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
            if (groups_[group].segments[copy].node != node || !ProtectionGroups::alive(groups_[group], copy)) continue;
            groups_.lose_segment(group, copy, simulation_.now());
            batches_.segment_lost(group);
        }
    }
    if (log_.next_ticket() > vdl_) durable_until_ = vdl_passes(log_.next_ticket() - 1);
    changed_.notify_all();
}

void StorageVolume::node_back(std::uint32_t node) {
    StorageNode& back = *groups_.nodes()[node];
    if (back.component.up()) return;
    back.component.revive();
    back.component.enter("whole");
}

void StorageVolume::power_off(engine::Health how) {
    batches_.drop_unsent();
    for (const auto& node : groups_.nodes()) {
        if (!node->component.up()) continue;
        node->component.kill(how);
        node->component.enter("without power");
        node->log_disk.clear(simulation_.now());
        node->page_disk.clear(simulation_.now());
    }
}

void StorageVolume::power_on() {
    for (std::uint32_t node = 0; node < groups_.nodes().size(); ++node) node_back(node);
    changed_.notify_all();
}

void StorageVolume::restore(std::uint32_t group, std::size_t copy) {
    groups_.finish_replacement(group, copy);
    batches_.segment_restored(last_writer_, group, copy);
    if (log_.next_ticket() > vdl_) durable_until_ = vdl_passes(log_.next_ticket() - 1);
    changed_.notify_all();
}

RecoveredLog StorageVolume::recover(std::optional<PlaceId> from) {
    RecoveredLog found;
    found.readable = finds_log(from);
    if (!found.readable) return found;
    const Instant now = simulation_.now();
    ++epoch_;
    for (const auto& node : nodes()) {
        if (!from || !transport_.topology().apart(*from, node->place)) node->epoch = epoch_;
    }
    bool complete = true;  // up to here: the first record that no living segment has ends the log
    Instant newest_complete = engine::start_of_time;
    Instant last_told = engine::start_of_time;
    while (!log_.empty()) {
        const bool durable = log_.first_ticket() < vdl_;
        const Record record = std::move(log_.front());  // a copy left behind would hold on to the request
        log_.pop();
        const LogBatch& batch = batch_of(record);
        complete = complete && batches_.on_some_of(batch, within_reach(batch.group, from), now);
        if (!record.ends_commit) continue;
        if (record.told) last_told = record.written;
        if (complete) {
            newest_complete = record.written;
            if (!durable && record.request) record.request->became_durable();
            if (!record.told) ++found.unacknowledged;
        } else if (record.told) {
            found.lose(record.request.asked_by());
        }
    }
    if (found.commits_lost > 0) found.gap = last_told - newest_complete;
    vdl_ = log_.next_ticket();
    durable_until_ = now;
    batches_.start_anew();
    changed_.notify_all();
    room_.notify_all();
    return found;
}

void StorageVolume::abandon() {
    ++epoch_;
    for (const auto& node : nodes()) node->epoch = epoch_;
    while (!log_.empty()) {
        log_.front().request = RequestRef{};
        log_.pop();
    }
    vdl_ = log_.next_ticket();
    durable_until_ = simulation_.now();
    batches_.start_anew();
    changed_.notify_all();
    room_.notify_all();
}

Duration StorageVolume::exposure_to_loss_of(PlaceId place) {
    const Instant now = simulation_.now();
    const auto stays = [&](std::uint32_t group, std::size_t copy) {
        return ProtectionGroups::alive(groups_[group], copy) &&
               groups_.node_of(groups_[group].segments[copy]).place != place;
    };
    const auto any = [&](std::uint32_t group, auto&& holds) {
        for (std::size_t copy = 0; copy < groups_.copies(); ++copy) {
            if (stays(group, copy) && holds(copy)) return true;
        }
        return false;
    };
    for (std::uint32_t group = 0; group < groups_.count(); ++group) {
        if (!any(group, [](std::size_t) { return true; })) return now - engine::start_of_time;
    }
    Instant newest_safe = engine::start_of_time;
    for (std::uint64_t lsn = log_.first_ticket(); lsn < vdl_; ++lsn) {
        const Record& record = at(lsn);
        if (record.ends_commit && !record.told) break;
        const LogBatch& batch = batch_of(record);
        const bool safe =
            any(batch.group, [&](std::size_t copy) { return batches_.acknowledged_by(batch, copy, now); });
        if (!safe) return last_told_ - std::min(last_told_, std::max(newest_safe, record.written));
        newest_safe = record.written;
    }
    return Duration::zero();
}

}  // namespace faultline::models
