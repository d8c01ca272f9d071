#include "models/failures/operator_errors.hpp"

#include <algorithm>
#include <cmath>

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
// Has the delayed standby not replayed the error yet? A new one is as far behind only so long after a restore.
bool reaches_back(const Backups& backups, Duration age, Instant error) {
    return backups.shape().delayed_standby && age < *backups.shape().delayed_standby && error >= backups.made_at();
}
}  // namespace

OperatorErrors::OperatorErrors(engine::Simulation& simulation, Measures& measures, std::vector<ClassPlan>& classes,
                               std::vector<Site> sites)
    : simulation_(simulation),
      measures_(measures),
      classes_(classes),
      sites_(std::move(sites)),
      draws_(simulation.stream("faults", "noticing")),
      clone_draws_(simulation.stream("faults", "clones")) {}

void OperatorErrors::plan(std::size_t number, OperatorError error, std::optional<Instant> at) {
    errors_.push_back(Error{.plan = std::move(error), .number = number, .at = at.value_or(Instant{})});
}

void OperatorErrors::begin() {
    for (Error& error : errors_) {
        if (error.plan.mended_by != scenarios::MendedBy::clone) continue;
        Backups& backups = *site(error).backups;
        const Instant begun = error.at - backups.shape().clone.sample_duration(clone_draws_);
        simulation_.spawn(backups.component(), clone(error, std::max(simulation_.now(), begun)));
    }
}

// Copy on write: it is the database as of when it was begun, and there when the error comes.
engine::Process<> OperatorErrors::clone(Error& error, Instant begun) {
    co_await simulation_.delay(begun - simulation_.now());
    error.clone_of = site(error).cluster;
    error.cloned = {begun, site(error).backups->serving()};
}

engine::Process<> OperatorErrors::run(std::size_t number, const std::string& database, std::size_t fault) {
    const auto found = std::find_if(errors_.begin(), errors_.end(), [&](const Error& one) {
        return one.number == number && one.plan.target == database;
    });
    SIM_CHECK(found != errors_.end() && !found->open);
    Error& error = *found;
    error.fault = fault;
    error.skipped = Duration::zero();
    error.open = true;
    error.at = simulation_.now();
    error.before = {error.at, site(error).backups == nullptr ? 0 : site(error).backups->serving()};
    measures_.fault_hit(fault, site(error).cluster->component().path());
    for (const std::size_t query_class : error.plan.classes) {
        ++classes_[query_class].wrong_data;
        measures_.data_wrong(fault, query_class);
    }
    stage("noticing");
    if (error.plan.mended_by == scenarios::MendedBy::nothing) {
        co_await simulation_.delay(error.plan.lasts.value_or(engine::end_of_time - simulation_.now()));
        if (error.open) mend(error);
        co_return;
    }
    const Duration noticing = error.plan.noticed_after.sample_duration(draws_);
    const Duration simulated = std::min(noticing, noticing_simulated_most);
    co_await simulation_.delay(simulated);
    if (!error.open) co_return;  // undone by the cure of an earlier one
    error.skipped = noticing - simulated;
    measures_.data_noticed(fault, error.skipped, simulation_.now());
    while (error.open) {
        co_await cure(error);
    }
}

engine::Process<> OperatorErrors::cure(Error& error) {
    stage("decision");
    const Site at = site(error);
    Backups& backups = *at.backups;
    co_await simulation_.delay(backups.drawn(backups.shape().decision));
    if (!goes_on(error, at)) co_return;
    // A cluster made by a restore has no older records to go back by.
    const bool in_place = error.plan.mended_by == scenarios::MendedBy::backtrack && backups.shape().backtrack &&
                          age(error) <= *backups.shape().backtrack && error.at >= backups.made_at();
    if (error.plan.mended_by == scenarios::MendedBy::clone && error.clone_of == at.cluster) {
        co_await repoint(error, error.cloned);
    } else if (in_place) {
        co_await backtrack(error);
    } else if (error.plan.mended_by == scenarios::MendedBy::delayed_standby &&
               reaches_back(backups, age(error), error.at)) {
        co_await replay(error);
    } else if (age(error) <= backups.shape().retention && backups.reaches(error.at)) {
        co_await restore(error);
    } else {
        measures_.loss_unbounded(error.plan.database);
        stage("nothing to restore");
        co_await simulation_.delay(engine::end_of_time - simulation_.now());
    }
}

engine::Process<> OperatorErrors::restore(Error& error) {
    const Site at = site(error);
    Backups& backups = *at.backups;
    stage("restore");
    backups.component().enter("waiting for the log");
    if (error.skipped < backups.log().shape().interval) co_await backups.log().arrived(error.at);
    backups.component().enter("filling");
    const Bytes log = backups.log_to_apply(error.at);
    co_await backups.restore().fill();
    if (!goes_on(error, at)) co_return;
    stage("recovery");
    backups.component().enter("recovering");
    co_await backups.restore().recover(log);
    if (!goes_on(error, at)) co_return;
    co_await repoint(error, error.before);
}

// The standby is stopped where it is, replays up to the error, and is promoted: the others are made anew from it.
engine::Process<> OperatorErrors::replay(Error& error) {
    const Site at = site(error);
    Backups& backups = *at.backups;
    stage("replay");
    backups.component().enter("replaying");
    co_await backups.restore().recover(backups.log().log_of(*backups.shape().delayed_standby - age(error)));
    if (!goes_on(error, at)) co_return;
    co_await repoint(error, error.before);
}

// To a cluster that is there.
engine::Process<> OperatorErrors::repoint(Error& error, Point point) {
    const Site at = site(error);
    Backups& backups = *at.backups;
    stage("repointing");
    backups.component().enter("restored");
    co_await simulation_.delay(backups.drawn(backups.shape().repointing));
    co_await quiet(error, at);
    if (!goes_on(error, at)) co_return;
    std::optional<GlobalDatabase::Hold> hold;
    if (at.global != nullptr) hold.emplace(*at.global);
    Cluster& cluster = *at.cluster;
    // The old cluster ends, and the same names are the new one's instances: connections are made anew.
    cluster.take_out("repointing");
    rewind(error, point);
    co_await cluster.put_back(false);
    if (!goes_on(error, at)) co_return;
    backups.begin_again();
    if (at.global != nullptr) at.global->restored();
    mend_all_since(error.plan.database, point.at);
    stage("reconnection");
}

engine::Process<> OperatorErrors::backtrack(Error& error) {
    const Site at = site(error);
    Backups& backups = *at.backups;
    Cluster& cluster = *at.cluster;
    co_await quiet(error, at);
    if (!goes_on(error, at)) co_return;
    stage("backtrack");
    cluster.take_out("rewinding");
    rewind(error, error.before);
    const Bytes log = backups.log().log_of(age(error));
    co_await simulation_.delay(backups.drawn(backups.shape().backtrack_time) + backups.restore().apply_time(log));
    co_await cluster.put_back(false);
    mend_all_since(error.plan.database, error.at);
    stage("reconnection");
}

// Not while it fails over, within its region or to another, nor while its region is lost.
bool OperatorErrors::at_rest(const Site& at) {
    const bool moves = at.global != nullptr && at.global->busy();
    return !at.cluster->failing_over() && at.cluster->component().up() && !moves;
}

engine::Process<> OperatorErrors::quiet(const Error& error, Site at) {
    while (goes_on(error, at) && !at_rest(at)) {
        co_await simulation_.delay(retry_pause);
    }
}

void OperatorErrors::rewind(const Error& error, const Point& point) {
    Backups& backups = *site(error).backups;
    const auto estimated =
        static_cast<std::uint64_t>(std::llround(backups.log().commits_per_s() * engine::in_seconds(error.skipped)));
    const std::uint64_t before = backups.serving();
    const std::vector<std::uint64_t> by_office = backups.rewind_to(std::min(point.mark, before));
    const std::uint64_t seen = before - backups.serving();
    if (seen > 0 && on_rewound) on_rewound(error.plan.database, seen);
    const std::uint64_t lost = seen + estimated;
    if (lost == 0) return;
    const Instant last = std::max(point.at, backups.log().last_commit());
    measures_.commits_lost(error.plan.database, lost, last - point.at + error.skipped, simulation_.now(), by_office);
    measures_.commits_estimated(error.plan.database, estimated);
}

// The database is as it was before this error, and so before every later one, and before those since the clone.
void OperatorErrors::mend_all_since(std::size_t database, Instant point) {
    for (Error& other : errors_) {
        if (other.open && other.plan.database == database && other.at >= point) mend(other);
    }
}

void OperatorErrors::moved(std::size_t database, Site site, Instant taken) {
    sites_[database] = site;
    mend_all_since(database, taken);
}

void OperatorErrors::mend(Error& error) {
    error.open = false;
    for (const std::size_t query_class : error.plan.classes) --classes_[query_class].wrong_data;
    measures_.data_mended(error.fault, simulation_.now());
}

}  // namespace faultline::models
