// Where replications run: what a crew of them (replications.cpp) knows of workers of its own machine and of others.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "planning/signal_watch.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// How far a worker is.
struct WorkerProgress {
    std::int64_t now_ns = 0;  // simulated
    std::uint64_t events = 0;
};

// One of the three is set.
struct WorkerEnd {
    std::optional<scenarios::ReplicationResult> result;
    std::string failure;              // "killed by signal 9 (Killed); its last words: ..."
    std::vector<std::uint8_t> bytes;  // of a result that is not read here (scenarios::from_packed)

    bool failed() const { return !result && bytes.empty(); }
};

// What is wanted of a replication that ended well: to have it read, or, to pass it on, as its process wrote it.
enum class ResultAs { read, bytes };

// One replication under way. Gone with the object, ended or not.
class Running {
public:
    virtual ~Running() = default;

    virtual std::uint32_t replication() const = 0;
    virtual const WorkerProgress& progress() const = 0;
    // Takes what it has said so far. Never waits. Engaged once, when it has ended.
    virtual std::optional<WorkerEnd> look() = 0;
    // For poll(): readable when there is something to look at.
    virtual void add_files(std::vector<pollfd>&) const {}
};

class Hands {
public:
    virtual ~Hands() = default;

    // How many replications can be under way at once, now.
    virtual std::size_t places() const = 0;
    // Where there is a place. Throws std::system_error where no process can be had. The scenario and the hands outlive
    // what is returned.
    virtual std::unique_ptr<Running> start(const scenarios::Scenario& scenario, std::uint32_t replication,
                                           std::uint32_t traced) = 0;
    // How long one may sleep, files aside, before it is time to look again.
    virtual std::chrono::milliseconds patience() const = 0;
};

// Worker processes of this machine.
class LocalHands : public Hands {
public:
    explicit LocalHands(std::size_t jobs) : jobs_(jobs) {}

    std::size_t places() const override { return jobs_; }
    std::unique_ptr<Running> start(const scenarios::Scenario& scenario, std::uint32_t replication,
                                   std::uint32_t traced) override;
    std::chrono::milliseconds patience() const override { return std::chrono::milliseconds{100}; }

private:
    std::size_t jobs_;
};

class Ranks;

// Those of an MPI job, each with so many workers (0: one); null: of this machine (0: a worker for each core).
std::unique_ptr<Hands> hands_of(Ranks* ranks, int jobs);

// Sleeps until one of them has something to say or a signal comes, or the hands' patience is at its end.
void wait_for_news(const Hands& hands, const std::list<std::unique_ptr<Running>>& running, const SignalWatch& signals);

// Cores that this process may use.
int available_cores();

}  // namespace faultline::planning
