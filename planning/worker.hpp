// One replication in a process of its own: SimGrid is one simulation a process, and a model that breaks takes one
// replication with it, not the answer.
//
// The worker is this executable, started as `faultline worker` with the scenario and the place for its result in memory
// files, and its progress and standard error in pipes. It has one thread and a process group of its own, and dies with
// its parent. How a worker ends is always told: with a result, or with why there is none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "planning/file_descriptor.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// How far a worker is.
struct WorkerProgress {
    std::int64_t now_ns = 0;  // simulated
    std::uint64_t events = 0;
};

// One of the two is set.
struct WorkerEnd {
    std::optional<scenarios::ReplicationResult> result;
    std::string failure;  // "killed by signal 9 (Killed); its last words: ..."
};

class Worker {
public:
    // Starts it. The scenario is handed over as its source, and the seed apart, because a command line may set it.
    // Throws std::system_error when no process or file can be had.
    Worker(const scenarios::Scenario& scenario, std::uint32_t replication);
    ~Worker();  // ends it, and all that it started, and waits until it is gone
    Worker(Worker&&) = delete;

    std::uint32_t replication() const { return replication_; }
    pid_t process() const { return process_; }
    const WorkerProgress& progress() const { return progress_; }

    // For poll(): readable when it has something to say, and when it has ended. -1 where that cannot be had.
    int errors_file() const { return errors_file_.number(); }
    int end_file() const { return end_file_.number(); }

    // Takes what the worker has said so far. Never waits. Engaged once, when it has ended.
    std::optional<WorkerEnd> look();

private:
    void read_progress();
    void read_errors();
    WorkerEnd end_of(int wait_status);

    std::uint32_t replication_;
    FileDescriptor scenario_file_, result_file_, progress_file_, errors_file_, end_file_;
    pid_t process_ = -1;
    WorkerProgress progress_;
    std::string errors_;  // the last of it
};

// What the hidden command `worker` runs.
struct WorkerTask {
    std::uint32_t replication = 1;
    std::uint64_t seed = 1;
    pid_t parent = 0;  // it dies with it; 0: with nobody
};
int worker_main(const WorkerTask& task);  // returns the exit code

}  // namespace faultline::planning
