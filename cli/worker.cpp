// faultline worker: one replication, for `run` itself.
#include "planning/worker.hpp"

#include <memory>

#include "cli/commands.hpp"

namespace faultline::cli {

void add_worker(CLI::App& application, int& exit_code) {
    auto task = std::make_shared<planning::WorkerTask>();
    CLI::App* const command = application.add_subcommand("worker", "One replication, for faultline run itself");
    command->group("");  // hidden
    command->add_option("--replication", task->replication)->required();
    command->add_option("--seed", task->seed)->required();
    command->add_option("--traced", task->traced);
    command->add_option("--folder", task->folder);
    command->add_option("--parent", task->parent);
    command->callback([task, &exit_code] { exit_code = planning::worker_main(*task); });
}

}  // namespace faultline::cli
