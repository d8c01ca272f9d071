#include "models/services/database_client.hpp"

#include <algorithm>
#include <chrono>

namespace faultline::models {

namespace {
constexpr Payload probe_payload{Bytes{128}, Bytes{128}};
constexpr Payload resolver_payload{Bytes{64}, Bytes{128}};
}  // namespace

// One statement on a connection, there and back, as its process waits for it: ok, or what came instead. As a calendar
// node it is the driver's timers: at the socket timeout it gives up, and when TCP has had no acknowledgement for too
// long it asks whether the peer's kernel still acknowledges what is sent to it.
class DatabaseClient::Exchange : public engine::CalendarNode {
public:
    Exchange(DatabaseClient& client, const RequestRef& request, const Connection& connection,
             const Statement& statement, const Payload& payload)
        : CalendarNode(&run_out, engine::EventKind::timer), client_(client), connection_(connection) {
        Instance& instance = *connection.instance;
        const Instant now = client.simulation_.now();
        const PlaceId place = client.shape_.place;
        const Delays legs = client.transport_.round_trip(place, instance.place(), payload, client.draws(request));
        if (legs.delivered && instance.component().up() && connection.incarnation != instance.incarnation()) {
            // Its host is there, the connection is not: the answer is a reset.
            give_up_ = now + legs.forward + legs.back;
        } else {
            call_.emplace(client.simulation_, instance.component(), instance.execute(request, statement, legs.back),
                          legs);
            give_up_ = engine::saturating_add(now, client.shape_.driver.socket_timeout.value_or(Duration::max()));
        }
        set_timer(now);
    }
    ~Exchange() {
        if (pending()) client_.simulation_.cancel(*this);
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        waiter_ = &handle.promise();
        waiter_->begin_wait();
        label(kind(), waiter_->owner().number());
        if (call_) call_->arm(*waiter_, 0);
    }
    Answer await_resume() const {
        const bool answered = call_ && call_->outcome() == engine::CallOutcome::answered;
        return answered ? call_->value() : Answer{Duration::zero(), AnswerStatus::failed, 0};
    }

private:
    static void run_out(engine::CalendarNode& node, engine::Simulation& simulation) {
        auto& exchange = static_cast<Exchange&>(node);
        if (simulation.now() < exchange.give_up_ && exchange.peer_acknowledges()) {
            return exchange.set_timer(simulation.now());
        }
        exchange.waiter_->wake_now(1);
    }
    void set_timer(Instant now) {
        const Duration probe_after = client_.shape_.driver.dead_peer_after.value_or(kernel_gives_up_after);
        client_.simulation_.schedule(*this, std::min(give_up_, engine::saturating_add(now, probe_after)));
    }
    bool peer_acknowledges() const {
        const Instance& instance = *connection_.instance;
        return instance.component().up() && connection_.incarnation == instance.incarnation() &&
               client_.transport_.path(client_.shape_.place, instance.place()).usable;
    }

    DatabaseClient& client_;
    Connection connection_;
    Instant give_up_{};
    engine::ProcessState* waiter_ = nullptr;
    std::optional<engine::Call<Answer>> call_;
};

DatabaseClient::DatabaseClient(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                               Endpoint& endpoint, const DatabaseClientShape& shape)
    : simulation_(simulation),
      transport_(transport),
      endpoint_(endpoint),
      shape_(shape),
      pool_(static_cast<std::size_t>(shape.pool)),
      resolver_(shape.driver.dns_cache),
      own_draws_(engine::query_streams(simulation.stream_key(owner.path(), "probes"), 0).network) {
    idle_.reserve(static_cast<std::size_t>(shape.pool));
}

void DatabaseClient::forget() {
    for (const Connection& connection : idle_) connection.instance->close_connection(connection.incarnation);
    idle_.clear();
    resolver_.forget();
}

// The pool drops connections that its kernel has found dead: by a reset to a keepalive probe, or by silence.
bool DatabaseClient::take_idle(Session& session) {
    while (!idle_.empty()) {
        const Connection connection = idle_.back();
        idle_.pop_back();
        const Instance& instance = *connection.instance;
        const bool stale = connection.incarnation != instance.incarnation();
        const Duration found_after = shape_.driver.dead_peer_after.value_or(Duration::max());
        if (stale && simulation_.now() - instance.incarnation_since() >= found_after) continue;
        session.take(connection);
        return true;
    }
    return false;
}

engine::Process<Answer> DatabaseClient::run(const RequestRef& request, const DatabaseWork& work) {
    request.charge(Stage::pool, simulation_.now());
    engine::Tokens::Lease place(pool_);
    engine::Tokens::Acquire turn(place);
    if (!turn.begin()) {
        engine::Timer patience(simulation_, shape_.pool_wait);
        co_await engine::any_of(turn, patience);
    }
    if (!place.held()) co_return Answer{Duration::zero(), AnswerStatus::refused, 0};

    Session session;
    if (!take_idle(session)) {
        const Connected made = co_await connect(request);
        if (made.status != AnswerStatus::ok) co_return Answer{Duration::zero(), made.status, 0};
        session.take(made.connection);
    }
    const int count = work.statements + (work.transaction ? 2 : 0);
    if (work.transaction && work.writes && work.reads_key) session.begin_transaction();
    Answer last;
    for (int number = 0; number < count; ++number) {
        Statement statement = statement_of(work, number, count, request);
        statement.transaction = session.connection().transaction;
        request.charge(Stage::network, simulation_.now());
        Exchange exchange(*this, request, session.connection(), statement, work.payload);
        const Answer answer = co_await exchange;
        if (answer.status != AnswerStatus::ok) co_return Answer{Duration::zero(), answer.status, 0};
        last = answer;
    }
    idle_.push_back(session.give());
    last.travel = Duration::zero();
    co_return last;
}

engine::Process<Answer> DatabaseClient::run_alone(RequestRef request, DatabaseWork work) {
    const Answer answer = co_await run(request, work);
    co_return answer;
}

Statement DatabaseClient::statement_of(const DatabaseWork& work, int number, int count,
                                       const RequestRef& request) const {
    Statement statement;
    statement.writes = work.writes;
    statement.reads_key = work.reads_key;
    const bool begin_or_commit = work.transaction && (number == 0 || number == count - 1);
    if (!begin_or_commit) {
        statement.demand = work.demand->sample_duration(request->work);
        statement.locks = work.writes && work.reads_key;
        statement.pages = work.reads_key ? work.pages : 0;
    }
    statement.commits = work.writes && (!work.transaction || number == count - 1);
    return statement;
}

engine::Process<DatabaseClient::Connected> DatabaseClient::connect(const RequestRef& request) {
    request.charge(Stage::dns, simulation_.now());
    if (!resolver_.fresh(simulation_.now())) {
        const Delays look_up = transport_.round_trip(shape_.place, shape_.place, resolver_payload, draws(request));
        co_await simulation_.delay(look_up.forward + look_up.back);
        resolver_.refresh(endpoint_, simulation_.now());
    }
    Instance* const target = resolver_.answer();
    if (target == nullptr) co_return Connected{};

    request.charge(Stage::connect, simulation_.now());
    const ConnectionCost& cost = connection_cost(shape_.protocol);
    const Delays shake = transport_.handshake(shape_.place, target->place(), cost.round_trips(), draws(request));
    engine::Timer patience(simulation_, shape_.driver.connect_timeout);
    if (!shake.delivered) {
        co_await patience;
        co_return Connected{};
    }
    const Duration back = transport_.path(shape_.place, target->place()).base_round_trip / 2;
    const Duration forward = std::max(Duration::zero(), shake.forward + shake.back - back);
    engine::Call<Answer> call(simulation_, target->component(), target->accept(cost.server_cpu, back), forward, back);
    co_await engine::any_of(call, patience);
    if (call.outcome() != engine::CallOutcome::answered) co_return Connected{};
    if (call.value().status != AnswerStatus::ok) co_return Connected{{}, call.value().status};
    target->open_connection();
    co_return Connected{{target, target->incarnation()}, AnswerStatus::ok};
}

engine::Process<Answer> DatabaseClient::probe(Statement statement) {
    resolver_.forget();  // a monitor trusts no cache
    const RequestRef nobody;
    const Connected made = co_await connect(nobody);
    if (made.status != AnswerStatus::ok) co_return Answer{Duration::zero(), made.status, 0};
    Session session;
    session.take(made.connection);
    Exchange exchange(*this, nobody, session.connection(), statement, probe_payload);
    const Answer answer = co_await exchange;
    co_return Answer{Duration::zero(), answer.status, 0};
}

}  // namespace faultline::models
