#include "models/failures/evacuations.hpp"

#include <algorithm>
#include <utility>

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

std::size_t number_of(GlobalDatabase& database, PlaceId region) {
    const auto& regions = database.regions();
    for (std::size_t i = 0; i < regions.size(); ++i) {
        if (regions[i]->region() == region) return i;
    }
    return nobody;
}

// Who can take over from the primary: the first that follows and answers the people who ask.
engine::Process<std::size_t> successor_of(GlobalDatabase& database) {
    for (std::size_t i = 0; i < database.regions().size(); ++i) {
        if (i == database.log().primary() || !database.log().follows(i)) continue;
        const bool answered = co_await database.region_answers(i);
        if (answered) co_return i;
    }
    co_return nobody;
}

}  // namespace

Evacuations::Evacuations(engine::Simulation& simulation, Measures& measures,
                         const std::vector<std::unique_ptr<Office>>& offices,
                         const std::vector<std::unique_ptr<GlobalDatabase>>& databases,
                         const std::vector<std::unique_ptr<StandbyCapacity>>& standbys)
    : simulation_(simulation), measures_(measures), offices_(offices), databases_(databases), standbys_(standbys) {}

void Evacuations::plan(std::size_t number, const std::string& name, Runbook runbook) {
    evacuations_.push_back(std::make_unique<Evacuation>(simulation_, number, name, std::move(runbook)));
}

engine::Process<> Evacuations::run(std::size_t number, PlaceId region, std::optional<Duration> lasts,
                                   std::size_t fault) {
    const auto found = std::find_if(evacuations_.begin(), evacuations_.end(),
                                    [number](const auto& one) { return one->number == number; });
    SIM_CHECK(found != evacuations_.end());
    Evacuation& evacuation = **found;
    if (evacuation.under_way) co_return;
    evacuation.under_way = true;
    evacuation.fault = fault;
    evacuation.region = region;
    evacuation.leaving.clear();
    evacuation.moved.clear();
    evacuation.started.clear();
    for (const auto& office : offices_) {
        if (office->could_leave(region)) evacuation.leaving.push_back(office.get());
    }
    enter(evacuation, "deciding");
    co_await simulation_.delay(evacuation.runbook.decision.sample_duration(evacuation.draws));
    co_await start_standbys(evacuation);
    co_await move_offices(evacuation);
    co_await move_databases(evacuation);
    enter(evacuation, "evacuated");
    if (!lasts) co_return;
    co_await simulation_.delay(*lasts);
    co_await bring_back_databases(evacuation);
    co_await bring_back_offices(evacuation);
    co_await stop_standbys(evacuation);
    enter(evacuation, "at home");
    evacuation.under_way = false;
}

engine::Process<> Evacuations::step(Evacuation& evacuation) {
    const Runbook& runbook = evacuation.runbook;
    co_await simulation_.delay(runbook.step.sample_duration(evacuation.draws));
    while (evacuation.draws.uniform() < runbook.step_fails) {
        co_await simulation_.delay(runbook.retry.sample_duration(evacuation.draws));
        co_await simulation_.delay(runbook.step.sample_duration(evacuation.draws));
    }
}

engine::Process<> Evacuations::start_standbys(Evacuation& evacuation) {
    for (const auto& standby : standbys_) {
        if (standby->region() == evacuation.region) continue;
        if (!standby->at_full_strength()) {
            enter(evacuation, "scaling up");
            evacuation.started.push_back(standby.get());
        }
        standby->give_up(evacuation.region);
        while (!standby->at_full_strength()) {
            co_await simulation_.delay(retry_pause);
        }
    }
}

// When the last office has asked DNS again: a step is longer than an answer lives.
engine::Process<> Evacuations::stop_standbys(Evacuation& evacuation) {
    if (evacuation.started.empty()) co_return;
    enter(evacuation, "scaling down");
    co_await step(evacuation);
    for (StandbyCapacity* const standby : evacuation.started) standby->stand_down();
}

engine::Process<> Evacuations::move_offices(Evacuation& evacuation) {
    enter(evacuation, "moving offices");
    for (const double share : evacuation.runbook.shares) {
        const std::size_t until = offices_in(evacuation, share);
        if (until == evacuation.gone) continue;
        co_await step(evacuation);
        for (; evacuation.gone < until; ++evacuation.gone) {
            Office& office = *evacuation.leaving[evacuation.gone];
            office.leave(evacuation.region);
            measures_.fault_hit(evacuation.fault, office.component().path());
        }
    }
}

// The last share first.
engine::Process<> Evacuations::bring_back_offices(Evacuation& evacuation) {
    enter(evacuation, "moving back");
    const std::vector<double>& shares = evacuation.runbook.shares;
    for (std::size_t i = shares.size(); i-- > 0;) {
        const std::size_t until = i == 0 ? 0 : offices_in(evacuation, shares[i - 1]);
        if (until == evacuation.gone) continue;
        co_await step(evacuation);
        while (evacuation.gone > until) evacuation.leaving[--evacuation.gone]->come_back(evacuation.region);
    }
}

// How many of those who leave make up this share of their load, the first ones first; never less than the share.
std::size_t Evacuations::offices_in(const Evacuation& evacuation, double share) {
    double all = 0.0;
    for (const Office* const office : evacuation.leaving) all += office->shape().weight;
    constexpr double rounding = 1e-9;
    double sum = 0.0;
    std::size_t count = 0;
    while (count < evacuation.leaving.size() && sum < share * all * (1.0 - rounding)) {
        sum += evacuation.leaving[count++]->shape().weight;
    }
    return count;
}

engine::Process<> Evacuations::move_databases(Evacuation& evacuation) {
    for (const auto& database : databases_) {
        if (database == nullptr || database->primary().region() != evacuation.region) continue;
        const std::size_t target = co_await successor_of(*database);
        if (target == nobody) continue;
        enter(evacuation, "switching over");
        const std::string old = database->primary().component().path();
        co_await switch_over(evacuation, *database, target);
        if (database->primary().region() == evacuation.region) continue;
        evacuation.moved.push_back(database.get());
        measures_.fault_hit(evacuation.fault, old);
    }
}

engine::Process<> Evacuations::bring_back_databases(Evacuation& evacuation) {
    for (GlobalDatabase* const database : evacuation.moved) {
        enter(evacuation, "switching back");
        const std::size_t home = number_of(*database, evacuation.region);
        co_await switch_over(evacuation, *database, home);
    }
}

// Until it is done, or the database has another primary for another reason.
engine::Process<> Evacuations::switch_over(Evacuation& evacuation, GlobalDatabase& database, std::size_t target) {
    const std::size_t old = database.log().primary();
    co_await step(evacuation);
    while (database.log().primary() == old && target != old) {
        const bool done = co_await database.switchover(target);
        if (done) break;
        co_await simulation_.delay(evacuation.runbook.retry.sample_duration(evacuation.draws));
    }
}

void Evacuations::enter(Evacuation& evacuation, const char* state) {
    evacuation.component.enter(state);
    measures_.incident_stage(state, simulation_.now());
}

}  // namespace faultline::models
