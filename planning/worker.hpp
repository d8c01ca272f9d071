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
#include "planning/hands.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

class Worker : public Running {
public:
    // Starts it. The scenario is handed over as its source, and its seed and folder apart: a command line may set the
    // one, and the other is not part of the text.
    // `traced`: queries whose way it tells. Throws std::system_error when no process or file can be had.
    Worker(const scenarios::Scenario& scenario, std::uint32_t replication, std::uint32_t traced = 0,
           ResultAs as = ResultAs::read);
    ~Worker() override;  // ends it, and all that it started, and waits until it is gone
    Worker(Worker&&) = delete;

    std::uint32_t replication() const override { return replication_; }
    pid_t process() const { return process_; }
    const WorkerProgress& progress() const override { return progress_; }
    // Readable when it has something to say, and when it has ended.
    void add_files(std::vector<pollfd>& files) const override;
    std::optional<WorkerEnd> look() override;

private:
    void read_progress();
    void read_errors();
    WorkerEnd end_of(int wait_status);

    std::uint32_t replication_;
    ResultAs as_;
    FileDescriptor scenario_file_, result_file_, progress_file_, errors_file_, end_file_;
    pid_t process_ = -1;
    WorkerProgress progress_;
    std::string errors_;  // the last of it
};

// What the hidden command `worker` runs.
struct WorkerTask {
    std::uint32_t replication = 1;
    std::uint64_t seed = 1;
    std::uint32_t traced = 0;  // queries
    std::string folder;        // that the scenario's relative paths start from
    pid_t parent = 0;          // it dies with it; 0: with nobody
};
int worker_main(const WorkerTask& task);  // returns the exit code

}  // namespace faultline::planning
