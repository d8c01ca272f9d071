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
      links_(group.shards()),
      written_(&group) {
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

engine::Process<Answer> CacheClient::serve(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database) {
    return plan.writes ? write(request, plan, database) : read(request, plan, database);
}

// What is rare stands in functions and processes of its own: most queries come here and end, and a query's memory is
// its frames.
engine::Process<Answer> CacheClient::read(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database) {
    Found found;
    if (!left_alone(request->key)) {
        around_.clusters[plan.database]->prefetch_version(request->key);
        Link& link = link_of(request->key);  // as command() does it, without a process of its own
        request.charge(Stage::network, around_.simulation.now());
        CacheExchange get(*link.node, order_to_get(request), legs_to(*link.node, cache_command, request),
                          group_.patience().timeout);
        co_await get;
        get.charge(request, around_.simulation.now());
        note_outcome(link, get.outcome());
        found = found_by(get.outcome(), get.answer(), *request, plan);
        if (found.moved) [[unlikely]] {
            const Found again = co_await get_again(request, plan);
            found = again;
        }
    }
    Flight* const another = group_.use().coalescing || found.ageing ? flight_of(request->key) : nullptr;
    if (count(found, plan, another != nullptr)) co_return Answer{Duration::zero(), AnswerStatus::ok, found.version};
    co_return co_await read_behind(request, plan, database, found, another);
}

CacheClient::Found CacheClient::found_by(CallOutcome outcome, const Answer& answer, const Request& request,
                                         const ClassPlan& plan) const {
    return {.kind = read_of(outcome, answer, *around_.clusters[plan.database], request.key),
            .ageing = answer.status == AnswerStatus::ageing,
            .moved = is_redirected(outcome, answer),
            .version = answer.version};
}

engine::Process<CacheClient::Found> CacheClient::get_again(const RequestRef& request, const ClassPlan& plan) {
    learn();
    const CacheOrder order = order_to_get(request);
    const Reply reply = co_await command(request, order, cache_command, 1);
    co_return found_by(reply.outcome, reply.answer, *request, plan);
}

// What it is in the end. true: it is the answer.
bool CacheClient::count(Found& found, const ClassPlan& plan, bool under_way) {
    const bool hit = found.kind == CacheRead::fresh_hit || found.kind == CacheRead::stale_hit;
    const bool served = hit && (!found.ageing || under_way);
    if (!hit && under_way) found.kind = CacheRead::coalesced;
    if (hit && !served) found.kind = CacheRead::miss;
    around_.measures.cache_read(plan.cache, found.kind, around_.simulation.now());
    return served;
}

engine::Process<Answer> CacheClient::read_behind(const RequestRef& request, const ClassPlan& plan,
                                                 DatabaseClient& database, const Found& found, Flight* another) {
    if (another != nullptr) return wait_for(request, *another);
    return fetch(request, plan, database, found.kind == CacheRead::miss);
}

// What was missed is filled in before those that wait are told: nobody comes between and misses again.
engine::Process<Answer> CacheClient::fetch(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database,
                                           bool fill) {
    Flight flight{request->key};
    flights_.push_back(&flight);
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await database.run(request, work);
    if (fill && answer.status == AnswerStatus::ok && !writes_left_alone(request->key)) {
        const CacheOrder order{CacheVerb::set, request->key, answer.version, request->query_class};
        const Payload payload{plan.statement.response, cache_command.response};
        co_await command(request, order, payload);
    }
    land(flight, answer);
    co_return answer;
}

// An error is shared as an answer is.
engine::Process<Answer> CacheClient::wait_for(const RequestRef& request, Flight& flight) {
    Waiter waiter;
    (flight.first == nullptr ? flight.first : flight.last->next) = &waiter;
    flight.last = &waiter;
    request.charge(Stage::cache, around_.simulation.now());
    engine::Condition::Wait answered(waiter.answered);
    co_await answered;
    co_return waiter.answer;
}

// After the commit, so that nobody fills in the old value in between; behind the cache, where it takes the write.
engine::Process<Answer> CacheClient::write(const RequestRef& request, const ClassPlan& plan, DatabaseClient& database) {
    Payload payload{plan.statement.request, cache_command.response};
    CacheOrder order{CacheVerb::put, request->key, 0, request->query_class};
    if (group_.use().writes == scenarios::CacheWrites::write_behind && !writes_left_alone(request->key)) {
        const Reply reply = co_await command(request, order, payload);
        if (reply.outcome == CallOutcome::answered && reply.answer.status == AnswerStatus::ok) co_return reply.answer;
    }
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await database.run(request, work);
    if (answer.status != AnswerStatus::ok || writes_left_alone(request->key)) co_return answer;
    order = CacheOrder(CacheVerb::set, request->key, answer.version, request->query_class);
    if (group_.use().writes != scenarios::CacheWrites::write_through) {
        order.verb = CacheVerb::erase;
        payload.request = cache_command.request;
    }
    co_await command(request, order, payload);
    co_return answer;
}

Delays CacheClient::legs_to(const CacheNode& node, const Payload& payload, const RequestRef& request) const {
    return around_.transport.round_trip(around_.place, node.stand(), payload, request->network);
}

bool CacheClient::is_redirected(CallOutcome outcome, const Answer& answer) {
    return outcome == CallOutcome::answered && answer.status == AnswerStatus::moved;
}

// One exchange, and one more where the first node says that another serves the key now.
engine::Process<CacheClient::Reply> CacheClient::command(const RequestRef& request, const CacheOrder& order,
                                                         const Payload& payload, int tries) {
    Reply reply;
    for (; tries > 0; --tries) {
        Link& link = order.verb == CacheVerb::get ? link_of(order.key) : link_to_write(order.key);
        request.charge(order.verb == CacheVerb::get ? Stage::network : Stage::cache, around_.simulation.now());
        CacheExchange exchange(*link.node, order, legs_to(*link.node, payload, request), group_.patience().timeout);
        co_await exchange;
        if (order.verb == CacheVerb::get) exchange.charge(request, around_.simulation.now());
        note_outcome(link, exchange.outcome());
        reply = {exchange.outcome(), exchange.answer()};
        if (!is_redirected(reply.outcome, reply.answer)) break;
        learn();
    }
    co_return reply;
}

bool CacheClient::left_alone(std::uint64_t key) {
    return around_.simulation.now() < link_of(key).retry_at;
}

bool CacheClient::writes_left_alone(std::uint64_t key) {
    return around_.simulation.now() < link_to_write(key).retry_at;
}

// Another region's, of a data set over several; which one, it is told when that changes.
CacheClient::Link& CacheClient::link_to_write(std::uint64_t key) {
    CacheGroup& now = group_.writable();
    if (&now == &group_) return link_of(key);
    if (&now != written_) {
        written_ = &now;
        links_to_write_.assign(now.shards(), {});
        learn();
    }
    return links_to_write_[now.shard_of_key(key)];
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
    for (std::size_t shard = 0; shard < links_to_write_.size(); ++shard) {
        CacheNode& node = written_->node(shard);
        if (links_to_write_[shard].node != &node) links_to_write_[shard] = {{}, &node};
    }
}

engine::Process<> CacheClient::ask_who_serves() {
    asking_ = true;
    for (std::size_t tried = 0; tried < group_.nodes().size(); ++tried) {
        CacheNode& node = *group_.nodes()[next_asked_++ % group_.nodes().size()];
        const Question question{around_.place, node.stand(), group_.patience().timeout};
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
