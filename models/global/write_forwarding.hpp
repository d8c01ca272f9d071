// Write forwarding of a global database: a reader sends the writes that it is given on to the writer of the primary
// region, each statement on its own and over the whole distance; and before a reader of a secondary region serves a
// read, it waits until it shows what the mode asks for:
//
//   eventual  nothing
//   session   the commits that its own session has made here. A session is an office (see below)
//   global    every commit told before the read began: the primary is asked how far its log goes
//
// A transaction of several statements has a session at the writer, which holds its row from the statement that changes
// it to the commit. If its client leaves, or the reader dies, the writer rolls back when it hears of it: half a round
// trip later, or by its own keepalive where nobody tells it. If another is the writer by then, the transaction fails.
//
// Source: Aurora User Guide, Using write forwarding in an Aurora global database. docs/models/global.md.
// Leaves out: single users' sessions: what any user of an office has written in a region, the next one there waits for.
// So no read waits less than its own session would make it wait. Limits on forwarded connections; a round trip for
// several statements; the replica's processor time for what it forwards.
#pragma once

#include <vector>

#include "models/cluster/instance.hpp"
#include "models/global/global_log.hpp"

namespace faultline::models {

enum class ReadConsistency : std::uint8_t { eventual, session, global };

class WriteForwarding {
public:
    // `region`: its number in `log`. Draws of what belongs to no query are its own.
    WriteForwarding(engine::Simulation& simulation, const Transport& transport, GlobalLog& log, std::size_t region,
                    const std::string& path, ReadConsistency consistency);

    // Children of a process of the reader `at`. The answer of the writer, or a failure when it does not come in time.
    engine::Process<Answer> forward(Instance& at, Instance& writer, const RequestRef& request, Statement statement);
    // A client's transaction at `at` has ended; or all have, with `at`. What they hold at the writer is rolled back.
    void ended(Instance& at, RowLocks::Transaction transaction);
    void reader_died(Instance& at, engine::Health how);
    // Ends when `at` may serve a read; false: the primary did not say how far its log goes.
    engine::Process<bool> may_read(Instance& at, Instance& writer, const RequestRef& request);

private:
    // A transaction at a reader, and its session at the writer.
    struct Session {
        Instance* at = nullptr;
        RowLocks::Transaction own = RowLocks::none;
        Instance* writer = nullptr;
        RowLocks::Transaction there = RowLocks::none;
    };
    Session& session_of(Instance& at, RowLocks::Transaction own, Instance& writer);
    void committed(Instance& at, RowLocks::Transaction own);
    void roll_back(const Session& session, engine::Health how);
    engine::Process<> close(Instance& writer, RowLocks::Transaction there, Duration heard_after);
    engine::Process<bool> primary_told(Instance& at, Instance& writer, const RequestRef& request);
    engine::Process<> shown(Lsn end);
    Delays legs_between(const Instance& a, const Instance& b, const RequestRef& request);

    engine::Simulation& simulation_;
    const Transport& transport_;
    GlobalLog& log_;
    std::size_t region_;
    ReadConsistency consistency_;
    engine::RandomStream draws_;
    std::vector<Session> open_;  // few: those under way now
    std::vector<Lsn> sessions_;  // by office: the end of the log that holds what it has written here
};

}  // namespace faultline::models
