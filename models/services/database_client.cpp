#include "models/services/database_client.hpp"

#include <algorithm>
#include <chrono>

namespace faultline::models {

namespace {
constexpr Payload probe_payload{Bytes{128}, Bytes{128}};
// A proxy without a server tries again at this interval. Source: an assumption (docs/models/services.md).
constexpr Duration proxy_tries_every = std::chrono::milliseconds{100};
}  // namespace

// One statement on a connection, there and back, as its process waits for it: ok, or what came instead. As a calendar
// node it is the driver's timers: at the socket timeout it gives up, and when TCP has had no acknowledgement for too
// long, or the driver's monitor no answer, it gives up on a peer that is not there.
class DatabaseClient::Exchange : public engine::CalendarNode {
public:
    Exchange(DatabaseClient& client, const RequestRef& request, const Connection& connection,
             const Statement& statement, const Payload& payload)
        : CalendarNode(&run_out, engine::EventKind::timer), client_(client), connection_(connection) {
        Instance& instance = *connection.instance;
        const Instant now = client.simulation_.now();
        const scenarios::Driver& driver = client.pool_->shape().driver;
        const bool reads_pages = statement.pages > 0 && request;
        if (reads_pages) instance.prefetch_page(request->key);
        const Delays legs = legs_to(instance, payload, client.draws(request));
        delivered_ = legs.delivered;
        if (reads_pages) instance.prefetch_page_frame(request->key);
        if (legs.delivered && instance.component().up() && connection.incarnation != instance.incarnation()) {
            // Its host is there, the connection is not: the answer is a reset.
            give_up_ = now + legs.forward + legs.back;
        } else {
            call_.emplace(client.simulation_, instance.component(), instance.execute(request, statement, legs.back),
                          legs);
            give_up_ = engine::saturating_add(now, driver.socket_timeout.value_or(Duration::max()));
        }
        const Duration dead_after = driver.dead_peer_after.value_or(kernel_gives_up_after);
        set_timer(std::min(dead_after, driver.monitor_after.value_or(Duration::max())));
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
        return answered ? call_->value() : Answer{Duration::zero(), because(FailureReason::connection_lost), 0};
    }

private:
    // Through a proxy: the way to it, its own delay, and its own way.
    Delays legs_to(const Instance& instance, const Payload& payload, engine::QueryDraws& draws) const {
        const Stand& pool = client_.pool_->stand();
        const Delays legs = client_.transport_.round_trip(pool, instance.stand(), payload, draws);
        if (pool.place == client_.stand_.place) return legs;
        const Delays first = client_.transport_.round_trip(client_.stand_, pool, payload, draws);
        const Duration in_proxy = client_.pool_->own_delay();
        return {first.delivered && legs.delivered, first.forward + in_proxy + legs.forward, legs.back + first.back};
    }
    static void run_out(engine::CalendarNode& node, engine::Simulation& simulation) {
        auto& exchange = static_cast<Exchange&>(node);
        if (simulation.now() >= exchange.give_up_) return exchange.waiter_->wake_now(1);
        const scenarios::Driver& driver = exchange.client_.pool_->shape().driver;
        const bool acknowledged = exchange.delivered_ && exchange.reaches_pool() &&
                                  exchange.client_.pool_->leads_to_server(exchange.connection_);
        exchange.misses_ = acknowledged ? 0 : exchange.misses_ + 1;
        const bool watched = driver.monitor_after.has_value();
        if (exchange.misses_ >= (watched ? driver.monitor_misses : 1)) return exchange.waiter_->wake_now(1);
        exchange.set_timer(watched ? driver.monitor_interval : driver.dead_peer_after.value_or(kernel_gives_up_after));
    }
    // A proxy's client has a connection to that, which dies with its own path.
    bool reaches_pool() const {
        const PlaceId pool = client_.pool_->stand().place;
        return pool == client_.stand_.place || client_.transport_.path(client_.stand_.place, pool).usable;
    }
    void set_timer(Duration length) {
        const Instant at = engine::saturating_add(client_.simulation_.now(), length);
        client_.simulation_.schedule(*this, std::min(give_up_, at));
    }

    DatabaseClient& client_;
    const Connection& connection_;  // of the session in the same frame
    Instant give_up_{};
    int misses_ = 0;
    bool delivered_ = true;  // else nobody acknowledges it, though a path may be there again by then
    engine::ProcessState* waiter_ = nullptr;
    std::optional<engine::Call<Answer>> call_;
};

DatabaseWork canary_work(bool writes) {
    return {.writes = writes, .payload = probe_payload};
}

DatabaseClient::DatabaseClient(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                               PlaceId place, std::shared_ptr<ConnectionPool> pool)
    : simulation_(simulation),
      transport_(transport),
      stand_(place, owner.number()),
      pool_(std::move(pool)),
      own_draws_(engine::query_streams(simulation.stream_key(owner.path(), "probes"), 0).network) {}

engine::Process<Answer> DatabaseClient::ask_guarded(const RequestRef& request, const DatabaseWork& work) {
    BreakerLeave leave(breaker_.get());
    if (leave.refused()) co_return Answer{Duration::zero(), because(FailureReason::breaker), 0};
    const Instant begun = simulation_.now();
    const Answer answer = co_await ask(request, work);
    leave.ended(answer.status != AnswerStatus::ok, simulation_.now() - begun);
    co_return answer;
}

engine::Process<Answer> DatabaseClient::ask(const RequestRef& request, const DatabaseWork& work) {
    request.charge(Stage::pool, simulation_.now());
    const Instant give_up = engine::saturating_add(simulation_.now(), pool_->shape().wait);
    engine::Tokens::Lease place(pool_->places());
    engine::Tokens::Acquire turn(place);
    if (!turn.begin()) {
        co_await wait_for_place(turn);
    }
    if (!place.held()) co_return Answer{Duration::zero(), because(FailureReason::pool), 0};

    Session session;
    if (!pool_->take_idle(session)) {
        const AnswerStatus opened = co_await open(session, request, give_up);
        if (opened != AnswerStatus::ok) co_return Answer{Duration::zero(), opened, 0};
    }
    const int count = work.statements + (work.transaction ? 2 : 0);
    if (work.transaction && work.writes && work.reads_key) session.begin_transaction();
    std::uint32_t version = 0;  // of the last answer
    for (int number = 0; number < count; ++number) {
        request.charge(Stage::network, simulation_.now());
        Exchange exchange(*this, request, session.connection(), statement_of(work, number, count, session, request),
                          work.payload);
        const Answer answer = co_await exchange;
        if (answer.status != AnswerStatus::ok) {
            pool_->note_failure();
            note_end(session, answer);
            co_return Answer{Duration::zero(), answer.status, 0};
        }
        version = answer.version;
    }
    pool_->give_back(session.give());
    co_return Answer{Duration::zero(), AnswerStatus::ok, version};
}

// Rare, and so not in the frame of each that asks.
engine::Process<> DatabaseClient::wait_for_place(engine::Tokens::Acquire& turn) {
    engine::Timer patience(simulation_, pool_->shape().wait);
    co_await engine::any_of(turn, patience);
}

// A new connection. A proxy tries again until its client's patience ends; a driver leaves that to its caller.
engine::Process<AnswerStatus> DatabaseClient::open(Session& session, const RequestRef& request, Instant give_up) {
    for (;;) {
        const ConnectionPool::Connected made = co_await pool_->connect(request, draws(request));
        if (made.status == AnswerStatus::ok) {
            session.take(made.connection);
            co_return AnswerStatus::ok;
        }
        if (!pool_->shape().holds_requests || simulation_.now() + proxy_tries_every > give_up) co_return made.status;
        co_await simulation_.delay(proxy_tries_every);
    }
}

engine::Process<Answer> DatabaseClient::run_alone(RequestRef request, DatabaseWork work) {
    const Answer answer = co_await run(request, work);
    co_return answer;
}

Statement DatabaseClient::statement_of(const DatabaseWork& work, int number, int count, const Session& session,
                                       const RequestRef& request) const {
    Statement statement;
    statement.transaction = session.connection().transaction;
    statement.writes = work.writes;
    statement.reads_key = work.reads_key;
    statement.answer = work.payload.response;
    const bool begin_or_commit = work.transaction && (number == 0 || number == count - 1);
    if (!begin_or_commit) {
        if (work.demand != nullptr) statement.demand = work.demand->sample_duration(request->work);
        statement.locks = work.writes && work.reads_key;
        statement.pages = work.pages;
    }
    statement.commits = work.writes && (!work.transaction || number == count - 1);
    return statement;
}

engine::Process<Answer> DatabaseClient::probe(Statement statement) {
    statement.answer = probe_payload.response;
    pool_->forget_name();
    const RequestRef nobody;
    Session session;
    const ConnectionPool::Connected made = co_await pool_->connect(nobody, own_draws_);
    if (made.status != AnswerStatus::ok) co_return Answer{Duration::zero(), made.status, 0};
    session.take(made.connection);
    Exchange exchange(*this, nobody, session.connection(), statement, probe_payload);
    const Answer answer = co_await exchange;
    if (answer.status != AnswerStatus::ok) note_end(session, answer);
    co_return Answer{Duration::zero(), answer.status, 0};
}

// Of a statement that failed. A slow server's client keeps its address; one that is gone, or no longer the writer, must
// be looked for.
void DatabaseClient::note_end(const Session& session, const Answer& answer) const {
    if (answer.status == because(FailureReason::read_only) || !pool_->leads_to_server(session.connection()))
        pool_->note_lost();
}

}  // namespace faultline::models
