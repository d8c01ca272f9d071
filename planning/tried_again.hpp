// A replication whose worker is started once more if it dies: what killed it may have been of the machine (memory that
// another took), and not of the replication. The second end counts.
#pragma once

#include <memory>

#include "planning/hands.hpp"

namespace faultline::planning {

class TriedAgain : public Running {
public:
    // The scenario outlives it. Throws std::system_error where no process can be had.
    TriedAgain(const scenarios::Scenario& scenario, std::uint32_t replication, std::uint32_t traced,
               ResultAs as = ResultAs::read);

    std::uint32_t replication() const override { return worker_->replication(); }
    const WorkerProgress& progress() const override { return worker_->progress(); }
    std::optional<WorkerEnd> look() override;
    void add_files(std::vector<pollfd>& files) const override { worker_->add_files(files); }

private:
    const scenarios::Scenario& scenario_;
    std::uint32_t traced_;
    ResultAs as_;
    std::unique_ptr<Running> worker_;
    bool again_ = false;
};

}  // namespace faultline::planning
