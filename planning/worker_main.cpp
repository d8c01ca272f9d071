// The worker's own side: see worker.hpp.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>

#include "planning/memory_file.hpp"
#include "planning/replication.hpp"
#include "planning/worker.hpp"
#include "planning/worker_files.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::planning {
namespace {

constexpr auto between_reports = std::chrono::milliseconds{50};

// Tells the parent how far the run is, at most twenty times a second. A parent that does not read loses a report, and
// never holds the run up.
class ProgressReporter {
public:
    bool operator()(engine::Instant now, std::uint64_t events) {
        const auto wall = std::chrono::steady_clock::now();
        if (wall - last_ < between_reports) return true;
        last_ = wall;
        const WorkerProgress progress{.now_ns = now.time_since_epoch().count(), .events = events};
        static_cast<void>(!::write(worker_progress_file, &progress, sizeof(progress)));
        return true;
    }

private:
    std::chrono::steady_clock::time_point last_{};
};

int failed(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    return 4;
}

int run_task(const WorkerTask& task) {
    std::string wrong;
    const auto text = read_sealed(worker_scenario_file, wrong);
    if (!text) return failed("no scenario was handed over; this command is for faultline itself");
    scenarios::Problems problems;
    auto scenario =
        scenarios::read_scenario({reinterpret_cast<const char*>(text->data()), text->size()}, "scenario", "", problems);
    if (!scenario) {
        for (const auto& problem : problems.sorted()) std::fprintf(stderr, "%s\n", to_text(problem).c_str());
        return failed("the scenario that was handed over cannot be read");
    }
    scenario->run.seed = task.seed;
    scenario->folder = task.folder;

    scenarios::ReplicationResult result = run_replication(*scenario, task.replication, ProgressReporter{}, task.traced);
    result.replication = task.replication;
    if (!write_sealed(worker_result_file, scenarios::to_packed(result))) return failed("no memory left for the result");
    return 0;
}

}  // namespace

int worker_main(const WorkerTask& task) {
    if (task.parent != 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != task.parent) return 4;
    }
    std::signal(SIGPIPE, SIG_IGN);
    ::fcntl(worker_progress_file, F_SETFL, O_NONBLOCK);
    try {
        return run_task(task);
    } catch (const std::exception& error) {
        return failed(error.what());
    }
}

}  // namespace faultline::planning
