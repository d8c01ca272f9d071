#include "models/measures/incidents.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/check.hpp"

namespace faultline::models {

Incidents::Incidents(const MeasuresShape& shape)
    : databases_{shape.databases},
      offices_{shape.offices.size()},
      caches_{shape.caches.size()},
      classes_{shape.classes.size()},
      lacks_(shape.databases.size()) {
    for (const FaultShape& fault : shape.faults) add_fault(fault);
}

std::size_t Incidents::add_fault(FaultShape fault) {
    scenarios::FaultResult result;
    result.name = std::move(fault.name);
    result.target = std::move(fault.target);
    result.kind = std::move(fault.kind);
    result.planned = fault.planned;
    result.by_chance = fault.by_chance;
    result.caused_by = std::move(fault.caused_by);
    faults_.push_back(std::move(result));
    return faults_.size() - 1;
}

void Incidents::fault_started(std::size_t fault, Instant now) {
    SIM_CHECK(fault < faults_.size() && !faults_[fault].started && any());
    faults_[fault].started = true;
    faults_[fault].start_ns = now.time_since_epoch().count();
    latest().faults.push_back(fault);
    ++active_;
}

void Incidents::fault_hit(std::size_t fault, std::string_view node) {
    std::vector<std::string>& hit = faults_[fault].hit;
    if (std::find(hit.begin(), hit.end(), node) == hit.end()) hit.emplace_back(node);
}

void Incidents::fault_ended(std::size_t fault, Instant now) {
    SIM_CHECK(fault < faults_.size() && faults_[fault].started && !faults_[fault].ended && active_ > 0);
    faults_[fault].ended = true;
    faults_[fault].end_ns = now.time_since_epoch().count();
    --active_;
    last_end_ = now;
}

void Incidents::data_wrong(std::size_t fault, std::size_t query_class) {
    SIM_CHECK(fault < faults_.size() && faults_[fault].started && query_class < classes_);
    faults_[fault].data_wrong = true;
    latest().wrong_classes[query_class] = 1;
}

void Incidents::data_noticed(std::size_t fault, Duration skipped, Instant now) {
    faults_[fault].noticed_ns = now.time_since_epoch().count();
    if (skipped == Duration{}) return;
    latest().skipped += skipped;
    latest().skipped_at = now;
}

void Incidents::data_mended(std::size_t fault, Instant now) {
    faults_[fault].mended_ns = now.time_since_epoch().count();
}

void Incidents::redundancy(std::size_t database, bool whole, Instant now) {
    if ((lacks_[database] == 0) == whole) return;
    lacks_[database] = whole ? 0 : 1;
    lacking_ += whole ? -1 : 1;
    if (whole) whole_again_ = now;
}

Incident& Incidents::open(Instant start, std::size_t first_row, const NormalShares& normal) {
    Incident incident{.start = start,
                      .first_row = first_row,
                      .normal = normal,
                      .faults = {},
                      .full_recovery = {},
                      .stages = {},
                      .connections_lost = {},
                      .misled = {},
                      .losses = std::vector<scenarios::DataLoss>(databases_.size()),
                      .lost_by_office = std::vector<std::uint64_t>(databases_.size() * offices_),
                      .cache_out = std::vector<std::optional<Instant>>(caches_),
                      .wrong_classes = std::vector<char>(classes_)};
    for (std::size_t i = 0; i < databases_.size(); ++i) incident.losses[i].database = databases_[i];
    incidents_.push_back(std::move(incident));
    return incidents_.back();
}

scenarios::DataLoss& Incidents::loss_of(std::size_t database) {
    SIM_CHECK(any() && database < databases_.size());
    return latest().losses[database];
}

void Incidents::commits_lost(std::size_t database, std::uint64_t commits, Duration gap) {
    SIM_CHECK(gap >= Duration{});
    scenarios::DataLoss& total = loss_of(database);
    total.commits_lost += commits;
    total.gap_ns = std::max(total.gap_ns, gap.count());
}

// Of which office's clients they were, as far as it is known.
void Incidents::commits_lost_at(std::size_t database, std::span<const std::uint64_t> by_office) {
    SIM_CHECK(any() && database < databases_.size() && by_office.size() <= offices_);
    std::uint64_t* const total = latest().lost_by_office.data() + database * offices_;
    for (std::size_t i = 0; i < by_office.size(); ++i) total[i] += by_office[i];
}

// A part of those that were told as lost.
void Incidents::commits_estimated(std::size_t database, std::uint64_t commits) {
    loss_of(database).commits_estimated += commits;
}

void Incidents::loss_unbounded(std::size_t database) {
    scenarios::DataLoss& total = loss_of(database);
    total.unbounded = true;
    total.gap_ns = std::numeric_limits<std::int64_t>::max();
}

// What was reconciled is no longer lost; the gap closes only when nothing is missing.
void Incidents::commits_reconciled(std::size_t database, std::uint64_t commits) {
    scenarios::DataLoss& total = loss_of(database);
    SIM_CHECK(commits <= total.commits_lost);
    total.commits_lost -= commits;
    if (total.commits_lost > 0) return;
    if (!total.unbounded) total.gap_ns = 0;
    const auto first = latest().lost_by_office.begin() + static_cast<std::ptrdiff_t>(database * offices_);
    std::fill_n(first, offices_, 0);
}

void Incidents::unknown_resolved(std::size_t database, bool durable) {
    if (!any()) return;  // a timeout without any fault: counted by its class
    scenarios::DataLoss& total = loss_of(database);
    ++(durable ? total.unknown_durable : total.unknown_absent);
}

}  // namespace faultline::models
