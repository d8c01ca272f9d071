#include "models/services/connection_pool.hpp"

#include <algorithm>

namespace faultline::models {

namespace {
constexpr Payload resolver_payload{Bytes{64}, Bytes{128}};
// Without an answer of the name server: 2 attempts of 5 s. Source: resolv.conf(5), timeout and attempts.
constexpr Duration resolver_gives_up_after = std::chrono::seconds{10};
// A proxy closes what it has idle beyond this share of its connections. Source: Aurora User Guide, RDS Proxy,
// MaxIdleConnectionsPercent: 50 % of the maximum.
constexpr double proxys_idle_share = 0.5;
constexpr double lifetime_jitter = 0.025;  // of the maximum, at most. Source: the header
}  // namespace

ConnectionPool::ConnectionPool(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                               Endpoint& endpoint, const ConnectionPoolShape& shape, std::vector<Cluster*> clusters)
    : simulation_(simulation),
      transport_(transport),
      endpoint_(&endpoint),
      shape_(shape),
      stand_(shape.place, owner.number()),
      places_(static_cast<std::size_t>(shape.connections)),
      resolver_(shape.driver.dns_cache),
      lifetime_draws_(simulation.stream(owner.path() + "/" + shape.name, "lifetimes")) {
    places_.watch(simulation);
    if (shape.own_delay) delay_draws_ = simulation.stream(owner.path() + "/" + shape.name, "delays");
    idle_.reserve(static_cast<std::size_t>(shape.connections));
    const scenarios::Driver& driver = shape.driver;
    if (!driver.topology_refresh || clusters.empty()) return;
    monitor_.emplace(simulation, transport, owner, std::move(clusters),
                     TopologyMonitorShape{stand_, shape.protocol, driver.connect_timeout, *driver.topology_refresh,
                                          driver.failover_refresh});
}

void ConnectionPool::forget() {
    for (const Connection& connection : idle_) connection.instance->close_connection(connection.incarnation);
    idle_.clear();
    resolver_.forget();
    if (monitor_) monitor_->forget();
}

void ConnectionPool::move_to(PlaceId place, Endpoint& endpoint, std::vector<Cluster*> clusters) {
    for (const Connection& connection : idle_) connection.instance->close_connection(connection.incarnation);
    idle_.clear();
    resolver_.forget();
    shape_.place = place;
    stand_ = Stand(place, stand_.machine);
    endpoint_ = &endpoint;
    if (monitor_) monitor_->move_to(stand_, std::move(clusters));
}

Instant ConnectionPool::end_of_life() {
    if (!shape_.max_lifetime) return engine::end_of_time;
    const double most = engine::in_seconds(*shape_.max_lifetime);
    const double lives = most * (1.0 - lifetime_jitter * lifetime_draws_.uniform());
    return engine::saturating_add(simulation_.now(), engine::duration_from_seconds(lives));
}

void ConnectionPool::give_back(Connection connection) {
    const bool shared = shape_.holds_requests && !shape_.driver.pinned;
    const double idle_most = shared ? proxys_idle_share * shape_.connections : shape_.connections;
    if (simulation_.now() < connection.retires && static_cast<double>(idle_.size()) < idle_most) {
        idle_.push_back(connection);
    } else {
        connection.instance->close_connection(connection.incarnation);
    }
}

// The pool drops connections that its kernel has found dead: by a reset to a keepalive probe, or by silence; and those
// to an instance that its monitor knows not to be the writer.
bool ConnectionPool::take_idle(Session& session) {
    const Instance* const writer = monitor_ && shape_.writes ? monitor_->writer() : nullptr;
    while (!idle_.empty()) {
        const Connection connection = idle_.back();
        idle_.pop_back();
        const Instance& instance = *connection.instance;
        const bool stale = connection.incarnation != instance.incarnation();
        const Duration found_after = shape_.driver.dead_peer_after.value_or(Duration::max());
        if (stale && simulation_.now() - instance.incarnation_since() >= found_after) continue;
        const bool retired = simulation_.now() >= connection.retires;
        if (retired || (writer != nullptr && writer != &instance)) {
            connection.instance->close_connection(connection.incarnation);
            continue;
        }
        session.take(connection);
        return true;
    }
    return false;
}

engine::Process<ConnectionPool::Located> ConnectionPool::locate(const RequestRef& request, engine::QueryDraws& draws) {
    request.charge(Stage::dns, simulation_.now());
    if (monitor_) {
        if (monitor_->writer() == nullptr) {
            monitor_->suspect();
            engine::Condition::Wait found = monitor_->found().wait();
            engine::Timer patience(simulation_, shape_.driver.failover_timeout);
            co_await engine::any_of(found, patience);
        }
        co_return Located{shape_.writes ? monitor_->writer() : monitor_->next_reader()};
    }
    if (!resolver_.fresh(simulation_.now())) {
        if (transport_.topology().resolver_fails(shape_.place)) {
            co_await simulation_.delay(resolver_gives_up_after);
            resolver_.forget();
            co_return Located{nullptr, FailureReason::name};
        }
        const Delays look_up = transport_.round_trip(shape_.place, shape_.place, resolver_payload, draws);
        co_await simulation_.delay(look_up.forward + look_up.back);
        resolver_.refresh(*endpoint_, simulation_.now());
    }
    co_return Located{resolver_.answer(), endpoint_->has_record() ? FailureReason::no_server : FailureReason::name};
}

bool ConnectionPool::is_there(const Instance& instance) const {
    return instance.component().up() && transport_.path(shape_.place, instance.place()).usable;
}

engine::Process<ConnectionPool::Connected> ConnectionPool::connect(const RequestRef& request,
                                                                   engine::QueryDraws& draws) {
    const Located found = co_await locate(request, draws);
    Instance* const target = found.instance;
    if (target == nullptr) {
        note_lost();
        co_return Connected{{}, because(found.otherwise)};
    }

    request.charge(Stage::connect, simulation_.now());
    const ConnectionCost& cost = connection_cost(shape_.protocol);
    const Delays shake = transport_.handshake(stand_, target->stand(), cost.round_trips(), draws);
    engine::Timer patience(simulation_, shape_.driver.connect_timeout);
    if (!shake.delivered) {
        co_await patience;
        note_failure();
        if (!is_there(*target)) note_lost();
        co_return Connected{};
    }
    const Duration back = transport_.path(shape_.place, target->place()).base_round_trip / 2;
    const Duration forward = std::max(Duration::zero(), shake.forward + shake.back - back);
    engine::Call<Answer> call(simulation_, target->component(), target->accept(cost.server_cpu, back), forward, back);
    co_await engine::any_of(call, patience);
    if (call.outcome() != engine::CallOutcome::answered) {
        note_failure();
        if (!is_there(*target)) note_lost();
        co_return Connected{};
    }
    if (call.value().status != AnswerStatus::ok) co_return Connected{{}, call.value().status};
    if (logins_refused_ > 0) co_return Connected{{}, because(FailureReason::credentials)};
    target->open_connection();
    const Connection made{target, target->incarnation(), RowLocks::none, end_of_life()};
    co_return Connected{made, AnswerStatus::ok};
}

}  // namespace faultline::models
