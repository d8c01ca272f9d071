// How a program reaches one endpoint of a database: a bounded pool of connections, a driver with its timers, and a
// cache of DNS answers. One for each service instance, or office, and endpoint.
//
// A connection stays with the instance that the name meant when it was made. A lost peer that sends no reset is noticed
// by the driver's timers alone: the statement's socket timeout, and the keepalive or user timeout of TCP (which lets a
// peer that still acknowledges go on). Presets and their sources: scenarios/defaults.cpp, docs/models/clients.md.
// Leaves out: validation of idle connections, maximum lifetime, prepared statements.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/tokens.hpp"
#include "engine/waits.hpp"
#include "models/class_plan.hpp"
#include "models/cluster/cluster.hpp"
#include "models/network/connection.hpp"
#include "scenarios/scenario.hpp"

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
    const engine::Distribution* demand = nullptr;  // CPU seconds of one statement
    Payload payload;                               // of one statement
    int pages = 0;                                 // that one statement touches
};
inline DatabaseWork work_of(const ClassPlan& plan) {
    return {plan.statements, plan.transaction, plan.writes, plan.keys.has_value(),
            &plan.demand,    plan.statement,   plan.pages};
}

struct DatabaseClientShape {
    PlaceId place{};
    scenarios::Driver driver;
    Protocol protocol = Protocol::MysqlTls;
    int pool = 10;
    Duration pool_wait{};
};

class DatabaseClient {
public:
    DatabaseClient(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                   Endpoint& endpoint, const DatabaseClientShape& shape);
    ~DatabaseClient() { forget(); }

    // Runs a query; the answer tells how it went. A child of the caller.
    engine::Process<Answer> run(const RequestRef& request, const DatabaseWork& work);
    // The same as a process of its own, which goes on when its caller has given up.
    engine::Process<Answer> run_alone(RequestRef request, DatabaseWork work);

    // A new connection and one statement, outside the pool: what a monitor does.
    engine::Process<Answer> probe(Statement statement);

    // The owner died: its connections are gone, and so is what it remembered.
    void forget();

    std::size_t idle() const { return idle_.size(); }

private:
    // A connection in use or idle. Counts on its instance until it is closed.
    struct Connection {
        Instance* instance = nullptr;
        std::uint32_t incarnation = 0;
        RowLocks::Transaction transaction = RowLocks::none;  // under way on it
    };
    // A connection in a process's frame: closed with it unless it goes back to the pool.
    class Session {
    public:
        Session() = default;
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        ~Session() { close(); }
        void take(Connection connection) { connection_ = connection; }
        // Goes back to its pool; the transaction has ended.
        Connection give() {
            connection_.transaction = RowLocks::none;
            return std::exchange(connection_, {});
        }
        void begin_transaction() { connection_.transaction = connection_.instance->row_locks().open(); }
        void close() {
            if (connection_.instance != nullptr) {
                connection_.instance->close_connection(connection_.incarnation);
                connection_.instance->row_locks().close(connection_.transaction);
            }
            connection_ = {};
        }
        bool open() const { return connection_.instance != nullptr; }
        const Connection& connection() const { return connection_; }

    private:
        Connection connection_;
    };
    struct Connected {
        Connection connection;
        AnswerStatus status = AnswerStatus::failed;
    };

    bool take_idle(Session& session);
    engine::Process<Connected> connect(const RequestRef& request);
    class Exchange;
    Statement statement_of(const DatabaseWork& work, int number, int count, const RequestRef& request) const;
    engine::QueryDraws& draws(const RequestRef& request) { return request ? request->network : own_draws_; }

    engine::Simulation& simulation_;
    const Transport& transport_;
    Endpoint& endpoint_;
    DatabaseClientShape shape_;
    engine::Tokens pool_;
    ResolverCache resolver_;
    std::vector<Connection> idle_;  // last in, first out
    engine::QueryDraws own_draws_;  // for what belongs to no query
};

}  // namespace faultline::models
