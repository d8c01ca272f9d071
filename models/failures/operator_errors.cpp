#include "models/failures/operator_errors.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::models {

OperatorErrors::OperatorErrors(engine::Simulation& simulation, Measures& measures, std::vector<ClassPlan>& classes,
                               std::vector<Site> sites)
    : simulation_(simulation),
      measures_(measures),
      classes_(classes),
      sites_(std::move(sites)),
      draws_(simulation.stream("faults", "noticing")),
      clone_draws_(simulation.stream("faults", "clones")) {}

void OperatorErrors::plan(std::size_t fault, OperatorError error, Instant at) {
    errors_.push_back(Error{.plan = std::move(error), .fault = fault, .at = at});
}

void OperatorErrors::begin() {
    for (Error& error : errors_) {
        if (error.plan.mended_by != scenarios::MendedBy::clone) continue;
        Backups& backups = *site(error).backups;
        const Instant begun = error.at - backups.shape().clone.sample_duration(clone_draws_);
        error.good_until = std::max(simulation_.now(), begun);
        simulation_.spawn(backups.component(), clone(error));
    }
}

// Copy on write: it is the database as of when it was begun, and there when the error comes.
engine::Process<> OperatorErrors::clone(Error& error) {
    co_await simulation_.delay(error.good_until - simulation_.now());
    error.mark = site(error).backups->serving();
}

engine::Process<> OperatorErrors::run(std::size_t fault) {
    const auto found =
        std::find_if(errors_.begin(), errors_.end(), [fault](const Error& e) { return e.fault == fault; });
    SIM_CHECK(found != errors_.end());
    Error& error = *found;
    error.open = true;
    error.at = simulation_.now();
    if (error.plan.mended_by != scenarios::MendedBy::clone) {
        error.good_until = error.at;
        if (site(error).backups != nullptr) error.mark = site(error).backups->serving();
    }
    measures_.fault_hit(fault, site(error).cluster->component().path());
    for (const std::size_t query_class : error.plan.classes) {
        ++classes_[query_class].wrong_data;
        measures_.data_wrong(fault, query_class);
    }
    stage("noticing");
    if (error.plan.mended_by == scenarios::MendedBy::nothing) {
        co_await simulation_.delay(error.plan.lasts.value_or(engine::end_of_time - simulation_.now()));
        mend(error);
        co_return;
    }
    const Duration noticing = error.plan.noticed_after.sample_duration(draws_);
    const Duration simulated = std::min(noticing, noticing_simulated_most);
    co_await simulation_.delay(simulated);
    if (!error.open) co_return;  // undone by the cure of an earlier one
    error.skipped = noticing - simulated;
    measures_.data_noticed(fault, error.skipped, simulation_.now());
    co_await cure(error);
}

engine::Process<> OperatorErrors::cure(Error& error) {
    stage("decision");
    Backups& backups = *site(error).backups;
    co_await simulation_.delay(backups.drawn(backups.shape().decision));
    if (!error.open) co_return;
    const bool in_place = error.plan.mended_by == scenarios::MendedBy::backtrack && backups.shape().backtrack &&
                          age(error) <= *backups.shape().backtrack;
    if (error.plan.mended_by == scenarios::MendedBy::clone) {
        co_await repoint(error);
    } else if (in_place) {
        co_await backtrack(error);
    } else if (age(error) <= backups.shape().retention) {
        co_await restore(error);
    } else {
        measures_.loss_unbounded(error.plan.database);
        stage("nothing to restore");
        co_await simulation_.delay(engine::end_of_time - simulation_.now());
    }
}

engine::Process<> OperatorErrors::restore(Error& error) {
    Backups& backups = *site(error).backups;
    stage("restore");
    backups.component().enter("waiting for the log");
    if (error.skipped < backups.log().shape().interval) co_await backups.log().arrived(error.at);
    backups.component().enter("filling");
    const Bytes log = backups.log_to_apply(error.at);
    co_await backups.restore().fill();
    stage("recovery");
    backups.component().enter("recovering");
    co_await backups.restore().recover(log);
    co_await repoint(error);
}

// To a cluster that is there.
engine::Process<> OperatorErrors::repoint(Error& error) {
    Backups& backups = *site(error).backups;
    Cluster& cluster = *site(error).cluster;
    stage("repointing");
    backups.component().enter("restored");
    co_await simulation_.delay(backups.drawn(backups.shape().repointing));
    co_await quiet(cluster);
    if (!error.open) co_return;
    // The old cluster ends, and the same names are the new one's instances: connections are made anew.
    cluster.take_out("repointing");
    rewind(error);
    co_await cluster.put_back();
    mend_all_since(error);
    stage("reconnection");
}

engine::Process<> OperatorErrors::backtrack(Error& error) {
    Backups& backups = *site(error).backups;
    Cluster& cluster = *site(error).cluster;
    co_await quiet(cluster);
    if (!error.open) co_return;
    stage("backtrack");
    cluster.take_out("rewinding");
    rewind(error);
    const Bytes log = backups.log().log_of(age(error));
    co_await simulation_.delay(backups.drawn(backups.shape().backtrack_time) + backups.restore().apply_time(log));
    co_await cluster.put_back();
    mend_all_since(error);
    stage("reconnection");
}

engine::Process<> OperatorErrors::quiet(Cluster& cluster) {
    constexpr Duration look_again_after = std::chrono::seconds{1};
    while (cluster.failing_over()) {
        co_await simulation_.delay(look_again_after);
    }
}

void OperatorErrors::rewind(const Error& error) {
    Backups& backups = *site(error).backups;
    const auto estimated =
        static_cast<std::uint64_t>(std::llround(backups.log().commits_per_s() * engine::in_seconds(error.skipped)));
    const std::uint64_t lost = backups.rewind_to(std::min(error.mark, backups.serving())) + estimated;
    if (lost == 0) return;
    const Instant last = std::max(error.good_until, backups.log().last_commit());
    measures_.commits_lost(error.plan.database, lost, last - error.good_until + error.skipped, simulation_.now());
    measures_.commits_estimated(error.plan.database, estimated);
}

// The database is as it was before this error, and so before every later one, and before those since the clone.
void OperatorErrors::mend_all_since(const Error& error) {
    for (Error& other : errors_) {
        if (other.open && other.plan.database == error.plan.database && other.at >= error.good_until) mend(other);
    }
}

void OperatorErrors::mend(Error& error) {
    error.open = false;
    for (const std::size_t query_class : error.plan.classes) --classes_[query_class].wrong_data;
    measures_.data_mended(error.fault, simulation_.now());
}

}  // namespace faultline::models
