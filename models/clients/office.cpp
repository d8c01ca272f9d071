#include "models/clients/office.hpp"

#include <algorithm>
#include <cstddef>

namespace faultline::models {

namespace {
constexpr Duration steering_time_to_live = std::chrono::seconds{60};  // of the service's DNS record (defaults.cpp)

// any_of(call, patience), of which neither can be over yet: half of its bytes in the frame of each query.
class AnswerOrTimer {
public:
    AnswerOrTimer(engine::Call<Answer>& call, engine::Timer& patience) : call_(call), patience_(patience) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        engine::ProcessState& waiter = handle.promise();
        waiter.begin_wait();
        call_.arm(waiter, 0);
        patience_.arm(waiter, 1);
    }
    void await_resume() {
        call_.disarm();
        patience_.disarm();
    }

private:
    engine::Call<Answer>& call_;
    engine::Timer& patience_;
};

// None: it was answered. A client whose timer ran out knows no reason but the stage that it was in.
FailureReason reason_of(const Request& request, AnswerStatus status, bool timed_out) {
    const FailureReason told = models::reason_of(status);
    return timed_out && told != FailureReason::own_rate ? scenarios::timed_out_in(request.stage()) : told;
}

std::string path_of(const OfficeShape& shape) {
    return "offices/" + shape.name;
}
}  // namespace

Office::Office(ServiceContext& context, RequestTable& requests, OfficeShape shape)
    : next_arrival_(*this),
      context_(context),
      simulation_(context.simulation),
      requests_(requests),
      queries_(context.simulation.query_key(path_of(shape), "queries")),
      id_(shape.id),
      place_(shape.place),
      arrivals_(context.simulation.stream(path_of(shape), "arrivals"), shape.arrivals),
      component_(context.simulation, path_of(shape)),
      shape_(std::move(shape)),
      retries_(context.simulation.stream(component_.path(), "retries")),
      canary_draws_(context.simulation.stream(component_.path(), "canary calls")),
      session_draws_(context.simulation.query_key(component_.path(), "sessions")),
      follow_ups_(context.simulation.query_key(component_.path(), "follow-ups")),
      of_users_(context.simulation.query_key(component_.path(), "closed users")),
      thoughts_(context.simulation.query_key(component_.path(), "thinking")) {
    next_arrival_.label(engine::EventKind::started, component_.number());
    if (shape_.sessions) sessions_ = std::make_unique<Sessions>(*shape_.sessions);
    for (const ClassPlan& plan : context.classes) tokens_.push_back(plan.retry.budget ? plan.retry.budget->tokens : 0);
    make_guards();
}

Office::~Office() {
    if (next_arrival_.pending()) simulation_.cancel(next_arrival_);
    for (const auto& next : next_of_surges_) {
        if (next->pending()) simulation_.cancel(*next);
    }
}

void Office::set_targets(OfficeTargets targets) {
    targets_ = std::move(targets);
    nearest_first_ = targets_.services;
    connections_.resize(targets_.services.size());
}

void Office::begin() {
    schedule_next_arrival();
    begin_demand();
    begin_canaries();
}

void Office::schedule_next_arrival() {
    const Instant due = arrivals_.next(simulation_.now());
    if (due < engine::end_of_time) simulation_.schedule(next_arrival_, due);
}

// What a query looks at after the arrival that is prepared first; the calendar has fetched that.
void Office::prefetch() const {
    const auto* const from = reinterpret_cast<const std::byte*>(&arrivals_);
    __builtin_prefetch(from);
    __builtin_prefetch(from + 64);
    __builtin_prefetch(from + 128);
    __builtin_prefetch(from + 192);
    __builtin_prefetch(from + 256);
}

// The way to the instance that will be asked.
void Office::prefetch_path(const ClassPlan& plan) {
    if (plan.service == nowhere) return;
    const ServiceRegion* const region = connections_[plan.service].region;
    if (region == nullptr) return;
    near_paths_.to(region->likely_next().place(), place_, context_.transport.topology()).prefetch();
}

void Office::fall_due(engine::CalendarNode& node, engine::Simulation& simulation) {
    auto& next = static_cast<NextArrival&>(node);
    Office& office = next.office;
    const std::uint64_t number = ++next.number;
    office.prefetch();
    RequestRef request = office.requests_.open(office.queries_, number, simulation.now());
    office.choose_work(*request);
    // In time: the next arrival is drawn while these are on their way.
    office.context_.measures.prefetch(request->query_class, office.id_);
    office.prefetch_path(office.context_.classes[request->query_class]);
    office.schedule_next_arrival();
    if (office.sessions_) office.join_session(*request, number);
    simulation.begin(office.component_, office.query(std::move(request)));
}

// The class and the key: the first draws of the query, so that they are the same whatever serves it.
void Office::choose_work(Request& request) const {
    const double draw = request.work.uniform();
    std::size_t index = 0;
    while (index + 1 < context_.classes.size() && draw >= context_.classes[index].cumulative_share) ++index;
    choose_key(request, static_cast<ClassId>(index));
}

void Office::choose_key(Request& request, ClassId query_class) const {
    request.query_class = query_class;
    request.office = id_;
    const ClassPlan& plan = context_.classes[query_class];
    if (plan.keys) {
        std::uint64_t rank = (*plan.keys)(request.work) - 1;
        if (plan.drift_by != 0) [[unlikely]]
            rank = drifted(plan, rank);
        request.key = (rank * plan.key_multiplier) % plan.keys->ranks();
    }
}

// Where the key that is asked for now stood when the run began.
std::uint64_t Office::drifted(const ClassPlan& plan, std::uint64_t rank) const {
    const std::uint64_t ranks = plan.keys->ranks();
    const auto steps = static_cast<std::uint64_t>((simulation_.now() - engine::start_of_time) / plan.drift_every);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{steps} * plan.drift_by + rank) % ranks);
}

engine::Process<> Office::query(RequestRef request) {
    const ClassPlan& plan = context_.classes[request->query_class];
    const bool plain_call = !plan.guarded && plan.service != nowhere;
    return plain_call ? query_as<true>(std::move(request)) : query_as<false>(std::move(request));
}

// Two of them, since a query's memory is its frames: most call a service, and need no process of its own for it.
template <bool plain_call>
engine::Process<> Office::query_as(RequestRef request) {
    const ClassPlan& plan = context_.classes[request->query_class];
    if constexpr (!plain_call) context_.measures.due(request->query_class, id_, request->due);
    Attempt tried;
    int attempt = 1;
    for (;; ++attempt) {
        if constexpr (!plain_call) {
            const Attempt asked = co_await ask(request, plan);
            tried = asked;
        } else {
            const Instant give_up = simulation_.now() + plan.timeout;
            ServiceInstance* const instance = choose_instance(plan.service);
            if (attempt == 1) context_.measures.due(request->query_class, id_, request->due);
            Ticket ticket = take_connection(plan.service, instance);
            tried = {why_none(ticket)};
            if (ticket == Ticket::to_connect) {
                const AnswerStatus made = co_await connect(request, *instance, give_up);
                ticket = made == AnswerStatus::ok ? Ticket::connected : Ticket::none;
                tried = {made, made == because(FailureReason::unreachable)};
            }
            if (ticket == Ticket::connected) {
                request.charge(Stage::network, simulation_.now());
                engine::Timer patience(simulation_, give_up - simulation_.now());
                engine::Call<Answer> call = send(request, plan, *instance);
                AnswerOrTimer first(call, patience);
                co_await first;
                tried = attempt_of(*request, call);
                give_connection(plan.service, call.outcome() == engine::CallOutcome::answered);
            }
        }
        if ((!tried.timed_out && models::reason_of(tried.status) == FailureReason::none) ||
            attempt >= plan.retry.attempts)
            break;
        if (plan.retry.budget && !may_retry(request->query_class, tried)) break;
        request.next_attempt();
        request.charge(Stage::retry_wait, simulation_.now());
        co_await simulation_.delay(backoff(plan, attempt));
        context_.measures.repeated(request->query_class, simulation_.now());
    }
    end(request, plan, tried, attempt);
}

engine::Call<Answer> Office::send(const RequestRef& request, const ClassPlan& plan, ServiceInstance& instance) {
    const Path& path = near_paths_.to(instance.place(), place_, context_.transport.topology());
    const Delays legs = context_.transport.round_trip_on(path, place_, instance.stand(), plan.call, request->network);
    return {simulation_, instance.component(), instance.handle(request, legs.back), legs};
}

void Office::end(const RequestRef& request, const ClassPlan& plan, const Attempt& last, int attempts) {
    FailureReason reason = reason_of(*request, last.status, last.timed_out);
    const bool answered = reason == FailureReason::none;
    request.charge(Stage::network, simulation_.now());
    request->outcome = outcome_of(reason);  // as its user sees it: nobody tells that the data are wrong
    if (answered && plan.retry.budget) refill(request->query_class);
    if (answered && plan.wrong_data > 0) reason = FailureReason::wrong_data;
    context_.measures.ended(request->query_class, id_, request->due, simulation_.now(), reason, request->stages(),
                            attempts);
    if (sessions_ && reason == FailureReason::none && is_in_session(plan)) {
        note_in_session(*request, plan, last.version);
    }
}

engine::Process<Office::Attempt> Office::ask(const RequestRef& request, const ClassPlan& plan) {
    return plan.guarded ? ask_guarded(request, plan) : ask_unguarded(request, plan);
}

engine::Process<Office::Attempt> Office::ask_unguarded(const RequestRef& request, const ClassPlan& plan) {
    if (plan.service != nowhere) return ask_service(request, plan);
    if (plan.warehouse != nowhere) return ask_warehouse(request, plan);
    return plan.station != nowhere ? ask_station(request, plan) : ask_database(request, plan);
}

// Of one that was sent.
Office::Attempt Office::attempt_of(Request& request, const engine::Call<Answer>& call) {
    const bool answered = call.outcome() == engine::CallOutcome::answered;
    const FailureReason told = answered ? models::reason_of(call.value().status) : FailureReason::connection_lost;
    if (may_have_run(told)) request.doubtful = 1;
    if (answered) return {call.value().status, false, true, call.value().version};
    return {because(FailureReason::connection_lost), call.outcome() == engine::CallOutcome::none};
}

Duration Office::backoff(const ClassPlan& plan, int attempt) {
    const auto doublings = static_cast<double>(std::int64_t{1} << std::min(attempt - 1, 40));
    const double longest =
        std::min(engine::in_seconds(plan.retry.cap), engine::in_seconds(plan.retry.base) * doublings);
    const double share = plan.retry.jitter == scenarios::BackoffJitter::full ? retries_.uniform() : 1.0;
    return engine::duration_from_seconds(longest * share);
}

// Takes the price of a retry out of the budget, or says that it is not there.
bool Office::may_retry(ClassId query_class, const Attempt& failed) {
    const scenarios::RetryBudget& budget = *context_.classes[query_class].retry.budget;
    const int price = failed.timed_out ? budget.timeout_cost : budget.cost;
    if (tokens_[query_class] < price) return false;
    tokens_[query_class] -= price;
    return true;
}

void Office::refill(ClassId query_class) {
    const scenarios::RetryBudget& budget = *context_.classes[query_class].retry.budget;
    tokens_[query_class] = std::min(budget.tokens, tokens_[query_class] + budget.refund);
}

// The nearest region whose balancer holds an instance healthy; the nearest of all if none does.
ServiceRegion* Office::preferred_now(std::size_t service) const {
    const auto& regions = targets_.services[service];
    const auto healthy = std::find_if(regions.begin(), regions.end(), [](const auto* r) { return r->healthy(); });
    return healthy == regions.end() ? regions.front() : *healthy;
}

// Where DNS sent it when it last got an answer; null: it never did.
ServiceRegion* Office::steer(std::size_t service) {
    Connections& connections = connections_[service];
    const bool asks = simulation_.now() >= connections.steered_until;
    if (asks && targets_.services[service].front()->has_record()) [[unlikely]] {
        ServiceRegion* const chosen = preferred_now(service);
        if (chosen != connections.region) connections.open = connections.idle = 0;
        connections.region = chosen;
        connections.steered_until = simulation_.now() + steering_time_to_live;
    }
    return connections.region;
}

// Null: none is there.
ServiceInstance* Office::choose_instance(std::size_t service) {
    ServiceRegion* const region = steer(service);
    return region == nullptr ? nullptr : region->next(place_);
}

AnswerStatus Office::why_none(Ticket ticket) {
    if (ticket == Ticket::refused) return because(FailureReason::client_connections);
    return because(ticket == Ticket::unresolved ? FailureReason::name : FailureReason::no_server);
}

// Who is connected needs no name; who connects needs one that is not older than its time to live. `to`: whom it would
// ask, null if there is nobody.
Office::Ticket Office::take_connection(std::size_t service, const ServiceInstance* to) {
    Connections& connections = connections_[service];
    if (to == nullptr) return connections.region == nullptr ? Ticket::unresolved : Ticket::none;
    if (connections.idle > 0) {
        --connections.idle;
        return Ticket::connected;
    }
    if (connections.open >= shape_.connections) return Ticket::refused;
    if (simulation_.now() >= connections.steered_until) return Ticket::unresolved;  // steer() got no answer
    ++connections.open;
    return Ticket::to_connect;
}

void Office::give_connection(std::size_t service, bool usable) {
    Connections& connections = connections_[service];
    if (usable) {
        connections.idle = std::min(connections.idle + 1, connections.open);
    } else {
        connections.open = std::max(0, connections.open - 1);
    }
}

// TCP and TLS towards the balancer, which stands where the instance does. It shows its certificate in that.
engine::Process<AnswerStatus> Office::connect(const RequestRef& request, const ServiceInstance& to, Instant give_up) {
    request.charge(Stage::connect, simulation_.now());
    const std::size_t service = context_.classes[request->query_class].service;
    const ServiceRegion& region = *connections_[service].region;
    const ConnectionCost& cost = connection_cost(Protocol::Https);
    const Delays shake = context_.transport.handshake(shape_.place, to.stand(), cost.round_trips(), request->network);
    const Duration needed = shake.delivered ? shake.forward + shake.back : Duration::max();
    const Duration left = std::max(Duration::zero(), give_up - simulation_.now());
    co_await simulation_.delay(std::min(needed, left));
    const bool valid = region.certificate_valid();
    if (needed > left || !valid) give_connection(service, false);
    if (needed > left) co_return because(FailureReason::unreachable);
    co_return valid ? AnswerStatus::ok : because(FailureReason::credentials);
}

engine::Process<Office::Attempt> Office::ask_station(const RequestRef& request, const ClassPlan& plan) {
    Station& station = *targets_.stations[plan.station];
    const Delays legs = context_.transport.round_trip(shape_.place, station.place(), plan.call, request->network);
    const Duration demand = plan.demand.sample_duration(request->work);
    engine::Timer patience(simulation_, plan.timeout);
    engine::Call<Answer> call(simulation_, station.component(), station.serve(request, demand, legs.back), legs);
    co_await engine::any_of(call, patience);
    co_return attempt_of(*request, call);
}

// Analysts keep their sessions open, so that there is nothing to connect.
engine::Process<Office::Attempt> Office::ask_warehouse(const RequestRef& request, const ClassPlan& plan) {
    Warehouse& warehouse = *targets_.warehouses[plan.warehouse];
    const Delays legs = context_.transport.round_trip(shape_.place, warehouse.place(), plan.call, request->network);
    const Duration leader = plan.demand.sample_duration(request->work);
    engine::Timer patience(simulation_, plan.timeout);
    engine::Call<Answer> call(simulation_, warehouse.component(),
                              warehouse.execute(request, plan.scan, leader, legs.back), legs);
    co_await engine::any_of(call, patience);
    co_return attempt_of(*request, call);
}

// A database without a service in front.
engine::Process<Office::Attempt> Office::ask_database(const RequestRef& request, const ClassPlan& plan) {
    const DatabaseWork work = work_of(plan);
    engine::Timer patience(simulation_, plan.timeout);
    engine::Call<Answer> call(simulation_, component_, targets_.direct[plan.endpoint]->run_alone(request, work),
                              Duration::zero());
    co_await engine::any_of(call, patience);
    co_return attempt_of(*request, call);
}

}  // namespace faultline::models
