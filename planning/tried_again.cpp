#include "planning/tried_again.hpp"

#include <fmt/format.h>

#include <system_error>

#include "planning/worker.hpp"

namespace faultline::planning {

TriedAgain::TriedAgain(const scenarios::Scenario& scenario, std::uint32_t replication, std::uint32_t traced,
                       ResultAs as)
    : scenario_(scenario),
      traced_(traced),
      as_(as),
      worker_(std::make_unique<Worker>(scenario, replication, traced, as)) {}

std::optional<WorkerEnd> TriedAgain::look() {
    auto end = worker_->look();
    if (!end || !end->failed()) return end;
    if (again_) {
        end->failure += ", twice";
        return end;
    }
    again_ = true;
    try {
        worker_ = std::make_unique<Worker>(scenario_, replication(), traced_, as_);
    } catch (const std::system_error& error) {
        end->failure += fmt::format("; it could not be started again: {}", error.what());
        return end;
    }
    return std::nullopt;
}

}  // namespace faultline::planning
