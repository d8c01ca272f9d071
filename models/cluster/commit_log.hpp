// What makes commits durable, as instances see it: the shared volume of an Aurora-style cluster (storage_volume.hpp),
// or the log of a primary with standbys (models/standby/primary_log.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/process.hpp"
#include "models/cluster/network_card.hpp"
#include "models/log_place.hpp"
#include "models/request.hpp"
#include "models/topology.hpp"

namespace faultline::models {

class Instance;

// What a new writer finds.
struct RecoveredLog {
    bool readable = false;             // a read quorum is alive
    std::uint64_t commits_lost = 0;    // acknowledged, and not there
    Duration gap{};                    // last acknowledged commit - newest point with nothing missing
    std::uint64_t unacknowledged = 0;  // durable though nobody was told
    // Of the lost: told to clients of each office. What a server asks for itself is of none.
    std::vector<std::uint64_t> lost_by_office{};

    void lose(OfficeId told) {
        ++commits_lost;
        if (told == no_office) return;
        if (told >= lost_by_office.size()) lost_by_office.resize(told + std::size_t{1});
        ++lost_by_office[told];
    }
};

// Who commits: where it stands, the card that its log leaves through (null: it is no limit), and how much log that is.
struct LogSource {
    LogSource(PlaceId place) : stand(place) {}                                 // NOLINT: anybody there
    LogSource(Stand at, NetworkCard* through = nullptr, Bytes of_commit = {})  // NOLINT: as above
        : stand(at), card(through), log(of_commit) {}

    Stand stand;
    NetworkCard* card = nullptr;  // outlives the commit
    Bytes log{};                  // of the commit, to each who gets it; >= 0
};

class CommitLog {
public:
    virtual ~CommitLog() = default;

    // Makes one commit of this writer durable, and ends when its client may be told. false: the writer of this epoch
    // has been fenced. The process belongs to the writer.
    virtual engine::Process<bool> commit(LogSource writer, std::uint32_t epoch, const RequestRef& request) = 0;
    virtual std::uint32_t epoch() const = 0;
    // RPO exposure: the gap that the loss of a place would leave now.
    virtual Duration exposure_to_loss_of(PlaceId place) = 0;
    // How old what a replica serves is, where the log itself brings it there; none: the instance counts (ship).
    virtual std::optional<Duration> lag_of(const Instance&, Instant) { return std::nullopt; }
    // The same as a place in the log: up to where it serves.
    virtual std::optional<Lsn> shown_by(const Instance&, Instant) { return std::nullopt; }
    // Of an instance with a log disk of its own, whatever its role was: for how long since the start it flushed and it
    // replayed. None: the storage has the log.
    struct LogWork {
        double flushing_s = 0.0, replaying_s = 0.0;
    };
    virtual std::optional<LogWork> work_of(const Instance&, Instant) const { return std::nullopt; }
};

}  // namespace faultline::models
