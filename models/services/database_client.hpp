// How a program reaches one endpoint of a database: a pool of connections (connection_pool.hpp), its own or that of a
// proxy, and a driver with its timers. One for each service instance, or office, and endpoint.
//
// A lost peer that sends no reset is noticed by the driver's timers alone: the statement's socket timeout, the
// keepalive or user timeout of TCP (which lets a peer that still acknowledges go on), or a monitor that asks the peer
// while a statement takes long. Presets and their sources: scenarios/defaults.cpp, docs/models/services.md.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/waits.hpp"
#include "models/class_plan.hpp"
#include "models/services/circuit_breaker.hpp"
#include "models/services/connection_pool.hpp"

namespace faultline::models {

// Without a timer of its own a process waits for the kernel: 15 retransmissions of unacknowledged data, about 924 s.
// Source: Linux ip-sysctl, tcp_retries2.
inline constexpr Duration kernel_gives_up_after = std::chrono::seconds{924};

// The statements of one query.
struct DatabaseWork {
    int statements = 1;
    bool transaction = false;  // begin and commit are round trips of their own
    bool writes = false;
    bool reads_key = false;
    const engine::Distribution* demand = nullptr;  // CPU seconds of one statement; null: none
    Payload payload;                               // of one statement
    int pages = 0;                                 // that one statement touches
};
inline DatabaseWork work_of(const ClassPlan& plan) {
    return {plan.statements, plan.transaction, plan.writes, plan.keys.has_value(),
            &plan.demand,    plan.statement,   plan.pages};
}

// A canary's one statement: a commit, or a read that costs the server nothing. It belongs to no query.
DatabaseWork canary_work(bool writes);

class DatabaseClient {
public:
    // `owner` names the draws of what belongs to no query. The pool may stand elsewhere, and be others' too: then it is
    // a proxy's, and each statement pays the way there besides.
    DatabaseClient(engine::Simulation& simulation, const Transport& transport, engine::Component& owner, PlaceId place,
                   std::shared_ptr<ConnectionPool> pool);

    // Runs a query, or what belongs to none (an empty request, work without demand); the answer tells how it went. A
    // child of the caller.
    engine::Process<Answer> run(const RequestRef& request, const DatabaseWork& work) {
        return breaker_ == nullptr ? ask(request, work) : ask_guarded(request, work);
    }
    // The same as a process of its own, which goes on when its caller has given up.
    engine::Process<Answer> run_alone(RequestRef request, DatabaseWork work);

    // A new connection and one statement, outside the pool: what a monitor does.
    engine::Process<Answer> probe(Statement statement);

    // Building: from now on queries go through this.
    void guard_with(std::unique_ptr<CircuitBreaker> breaker) { breaker_ = std::move(breaker); }

    // The owner died: its connections are gone, and so is what it remembered. A proxy's go on.
    void forget() {
        if (pool_.use_count() == 1) pool_->forget();
    }

    // The credential of its owner has expired, or is renewed; a proxy's is its own. false: it is a proxy's.
    bool refuse_logins(bool refuse) const {
        if (pool_->shape().holds_requests) return false;
        pool_->refuse_logins(refuse);
        return true;
    }

    std::size_t idle() const { return pool_->idle(); }
    const ConnectionPool& pool() const { return *pool_; }

private:
    class Exchange;
    engine::Process<Answer> ask(const RequestRef& request, const DatabaseWork& work);
    engine::Process<Answer> ask_guarded(const RequestRef& request, const DatabaseWork& work);
    engine::Process<AnswerStatus> open(Session& session, const RequestRef& request, Instant give_up);
    engine::Process<> wait_for_place(engine::Tokens::Acquire& turn);
    void note_end(const Session& session, const Answer& answer) const;
    Statement statement_of(const DatabaseWork& work, int number, int count, const Session& session,
                           const RequestRef& request) const;
    engine::QueryDraws& draws(const RequestRef& request) { return request ? request->network : own_draws_; }

    engine::Simulation& simulation_;
    const Transport& transport_;
    Stand stand_;
    std::shared_ptr<ConnectionPool> pool_;
    std::unique_ptr<CircuitBreaker> breaker_;  // null: none
    engine::QueryDraws own_draws_;             // for what belongs to no query
};

}  // namespace faultline::models
