#include "models/cluster/instance.hpp"

#include "models/cluster/cluster.hpp"

namespace faultline::models {

namespace {
// An answer that needs longer for the card is lost with the instance before it has left, and costs an event for it; a
// shorter one is taken for gone. Source: arbitrary, small beside what a failover takes.
constexpr Duration dies_with_it = std::chrono::milliseconds{1};
}  // namespace

Instance::Instance(engine::Simulation& simulation, std::string path, PlaceId place, InstanceShape shape,
                   const ReplicationShape& replication, Cluster& cluster)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      place_(place),
      shape_(std::move(shape)),
      cluster_(cluster),
      cpu_(simulation, component_.number(), {.servers = shape_.vcpus}),
      card_(simulation.now(), shape_.bandwidth),
      page_draws_(simulation.stream(component_.path(), "pages")),
      replica_(replication) {
    if (shape_.serverless) capacity_.emplace(*shape_.serverless, simulation.now());
    if (shape_.iam_per_s) iam_.emplace(*shape_.iam_per_s, std::max(1.0, *shape_.iam_per_s));
    if (shape_.pool_pages > 0) pool_.emplace(capacity_ ? capacity_->pool_pages() : shape_.pool_pages);
}

engine::Process<Answer> Instance::execute(RequestRef request, Statement statement, Duration travel) {
    if (cluster_.mediates()) return cluster_.mediate(*this, std::move(request), statement, travel);
    return serve(std::move(request), statement, travel);
}

engine::Process<Answer> Instance::serve(RequestRef request, Statement statement, Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    if (statement.writes && role_ != Role::writer) co_return Answer{travel, because(FailureReason::read_only), 0};
    const std::uint64_t key = request ? request->key : no_key;
    if (gate_.closed()) {
        co_await wait_at_gate(request, statement);
    }
    if (statement.pages > 0 && pool_ && key != no_key) {
        const int missing = first_missing_page(key, statement.pages);
        if (missing < statement.pages) co_await read_missing_pages(request, key, missing, statement.pages);
    } else if (statement.pages > 0 && pool_) {
        const int missing = missing_shared_pages(statement.pages);
        if (missing > 0) co_await read_shared_pages(request, missing);
    }
    RowChange change(*this, statement, key);
    if (!change.transaction_is_there()) co_return Answer{travel, because(FailureReason::connection_lost), 0};
    if (statement.locks && change.changes() && !row_locks_.take(change.transaction(), key)) {
        const bool granted = co_await wait_for_row(request, change.transaction());
        if (!granted) co_return Answer{travel, because(FailureReason::lock), 0};
    }
    if (statement.demand > Duration::zero() && capacity_) {
        co_await use_cpu_share(request, statement.demand);
    } else if (statement.demand > Duration::zero()) {
        const engine::Served served = co_await cpu_.serve(statement.demand);
        request.charge(Stage::cpu, served.started);
    }
    std::uint32_t version = 0;
    if (statement.reads_key) version = cluster_.version_for_read(*this, key);
    if (statement.commits) {
        request.charge(Stage::storage, simulation_.now());
        const Instant began = simulation_.now();
        change.end_transaction();
        const LogSource source(stand(), &card_, cluster_.log_of(request));
        const bool durable = co_await cluster_.log().commit(source, epoch_, request);
        if (!durable) co_return Answer{travel, because(FailureReason::not_durable), 0};
        version = cluster_.committed(*this, {key, simulation_.now() - began, request.asked_by(), source.log});
    }
    request.charge(Stage::network, simulation_.now());
    const Duration at_card = card_.take(simulation_.now(), statement.answer).end - simulation_.now();
    if (at_card > dies_with_it) [[unlikely]] {
        co_await simulation_.delay(at_card);
        co_return Answer{travel, AnswerStatus::ok, version};
    }
    co_return Answer{at_card + travel, AnswerStatus::ok, version};
}

// Behind whoever changes its table: on a connection and a thread that nobody else has meanwhile.
engine::Process<> Instance::wait_at_gate(const RequestRef& request, const Statement& statement) {
    const bool has_row = row_locks_.holds_row(statement.transaction);
    while (gate_.stops(request, statement.writes, has_row)) {
        engine::Condition::Wait opened(gate_.changed());
        co_await opened;
    }
    request.charge(Stage::lock, simulation_.now());
}

engine::Process<Answer> Instance::accept(Duration cpu, Duration travel) {
    if (cluster_.logins_refused()) co_return Answer{travel, because(FailureReason::credentials), 0};
    const bool throttled = iam_ && !iam_->take(simulation_.now());
    if (throttled || connections_ + connecting_ >= shape_.connections_max) {
        ++statistics_.connections_refused;
        const auto limit = throttled ? FailureReason::login_rate : FailureReason::connection_limit;
        co_return Answer{travel, because(limit), 0};
    }
    // Taken back with the frame, also when the instance dies.
    struct Connecting {
        explicit Connecting(int& counter) : count(counter) { ++count; }
        Connecting(const Connecting&) = delete;
        Connecting& operator=(const Connecting&) = delete;
        ~Connecting() { --count; }
        int& count;
    };
    const Connecting counted(connecting_);
    if (capacity_) {
        const RequestRef nobody;
        co_await use_cpu_share(nobody, cpu);
    } else {
        co_await cpu_.serve(cpu);
    }
    co_return Answer{travel, AnswerStatus::ok, 0};
}

engine::Process<Answer> Instance::tell_role(Duration travel) {
    co_return Answer{travel, role_ == Role::writer ? AnswerStatus::ok : because(FailureReason::read_only), epoch_};
}

void Instance::end_transaction(RowLocks::Transaction transaction) {
    row_locks_.close(transaction);
    if (cluster_.mediates() && transaction != RowLocks::none) cluster_.transaction_ended(*this, transaction);
}

void Instance::crash(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    cpu_.clear();
    card_.clear(simulation_.now());
    row_locks_.clear();
    gate_.forget();
    connections_ = 0;
    if (!cluster_.alive(place_)) lose_memory();
    ++incarnation_;
    incarnation_since_ = simulation_.now();
    cluster_.instance_died(*this, how);
}

void Instance::change_class(InstanceShape shape) {
    SIM_CHECK(!component_.up() && !capacity_ && !shape.serverless);
    shape_ = std::move(shape);
    cpu_.set_servers(shape_.vcpus);
    card_.set_bandwidth(shape_.bandwidth);
    if (pool_ && shape_.pool_pages > 0) pool_->resize(shape_.pool_pages);
    lose_memory();
}

void Instance::start(Role role) {
    host_away_ = false;
    if (component_.up()) {  // those connected see a reset
        component_.kill(engine::Health::crash);
        cpu_.clear();
        card_.clear(simulation_.now());
        row_locks_.clear();
        gate_.forget();
    }
    if (memory_lost_ && pool_) pool_->clear();
    memory_lost_ = false;
    component_.revive();
    connections_ = 0;
    ++incarnation_;
    incarnation_since_ = simulation_.now();
    role_ = role;
    epoch_ = cluster_.log().epoch();
    replica_.restart(simulation_.now());
    component_.enter(role == Role::writer ? "writer" : "replica");
}

void Instance::become_writer() {
    role_ = Role::writer;
    epoch_ = cluster_.log().epoch();
    component_.enter("writer");
}

Duration Instance::lag(Instant now) const {
    if (role_ == Role::writer) return Duration::zero();
    return cluster_.log().lag_of(*this, now).value_or(replica_.lag());
}

bool Instance::deposed() const {
    return role_ == Role::writer && epoch_ != cluster_.log().epoch();
}

Duration Instance::staleness(Instant now) {
    if (role_ == Role::writer && !deposed()) return Duration::zero();
    const std::optional<Duration> known = cluster_.log().lag_of(*this, now);
    return known ? *known : replica_.staleness(now);
}

Lsn Instance::shown(Instant now) {
    const std::optional<Lsn> known = cluster_.log().shown_by(*this, now);
    if (known) return *known;
    return role_ == Role::writer && !deposed() ? all_of_the_log : replica_.shown(now);
}

}  // namespace faultline::models
