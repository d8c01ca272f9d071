// Cluster: what its reader endpoint and its custom endpoints stand for.
#include "models/cluster/cluster.hpp"

namespace faultline::models {

void Cluster::publish_readers() {
    std::vector<Instance*> readers;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i != writer_ && can_be_published(i)) readers.push_back(instances_[i].get());
    }
    if (readers.empty() && writer_ < instances_.size()) readers.push_back(instances_[writer_].get());
    reader_endpoint_.publish(std::move(readers));
    for (std::size_t e = 0; e < custom_endpoints_.size(); ++e) {
        std::vector<Instance*> members;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const bool belongs = shape_.custom_endpoints[e].belongs(i, i == writer_);
            if (belongs && can_be_published(i)) members.push_back(instances_[i].get());
        }
        custom_endpoints_[e].publish(std::move(members));
    }
    tell_whole();
}

// Not one that was the writer, and has not heard that another is; one with its own disks is fenced by its end.
bool Cluster::can_be_published(std::size_t instance) const {
    if (has_storage() && instance != writer_ && instances_[instance]->role() == Role::writer) return false;
    return answering_[instance] && instances_[instance]->is_member() && !has_left(instances_[instance]->place());
}

}  // namespace faultline::models
