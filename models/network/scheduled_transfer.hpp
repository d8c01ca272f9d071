// A bulk transfer that falls due again and again: a nightly load, an export, a backup to another site.
//
// One at a time: what falls due while the one before still goes on is left out and counted, and so is one that a cut
// link ended; the next one begins when it is due.
// Source of the rule: Kubernetes documentation, CronJob, concurrencyPolicy Forbid (cron with a lock file does the
// same). Leaves out: what the load does to the servers at its ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/network/transfers.hpp"

namespace faultline::models {

struct TransferSchedule {
    std::string name;
    TransferSpec spec;
    engine::Instant first{};
    std::optional<engine::Duration> every;  // > 0; none: once
};

struct TransferCounts {
    std::uint64_t due = 0;
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;                 // a link was cut, or there was no way
    std::uint64_t overlapped = 0;             // due while the one before went on: left out
    std::vector<engine::Duration> durations;  // of the completed, in their order
};

class ScheduledTransfer {
public:
    ScheduledTransfer(engine::Simulation& simulation, Transfers& transfers, TransferSchedule schedule);

    void begin();
    const std::string& name() const { return schedule_.name; }
    const TransferCounts& counts() const { return counts_; }
    bool moving() const { return moving_; }

private:
    engine::Process<> keep();
    engine::Process<> move();

    engine::Simulation& simulation_;
    Transfers& transfers_;
    TransferSchedule schedule_;
    engine::Component component_;  // "transfers/nightly load", "moving" or "idle"
    TransferCounts counts_;
    bool moving_ = false;
};

}  // namespace faultline::models
