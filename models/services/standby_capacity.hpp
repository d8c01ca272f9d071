// Instances of a service that stand by in a region: none runs, or a few do, and the others are started when another
// region is given up. That is the difference between a pilot light, a warm standby and a region that carries its share
// all along.
//
//   standing by --another region is given up--> deploying --> launching --> at full strength --> standing by
//
// Who gives a region up: the operator of a database when he has decided to move it (global_database.hpp,
// region_restore.hpp), and those who evacuate it (failures/evacuations.hpp) before the first office goes. Once started,
// instances stay; who evacuated a region and came back has those that he started stand by again. Sources of the
// defaults: scenarios/reader; docs/models/services.md. Leaves out: launches that fail or wait because everybody else
// moves there too.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/services/service.hpp"

namespace faultline::models {

struct StartUpShape {
    engine::Distribution deployment = engine::Distribution::constant(0.0);  // seconds: ordered, until the launches
    engine::Distribution start_up = engine::Distribution::constant(0.0);    // seconds: of one instance
};

class StandbyCapacity {
public:
    // `region`: its instances that are not launched are those that stand by.
    StandbyCapacity(engine::Simulation& simulation, const std::string& path, ServiceRegion& region, StartUpShape shape);

    // Of its own region nothing is started, and nothing twice.
    void give_up(PlaceId region);
    // Those that were started stand by again. Only at full strength.
    void stand_down();
    // Whether it has been ordered, and all of it serves.
    bool at_full_strength() const { return ordered_ && to_launch_ == 0; }
    PlaceId region() const { return region_.balancer(); }

private:
    engine::Process<> deploy();
    engine::Process<> launch(std::size_t instance, Duration start_up);

    engine::Simulation& simulation_;
    engine::Component component_;
    ServiceRegion& region_;
    StartUpShape shape_;
    engine::RandomStream draws_;
    bool ordered_ = false;
    std::size_t to_launch_ = 0;
    std::vector<std::size_t> stood_by_;  // before it was ordered
};

}  // namespace faultline::models
