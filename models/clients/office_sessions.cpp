// Office, its users: whose a query is, what an answer tells about what they knew, and what they ask next.
#include "models/clients/office.hpp"

namespace faultline::models {

namespace {
// The number of a query that a user asks by itself, and below it how many have followed it. Follow-ups end by their
// probability long before the limit: the reader refuses those that never would.
constexpr std::uint32_t follow_up_bits = 16;
constexpr std::uint64_t follow_ups_most = (std::uint64_t{1} << follow_up_bits) - 1;
}  // namespace

// Drawn apart from the query's own work, which is the same with sessions and without.
void Office::join_session(Request& request, std::uint64_t number) {
    const ClassPlan& plan = context_.classes[request.query_class];
    if (!is_in_session(plan)) return;
    engine::QueryDraws draws = engine::query_streams(session_draws_, number).network;
    InSession& in = request.in_session;
    in.query = number << follow_up_bits;
    in.session = static_cast<std::uint32_t>(draws.uniform() * sessions_->count());
    sessions_->recall({plan.database, request.key}, in);
}

void Office::note_in_session(const Request& request, const ClassPlan& plan, std::uint32_t version) {
    const InSession& in = request.in_session;
    const KeyName name{plan.database, request.key};
    if (plan.writes) {
        sessions_->wrote(name, in.session, version);
    } else {
        note_read(request, plan, version);
        sessions_->saw(name, in.session, version);
    }
    if (!plan.follow_up || (in.query & follow_ups_most) == follow_ups_most) return;
    const FollowUpPlan& next = *plan.follow_up;
    engine::QueryDraws draws = engine::query_streams(follow_ups_, in.query).network;
    if (draws.uniform() >= next.probability) return;
    const FollowUp follow_up{in.query + 1, request.key, in.session, next.query_class,
                             next.after.sample_duration(draws)};
    simulation_.spawn(component_, think(follow_up));
}

// What counts is what was known when the read fell due: a write that was told of since may well be missing.
void Office::note_read(const Request& request, const ClassPlan& plan, std::uint32_t version) {
    const InSession& in = request.in_session;
    const Cluster& cluster = *context_.clusters[plan.database];
    SessionRead read;
    read.stale = cluster.replaced_for(request.key, version, request.due) > plan.staleness_bound;
    read.of_own_write = in.written != InSession::nothing;
    read.missed_own_write = read.of_own_write && version < in.written;
    read.of_seen = in.seen != InSession::nothing;
    read.went_back = read.of_seen && version < in.seen;
    const bool counted = context_.measures.session_read(request.query_class, shape_.id, request.due, read);
    if (counted) sessions_->mark(in.session, {read.missed_own_write, read.went_back});
}

engine::Process<> Office::think(FollowUp next) {
    co_await simulation_.delay(next.after);
    RequestRef request = requests_.open(follow_ups_, next.query, simulation_.now());
    const ClassPlan& plan = context_.classes[next.query_class];
    request->query_class = next.query_class;
    request->office = shape_.id;
    request->key = next.key;
    request->in_session.query = next.query;
    request->in_session.session = next.session;
    sessions_->recall({plan.database, next.key}, request->in_session);
    simulation_.spawn(component_, query(std::move(request)));
}

}  // namespace faultline::models
