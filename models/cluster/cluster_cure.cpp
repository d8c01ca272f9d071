// Cluster, taken out and put back by those who cure its data (failures/operator_errors.hpp).
#include "models/cluster/cluster.hpp"

namespace faultline::models {

namespace {
constexpr Duration quorum_looked_for_every = std::chrono::seconds{1};
}

void Cluster::take_out(const std::string& state) {
    SIM_CHECK(!failing_over_);
    failing_over_ = true;
    component_.enter(state);
    for (const auto& instance : instances_) {
        if (instance->component().up()) instance->crash(engine::Health::crash);
    }
    tell_whole();
}

engine::Process<> Cluster::put_back(bool memory_kept) {
    RecoveredLog log = storage_->recover(instances_[writer_]->place());
    while (!log.readable) {
        component_.enter("waiting for a read quorum");
        co_await simulation_.delay(quorum_looked_for_every);
        log = storage_->recover(instances_[writer_]->place());
    }
    if (!is_of_database()) co_return;
    observer_.on_recovered(log);
    if (!memory_kept) lose_memories();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (!stands(*instances_[i]) || !instances_[i]->is_member()) continue;
        instances_[i]->start(i == writer_ ? Role::writer : Role::replica);
    }
    serve_again();
}

void Cluster::serve_again() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (!instances_[i]->component().up()) continue;
        answering_[i] = true;
        missed_since_[i] = engine::end_of_time;
    }
    writer_endpoint_.publish({instances_[writer_].get()});
    failing_over_ = false;
    component_.enter("serving");
    publish_readers();
    tell_whole();
}

}  // namespace faultline::models
