#include "models/standby/primary_log.hpp"

#include <algorithm>
#include <array>

#include "models/standby/commits_by_end.hpp"

namespace faultline::models {

namespace {
constexpr Lsn page = 8192;                   // Source: PostgreSQL 15, wal_block_size
constexpr Lsn log_writer_flushes = 1 << 20;  // Source: PostgreSQL 15, wal_writer_flush_after: 1 MB
constexpr std::size_t members_max = 16;

Reached needed(CommitMode mode) {
    if (mode == CommitMode::remote_write) return Reached::received;
    return mode == CommitMode::on ? Reached::flushed : Reached::applied;
}

void count_applied(const RequestRef& request) {
    if (request) request->became_durable();
}
}  // namespace

PrimaryLog::PrimaryLog(engine::Simulation& simulation, const Transport& transport, std::string path,
                       PrimaryLogShape shape, Transfers* transfers)
    : simulation_(simulation),
      transport_(transport),
      transfers_(transfers),
      path_(std::move(path)),
      shape_(std::move(shape)),
      draws_(simulation.stream(path_ + "/log", "flushes")),
      disk_(shape_.flush),
      quorum_(shape_.synchronous) {}

void PrimaryLog::add_member(Instance& instance) {
    SIM_CHECK(members_.size() < members_max);
    members_.push_back({&instance,
                        std::make_unique<LogStream>(simulation_, transport_, shape_.stream, instance.place(),
                                                    instance.component().path(), transfers_),
                        true});
    members_.back().stream->on_sooner = [this] { changed_.notify_all(); };
}

void PrimaryLog::serve(std::size_t member) {
    const double busy_s = disk_.busy_seconds(simulation_.now());
    members_[primary_].flushed_as_primary_s += busy_s - disk_busy_before_s_;
    disk_busy_before_s_ = busy_s;
    primary_ = member;
    members_[member].ended_in_order = false;
    disk_.set_slowdown(members_[member].disk_slowdown);
    for (std::size_t i = 0; i < members_.size(); ++i) reconnect(i);
    if (shape_.mode == CommitMode::off) {
        simulation_.spawn(members_[member].instance->component(), write_in_bursts(epoch_));
    }
}

std::optional<CommitLog::LogWork> PrimaryLog::work_of(const Instance& instance, Instant now) const {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const Member& member = members_[i];
        if (member.instance != &instance) continue;
        const double as_primary_s = i == primary_ ? disk_.busy_seconds(now) - disk_busy_before_s_ : 0.0;
        return LogWork{member.flushed_as_primary_s + as_primary_s + member.stream->disk_busy_seconds(now),
                       member.stream->replay().busy_seconds(now)};
    }
    return std::nullopt;
}

void PrimaryLog::slow_disk(std::size_t member, double factor) {
    members_[member].disk_slowdown *= factor;
    members_[member].stream->slow_disk(members_[member].disk_slowdown);
    disk_.set_slowdown(members_[primary_].disk_slowdown);
}

engine::Process<bool> PrimaryLog::commit(LogSource, std::uint32_t epoch, const RequestRef& request) {
    if (epoch != epoch_) {
        const bool told = co_await commit_apart(epoch);
        co_return told;
    }
    const std::uint64_t ticket = append(request);
    const Lsn end = end_;
    if (shape_.mode == CommitMode::off) {
        if (end - flush_asked_ >= log_writer_flushes) enough_.notify_all();
        tell(ticket);
        co_return true;
    }
    const Instant durable = disk_.join(simulation_.now(), end, draws_);
    co_await simulation_.delay(durable - simulation_.now());
    if (epoch == epoch_) ship();
    // Nearly always the first answer stands. It does not if a standby or its stream was lost meanwhile.
    for (Instant heard = standbys_have(end); epoch == epoch_ && heard > simulation_.now(); heard = standbys_have(end)) {
        if (heard < engine::end_of_time && shares_links()) {
            engine::Timer answer(simulation_, heard - simulation_.now());
            engine::Condition::Wait change(changed_);
            co_await engine::any_of(answer, change);
        } else if (heard < engine::end_of_time) {
            co_await simulation_.delay(heard - simulation_.now());
        } else {
            engine::Condition::Wait change(changed_);
            co_await change;
        }
    }
    if (epoch != epoch_) {  // another has taken over meanwhile
        const bool told = co_await commit_apart(epoch);
        co_return told;
    }
    tell(ticket);
    co_return true;
}

std::uint64_t PrimaryLog::append(const RequestRef& request) {
    Bytes record = shape_.record;
    if (request && request->query_class < shape_.record_of_class.size()) {
        record = shape_.record_of_class[request->query_class];
    }
    end_ += static_cast<Lsn>(std::max<std::int64_t>(1, record.count));
    return commits_.push({end_, simulation_.now(), engine::end_of_time, request, request.asked_by()});
}

void PrimaryLog::tell(std::uint64_t ticket) {
    Commit& commit = *commits_.find(ticket);
    commit.told = last_told_ = simulation_.now();
    end_told_ = commit.end;
    count_applied(commit.request);
    commit.request = RequestRef{};
    ++acknowledged_;
    drop_settled();
}

// What is flushed goes to every standby that is connected.
void PrimaryLog::ship() {
    const Lsn flushed = disk_.flushed(simulation_.now());
    const std::uint64_t until = first_beyond(commits_, flushed);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        LogStream& stream = *members_[i].stream;
        if (!is_standby(i) || !stream.connected() || stream.sent() >= flushed) continue;
        stream.send(flushed, until - first_beyond(commits_, stream.sent()), &members_[primary_].instance->card());
    }
}

// The log writer flushes whole pages, or the rest if there is no whole one. Source: PostgreSQL, xlog.c,
// XLogBackgroundFlush.
engine::Process<> PrimaryLog::write_in_bursts(std::uint32_t epoch) {
    while (epoch == epoch_) {
        engine::Timer turn(simulation_, shape_.log_writer_delay);
        engine::Condition::Wait enough(enough_);
        co_await engine::any_of(turn, enough);
        if (epoch != epoch_) co_return;
        const Lsn flushed = disk_.flushed(simulation_.now());
        Lsn end = end_ - end_ % page;
        if (end <= flushed) end = end_;
        if (end == flushed) continue;
        flush_asked_ = end;
        const Instant durable = disk_.join(simulation_.now(), end, draws_);
        co_await simulation_.delay(durable - simulation_.now());
        if (epoch == epoch_) ship();
    }
}

// What was said of the future may change.
bool PrimaryLog::shares_links() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](const Member& member) { return member.stream->shares_links(); });
}

// When so many standbys have told that they have it; now: no need to wait.
Instant PrimaryLog::standbys_have(Lsn end) {
    if (!synchronous()) return simulation_.now();
    std::array<Instant, members_max> heard{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (is_standby(i)) heard[count++] = members_[i].stream->acknowledged(end, needed(shape_.mode));
    }
    const auto quorum = static_cast<std::size_t>(quorum_);
    if (count < quorum) return engine::end_of_time;
    const auto last = heard.begin() + static_cast<std::ptrdiff_t>(quorum - 1);
    std::nth_element(heard.begin(), last, heard.begin() + static_cast<std::ptrdiff_t>(count));
    return *last;
}

// What every standby has replayed, the disk has, and whose client knows, needs no memory here.
void PrimaryLog::drop_settled() {
    const Instant now = simulation_.now();
    Lsn everywhere = disk_.flushed(now);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (is_standby(i)) everywhere = std::min(everywhere, members_[i].stream->reached(Reached::applied, now));
    }
    while (!commits_.empty() && commits_.front().end <= everywhere && commits_.front().told < engine::end_of_time) {
        settled_told_ = std::max(settled_told_, commits_.front().told);
        commits_.pop();
    }
}

void PrimaryLog::shut_down() {
    disk_.restart(simulation_.now(), end_);
    ship();
    members_[primary_].ended_in_order = true;
}

void PrimaryLog::lost(std::size_t member, engine::Health how) {
    if (member != primary_) {
        members_[member].stream->standby_lost(how);
        members_[member].apart.reset();
        changed_.notify_all();
        return;
    }
    AfterLoss after = shape_.under_way_lost ? AfterLoss::nothing : AfterLoss::under_way;
    const bool host_stands = transport_.topology().alive(members_[member].instance->place());
    if (how == engine::Health::crash && host_stands) after = AfterLoss::handed_over;
    if (members_[member].ended_in_order) after = AfterLoss::everything;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (is_standby(i) && members_[i].stream->connected()) members_[i].stream->primary_lost(after);
    }
    disk_.restart(simulation_.now(), disk_.flushed(simulation_.now()));
}

RecoveredLog PrimaryLog::restart_in_place() {
    return end_log_at(disk_.flushed(simulation_.now()));
}

// The log goes on from `end` with a new epoch.
RecoveredLog PrimaryLog::end_log_at(Lsn end) {
    RecoveredLog found;
    found.readable = true;
    ++epoch_;
    Instant complete_until = settled_told_;
    while (!commits_.empty()) {
        Commit& commit = commits_.front();
        const bool told = commit.told < engine::end_of_time;
        if (commit.end <= end && !told) {
            count_applied(commit.request);
            ++found.unacknowledged;
        } else if (commit.end <= end) {
            complete_until = std::max(complete_until, commit.told);
        } else if (told) {
            found.lose(commit.office);
        }
        commit.request = RequestRef{};
        commits_.pop();
    }
    if (found.commits_lost > 0) found.gap = last_told_ - std::min(last_told_, complete_until);
    lost_ += found.commits_lost;
    settled_told_ = last_told_;
    end_ = flush_asked_ = end;
    disk_.restart(simulation_.now(), end);
    changed_.notify_all();
    return found;
}

void PrimaryLog::standby_back(std::size_t member) {
    Member& standby = members_[member];
    standby.stream->standby_back();
    if (!standby.follows) standby.stream->rewind_to(disk_.flushed(simulation_.now()));
    standby.follows = true;
    reconnect(member);
}

void PrimaryLog::reconnect(std::size_t member) {
    LogStream& stream = *members_[member].stream;
    const Instance& primary = *members_[primary_].instance;
    if (!is_standby(member) || stream.connected() || !primary.component().up()) return;
    stream.connect(primary.place());
    if (!stream.connected()) return;
    ship();
    changed_.notify_all();
}

void PrimaryLog::reach_changed() {
    const PlaceId from = members_[primary_].instance->place();
    for (std::size_t i = 0; i < members_.size(); ++i) {
        LogStream& stream = *members_[i].stream;
        if (!is_standby(i) || !stream.connected()) continue;
        if (!transport_.path(from, members_[i].instance->place()).usable) stream.path_lost();
    }
    changed_.notify_all();
}

void PrimaryLog::set_quorum(int standbys) {
    quorum_ = standbys;
    changed_.notify_all();
}

}  // namespace faultline::models
