// Office, sent away from a region and back by those who evacuate it (failures/evacuations.hpp).
#include <algorithm>

#include "models/clients/office.hpp"

namespace faultline::models {

bool Office::could_leave(PlaceId region) const {
    return std::any_of(targets_.services.begin(), targets_.services.end(), [region](const auto& regions) {
        return regions.size() > 1 && regions.front()->balancer() == region;
    });
}

void Office::leave(PlaceId region) {
    left_.push_back(region);
    sort_preferences();
}

void Office::come_back(PlaceId region) {
    std::erase(left_, region);
    sort_preferences();
}

void Office::sort_preferences() {
    for (std::size_t service = 0; service < nearest_first_.size(); ++service) {
        std::vector<ServiceRegion*>& regions = targets_.services[service];
        if (regions.empty()) continue;
        regions = nearest_first_[service];
        std::stable_partition(regions.begin(), regions.end(), [this](const ServiceRegion* region) {
            return std::find(left_.begin(), left_.end(), region->balancer()) == left_.end();
        });
    }
}

}  // namespace faultline::models
