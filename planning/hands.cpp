#include "planning/hands.hpp"

#include <sched.h>

#include <algorithm>

#include "planning/ranks.hpp"
#include "planning/worker.hpp"

namespace faultline::planning {

std::unique_ptr<Running> LocalHands::start(const scenarios::Scenario& scenario, std::uint32_t replication,
                                           std::uint32_t traced) {
    return std::make_unique<Worker>(scenario, replication, traced);
}

std::unique_ptr<Hands> hands_of(Ranks* ranks, int jobs) {
    if (ranks != nullptr) return ranks->hands(jobs);
    return std::make_unique<LocalHands>(static_cast<std::size_t>(jobs > 0 ? jobs : available_cores()));
}

void wait_for_news(const Hands& hands, const std::list<std::unique_ptr<Running>>& running, const SignalWatch& signals) {
    std::vector<pollfd> files{{.fd = signals.file(), .events = POLLIN, .revents = 0}};
    for (const auto& one : running) one->add_files(files);
    ::poll(files.data(), files.size(), static_cast<int>(hands.patience().count()));
}

int available_cores() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
    return std::max(1, CPU_COUNT(&cores));
}

}  // namespace faultline::planning
