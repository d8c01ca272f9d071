#include "models/global/write_forwarding.hpp"

#include <algorithm>

#include "engine/call.hpp"
#include "engine/waits.hpp"
#include "models/cluster/probe.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
constexpr Payload statement_size{Bytes{200}, Bytes{200}};  // Source: as of a class's request and response
// Until the writer's answer is given up. Source: an assumption
constexpr Duration writer_timeout = std::chrono::seconds{30};
// Until a writer gives up a session whose reader is silent. Source: Aurora User Guide, Dead connection handling: the
// keepalive of a server of PostgreSQL begins after 300 s; that MySQL's does is an assumption.
constexpr Duration silent_session_kept = std::chrono::seconds{300};
}  // namespace

WriteForwarding::WriteForwarding(engine::Simulation& simulation, const Transport& transport, GlobalLog& log,
                                 std::size_t region, const std::string& path, ReadConsistency consistency)
    : simulation_(simulation),
      transport_(transport),
      log_(log),
      region_(region),
      consistency_(consistency),
      draws_(simulation.stream(path, "write forwarding")) {}

Delays WriteForwarding::legs_between(const Instance& a, const Instance& b, const RequestRef& request) {
    if (request) return transport_.round_trip(a.place(), b.place(), statement_size, request->network);
    return transport_.round_trip(a.place(), b.place(), statement_size, draws_);
}

engine::Process<Answer> WriteForwarding::forward(Instance& at, Instance& writer, const RequestRef& request,
                                                 Statement statement) {
    request.charge(Stage::network, simulation_.now());
    const RowLocks::Transaction own = statement.transaction;
    if (own != RowLocks::none) {
        const Session& session = session_of(at, own, writer);
        if (session.writer != &writer) co_return Answer{Duration::zero(), because(FailureReason::connection_lost), 0};
        statement.transaction = session.there;
    }
    const Delays legs = legs_between(at, writer, request);
    engine::Timer patience(simulation_, writer_timeout);
    engine::Call<Answer> call(simulation_, writer.component(), writer.serve(request, statement, legs.back), legs);
    co_await engine::any_of(call, patience);
    if (call.outcome() != engine::CallOutcome::answered) {
        co_return Answer{Duration::zero(), because(FailureReason::connection_lost), 0};
    }
    const bool done = statement.commits && call.value().status == AnswerStatus::ok;
    if (done) committed(at, own);
    if (done && request) {
        if (request->office >= sessions_.size()) sessions_.resize(request->office + std::size_t{1});
        sessions_[request->office] = log_.end_told_to(request->office);
    }
    co_return call.value();
}

// The session is opened with the first statement that is sent.
WriteForwarding::Session& WriteForwarding::session_of(Instance& at, RowLocks::Transaction own, Instance& writer) {
    for (Session& session : open_) {
        if (session.at == &at && session.own == own) return session;
    }
    open_.push_back({&at, own, &writer, writer.row_locks().open()});
    return open_.back();
}

void WriteForwarding::committed(Instance& at, RowLocks::Transaction own) {
    std::erase_if(open_, [&](const Session& session) { return session.at == &at && session.own == own; });
    at.row_locks().close(own);
}

void WriteForwarding::ended(Instance& at, RowLocks::Transaction transaction) {
    const auto found = std::find_if(open_.begin(), open_.end(), [&](const Session& session) {
        return session.at == &at && session.own == transaction;
    });
    if (found == open_.end()) return;
    const Session session = *found;
    open_.erase(found);
    roll_back(session, engine::Health::crash);
}

void WriteForwarding::reader_died(Instance& at, engine::Health how) {
    for (const Session& session : open_) {
        if (session.at == &at) roll_back(session, how);
    }
    std::erase_if(open_, [&](const Session& session) { return session.at == &at; });
}

// A writer that is down has nothing to roll back.
void WriteForwarding::roll_back(const Session& session, engine::Health how) {
    if (simulation_.closing() || !session.writer->component().up()) return;
    const Path& path = transport_.path(session.at->place(), session.writer->place());
    const bool told = how == engine::Health::crash && path.usable;
    const Duration heard_after = told ? path.base_round_trip / 2 : silent_session_kept;
    simulation_.spawn(session.writer->component(), close(*session.writer, session.there, heard_after));
}

engine::Process<> WriteForwarding::close(Instance& writer, RowLocks::Transaction there, Duration heard_after) {
    co_await simulation_.delay(heard_after);
    writer.row_locks().close(there);
}

engine::Process<bool> WriteForwarding::may_read(Instance& at, Instance& writer, const RequestRef& request) {
    request.charge(Stage::storage, simulation_.now());
    if (consistency_ == ReadConsistency::session) {
        const bool known = request && request->office < sessions_.size();
        // What a promotion has lost is waited for by nobody.
        const Lsn written = known ? std::min(sessions_[request->office], log_.end()) : Lsn{0};
        co_await shown(written);
    }
    if (consistency_ == ReadConsistency::global) {
        const bool told = co_await primary_told(at, writer, request);
        co_return told;
    }
    co_return true;
}

// The answer says how far the log went when the question arrived.
engine::Process<bool> WriteForwarding::primary_told(Instance& at, Instance& writer, const RequestRef& request) {
    const Delays legs = legs_between(at, writer, request);
    const Instant asked = engine::saturating_add(simulation_.now(), legs.forward);
    engine::Timer patience(simulation_, writer_timeout);
    engine::Call<Answer> call(simulation_, writer.component(), here(legs.back), legs);
    co_await engine::any_of(call, patience);
    if (call.outcome() != engine::CallOutcome::answered) co_return false;
    const Lsn end = log_.end_as_of(asked);
    co_await shown(end);
    co_return true;
}

// Ends when this region shows the log up to `end`.
engine::Process<> WriteForwarding::shown(Lsn end) {
    while (log_.follows(region_) && log_.applied(region_) < end) {
        const Instant there = log_.applies(region_, end);
        const bool under_way = there < engine::end_of_time;
        Duration pause = under_way ? there - simulation_.now() : retry_pause;
        if (log_.shares_links(region_)) pause = std::min(pause, retry_pause);
        co_await simulation_.delay(pause);
    }
}

}  // namespace faultline::models
