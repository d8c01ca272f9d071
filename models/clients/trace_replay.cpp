#include "models/clients/trace_replay.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace faultline::models {

using engine::Instant;
using scenarios::TraceRequest;

std::uint64_t key_number(std::string_view key, std::uint64_t count) {
    std::uint64_t number = 0;
    const auto [end, status] = std::from_chars(key.data(), key.data() + key.size(), number);
    const bool whole = status == std::errc{} && end == key.data() + key.size();
    return whole && number < count ? number : engine::stable_hash(key) % count;
}

TraceReplay::TraceReplay(engine::Simulation& simulation, const scenarios::Scenario& scenario,
                         const std::vector<ClassPlan>& classes, const std::vector<std::unique_ptr<Office>>& offices)
    : simulation_(simulation),
      component_(simulation, "trace"),
      scenario_(scenario),
      shape_(*scenario.workload.arrivals.trace),
      classes_(classes),
      offices_(offices),
      of_offices_(simulation.stream_key(component_.path(), "offices")),
      coming_(*this, component_.number()) {
    double sum = 0.0;
    for (const scenarios::Office& office : scenario.offices) cumulative_weights_.push_back(sum += office.weight);
    for (double& weight : cumulative_weights_) weight /= sum;
}

TraceReplay::~TraceReplay() {
    if (coming_.pending()) simulation_.cancel(coming_);
}

void TraceReplay::begin() {
    requests_ = std::make_unique<scenarios::TraceRequests>(scenario_);
    schedule_next();
}

void TraceReplay::fall_due(engine::CalendarNode& node, engine::Simulation&) {
    auto& coming = static_cast<Coming&>(node);
    Office& office = *coming.replay.offices_[coming.office];
    const std::uint64_t number = coming.number, key = coming.key;
    const ClassId query_class = coming.query_class;
    coming.replay.schedule_next();
    office.replay(number, query_class, key);
}

void TraceReplay::schedule_next() {
    const std::optional<TraceRequest> request = read_on();
    if (!request) return;
    const double recorded_s = request->time_s - *begun_s_;
    const Instant due = engine::saturating_add(time_begun_, engine::duration_from_seconds(recorded_s / shape_.speed));
    if (due >= engine::end_of_time) return;
    ++coming_.number;
    coming_.query_class = static_cast<ClassId>(request->query_class);
    coming_.office = office_of(*request, coming_.number);
    const auto& keys = classes_[request->query_class].keys;
    coming_.key = keys ? key_number(request->key, keys->ranks()) : no_key;
    simulation_.schedule(coming_, due);
}

// The next request, of the trace or of its next time; none: there is no more.
std::optional<TraceRequest> TraceReplay::read_on() {
    std::optional<TraceRequest> request = read();
    if (!request && shape_.repeat) {
        begin_anew();
        request = read();
    }
    if (!request) return std::nullopt;
    if (!begun_s_) begun_s_ = request->time_s;
    last_s_ = request->time_s;
    ++of_this_time_;
    return request;
}

// The next one that is not passed over.
std::optional<TraceRequest> TraceReplay::read() {
    const double from_s = engine::in_seconds(shape_.from);
    std::optional<TraceRequest> request = requests_->next();
    if (request && !first_s_) first_s_ = request->time_s;
    while (request && request->time_s - *first_s_ < from_s) request = requests_->next();
    if (requests_->error())
        throw std::runtime_error("the trace has changed since it was checked: " + *requests_->error());
    return request;
}

void TraceReplay::begin_anew() {
    const double recorded_s = begun_s_ ? last_s_ - *begun_s_ : 0.0;
    if (recorded_s <= 0.0) throw std::runtime_error("the trace has changed since it was checked: no time passes in it");
    const double gap_s = recorded_s / static_cast<double>(of_this_time_ - 1);
    const engine::Duration length = engine::duration_from_seconds((recorded_s + gap_s) / shape_.speed);
    time_begun_ = engine::saturating_add(time_begun_, length);
    of_this_time_ = 0;
    requests_ = std::make_unique<scenarios::TraceRequests>(scenario_);
}

std::size_t TraceReplay::office_of(const TraceRequest& request, std::uint64_t number) const {
    if (request.office) return *request.office;
    if (offices_.size() == 1) return 0;
    const double draw = engine::query_streams(of_offices_, number).work.uniform();
    const auto found = std::upper_bound(cumulative_weights_.begin(), cumulative_weights_.end() - 1, draw);
    return static_cast<std::size_t>(found - cumulative_weights_.begin());
}

}  // namespace faultline::models
