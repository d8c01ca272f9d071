#include "models/global/global_log.hpp"

#include <algorithm>
#include <utility>

#include "models/standby/commits_by_end.hpp"

namespace faultline::models {

namespace {
constexpr std::uint64_t settled_every = 64;  // commits: looking for what is settled costs more than a commit
}  // namespace

void GlobalLog::add_region(PlaceId border, const std::string& path) {
    regions_.push_back(
        {border,
         std::make_unique<LogStream>(simulation_, transport_, shape_.stream, border, path + "/storage", transfers_),
         true});
}

void GlobalLog::begin() {
    reconnect();
}

Duration GlobalLog::told(std::size_t region, const RequestRef& request, NetworkCard* card) {
    const Instant now = simulation_.now();
    ++told_;
    if (region != primary_) {
        ++lost_;
        ++diverged_;
        return now - std::min(now, split_);
    }
    Bytes record = shape_.record;
    if (request && request->query_class < shape_.record_of_class.size()) {
        record = shape_.record_of_class[request->query_class];
    }
    end_ += static_cast<Lsn>(std::max<std::int64_t>(1, record.count));
    last_told_ = now;
    commits_.push({end_, now, request.asked_by()});
    if (shape_.sessions && request) {
        if (request->office >= told_to_.size()) told_to_.resize(request->office + std::size_t{1});
        told_to_[request->office] = end_;
    }
    NetworkCard* const through = shape_.stream.logical ? card : nullptr;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        LogStream& stream = *regions_[i].stream;
        if (i == primary_ || !regions_[i].follows || !stream.connected()) continue;
        stream.send(end_, commits_.next_ticket() - first_beyond(commits_, stream.sent()), through);
    }
    if (told_ % settled_every == 0) drop_settled();
    return Duration::zero();
}

bool GlobalLog::held_back() {
    if (!shape_.rpo_limit) return false;
    const Instant now = simulation_.now();
    bool anybody = false;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i == primary_ || !regions_[i].follows) continue;
        anybody = true;
        const Lsn there = regions_[i].stream->reached(Reached::flushed, now);
        if (age_of_first_beyond(there, now) <= *shape_.rpo_limit) return false;
    }
    return anybody;
}

void GlobalLog::region_lost(std::size_t region, engine::Health how) {
    if (region != primary_) {
        regions_[region].stream->standby_lost(how);
        return;
    }
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i != primary_ && regions_[i].follows) regions_[i].stream->primary_lost(AfterLoss::nothing);
    }
}

void GlobalLog::reach_changed() {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        LogStream& stream = *regions_[i].stream;
        if (i == primary_ || !stream.connected()) continue;
        if (!transport_.path(regions_[primary_].border, regions_[i].border).usable) stream.path_lost();
    }
}

void GlobalLog::reconnect(NetworkCard* card) {
    NetworkCard* const through = shape_.stream.logical ? card : nullptr;
    const PlaceId from = regions_[primary_].border;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        LogStream& stream = *regions_[i].stream;
        if (i == primary_ || !regions_[i].follows || !transport_.topology().alive(regions_[i].border)) continue;
        if (!stream.standby_up()) stream.standby_back();
        if (!stream.connected() && transport_.topology().alive(from)) stream.connect(from);
        if (stream.connected() && stream.sent() < end_) {
            stream.send(end_, commits_.next_ticket() - first_beyond(commits_, stream.sent()), through);
        }
    }
    drop_settled();
    if (!held_back()) released_.notify_all();
}

void GlobalLog::detach(std::size_t region) {
    Region& leaving = regions_[region];
    if (leaving.stream->connected()) leaving.stream->primary_lost(AfterLoss::nothing);
    // Its threads stop: what they have not executed is thrown away.
    if (shape_.promoted_with == Reached::applied) leaving.stream->rewind_to(arrived(region));
    leaving.follows = false;
    leaving.copy_from = arrived(region);  // what it lacks is kept, to be counted
}

RecoveredLog GlobalLog::promote(std::size_t region) {
    RecoveredLog found;
    found.readable = true;
    const Lsn there = recovered(region);
    Instant complete_until = settled_told_;
    while (!commits_.empty()) {
        const Commit commit = commits_.pop();
        if (commit.end <= there) {
            complete_until = std::max(complete_until, commit.told);
        } else {
            found.lose(commit.office);
        }
    }
    if (found.commits_lost > 0) found.gap = last_told_ - std::min(last_told_, complete_until);
    lost_ += found.commits_lost;
    split_ = settled_told_ = last_told_ = complete_until;
    end_ = there;
    for (Lsn& end : told_to_) end = std::min(end, end_);
    for (Region& other : regions_) {
        if (other.stream->connected()) other.stream->primary_lost(AfterLoss::nothing);
        other.follows = false;
        other.copy_from = no_copy;
        other.backed_up = all_of_the_log;
    }
    primary_ = region;
    released_.notify_all();
    return found;
}

void GlobalLog::hand_over(std::size_t region) {
    SIM_CHECK(arrived(region) == end_);
    const std::size_t old = primary_;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i != old && regions_[i].stream->connected()) regions_[i].stream->primary_lost(AfterLoss::under_way);
    }
    primary_ = region;
    regions_[region].backed_up = all_of_the_log;
    begin_copy(old);
    follow(old);
}

void GlobalLog::restored() {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        Region& other = regions_[i];
        if (i == primary_) continue;
        if (other.stream->connected()) other.stream->primary_lost(AfterLoss::nothing);
        other.follows = false;
        other.copy_from = no_copy;
        other.backed_up = all_of_the_log;
    }
    drop_settled();
    released_.notify_all();
}

void GlobalLog::follow(std::size_t region) {
    Region& copied = regions_[region];
    copied.stream->rewind_to(std::exchange(copied.copy_from, no_copy));
    copied.follows = true;
    reconnect();
}

Duration GlobalLog::age_of_first_beyond(Lsn end, Instant now) {
    const std::uint64_t missing = first_beyond(commits_, end);
    return missing == commits_.next_ticket() ? Duration::zero() : now - commits_.find(missing)->told;
}

// Commits that are no longer remembered are shown everywhere.
Lsn GlobalLog::end_as_of(Instant then) {
    Lsn end = 0;
    for (std::uint64_t i = commits_.next_ticket(); i > commits_.first_ticket() && end == 0; --i) {
        const Commit& commit = *commits_.find(i - 1);
        if (commit.told <= then) end = commit.end;
    }
    return end;
}

Duration GlobalLog::lag(std::size_t region, Instant now) {
    if (region == primary_) return Duration::zero();
    const Duration age = age_of_first_beyond(regions_[region].stream->reached(Reached::applied, now), now);
    // KeyVersions compares microseconds: this very commit must be missed too.
    return age == Duration::zero() ? age : age + std::chrono::microseconds{1};
}

Duration GlobalLog::rpo_lag(std::size_t region, Instant now) {
    return region == primary_ ? Duration::zero() : age_of_first_beyond(arrived(region), now);
}

Duration GlobalLog::exposure() {
    Lsn safe = 0;
    bool anybody = false;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i == primary_ || !regions_[i].follows || !regions_[i].stream->standby_up()) continue;
        anybody = true;
        safe = std::max(safe, backups_exposed_ ? recovered(i) : arrived(i));
    }
    if (!anybody) return Duration::zero();
    const std::uint64_t missing = first_beyond(commits_, safe);
    if (missing == commits_.next_ticket()) return Duration::zero();
    // What is there ends with the commit before; without one in memory it is about as old as the first that is missing.
    const bool known = missing > commits_.first_ticket();
    const Instant complete_until = commits_.find(known ? missing - 1 : missing)->told;
    return last_told_ - std::min(last_told_, complete_until);
}

// What every region shows, and has in backups that it is recovered from, needs no memory here. A copy that is on its
// way (follow) will ask for log since it began.
void GlobalLog::drop_settled() {
    const Instant now = simulation_.now();
    Lsn everywhere = end_;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i == primary_) continue;
        const Region& region = regions_[i];
        everywhere =
            std::min(everywhere, region.follows ? region.stream->reached(Reached::applied, now) : region.copy_from);
        everywhere = std::min(everywhere, region.backed_up);
    }
    while (!commits_.empty() && commits_.front().end <= everywhere) {
        settled_told_ = std::max(settled_told_, commits_.front().told);
        commits_.pop();
    }
}

}  // namespace faultline::models
