#include "models/cluster/storage_volume.hpp"

#include <algorithm>
#include <limits>

namespace faultline::models {

namespace {
constexpr std::int32_t never_acknowledged = std::numeric_limits<std::int32_t>::max();
// Copies exchange what they lack among themselves (SIGMOD 2017, section 3.3, step 4); a second is long for it.
constexpr Duration gossip_fills_gaps_within = std::chrono::seconds{1};
constexpr Bytes log_write{4096};  // the unit in which Aurora counts log writes

std::uint16_t bit(std::size_t copy) {
    return static_cast<std::uint16_t>(1u << copy);
}
}  // namespace

StorageVolume::StorageVolume(engine::Simulation& simulation, const std::string& path, const Transport& transport,
                             const std::vector<PlaceId>& zones, const std::vector<std::string>& zone_names,
                             const VolumeShape& shape)
    : simulation_(simulation),
      transport_(transport),
      shape_(shape),
      draws_(simulation.stream(path + "/storage", "acknowledgements")) {
    const auto copies = static_cast<std::size_t>(shape.copies_per_zone) * zones.size();
    SIM_CHECK(copies <= copies_max);
    for (std::size_t zone = 0; zone < zones.size(); ++zone) {
        for (int i = 1; i <= shape.copies_per_zone; ++i) {
            const std::string name = path + "/storage/" + zone_names[zone] + "/" + std::to_string(i);
            copies_.push_back(std::make_unique<Copy>(simulation, name, zones[zone]));
        }
    }
}

engine::Process<bool> StorageVolume::commit(PlaceId writer, std::uint32_t epoch, const RequestRef& request) {
    while (epoch == epoch_ && !can_write()) {
        engine::Condition::Wait change(changed_);
        co_await change;
    }
    if (epoch != epoch_) co_return false;
    const std::uint64_t lsn = send(writer, request);
    co_await simulation_.delay(durable_until_ - simulation_.now());

    // Nearly always the acknowledgements are there now. They are not if a copy died while the write was under way.
    while (epoch == epoch_ && still_in_log(lsn) && acknowledgements(at(lsn), simulation_.now()) < shape_.write_quorum) {
        const Instant next = quorum_time(at(lsn));
        if (next < engine::end_of_time) {
            co_await simulation_.delay(next - simulation_.now());
            continue;
        }
        engine::Condition::Wait change(changed_);
        co_await change;
        if (epoch == epoch_) send_to_copies(writer, at(lsn), 0xffff);
    }
    if (epoch != epoch_) co_return false;
    make_durable(at(lsn));
    while (epoch == epoch_ && vdl_ <= lsn) {
        engine::Condition::Wait change(changed_);
        co_await change;
    }
    if (epoch != epoch_) co_return false;
    at(lsn).told = true;
    last_told_ = simulation_.now();
    ++acknowledged_;
    drop_settled();
    co_return true;
}

std::uint64_t StorageVolume::send(PlaceId writer, const RequestRef& request) {
    Commit commit;
    commit.sent = simulation_.now();
    commit.taken_ns.fill(never_acknowledged);
    commit.request = request;
    send_to_copies(writer, commit, 0xffff);
    const Instant quorum = quorum_time(commit);
    if (quorum < engine::end_of_time) durable_until_ = std::max(durable_until_, quorum);
    durable_until_ = std::max(durable_until_, simulation_.now());
    return log_.push(commit);
}

// To those of `copies` that are alive and have not had it.
void StorageVolume::send_to_copies(PlaceId writer, Commit& commit, std::uint16_t copies) {
    const auto since_sent = static_cast<double>((simulation_.now() - commit.sent).count());
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        if ((copies & bit(i)) == 0 || (commit.members & bit(i)) != 0 || copies_[i]->died < engine::end_of_time)
            continue;
        const Delays legs = transport_.round_trip(writer, copies_[i]->place, Payload{log_write, Bytes{64}}, draws_);
        if (!legs.delivered) continue;
        const double taken =
            since_sent + static_cast<double>((legs.forward + legs.back).count()) + shape_.persist.sample(draws_) * 1e9;
        commit.members = static_cast<std::uint16_t>(commit.members | bit(i));
        commit.taken_ns[i] = static_cast<std::int32_t>(std::min(taken, static_cast<double>(never_acknowledged - 1)));
    }
}

bool StorageVolume::acknowledged_by(const Commit& commit, std::size_t copy, Instant now) const {
    if ((commit.members & bit(copy)) == 0) return false;
    return commit.sent + Duration{commit.taken_ns[copy]} <= std::min(now, copies_[copy]->died);
}

int StorageVolume::acknowledgements(const Commit& commit, Instant now) const {
    int count = 0;
    for (std::size_t i = 0; i < copies_.size(); ++i) count += acknowledged_by(commit, i, now) ? 1 : 0;
    return count;
}

// When the write quorum of those that will still acknowledge is complete; end_of_time: never, as things stand.
Instant StorageVolume::quorum_time(const Commit& commit) const {
    std::array<std::int32_t, copies_max> taken;
    std::size_t count = 0;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        if (acknowledged_by(commit, i, engine::end_of_time)) taken[count++] = commit.taken_ns[i];
    }
    const auto quorum = static_cast<std::size_t>(shape_.write_quorum);
    if (count < quorum) return engine::end_of_time;
    const auto kth = taken.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
    std::nth_element(taken.begin(), kth, taken.begin() + static_cast<std::ptrdiff_t>(count));
    return commit.sent + Duration{*kth};
}

bool StorageVolume::on_every_living_copy(const Commit& commit, Instant now) const {
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        if (copies_[i]->died == engine::end_of_time && !acknowledged_by(commit, i, now)) return false;
    }
    return true;
}

bool StorageVolume::on_some_living_copy(const Commit& commit, Instant now) const {
    for (std::size_t i = 0; i < copies_.size(); ++i) {
        if (copies_[i]->died == engine::end_of_time && acknowledged_by(commit, i, now)) return true;
    }
    return false;
}

void StorageVolume::make_durable(Commit& commit) {
    commit.durable = true;
    if (commit.request && commit.request->applied < 255) ++commit.request->applied;
    const std::uint64_t before = vdl_;
    while (still_in_log(vdl_) && at(vdl_).durable) ++vdl_;
    if (vdl_ > before + 1) changed_.notify_all();
}

// What every living copy has, and whose client knows, needs no memory here: repair and recovery will find it.
void StorageVolume::drop_settled() {
    const Instant now = simulation_.now();
    const auto settled = [&](const Commit& commit) {
        return commit.told && (on_every_living_copy(commit, now) || now - commit.sent > gossip_fills_gaps_within);
    };
    while (!log_.empty() && settled(log_.front())) {
        log_.front().request = RequestRef{};
        log_.pop();
    }
}

void StorageVolume::lose(std::size_t copy, engine::Health how) {
    if (copies_[copy]->died < engine::end_of_time) return;
    copies_[copy]->died = simulation_.now();
    copies_[copy]->component.kill(how);
    copies_[copy]->component.enter("lost");
    changed_.notify_all();
}

void StorageVolume::rebuilt(std::size_t copy) {
    copies_[copy]->died = engine::end_of_time;
    copies_[copy]->component.revive();
    copies_[copy]->component.enter("whole");
    // The source of the repair had all that was in the log by now, and so has the copy.
    for (std::uint64_t lsn = log_.first_ticket(); still_in_log(lsn); ++lsn) {
        Commit& commit = at(lsn);
        commit.members = static_cast<std::uint16_t>(commit.members | bit(copy));
        commit.taken_ns[copy] = static_cast<std::int32_t>(
            std::min<std::int64_t>((simulation_.now() - commit.sent).count(), never_acknowledged - 1));
    }
    changed_.notify_all();
}

RecoveredLog StorageVolume::recover() {
    RecoveredLog found;
    found.readable = can_read();
    if (!found.readable) return found;
    const Instant now = simulation_.now();
    ++epoch_;
    bool complete = true;  // up to here: the first commit that no living copy has ends the log
    Instant newest_complete = engine::start_of_time;
    Instant last_told = engine::start_of_time;
    while (!log_.empty()) {
        Commit commit = log_.pop();
        complete = complete && on_some_living_copy(commit, now);
        if (commit.told) last_told = commit.sent;
        if (complete) {
            newest_complete = commit.sent;
            if (!commit.durable && commit.request && commit.request->applied < 255) ++commit.request->applied;
            if (!commit.told) ++found.unacknowledged;
        } else if (commit.told) {
            ++found.commits_lost;
        }
    }
    if (found.commits_lost > 0) found.gap = last_told - newest_complete;
    vdl_ = log_.next_ticket();
    changed_.notify_all();
    return found;
}

int StorageVolume::alive() const {
    return static_cast<int>(std::count_if(copies_.begin(), copies_.end(),
                                          [](const auto& copy) { return copy->died == engine::end_of_time; }));
}

Duration StorageVolume::exposure_to_loss_of(PlaceId place) {
    const Instant now = simulation_.now();
    const auto stays = [&](const auto& copy) { return copy->died == engine::end_of_time && copy->place != place; };
    if (std::none_of(copies_.begin(), copies_.end(), stays)) return now - engine::start_of_time;
    Instant newest_safe = engine::start_of_time;
    for (std::uint64_t lsn = log_.first_ticket(); still_in_log(lsn); ++lsn) {
        const Commit& commit = at(lsn);
        if (!commit.told) break;
        bool safe = false;
        for (std::size_t i = 0; i < copies_.size(); ++i) {
            safe = safe || (stays(copies_[i]) && acknowledged_by(commit, i, now));
        }
        if (!safe) return last_told_ - std::min(last_told_, std::max(newest_safe, commit.sent));
        newest_safe = commit.sent;
    }
    return Duration::zero();
}

}  // namespace faultline::models
