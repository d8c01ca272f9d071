// The evacuation of a region, as a runbook: people move its offices to other regions by shares, look at each, and go
// on; then databases over several regions whose primary stands there are switched over. After a while all goes back.
//
//   deciding -> scaling up -> moving offices -> switching over -> evacuated -> switching back -> moving back -> at home
//
// Services that stand by elsewhere are started first, and waited for. A step takes its time, and fails with a
// probability: it is done again when somebody has found out why. Offices move by DNS, so each goes when it asks again.
// What nobody can move stays: offices with nowhere else to go, databases without a region that follows. A database
// fails over by its own operator if its region is lost meanwhile. Leaves out: a step that is taken back, offices
// without services.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/clients/office.hpp"
#include "models/global/global_database.hpp"
#include "models/measures/measures.hpp"
#include "models/services/standby_capacity.hpp"

namespace faultline::models {

// Times in seconds.
struct Runbook {
    engine::Distribution decision = engine::Distribution::constant(0.0);  // ordered, until it begins
    engine::Distribution step = engine::Distribution::constant(0.0);      // a share or a database, with a look at it
    double step_fails = 0.0;
    engine::Distribution retry = engine::Distribution::constant(0.0);  // until a step that failed is done again
    std::vector<double> shares;  // of the load of the offices that can move, ascending, the last is 1
};

class Evacuations {
public:
    Evacuations(engine::Simulation& simulation, Measures& measures, const std::vector<std::unique_ptr<Office>>& offices,
                const std::vector<std::unique_ptr<GlobalDatabase>>& databases,
                const std::vector<std::unique_ptr<StandbyCapacity>>& standbys);

    // By the fault's number in the scenario; before the run.
    void plan(std::size_t number, const std::string& name, Runbook runbook);
    // There, and back when it has been evacuated for `lasts`; none: for ever. `fault`: by its index in the measures; it
    // has started. While the last one of it goes on, nothing is done.
    engine::Process<> run(std::size_t number, PlaceId region, std::optional<Duration> lasts, std::size_t fault);

private:
    struct Evacuation {
        Evacuation(engine::Simulation& simulation, std::size_t of, const std::string& name, Runbook with)
            : number(of),
              runbook(std::move(with)),
              component(simulation, "runbooks/" + name),
              draws(simulation.stream(component.path(), "steps")) {}
        std::size_t number;
        Runbook runbook;
        engine::Component component;
        engine::RandomStream draws;
        std::size_t fault = 0;
        bool under_way = false;
        PlaceId region{};
        std::vector<Office*> leaving;  // in the order in which they go
        std::size_t gone = 0;          // of these
        std::vector<GlobalDatabase*> moved;
        std::vector<StandbyCapacity*> started;
    };
    engine::Process<> step(Evacuation& evacuation);
    engine::Process<> start_standbys(Evacuation& evacuation);
    engine::Process<> stop_standbys(Evacuation& evacuation);
    engine::Process<> move_offices(Evacuation& evacuation);
    engine::Process<> bring_back_offices(Evacuation& evacuation);
    engine::Process<> move_databases(Evacuation& evacuation);
    engine::Process<> bring_back_databases(Evacuation& evacuation);
    engine::Process<> switch_over(Evacuation& evacuation, GlobalDatabase& database, std::size_t target);
    static std::size_t offices_in(const Evacuation& evacuation, double share);
    void enter(Evacuation& evacuation, const char* state);

    engine::Simulation& simulation_;
    Measures& measures_;
    const std::vector<std::unique_ptr<Office>>& offices_;
    const std::vector<std::unique_ptr<GlobalDatabase>>& databases_;  // null: of one region
    const std::vector<std::unique_ptr<StandbyCapacity>>& standbys_;
    std::vector<std::unique_ptr<Evacuation>> evacuations_;
};

}  // namespace faultline::models
