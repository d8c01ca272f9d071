// A bounded pool of connections to one endpoint of a database, how a new one is made and how a lost server is noticed
// before the next statement. A client's own, or that of a proxy which many clients share.
//
// A connection stays with the instance that it was made to. Whom a new one is made to says DNS, as the endpoint's name
// is remembered, or, of a driver that follows the topology, its monitor (topology_monitor.hpp).
// A pool may retire its connections: one that has lived for `max_lifetime`, less a share drawn for each so that they do
// not end together, is closed when it is given back or would be given out, never under a query. So, and not sooner, a
// pool comes to instances that were added after it was filled.
// Source: HikariCP README, maxLifetime; HikariPool.java, up to 2.5 % less.
// Leaves out: validation of idle connections, new ones made before a query needs them, prepared statements.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/random/distributions.hpp"
#include "engine/tokens.hpp"
#include "models/cluster/cluster.hpp"
#include "models/network/connection.hpp"
#include "models/services/topology_monitor.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

// A connection in use or idle. Counts on its instance until it is closed.
struct Connection {
    Instance* instance = nullptr;
    std::uint32_t incarnation = 0;
    RowLocks::Transaction transaction = RowLocks::none;  // under way on it
    Instant retires = engine::end_of_time;               // not used again from then on
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
            connection_.instance->end_transaction(connection_.transaction);
        }
        connection_ = {};
    }
    bool open() const { return connection_.instance != nullptr; }
    const Connection& connection() const { return connection_; }

private:
    Connection connection_;
};

struct ConnectionPoolShape {
    PlaceId place{};
    std::string name;  // of its endpoint: "orders/reader"
    scenarios::Driver driver;
    Protocol protocol = Protocol::MysqlTls;
    int connections = 10;                    // at most
    Duration wait{};                         // for one of them, at most
    std::optional<Duration> max_lifetime{};  // of one of them; none: for ever
    bool writes = true;                      // needs the writer; of a driver that follows the topology
    // A proxy's: while there is no server, requests wait, as long as they would for a connection.
    bool holds_requests = false;
    // And what a statement takes in it, seconds; none: nothing.
    std::optional<engine::Distribution> own_delay{};
};

class ConnectionPool {
public:
    // `clusters`: where a driver that follows the topology looks for instances.
    ConnectionPool(engine::Simulation& simulation, const Transport& transport, engine::Component& owner,
                   Endpoint& endpoint, const ConnectionPoolShape& shape, std::vector<Cluster*> clusters = {});
    ~ConnectionPool() { forget(); }

    const ConnectionPoolShape& shape() const { return shape_; }
    const Stand& stand() const { return stand_; }
    engine::Tokens& places() { return places_; }  // connections in use, or being made
    const engine::Tokens& places() const { return places_; }

    // Of one statement in a proxy.
    Duration own_delay() {
        return shape_.own_delay ? shape_.own_delay->sample_duration(*delay_draws_) : Duration::zero();
    }

    // An idle connection that is not known to be dead, into `session`; false: there is none.
    bool take_idle(Session& session);
    void give_back(Connection connection);
    std::size_t idle() const { return idle_.size(); }

    struct Connected {
        Connection connection;
        AnswerStatus status = because(FailureReason::unreachable);
    };
    // A new connection. A child of the caller, which holds a place. `draws`: of the query, or of who probes.
    engine::Process<Connected> connect(const RequestRef& request, engine::QueryDraws& draws);

    // A connection has failed under a statement, or its server is the writer no more.
    void note_failure() {
        if (monitor_) monitor_->suspect();
    }
    // Would its packets be acknowledged? For what is measured, and for kernels: no client knows.
    bool is_there(const Instance& instance) const;
    bool leads_to_server(const Connection& connection) const {
        return connection.incarnation == connection.instance->incarnation() && is_there(*connection.instance);
    }
    // And its server was not there, or is another by now: the client has to find it anew.
    void note_lost() { endpoint_->note_lost_connection(simulation_.now()); }
    // The owner died: its connections are gone, and so is what it remembered.
    void forget();
    // Of a proxy: its clients use one that stands there from now on, with this name and these clusters. Connections
    // that are idle are closed; those in use end with their statements.
    void move_to(PlaceId place, Endpoint& endpoint, std::vector<Cluster*> clusters);
    // Its owner's credential has expired: no server takes a new connection of it, until it is renewed. Nests.
    void refuse_logins(bool refuse) { logins_refused_ += refuse ? 1 : -1; }
    // What DNS said; a monitor trusts no cache.
    void forget_name() { resolver_.forget(); }

private:
    // Whom the next connection is made to, or why nobody knows.
    struct Located {
        Instance* instance = nullptr;
        FailureReason otherwise = FailureReason::no_server;
    };
    engine::Process<Located> locate(const RequestRef& request, engine::QueryDraws& draws);
    Instant end_of_life();  // of a connection that is made now

    engine::Simulation& simulation_;
    const Transport& transport_;
    Endpoint* endpoint_;  // never null
    ConnectionPoolShape shape_;
    Stand stand_;  // its owner's
    engine::Tokens places_;
    ResolverCache resolver_;
    std::optional<TopologyMonitor> monitor_;
    engine::RandomStream lifetime_draws_;
    std::optional<engine::RandomStream> delay_draws_;  // of a proxy
    std::vector<Connection> idle_;                     // last in, first out
    int logins_refused_ = 0;
};

}  // namespace faultline::models
