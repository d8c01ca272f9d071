#include "models/warehouse/compute.hpp"

#include <algorithm>
#include <numeric>

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
constexpr double bits_a_byte = 8.0;
}  // namespace

Compute::Compute(engine::Simulation& simulation, std::string path, PlaceId place, ComputeShape shape)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      shape_(std::move(shape)),
      place_(place),
      slices_(simulation, component_.number(), {.servers = 1, .discipline = engine::Discipline::processor_sharing}),
      in_use_(shape_.slots.size(), 0),
      slots_over_time_(simulation.now()) {
    SIM_CHECK(shape_.nodes >= 1 && shape_.slices >= 1);
}

Duration Compute::time_of(const ScanWork& work) const {
    const double nodes = shape_.nodes;
    const double scan_s = bits_a_byte * work.bytes / (shape_.slices * shape_.slice_scan.value);
    // Each node keeps the part that is its own already.
    const double sent = work.redistributed * (nodes - 1.0) / nodes;
    const double network_bps = exchange_.rate(shape_.node_network, streams_of_node()).value;
    const double network_s = bits_a_byte * sent / (nodes * network_bps) + exchange_.added_s;
    return engine::duration_from_seconds(scan_s + network_s);
}

// From each of its slices to each of the others'.
int Compute::streams_of_node() const {
    const int own = shape_.slices / shape_.nodes;
    return std::max(1, own * (shape_.slices - own));
}

Duration Compute::time_of(const LoadWork& work) const {
    const int rounds = (work.files + shape_.slices - 1) / shape_.slices;
    const double each_s = bits_a_byte * work.bytes / work.files / exchange_.rate(shape_.slice_load, 1).value;
    return engine::duration_from_seconds(rounds * each_s);
}

engine::Process<Answer> Compute::query(RequestRef request, Duration leader, ScanWork work) {
    request.charge(Stage::cpu, simulation_.now());
    co_await simulation_.delay(leader);
    co_await slices_.serve(time_of(work));
    request.charge(Stage::network, simulation_.now());
    co_return Answer{Duration{}, AnswerStatus::ok, 0};
}

engine::Process<Loaded> Compute::load(LoadWork work, Duration commit, engine::ServerPool& commits) {
    co_await slices_.serve(time_of(work));
    co_await commits.serve(commit);
    co_return Loaded{};
}

void Compute::stop(std::string_view state) {
    ++starts_;  // what warms it is void
    noticed_ = false;
    component_.enter(state);
    if (component_.up()) component_.kill(engine::Health::crash);
    slices_.clear();
    set_data_speed(1.0);
}

void Compute::start(PlaceId place) {
    ++starts_;
    place_ = place;
    noticed_ = true;
    idle_since_ = simulation_.now();
    component_.revive();
    component_.enter("serving");
}

engine::Process<> Compute::warm(Transfers& transfers, PlaceId storage, Bytes cold) {
    const std::uint64_t start = starts_;
    set_data_speed(shape_.cold_speed);
    bool warm = cold.count <= 0;
    while (!warm && starts_ == start) {
        TransferSpec spec{storage, place_, cold};
        spec.options.window = Bytes{std::int64_t{1} << 30};  // thousands of connections: the network cards limit
        spec.options.rate_most = {shape_.node_network.value * shape_.nodes};
        const FlowOutcome outcome = co_await transfers.transfer(spec);
        warm = outcome == FlowOutcome::Completed;
        if (!warm) co_await simulation_.delay(retry_pause);
    }
    if (starts_ == start) set_data_speed(1.0);
}

void Compute::take_slot(std::size_t queue) {
    ++in_use_[queue];
    slots_over_time_.set(simulation_.now(), busy());
}

void Compute::give_slot(std::size_t queue) {
    --in_use_[queue];
    slots_over_time_.set(simulation_.now(), busy());
    if (busy() == 0) idle_since_ = simulation_.now();
}

int Compute::busy() const {
    return std::accumulate(in_use_.begin(), in_use_.end(), 0);
}

}  // namespace faultline::models
