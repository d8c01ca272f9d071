#include "models/services/cache_client.hpp"

#include <algorithm>

#include "models/cluster/cluster.hpp"
#include "models/cluster/probe.hpp"

namespace faultline::models {

using engine::CallOutcome;

CacheClient::CacheClient(const CacheSurroundings& around, CacheGroup& group)
    : around_(around),
      group_(group),
      draws_(around.simulation.stream(around.owner.path(), "cache topology of " + group.name())),
      links_(group.shards()) {
    learn();
}

void CacheClient::begin() {
    learn();
    if (!group_.sets().empty()) around_.simulation.spawn(around_.owner, ask_regularly());
}

void CacheClient::forget() {
    flights_.clear();
    asking_ = false;
}

engine::Process<Answer> CacheClient::serve(RequestRef request, const ClassPlan& plan, DatabaseClient& database) {
    if (plan.writes) co_return co_await write(request, plan, database);
    co_return co_await read(request, plan, database);
}

engine::Process<Answer> CacheClient::read(RequestRef request, const ClassPlan& plan, DatabaseClient& database) {
    CacheRead kind = CacheRead::bypassed;
    bool ageing = false;
    Answer answer;
    if (!left_alone(request->key)) {
        const CacheOrder order{CacheVerb::get, request->key, 0};
        const Reply reply = co_await command(request, order, cache_command);
        kind = read_of(reply.outcome, reply.answer, *around_.clusters[plan.database], request->key);
        ageing = reply.answer.status == AnswerStatus::ageing;
        answer = {Duration::zero(), AnswerStatus::ok, reply.answer.version};
    }
    const bool hit = kind == CacheRead::fresh_hit || kind == CacheRead::stale_hit;
    Flight* const another = group_.use().coalescing || ageing ? flight_of(request->key) : nullptr;
    const bool served = hit && (!ageing || another != nullptr);
    if (!hit && another != nullptr) kind = CacheRead::coalesced;
    if (hit && !served) kind = CacheRead::miss;
    around_.measures.cache_read(plan.cache, kind, around_.simulation.now());
    if (served) co_return answer;
    if (another != nullptr) co_return co_await wait_for(request, *another);
    co_return co_await fetch(request, plan, database, kind == CacheRead::miss);
}

// What was missed is filled in before those that wait are told: nobody comes between and misses again.
engine::Process<Answer> CacheClient::fetch(RequestRef request, const ClassPlan& plan, DatabaseClient& database,
                                           bool fill) {
    Flight flight{request->key};
    flights_.push_back(&flight);
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await database.run(request, work);
    if (fill && answer.status == AnswerStatus::ok && !left_alone(request->key)) {
        const CacheOrder order{CacheVerb::set, request->key, answer.version};
        const Payload payload{plan.statement.response, cache_command.response};
        co_await command(request, order, payload);
    }
    land(flight, answer);
    co_return answer;
}

// An error is shared as an answer is.
engine::Process<Answer> CacheClient::wait_for(RequestRef request, Flight& flight) {
    Waiter waiter;
    (flight.first == nullptr ? flight.first : flight.last->next) = &waiter;
    flight.last = &waiter;
    request.charge(Stage::cache, around_.simulation.now());
    engine::Condition::Wait answered(waiter.answered);
    co_await answered;
    co_return waiter.answer;
}

// After the commit, so that nobody fills in the old value in between.
engine::Process<Answer> CacheClient::write(RequestRef request, const ClassPlan& plan, DatabaseClient& database) {
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await database.run(request, work);
    if (answer.status != AnswerStatus::ok || left_alone(request->key)) co_return answer;
    const bool through = group_.use().write_through;
    const CacheOrder order{through ? CacheVerb::set : CacheVerb::erase, request->key, answer.version};
    const Payload payload{through ? plan.statement.request : cache_command.request, cache_command.response};
    co_await command(request, order, payload);
    co_return answer;
}

// One exchange, and one more where the first node says that another serves the key now.
engine::Process<CacheClient::Reply> CacheClient::command(RequestRef request, CacheOrder order, Payload payload) {
    Reply reply;
    for (int tries = 0; tries < 2; ++tries) {
        Link& link = link_of(order.key);
        const PlaceId there = link.node->place();
        const Delays legs = around_.transport.round_trip(around_.place, there, payload, request->network);
        request.charge(order.verb == CacheVerb::get ? Stage::network : Stage::cache, around_.simulation.now());
        CacheExchange exchange(*link.node, order, legs, group_.patience().timeout);
        co_await exchange;
        if (order.verb == CacheVerb::get) exchange.charge(request, around_.simulation.now());
        note_outcome(link, exchange.outcome());
        reply = {Duration::zero(), exchange.outcome(), exchange.answer()};
        if (reply.outcome != CallOutcome::answered || reply.answer.status != AnswerStatus::moved) break;
        learn();
    }
    co_return reply;
}

bool CacheClient::left_alone(std::uint64_t key) {
    return around_.simulation.now() < link_of(key).retry_at;
}

void CacheClient::note_outcome(Link& link, CallOutcome outcome) {
    if (!link.broken_by(outcome, around_.simulation.now(), group_.patience().reconnect)) return;
    if (group_.sets().empty() || !group_.patience().refresh_on_error || asking_) return;
    around_.simulation.spawn(around_.owner, ask_who_serves());
}

// Who serves which shard, as any of the nodes has it.
void CacheClient::learn() {
    for (std::size_t shard = 0; shard < links_.size(); ++shard) {
        if (links_[shard].node != &group_.node(shard)) links_[shard] = {{}, &group_.node(shard)};
    }
}

engine::Process<> CacheClient::ask_who_serves() {
    asking_ = true;
    for (std::size_t tried = 0; tried < group_.nodes().size(); ++tried) {
        CacheNode& node = *group_.nodes()[next_asked_++ % group_.nodes().size()];
        const Question question{around_.place, node.place(), group_.patience().timeout};
        const bool answered =
            co_await answers(around_.simulation, around_.transport, node.component(), question, draws_);
        if (!answered) continue;
        learn();
        break;
    }
    asking_ = false;
}

engine::Process<> CacheClient::ask_regularly() {
    for (;;) {
        co_await around_.simulation.delay(group_.patience().topology_refresh);
        if (asking_) continue;
        co_await ask_who_serves();
    }
}

CacheClient::Flight* CacheClient::flight_of(std::uint64_t key) {
    const auto found =
        std::find_if(flights_.begin(), flights_.end(), [key](const Flight* flight) { return flight->key == key; });
    return found == flights_.end() ? nullptr : *found;
}

void CacheClient::land(Flight& flight, const Answer& answer) {
    std::erase(flights_, &flight);
    for (Waiter* waiter = flight.first; waiter != nullptr; waiter = waiter->next) {
        waiter->answer = answer;
        waiter->answered.notify_all();
    }
}

}  // namespace faultline::models
