#include "models/services/service.hpp"

namespace faultline::models {

namespace {
constexpr Payload cache_command{Bytes{64}, Bytes{64}};
// Commands in a row without an answer until a connection counts as broken; one slow packet is none. Source: an
// assumption (docs/models/services.md). A reset breaks it at once.
constexpr int cache_failures_until_broken = 3;
constexpr Payload health_probe{Bytes{256}, Bytes{256}};
}  // namespace

ServiceInstance::ServiceInstance(ServiceContext& context, std::string path, PlaceId place,
                                 const ServiceInstanceShape& shape)
    : context_(context),
      simulation_(context.simulation),
      component_(context.simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(context.simulation, component_.number(), {.servers = shape.vcpus}) {
    clients_.resize(2 * context.clusters.size());
    for (const auto& cache : context.caches) cache_links_.emplace_back(cache->shards());
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
}

void ServiceInstance::start() {
    component_.revive();
    component_.enter("serving");
    threads_ = std::make_unique<engine::Tokens>(static_cast<std::size_t>(shape_.threads),
                                                static_cast<std::size_t>(shape_.queue));
}

engine::Process<Answer> ServiceInstance::ping(Duration travel) {
    co_return Answer{travel, AnswerStatus::ok, 0};
}

engine::Process<Answer> ServiceInstance::handle(RequestRef request, Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    engine::Tokens::Lease thread(*threads_);
    const bool granted = co_await thread.acquire();
    if (!granted) co_return Answer{travel, AnswerStatus::refused, 0};
    const ClassPlan& plan = context_.classes[request->query_class];
    const Duration demand = shape_.demand.sample_duration(request->work);
    const engine::Served served = co_await cpu_.serve(demand);
    request.charge(Stage::cpu, served.started);

    Answer found{Duration::zero(), AnswerStatus::failed, 0};
    if (plan.cache != nowhere && !plan.writes) {
        const Answer cached = co_await look_aside(request, plan);
        if (cached.status == AnswerStatus::ok) {
            request.charge(Stage::network, simulation_.now());
            co_return Answer{travel, AnswerStatus::ok, cached.version};
        }
        found = cached;
    }
    const DatabaseWork work = work_of(plan);
    const Answer answer = co_await clients_[plan.endpoint]->run(request, work);
    if (answer.status == AnswerStatus::ok && found.status == AnswerStatus::miss) {
        co_await fill(request, plan, answer.version);
    }
    if (answer.status == AnswerStatus::ok && plan.cache != nowhere && plan.writes) {
        co_await invalidate(request, plan);
    }
    request.charge(Stage::network, simulation_.now());
    co_return Answer{travel, answer.status, answer.version};
}

bool ServiceInstance::leaves_alone(std::size_t cache, std::size_t shard) const {
    return simulation_.now() < cache_links_[cache][shard].retry_at;
}

void ServiceInstance::note_cache_answer(std::size_t cache, std::size_t shard, engine::CallOutcome outcome) {
    CacheLink& link = cache_links_[cache][shard];
    if (outcome == engine::CallOutcome::answered) {
        link.failures = 0;
        return;
    }
    ++link.failures;
    const bool broken = outcome == engine::CallOutcome::reset || link.failures >= cache_failures_until_broken;
    if (broken) link.retry_at = simulation_.now() + shape_.cache_reconnect;
}

void ServiceInstance::count_hit(const ClassPlan& plan, std::uint64_t key, std::uint32_t version) {
    const std::uint32_t newest = context_.clusters[plan.endpoint / 2]->newest_version(key);
    context_.measures.cache_read(plan.cache, version == newest ? CacheRead::fresh_hit : CacheRead::stale_hit,
                                 simulation_.now());
}

// ok: a hit. miss: the cache answered and has it not. failed: the cache could not be asked.
engine::Process<Answer> ServiceInstance::look_aside(const RequestRef& request, const ClassPlan& plan) {
    CacheGroup& cache = *context_.caches[plan.cache];
    const std::size_t shard = cache.shard_of_key(request->key);
    CacheNode& node = cache.node(shard);
    const Answer unusable{Duration::zero(), AnswerStatus::failed, 0};
    if (leaves_alone(plan.cache, shard)) {
        context_.measures.cache_read(plan.cache, CacheRead::bypassed, simulation_.now());
        co_return unusable;
    }
    request.charge(Stage::network, simulation_.now());
    const Delays legs = context_.transport.round_trip(place_, node.place(), cache_command, request->network);
    engine::Timer patience(simulation_, shape_.cache_timeout);
    engine::Call<Answer> call(simulation_, node.component(), node.get(request, request->key, legs.back), legs);
    co_await engine::any_of(call, patience);
    note_cache_answer(plan.cache, shard, call.outcome());
    if (call.outcome() != engine::CallOutcome::answered) {
        context_.measures.cache_read(plan.cache, CacheRead::bypassed, simulation_.now());
        co_return unusable;
    }
    const Answer answer = call.value();
    if (answer.status == AnswerStatus::ok) {
        count_hit(plan, request->key, answer.version);
    } else {
        context_.measures.cache_read(plan.cache, CacheRead::miss, simulation_.now());
    }
    co_return answer;
}

engine::Process<> ServiceInstance::fill(const RequestRef& request, const ClassPlan& plan, std::uint32_t version) {
    CacheGroup& cache = *context_.caches[plan.cache];
    CacheNode& node = cache.node(cache.shard_of_key(request->key));
    request.charge(Stage::cache, simulation_.now());
    const Payload payload{plan.statement.response, Bytes{64}};
    const Delays legs = context_.transport.round_trip(place_, node.place(), payload, request->network);
    if (!legs.delivered) co_return;
    engine::Timer patience(simulation_, shape_.cache_timeout);
    engine::Call<Answer> call(simulation_, node.component(), node.set(request->key, version, legs.back), legs.forward,
                              legs.back);
    co_await engine::any_of(call, patience);
}

// After the commit, so that nobody fills the cache with the old value in between: what was read before it and is filled
// after this stays stale, as in any look-aside cache. A node that does not answer keeps its entry.
engine::Process<> ServiceInstance::invalidate(const RequestRef& request, const ClassPlan& plan) {
    CacheGroup& cache = *context_.caches[plan.cache];
    const std::size_t shard = cache.shard_of_key(request->key);
    if (leaves_alone(plan.cache, shard)) co_return;
    CacheNode& node = cache.node(shard);
    request.charge(Stage::cache, simulation_.now());
    const Delays legs = context_.transport.round_trip(place_, node.place(), cache_command, request->network);
    engine::Timer patience(simulation_, shape_.cache_timeout);
    engine::Call<Answer> call(simulation_, node.component(), node.erase(request->key, legs.back), legs);
    co_await engine::any_of(call, patience);
    note_cache_answer(plan.cache, shard, call.outcome());
}

ServiceRegion::ServiceRegion(ServiceContext& context, std::string path, PlaceId balancer,
                             const HealthCheckShape& checks)
    : context_(context),
      component_(context.simulation, std::move(path)),
      balancer_(balancer),
      checks_(checks),
      draws_(context.simulation.stream(component_.path(), "health checks")) {}

ServiceInstance& ServiceRegion::add(std::string path, PlaceId place, const ServiceInstanceShape& shape) {
    instances_.push_back(std::make_unique<ServiceInstance>(context_, std::move(path), place, shape));
    healthy_.push_back(true);
    ++healthy_count_;
    return *instances_.back();
}

void ServiceRegion::begin() {
    for (std::size_t i = 0; i < instances_.size(); ++i) context_.simulation.spawn(component_, check(i));
}

ServiceInstance* ServiceRegion::next() {
    if (instances_.empty()) return nullptr;
    const bool all_look_dead = healthy_count_ == 0;
    for (std::size_t tried = 0; tried < instances_.size(); ++tried) {
        turn_ = turn_ + 1 < instances_.size() ? turn_ + 1 : 0;
        if (healthy_[turn_] || all_look_dead) return instances_[turn_].get();
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
        engine::Call<Answer> call(simulation, instance.component(), instance.ping(legs.back), legs);
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
