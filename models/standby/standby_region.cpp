// StandbyCluster: the loss of the monitor's region. An operator notices that the monitor answers no other region,
// decides, and has a standby in another region take over: a monitor there leads from then on, and the old one does
// nothing more.
//
//   watching --the monitor answers nobody for alarm_after--> deciding --still nobody--> fencing --> promoting -->
//            publishing --> serving
//
// He asks from the regions that standbys stand in, so a region that is cut off from them looks the same as one that is
// lost. A primary there cannot be told to stop, and goes on for all who still reach it until the new monitor reaches
// it.
#include <algorithm>

#include "models/alarm.hpp"
#include "models/cluster/probe.hpp"
#include "models/retry_pause.hpp"
#include "models/standby/standby_cluster.hpp"

namespace faultline::models {

bool StandbyCluster::in_another_region(const Instance& instance) const {
    return transport_.topology().region_of(instance.place()) != shape_.control_plane;
}

bool StandbyCluster::outlives_region() const {
    const Topology& topology = transport_.topology();
    const PlaceId region = topology.region_of(instances_[writer_]->place());
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const PlaceId place = instances_[i]->place();
        if (log_.follows(i) && alive(place) && topology.region_of(place) != region) return true;
    }
    return false;
}

engine::Process<> StandbyCluster::operate() {
    const auto ask = [this] { return monitor_answers(); };
    for (;;) {
        co_await long_silence(simulation_, alarm_probe_interval, operation_.alarm_after, ask);
        operator_->enter("deciding");
        observer_.on_stage("decision");
        co_await simulation_.delay(operation_.decision.sample_duration(operator_draws_));
        bool done = false;
        while (!done) {
            const bool back = co_await monitor_answers();
            if (back) break;
            const bool taken = co_await take_over();
            done = taken;
            if (done) break;
            if (operator_->state() != "waiting for a standby") operator_->enter("waiting for a standby");
            co_await simulation_.delay(retry_pause);
        }
        operator_->enter("watching");
    }
}

engine::Process<bool> StandbyCluster::asked(engine::Component& whom, PlaceId from, Stand to) {
    const Question question{from, to, alarm_probe_timeout};
    const bool answered = co_await answers(simulation_, transport_, whom, question, operator_draws_);
    co_return answered;
}

// Asked from the other regions in which it is followed: one answer is enough. Where none of them stands, from its own.
engine::Process<bool> StandbyCluster::monitor_answers() {
    const PlaceId own = shape_.control_plane;
    std::vector<PlaceId> from;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const PlaceId region = transport_.topology().region_of(instances_[i]->place());
        if (log_.follows(i) && region != own && alive(region)) from.push_back(region);
    }
    std::sort(from.begin(), from.end());
    from.erase(std::unique(from.begin(), from.end()), from.end());
    if (from.empty()) from.push_back(own);
    for (const PlaceId region : from) {
        const bool answered = co_await asked(component_, region, own);
        if (answered) co_return true;
    }
    co_return false;
}

// Of the standbys elsewhere that answer within their region, the one that has received most decides which region it is.
// false: none answers.
engine::Process<bool> StandbyCluster::take_over() {
    std::vector<bool> there(instances_.size(), false);
    std::size_t best = instances_.size();
    Lsn most = 0;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        Instance& standby = *instances_[i];
        if (i == writer_ || !in_another_region(standby) || !log_.follows(i)) continue;
        const PlaceId region = transport_.topology().region_of(standby.place());
        const bool answered = co_await asked(standby.component(), region, standby.stand());
        there[i] = answered;
        const Lsn has = log_.stream(i).reached(Reached::received, simulation_.now());
        if (!answered || (best < instances_.size() && has <= most)) continue;
        best = i;
        most = has;
    }
    if (best == instances_.size()) co_return false;
    if (on_given_up) on_given_up(shape_.control_plane);
    if (component_.up()) component_.kill(engine::Health::crash);
    component_.revive();
    shape_.control_plane = transport_.topology().region_of(instances_[best]->place());
    for (std::size_t i = 0; i < instances_.size(); ++i) answering_[i] = there[i] && !in_another_region(*instances_[i]);
    promoting_ = at_work_ = false;
    failing_over_ = true;
    publish_readers();
    watch_all();
    start_those_down();
    simulation_.spawn(component_, go_on_elsewhere());
    co_return true;
}

// In its own region: whom the old monitor was starting when it was lost.
void StandbyCluster::start_those_down() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        Instance& instance = *instances_[i];
        if (i == writer_ || in_another_region(instance) || instance.component().up() || !stands(instance)) continue;
        simulation_.spawn(component_, restart(instance));
    }
}

engine::Process<> StandbyCluster::go_on_elsewhere() {
    component_.enter("fencing");
    observer_.on_stage("fencing");
    Instance& old = *instances_[writer_];
    const Path& way = transport_.path(shape_.control_plane, old.place());
    if (!way.usable) {
        co_await simulation_.delay(operation_.fence_timeout);
    }
    if (way.usable) {  // one that is back by now is worth more
        const bool back = co_await heartbeat(old, monitor_.timeout);
        if (back) {
            primary_is_back();
            co_return;
        }
    }
    co_await fail_over(Reason::region_lost);
}

}  // namespace faultline::models
