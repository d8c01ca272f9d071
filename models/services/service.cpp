#include "models/services/service.hpp"

#include <algorithm>
#include <limits>

#include "models/cluster/probe.hpp"

namespace faultline::models {

namespace {
constexpr Payload health_probe{Bytes{256}, Bytes{256}};
}  // namespace

ServiceInstance::ServiceInstance(ServiceContext& context, std::string path, PlaceId place,
                                 const ServiceInstanceShape& shape, const std::vector<CacheGroup*>& caches)
    : context_(context),
      simulation_(context.simulation),
      place_(place),
      component_(context.simulation, std::move(path)),
      shape_(shape),
      cpu_(context.simulation, component_.number(), {.servers = shape.vcpus}),
      canary_demands_(context.simulation.stream(component_.path(), "canary demands")) {
    clients_.resize(context.endpoints.size());
    const CacheSurroundings around{simulation_,      context.transport, context.clusters,
                                   context.measures, component_,        stand()};
    for (CacheGroup* const cache : caches) {
        caches_.push_back({cache, std::vector<CacheLink>(cache->shards()), nullptr});
        if (cache->needs_a_client()) caches_.back().client = std::make_unique<CacheClient>(around, *cache);
    }
    start();
}

void ServiceInstance::set_client(std::size_t endpoint, std::unique_ptr<DatabaseClient> client) {
    clients_[endpoint] = std::move(client);
}

bool ServiceInstance::expire_credential(bool expired) const {
    bool any = false;
    for (const auto& client : clients_) any = (client != nullptr && client->refuse_logins(expired)) || any;
    return any;
}

void ServiceInstance::crash(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    cpu_.clear();
    for (const auto& client : clients_) {
        if (client != nullptr) client->forget();
    }
    for (const CacheView& cache : caches_) {
        if (cache.client != nullptr) cache.client->forget();
    }
    connect_to_caches(false);
}

void ServiceInstance::stand_by() {
    component_.kill(engine::Health::crash);
    component_.enter("standing by");
    connect_to_caches(false);
    launched_ = false;
}

void ServiceInstance::start() {
    component_.revive();
    component_.enter("serving");
    const auto threads = static_cast<std::size_t>(shape_.threads);
    const auto queue = static_cast<std::size_t>(shape_.queue);
    if (shape_.shedding) {
        // Then these are what calls wait for, and those below are always free.
        admission_ = std::make_unique<Admission>(simulation_, *shape_.shedding, threads, queue);
        threads_ = std::make_unique<engine::Tokens>(std::numeric_limits<std::size_t>::max());
        guarded_ = true;
    } else {
        threads_ = std::make_unique<engine::Tokens>(threads, queue);
        threads_->watch(simulation_);
    }
    for (const CacheView& cache : caches_) {
        if (cache.client != nullptr) cache.client->begin();
    }
    connect_to_caches(true);
}

void ServiceInstance::connect_to_caches(bool there) {
    if (connected_ == there) return;
    connected_ = there;
    for (const CacheView& cache : caches_) cache.group->clients_changed(there);
}

bool ServiceInstance::within_quota(const ClassPlan& plan) {
    if (quotas_ == nullptr || plan.tenant == nowhere) return true;
    std::optional<TokenBucket>& bucket = (*quotas_)[plan.tenant];
    return !bucket || bucket->take(simulation_.now());
}

engine::Process<AnswerStatus> ServiceInstance::get_thread(engine::Tokens::Lease& thread) {
    engine::Tokens::Acquire turn(thread);
    const Duration longest = admission_->patience();
    auto otherwise = FailureReason::queue;
    if (!turn.begin()) {
        otherwise = FailureReason::shed;
        engine::Timer patience(simulation_, longest);
        co_await engine::any_of(turn, patience);
    }
    co_return thread.held() ? AnswerStatus::ok : because(otherwise);
}

// What stands before an instance that sheds load: quotas, the limit, and the wait for a thread.
engine::Process<Answer> ServiceInstance::admit(RequestRef request, Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    const ClassPlan& plan = context_.classes[request->query_class];
    if (!within_quota(plan)) co_return Answer{travel, because(FailureReason::quota), 0};
    if (admission_ == nullptr) co_return co_await serve(request, travel);
    Admission::Place place(*admission_, plan.priority);
    if (!place.held()) co_return Answer{travel, because(FailureReason::concurrency_limit), 0};
    engine::Tokens::Lease thread(admission_->threads());
    const AnswerStatus granted = co_await get_thread(thread);
    if (granted != AnswerStatus::ok) {
        place.ended(true);
        co_return Answer{travel, granted, 0};
    }
    const Answer answer = co_await serve(request, travel);
    place.ended(answer.status != AnswerStatus::ok);
    co_return answer;
}

engine::Process<Answer> ServiceInstance::serve(RequestRef request, Duration travel) {
    const std::size_t cache = context_.classes[request->query_class].cache;
    const bool aside = cache != nowhere && caches_[cache].client == nullptr;
    return aside ? serve_as<true>(std::move(request), travel) : serve_as<false>(std::move(request), travel);
}

// Two of them, since a query's memory is its frames: what looking aside needs is more than a third of this one.
template <bool looks_aside>
engine::Process<Answer> ServiceInstance::serve_as(RequestRef request, Duration travel) {
    __builtin_prefetch(threads_.get());
    __builtin_prefetch(&cpu_);
    request.charge(Stage::queue, simulation_.now());
    const ClassPlan& plan = context_.classes[request->query_class];
    if (plan.cache != nowhere) prefetch_cache(plan, request->key);
    engine::Tokens::Lease thread(*threads_);
    const bool granted = co_await thread.acquire();
    if (!granted) co_return Answer{travel, because(FailureReason::queue), 0};
    if (request->cancelled(simulation_.now())) co_return Answer{travel, because(FailureReason::cancelled), 0};
    engine::ServerPool::Service turn = cpu_.serve(shape_.demand.sample_duration(request->work));
    co_await turn;
    request.charge(Stage::cpu, turn.result().started);
    if constexpr (!looks_aside) {
        const DatabaseWork work = work_of(plan);
        const Answer answer = co_await ask_behind(request, plan, work);
        request.charge(Stage::network, simulation_.now());
        co_return Answer{travel, answer.status, answer.version};
    } else {
        Answer answer;
        // A node that is left alone for a while is as good as none.
        const CacheRoute cache = route_to_cache(plan, request->key);
        std::optional<CacheExchange> exchange;  // one after the other
        CacheRead read = CacheRead::bypassed;
        if (!plan.writes && simulation_.now() >= cache.link->retry_at) {
            request.charge(Stage::network, simulation_.now());
            context_.clusters[plan.database]->prefetch_version(request->key);
            const CacheOrder order{CacheVerb::get, request->key, 0};
            CacheExchange& get = ask_cache(exchange, cache, order, cache_command, request);
            co_await get;
            get.charge(request, simulation_.now());
            read = read_of(get.outcome(), get.answer(), *context_.clusters[plan.database], request->key);
            answer = get.answer();
            note_exchange(exchange, cache);
        }
        if (!plan.writes) context_.measures.cache_read(plan.cache, read, simulation_.now());
        if (read != CacheRead::fresh_hit && read != CacheRead::stale_hit) {
            const DatabaseWork work = work_of(plan);
            const Answer asked = co_await clients_[plan.endpoint]->run(request, work);
            answer = asked;
            // What was missed is filled in, and what was written is deleted: after the commit, so that nobody fills in
            // the old value in between. What was read before it and is filled in after stays stale, as in any
            // look-aside cache. A node that does not answer keeps its entry.
            const bool changes = read == CacheRead::miss || plan.writes;
            if (changes && answer.status == AnswerStatus::ok && simulation_.now() >= cache.link->retry_at) {
                request.charge(Stage::cache, simulation_.now());
                const CacheOrder order{plan.writes ? CacheVerb::erase : CacheVerb::set, request->key, answer.version,
                                       request->query_class};
                const Payload payload{plan.writes ? cache_command.request : plan.statement.response,
                                      cache_command.response};
                CacheExchange& change = ask_cache(exchange, cache, order, payload, request);
                co_await change;
                note_exchange(exchange, cache);
            }
        }
        request.charge(Stage::network, simulation_.now());
        co_return Answer{travel, answer.status, answer.version};
    }
}

CacheExchange& ServiceInstance::ask_cache(std::optional<CacheExchange>& exchange, const CacheRoute& cache,
                                          const CacheOrder& order, const Payload& payload,
                                          const RequestRef& request) const {
    const Delays legs = context_.transport.round_trip(stand(), cache.node->stand(), payload, request->network);
    return exchange.emplace(*cache.node, order, legs, cache.patience->timeout);
}

void ServiceInstance::note_exchange(std::optional<CacheExchange>& exchange, const CacheRoute& cache) const {
    cache.link->broken_by(exchange->outcome(), simulation_.now(), cache.patience->reconnect);
    exchange.reset();
}

// The cache's client, which asks the database itself, or the database.
engine::Process<Answer> ServiceInstance::ask_behind(const RequestRef& request, const ClassPlan& plan,
                                                    const DatabaseWork& work) {
    if (plan.cache != nowhere) return caches_[plan.cache].client->serve(request, plan, *clients_[plan.endpoint]);
    return clients_[plan.endpoint]->run(request, work);
}

// As a call of normal priority, of nobody's quota.
engine::Process<Answer> ServiceInstance::handle_canary(std::size_t endpoint, Duration travel) {
    if (admission_ == nullptr) co_return co_await serve_canary(endpoint, travel);
    Admission::Place place(*admission_, scenarios::Priority::normal);
    if (!place.held()) co_return Answer{travel, because(FailureReason::concurrency_limit), 0};
    engine::Tokens::Lease thread(admission_->threads());
    const AnswerStatus granted = co_await get_thread(thread);
    if (granted != AnswerStatus::ok) co_return Answer{travel, granted, 0};
    const Answer answer = co_await serve_canary(endpoint, travel);
    place.ended(answer.status != AnswerStatus::ok);
    co_return answer;
}

engine::Process<Answer> ServiceInstance::serve_canary(std::size_t endpoint, Duration travel) {
    engine::Tokens::Lease thread(*threads_);
    const bool granted = co_await thread.acquire();
    if (!granted) co_return Answer{travel, because(FailureReason::queue), 0};
    const Duration demand = shape_.demand.sample_duration(canary_demands_);
    co_await cpu_.serve(demand);
    const RequestRef nobody;
    const DatabaseWork work = canary_work(context_.endpoints[endpoint].writes);
    const Answer asked = co_await clients_[endpoint]->run(nobody, work);
    co_return Answer{travel, asked.status, 0};
}

// What route_to_cache will look at, after the processor's time.
void ServiceInstance::prefetch_cache(const ClassPlan& plan, std::uint64_t key) const {
    const CacheView& cache = caches_[plan.cache];
    cache.group->prefetch_shard(key);
    __builtin_prefetch(cache.links.data());
}

ServiceInstance::CacheRoute ServiceInstance::route_to_cache(const ClassPlan& plan, std::uint64_t key) {
    CacheView& cache = caches_[plan.cache];
    const std::size_t shard = cache.group->shard_of_key(key);
    return {&cache.group->node(shard), &cache.links[shard], &cache.group->patience()};
}

ServiceRegion::ServiceRegion(ServiceContext& context, std::string path, PlaceId balancer,
                             const HealthCheckShape& checks, std::vector<CacheGroup*> caches)
    : context_(context),
      component_(context.simulation, std::move(path)),
      balancer_(balancer),
      checks_(checks),
      draws_(context.simulation.stream(component_.path(), "health checks")),
      caches_(std::move(caches)) {}

ServiceInstance& ServiceRegion::add(std::string path, PlaceId place, const ServiceInstanceShape& shape) {
    instances_.push_back(std::make_unique<ServiceInstance>(context_, std::move(path), place, shape, caches_));
    instances_.back()->set_number(instances_.size() - 1);
    if (outliers_ != nullptr) outliers_->add(instances_.back()->component().path() + "/balancer");
    healthy_.push_back(true);
    ++healthy_count_;
    if (!quotas_.empty()) instances_.back()->hold_to(quotas_);
    return *instances_.back();
}

void ServiceRegion::watch_outliers(const scenarios::OutlierEjection& settings) {
    outliers_ = std::make_unique<OutlierWatch>(context_.simulation, settings);
}

void ServiceRegion::stand_by() {
    instances_.back()->stand_by();
    healthy_.back() = false;
    --healthy_count_;
}

// Its zone may be lost just now: then it starts with it. The balancer learns of it, and sends to it when its checks
// have found it well.
void ServiceRegion::launch(std::size_t index) {
    ServiceInstance& instance = *instances_[index];
    instance.launch();
    if (context_.transport.topology().alive(instance.place())) instance.start();
    context_.simulation.spawn(component_, check(index));
}

void ServiceRegion::stand_down(std::size_t index) {
    ServiceInstance& instance = *instances_[index];
    if (instance.component().up()) instance.crash(engine::Health::crash);
    instance.stand_by();
    if (!healthy_[index]) return;
    healthy_[index] = false;
    --healthy_count_;
}

void ServiceRegion::leave_zone(PlaceId zone, bool leave) {
    if (!leave) {
        std::erase(left_, zone);
        return;
    }
    left_.push_back(zone);
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (instances_[i]->place() != zone || !healthy_[i]) continue;
        healthy_[i] = false;
        --healthy_count_;
    }
}

void ServiceRegion::begin() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (instances_[i]->launched()) context_.simulation.spawn(component_, check(i));
    }
    if (outliers_ != nullptr) context_.simulation.spawn(component_, outliers_->look());
}

ServiceInstance* ServiceRegion::next() {
    for (std::size_t tried = 0; tried < instances_.size(); ++tried) {
        turn_ = turn_ + 1 < instances_.size() ? turn_ + 1 : 0;
        if (takes_calls(turn_)) return instances_[turn_].get();
    }
    // Fail open: those that are only left out are better than those that look dead.
    const bool all_look_dead = healthy_count_ == 0;
    for (std::size_t tried = 0; tried < instances_.size(); ++tried) {
        turn_ = turn_ + 1 < instances_.size() ? turn_ + 1 : 0;
        if (healthy_[turn_] || (all_look_dead && instances_[turn_]->launched())) return instances_[turn_].get();
    }
    return nullptr;
}

ServiceInstance* ServiceRegion::next_within_reach(PlaceId caller) {
    for (std::size_t tried = 0; tried < instances_.size(); ++tried) {
        turn_ = turn_ + 1 < instances_.size() ? turn_ + 1 : 0;
        const ServiceInstance& instance = *instances_[turn_];
        const bool reached = !context_.transport.topology().apart(caller, instance.place());
        if (reached && instance.launched()) return instances_[turn_].get();
    }
    return next();  // whoever it is: the call is lost on its way
}

bool ServiceRegion::calls_the_lost() const {
    const Topology& topology = context_.transport.topology();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (!takes_calls(i) || !instances_[i]->launched()) continue;
        if (!instances_[i]->component().up() || topology.apart(balancer_, instances_[i]->place())) return true;
    }
    return false;
}

// One probe an interval; as many failures, or successes, in a row as the threshold change the balancer's mind.
engine::Process<> ServiceRegion::check(std::size_t index) {
    ServiceInstance& instance = *instances_[index];
    engine::Simulation& simulation = context_.simulation;
    int against = 0;
    for (;;) {
        co_await simulation.delay(checks_.interval);
        if (!instance.launched()) co_return;
        const Delays legs = context_.transport.round_trip(balancer_, instance.stand(), health_probe, draws_);
        engine::Timer patience(simulation, checks_.timeout);
        engine::Call<Answer> call(simulation, instance.component(), here(legs.back), legs);
        co_await engine::any_of(call, patience);
        const bool left = std::find(left_.begin(), left_.end(), instance.place()) != left_.end();
        const bool answered = call.outcome() == engine::CallOutcome::answered && !left;
        against = answered == healthy_[index] ? 0 : against + 1;
        if (against < checks_.threshold) continue;
        healthy_[index] = answered;
        healthy_count_ += answered ? 1 : static_cast<std::size_t>(-1);
        against = 0;
    }
}

}  // namespace faultline::models
