// PrimaryLog: logs that are no longer one. What a standby has in common with the primary, what the loss of a place
// would leave, and a primary that was not fenced: it goes on for those who reach it, and all that it tells is lost.
#include <algorithm>

#include "models/standby/commits_by_end.hpp"
#include "models/standby/primary_log.hpp"

namespace faultline::models {

RecoveredLog PrimaryLog::promote(std::size_t member, bool old_goes_on) {
    const Instant now = simulation_.now();
    const Lsn end = members_[member].stream->reached(Reached::received, now);
    Member& old = members_[primary_];
    for (std::size_t i = 0; i < members_.size(); ++i) {
        LogStream& stream = *members_[i].stream;
        if (i == member || i == primary_) continue;
        const bool stays = old_goes_on && stays_with(*old.instance, i, member);
        if (stream.connected()) stream.primary_lost(AfterLoss::nothing);
        if (!members_[i].follows) {
            leave_behind(members_[i], std::min(end, members_[i].shared_end));
        } else if (stays || stream.sent() > end) {
            leave_behind(members_[i], std::min(end, stream.reached(Reached::received, now)));
        }
    }
    const bool has_the_same = old.ended_in_order && end == end_;
    if (has_the_same) old.stream->rewind_to(end);
    if (!has_the_same) leave_behind(old, end);
    old.stream->standby_lost(engine::Health::silent);
    if (old_goes_on) {
        old.apart = std::make_unique<Apart>(Apart{epoch_, quorum_, GroupFlush(shape_.flush), 0});
        old.apart->disk.set_slowdown(old.disk_slowdown);
    }
    return end_log_at(end);
}

void PrimaryLog::leave_behind(Member& member, Lsn has) {
    if (member.follows || has < member.shared_end) {
        member.shared_end = has;
        member.shared_told = told_until(has);
    }
    member.follows = false;
}

Instant PrimaryLog::told_until(Lsn end) {
    Instant newest = settled_told_;
    for (std::uint64_t i = commits_.first_ticket(); i < commits_.next_ticket(); ++i) {
        const Commit& commit = *commits_.find(i);
        if (commit.end > end) break;
        if (commit.told < engine::end_of_time) newest = std::max(newest, commit.told);
    }
    return newest;
}

// Nobody has told it of the next primary, and the old one still sends it its log.
bool PrimaryLog::stays_with(const Instance& old, std::size_t standby, std::size_t next) const {
    const Instance& instance = *members_[standby].instance;
    return instance.component().up() && transport_.path(old.place(), instance.place()).usable &&
           !transport_.path(members_[next].instance->place(), instance.place()).usable;
}

PrimaryLog::Member* PrimaryLog::apart(std::uint32_t epoch) {
    const auto found = std::find_if(members_.begin(), members_.end(), [epoch](const Member& member) {
        return member.apart != nullptr && member.apart->epoch == epoch;
    });
    return found == members_.end() ? nullptr : &*found;
}

const PrimaryLog::Member& PrimaryLog::member_of(const Instance& instance) const {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const Member& member) { return member.instance == &instance; });
    SIM_CHECK(found != members_.end());
    return *found;
}

// It ends with the primary that goes on, if it does not end before.
engine::Process<bool> PrimaryLog::commit_apart(std::uint32_t epoch) {
    Member* const old = apart(epoch);
    if (old == nullptr) co_return false;  // fenced
    if (shape_.mode != CommitMode::off) {
        const Instant durable = old->apart->disk.join(simulation_.now(), ++old->apart->end, draws_);
        co_await simulation_.delay(durable - simulation_.now());
    }
    Instant heard = standbys_apart_have(*old);
    while (heard == engine::end_of_time) {
        engine::Condition::Wait change(changed_);
        co_await change;
        heard = standbys_apart_have(*old);
    }
    co_await simulation_.delay(heard - simulation_.now());
    ++acknowledged_;
    ++lost_;
    ++diverged_;
    co_return true;
}

// When so many of those that stayed with it have told that they have what is sent now. Source of the time: a round trip
// without jitter, and a flush; an assumption, of what nobody keeps.
Instant PrimaryLog::standbys_apart_have(const Member& old) {
    const Instant now = simulation_.now();
    if (shape_.mode < CommitMode::remote_write || old.apart->quorum == 0) return now;
    std::vector<Duration> ways;
    for (const Member& member : members_) {
        const Path& path = transport_.path(old.instance->place(), member.instance->place());
        const bool with_it = &member != &old && !member.follows && member.instance->component().up();
        if (with_it && path.usable) ways.push_back(path.base_round_trip);
    }
    const auto quorum = static_cast<std::size_t>(old.apart->quorum);
    if (ways.size() < quorum) return engine::end_of_time;
    std::sort(ways.begin(), ways.end());
    return now + ways[quorum - 1] + shape_.stream.flush.sample_duration(draws_);
}

RecoveredLog PrimaryLog::lost_apart(const Instance& told_by, OfficeId told) const {
    const Instant now = simulation_.now();
    RecoveredLog found;
    found.readable = true;
    found.lose(told);
    found.gap = now - std::min(now, member_of(told_by).shared_told);
    return found;
}

// `place`: a zone, or a region with all in it. What a standby elsewhere had when it died is on its disk, and so is what
// one that no longer follows has in common with the primary: both are there when it is back.
Duration PrimaryLog::exposure_to_loss_of(PlaceId place) {
    const Instant now = simulation_.now();
    const Topology& topology = transport_.topology();
    bool anybody = false;
    bool follows = false;
    Lsn safe = 0;
    Instant shared{};
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const PlaceId stands = members_[i].instance->place();
        if (i == primary_ || stands == place || topology.region_of(stands) == place) continue;
        anybody = true;
        follows = follows || members_[i].follows;
        if (members_[i].follows) safe = std::max(safe, members_[i].stream->reached(Reached::received, now));
        if (!members_[i].follows) shared = std::max(shared, members_[i].shared_told);
    }
    if (!anybody) return now - engine::start_of_time;
    const Duration of_shared = last_told_ - std::min(last_told_, shared);
    if (!follows) return of_shared;
    Instant complete_until = settled_told_;
    for (std::uint64_t i = commits_.first_ticket(); i < commits_.next_ticket(); ++i) {
        const Commit& commit = *commits_.find(i);
        if (commit.told == engine::end_of_time) continue;
        if (commit.end > safe) return std::min(of_shared, last_told_ - std::min(last_told_, complete_until));
        complete_until = std::max(complete_until, commit.told);
    }
    return Duration::zero();
}

// Since the oldest commit that it has not replayed was told: a reader may miss all since then. One that no longer
// follows, or goes on as a primary that nobody has fenced, misses all since then.
std::optional<Duration> PrimaryLog::lag_of(const Instance& replica, Instant now) {
    const Member& member = member_of(replica);
    if (&member == &members_[primary_]) return Duration::zero();
    if (!member.follows) return end_ > member.shared_end ? now - member.shared_told : Duration::zero();
    const std::uint64_t missing = first_beyond(commits_, member.stream->reached(Reached::applied, now));
    if (missing == commits_.next_ticket()) return Duration::zero();
    const Commit& commit = *commits_.find(missing);
    const Instant since = commit.told < engine::end_of_time ? commit.told : commit.appended;
    // KeyVersions compares microseconds: this very commit must be missed too.
    return now - since + std::chrono::microseconds{1};
}

std::optional<Lsn> PrimaryLog::shown_by(const Instance& replica, Instant now) {
    const Member& member = member_of(replica);
    if (&member == &members_[primary_]) return std::nullopt;
    return member.follows ? member.stream->reached(Reached::applied, now) : member.shared_end;
}

}  // namespace faultline::models
