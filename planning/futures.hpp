// Several futures of one warm history. A replication runs up to the instant before anything can break; there its
// process forks once for each further future, which goes on from the same state with draws of its own
// (Simulation::branch): another start of the fault, the next of equal targets, other stages of the failover, other
// queries. A process of one thread is its own checkpoint: memory is shared until it is written.
//
// One future runs at a time, so that a worker is one core; then the replication itself goes on, as it would have
// alone, to the byte. What a future hands back, in a memory file, are its faults, its incidents and its fingerprint.
// One that dies is told in its place (FutureResult::failure), and the others go on.
//
// Left out: what else was measured in a future. Its shares of answers are those of an incident and not of a run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/progress.hpp"
#include "engine/time.hpp"
#include "planning/file_descriptor.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// The scenario with as many futures, whatever its own text says; 1: none. What a command line has set besides is to be
// set again.
scenarios::Scenario with_futures(const scenarios::Scenario& scenario, std::uint32_t count);

// Those of a replication that died, each with the command that repeats them all.
std::vector<scenarios::FailedReplication> failed_futures(const scenarios::ReplicationResult& result,
                                                         const std::string& repeat_command);

class Futures {
public:
    explicit Futures(std::uint32_t count) : count_{count} {}

    // Forks the further futures, one after the other, and waits for each. Returns the number of the future that this
    // process is from here on: 1 in the one that called. Once.
    std::uint32_t branch(engine::Instant now, std::uint64_t events);
    bool is_child() const { return number_ > 1; }

    // Simulated time and events of all futures so far, one after the other.
    engine::ProgressListener around(const engine::ProgressListener& progress);

    // Of a child: hands over what it saw and ends the process.
    [[noreturn]] void end_child(scenarios::ReplicationResult result) const;
    // Of a child that cannot go on.
    [[noreturn]] static void fail_child(const char* why);

    // Adds what the children handed over, and itself as the first future. Nothing if there was no branch.
    void add_to(scenarios::ReplicationResult& result);

private:
    scenarios::FutureResult run_child(std::uint32_t number);

    std::uint32_t count_;
    std::uint32_t number_ = 1;
    bool branched_ = false;
    engine::Instant from_{};
    std::uint64_t events_before_ = 0;    // of the history
    engine::Duration time_of_others_{};  // futures that have ended
    std::uint64_t events_of_others_ = 0;
    FileDescriptor result_file_, words_file_;  // of the child that runs
    std::vector<scenarios::FutureResult> others_;
};

}  // namespace faultline::planning
