#include "models/services/service.hpp"

#include "models/cluster/probe.hpp"

namespace faultline::models {

namespace {
constexpr Payload health_probe{Bytes{256}, Bytes{256}};
}  // namespace

ServiceInstance::ServiceInstance(ServiceContext& context, std::string path, PlaceId place,
                                 const ServiceInstanceShape& shape, const std::vector<CacheGroup*>& caches)
    : context_(context),
      simulation_(context.simulation),
      component_(context.simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(context.simulation, component_.number(), {.servers = shape.vcpus}) {
    clients_.resize(context.endpoints.size());
    const CacheSurroundings around{simulation_,      context.transport, context.clusters,
                                   context.measures, component_,        place};
    for (CacheGroup* const cache : caches) {
        caches_.push_back({cache, std::vector<CacheLink>(cache->shards()), nullptr});
        if (cache->needs_a_client()) caches_.back().client = std::make_unique<CacheClient>(around, *cache);
    }
    start();
}

void ServiceInstance::set_client(std::size_t endpoint, std::unique_ptr<DatabaseClient> client) {
    clients_[endpoint] = std::move(client);
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
}

void ServiceInstance::stand_by() {
    component_.kill(engine::Health::crash);
    component_.enter("standing by");
    launched_ = false;
}

void ServiceInstance::start() {
    component_.revive();
    component_.enter("serving");
    threads_ = std::make_unique<engine::Tokens>(static_cast<std::size_t>(shape_.threads),
                                                static_cast<std::size_t>(shape_.queue));
    for (const CacheView& cache : caches_) {
        if (cache.client != nullptr) cache.client->begin();
    }
}

engine::Process<Answer> ServiceInstance::handle(RequestRef request, Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    const ClassPlan& plan = context_.classes[request->query_class];
    if (plan.cache != nowhere) caches_[plan.cache].group->prefetch_shard(request->key);
    engine::Tokens::Lease thread(*threads_);
    const bool granted = co_await thread.acquire();
    if (!granted) co_return Answer{travel, AnswerStatus::refused, 0};
    const Duration demand = shape_.demand.sample_duration(request->work);
    const engine::Served served = co_await cpu_.serve(demand);
    request.charge(Stage::cpu, served.started);
    if (plan.cache != nowhere && caches_[plan.cache].client != nullptr) [[unlikely]] {
        const Answer asked = co_await caches_[plan.cache].client->serve(request, plan, *clients_[plan.endpoint]);
        request.charge(Stage::network, simulation_.now());
        co_return Answer{travel, asked.status, asked.version};
    }

    // The cache looked aside. A node that is left alone for a while is as good as none.
    const CacheRoute cache = route_to_cache(plan, request->key);
    CacheRead read = CacheRead::bypassed;
    Answer answer;
    if (plan.cache != nowhere && !plan.writes) {
        if (simulation_.now() >= cache.link->retry_at) {
            request.charge(Stage::network, simulation_.now());
            context_.clusters[plan.database]->prefetch_version(request->key);
            CacheExchange get(*cache.node, {CacheVerb::get, request->key, 0},
                              legs_to(*cache.node, cache_command, request), cache.patience->timeout);
            co_await get;
            get.charge(request, simulation_.now());
            cache.link->broken_by(get.outcome(), simulation_.now(), cache.patience->reconnect);
            read = read_of(get.outcome(), get.answer(), *context_.clusters[plan.database], request->key);
            answer = get.answer();
        }
        context_.measures.cache_read(plan.cache, read, simulation_.now());
    }
    if (read != CacheRead::fresh_hit && read != CacheRead::stale_hit) {
        const DatabaseWork work = work_of(plan);
        const Answer asked = co_await clients_[plan.endpoint]->run(request, work);
        answer = asked;
        // What was missed is filled in, and what was written is deleted: after the commit, so that nobody fills in the
        // old value in between. What was read before it and is filled in after stays stale, as in any look-aside cache.
        // A node that does not answer keeps its entry.
        const bool changes = read == CacheRead::miss || (plan.writes && plan.cache != nowhere);
        if (changes && answer.status == AnswerStatus::ok && simulation_.now() >= cache.link->retry_at) {
            request.charge(Stage::cache, simulation_.now());
            const CacheOrder order{plan.writes ? CacheVerb::erase : CacheVerb::set, request->key, answer.version};
            const Payload payload{plan.writes ? cache_command.request : plan.statement.response,
                                  cache_command.response};
            CacheExchange change(*cache.node, order, legs_to(*cache.node, payload, request), cache.patience->timeout);
            co_await change;
            cache.link->broken_by(change.outcome(), simulation_.now(), cache.patience->reconnect);
        }
    }
    request.charge(Stage::network, simulation_.now());
    co_return Answer{travel, answer.status, answer.version};
}

ServiceInstance::CacheRoute ServiceInstance::route_to_cache(const ClassPlan& plan, std::uint64_t key) {
    if (plan.cache == nowhere) return {};
    CacheView& cache = caches_[plan.cache];
    const std::size_t shard = cache.group->shard_of_key(key);
    return {&cache.group->node(shard), &cache.links[shard], &cache.group->patience()};
}

Delays ServiceInstance::legs_to(const CacheNode& node, const Payload& payload, const RequestRef& request) const {
    return context_.transport.round_trip(place_, node.place(), payload, request->network);
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
    healthy_.push_back(true);
    ++healthy_count_;
    return *instances_.back();
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

void ServiceRegion::begin() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (instances_[i]->launched()) context_.simulation.spawn(component_, check(i));
    }
}

ServiceInstance* ServiceRegion::next() {
    if (instances_.empty()) return nullptr;
    const bool all_look_dead = healthy_count_ == 0;
    for (std::size_t tried = 0; tried < instances_.size(); ++tried) {
        turn_ = turn_ + 1 < instances_.size() ? turn_ + 1 : 0;
        if (healthy_[turn_] || (all_look_dead && instances_[turn_]->launched())) return instances_[turn_].get();
    }
    return nullptr;
}

// One probe an interval; as many failures, or successes, in a row as the threshold change the balancer's mind.
engine::Process<> ServiceRegion::check(std::size_t index) {
    ServiceInstance& instance = *instances_[index];
    engine::Simulation& simulation = context_.simulation;
    int against = 0;
    for (;;) {
        co_await simulation.delay(checks_.interval);
        const Delays legs = context_.transport.round_trip(balancer_, instance.place(), health_probe, draws_);
        engine::Timer patience(simulation, checks_.interval);
        engine::Call<Answer> call(simulation, instance.component(), here(legs.back), legs);
        co_await engine::any_of(call, patience);
        const bool answered = call.outcome() == engine::CallOutcome::answered;
        against = answered == healthy_[index] ? 0 : against + 1;
        if (against < checks_.threshold) continue;
        healthy_[index] = answered;
        healthy_count_ += answered ? 1 : static_cast<std::size_t>(-1);
        against = 0;
    }
}

}  // namespace faultline::models
