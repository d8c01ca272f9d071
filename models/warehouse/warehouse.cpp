#include "models/warehouse/warehouse.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

namespace {

// A query that waits or runs, as long as this lives.
class Open {
public:
    explicit Open(int& open) : open_(open) { ++open_; }
    ~Open() { --open_; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

private:
    int& open_;
};

}  // namespace

Warehouse::Warehouse(engine::Simulation& simulation, Transfers& transfers, const Topology& topology,
                     WarehouseShape shape)
    : simulation_(simulation),
      transfers_(transfers),
      topology_(topology),
      shape_(std::move(shape)),
      component_(simulation, shape_.path),
      control_(simulation, shape_.path + "/control"),
      commit_draws_(simulation.stream(shape_.path, "commits")),
      recovery_draws_(simulation.stream(shape_.path, "recovery")),
      commits_(simulation, control_.number(), {.servers = 1}),
      queues_(shape_.may_scale),
      entrance_(shape_.zones.front()),
      answers_(shape_.classes) {
    SIM_CHECK(shape_.zones.size() >= static_cast<std::size_t>(shape_.computes) && shape_.connections_max > 0);
    for (int i = 0; i < shape_.computes; ++i) {
        const PlaceId zone = shape_.zones[static_cast<std::size_t>(i)];
        mains_.push_back(std::make_unique<Compute>(simulation, shape_.path + "/compute-" + std::to_string(i + 1), zone,
                                                   shape_.compute));
        mains_.back()->component().enter("serving");
        queues_.add_main(*mains_.back());
    }
    scaling_ = std::make_unique<ConcurrencyScaling>(simulation, control_, shape_.path, entrance_, shape_.compute,
                                                    shape_.scaling, queues_);
    queues_.on_waiting = [this] { scaling_->wanted(entrance_); };
    snapshots_ = std::make_unique<WarehouseSnapshots>(simulation, control_, transfers, shape_.storage, shape_.snapshots,
                                                      [this] { return bytes(); });
}

void Warehouse::add_table(TableShape shape, std::function<FeedWay()> way) {
    const std::string path = shape_.path + "/tables/" + shape.name;
    tables_.push_back(
        std::make_unique<TableFeed>(simulation_, path, transfers_, *this, std::move(shape), std::move(way)));
}

void Warehouse::begin() {
    component_.enter("serving");
    for (const auto& table : tables_) table->begin();
    snapshots_->begin();
    if (!shape_.pauses.empty()) simulation_.spawn(control_, sleep());
}

engine::Process<Answer> Warehouse::execute(RequestRef request, const WarehouseQuery& query, Duration leader,
                                           Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    if (open_ >= shape_.connections_max) {
        ++refused_;
        request.charge(Stage::network, simulation_.now());
        co_return Answer{travel, because(FailureReason::connection_limit), 0};
    }
    const Open open(open_);
    WorkloadQueues::Slot slot(queues_, query.queue);
    while (slot.compute() == nullptr) {
        engine::Condition::Wait turn(slot.granted());
        co_await turn;
    }
    // It sees what is committed when it begins.
    const Duration freshness = freshness_of(query, simulation_.now());
    Compute& at = *slot.compute();
    engine::Call<Answer> call(simulation_, at.component(), at.query(request, leader, work_of(query)), Duration::zero());
    co_await call;
    request.charge(Stage::network, simulation_.now());
    if (call.outcome() != engine::CallOutcome::answered)
        co_return Answer{travel, because(FailureReason::connection_lost), 0};
    answers_[request->query_class].record(freshness);
    co_return Answer{travel, AnswerStatus::ok, 0};
}

Duration Warehouse::freshness_of(const WarehouseQuery& query, Instant now) const {
    Duration worst{};
    for (const std::size_t table : query.tables) worst = std::max(worst, tables_[table]->freshness().now_is(now));
    return worst;
}

ScanWork Warehouse::work_of(const WarehouseQuery& query) const {
    double bytes = 0.0;
    for (const std::size_t table : query.tables) bytes += tables_[table]->bytes();
    return {query.scan * bytes, query.scan * query.redistribute * bytes};
}

// The main compute with the fewest queries; null: none serves.
Compute* Warehouse::loading() {
    Compute* best = nullptr;
    for (const auto& compute : mains_) {
        if (compute->up() && (best == nullptr || compute->busy() < best->busy())) best = compute.get();
    }
    return best;
}

void Warehouse::oldest_hidden_changed() {
    std::optional<Instant> oldest;
    for (const auto& table : tables_) {
        const std::optional<Instant> hidden = table->oldest_hidden();
        if (hidden && (!oldest || *hidden < *oldest)) oldest = hidden;
    }
    freshness_.oldest_hidden(oldest, simulation_.now());
}

double Warehouse::bytes() const {
    double sum = 0.0;
    for (const auto& table : tables_) sum += table->bytes();
    return sum;
}

void Warehouse::reset_statistics(Instant now) {
    freshness_.reset(now);
    for (auto& answers : answers_) answers = engine::LatencyHistogram{};
    for (const auto& table : tables_) table->reset_statistics(now);
    for (const auto& compute : mains_) compute->slices().reset_statistics();
    queues_.reset_statistics();
    scaling_->reset_statistics();
    snapshots_->reset_statistics(now);
    refused_ = 0;
}

}  // namespace faultline::models
