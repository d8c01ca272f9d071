#include "models/cache/node.hpp"

#include <algorithm>
#include <utility>

#include "models/cache/replica_set.hpp"
#include "models/cache/write_behind.hpp"

namespace faultline::models {

namespace {
// Redis documentation, Benchmarks: "an instance with 30000 connections can only process half the throughput achievable
// with 100". Linear between the two and beyond: an assumption.
constexpr int connections_at_full_speed = 100;
constexpr int connections_at_half_speed = 30'000;
}  // namespace

CacheNode::CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(simulation.now()),
      card_(simulation.now()),
      command_cpu_(shape.command_cpu),
      draws_(simulation.stream(component_.path(), "eviction")),
      store_(shape.store, RandomBits(draws_)) {
    if (shape_.ttl_jitter > 0.0) ttl_draws_.emplace(simulation.stream(component_.path(), "ttl"));
    start();
}

CacheNode::~CacheNode() {
    drop_commands(engine::Health::silent);
}

void CacheNode::list(CacheCommand& command) {
    store_.prefetch(command.order_.key);
    command.place_ = commands_.enter(command);
}

void CacheNode::unlist(CacheCommand& command) {
    commands_.leave(command.place_);
}

void CacheNode::leave_behind(const CacheOrder& order, Instant arrival) {
    if (simulation_.closing()) return;
    auto* const command = new LeftCommand(*this, order);
    list(*command);
    simulation_.schedule(*command, arrival);
}

void CacheNode::write_behind(WriteBehind& queue, BackingStore& database) {
    behind_ = &queue;
    database_ = &database;
    if (holds_queue()) queue.serve_from(component_, database);
}

void CacheNode::warm_up(WarmUpShape shape, BackingStore& database) {
    warm_up_ = std::move(shape);
    database_ = &database;
}

void CacheNode::fill_as_if_long_in_use(const SteadyDemand& demand, bool writes_set, const std::vector<Duration>& ttls) {
    engine::RandomStream draws = simulation_.stream(component_.path(), "contents");
    SteadyShape steady{.store = shape_.store,
                       .writes_set = writes_set,
                       .ttl_jitter = shape_.ttl_jitter,
                       .ageing = shape_.ageing,
                       .value = shape_.value};
    if (ttls.size() == 1) steady.ttl = ttls.front();
    if (ttls.size() > 1) steady.ttls = ttls;
    models::fill_as_if_long_in_use(store_, steady, demand, RandomBits(draws), simulation_.now());
}

// One at an interval, however long each takes: the connections bound how many are under way.
engine::Process<> CacheNode::fetch_popular_keys() {
    for (const std::uint64_t key : warm_up_->keys) {
        simulation_.spawn(component_, fetch(key));
        co_await simulation_.delay(warm_up_->every);
    }
}

// As a service fills in what it has missed.
engine::Process<> CacheNode::fetch(std::uint64_t key) {
    const RequestRef request = database_->open(key, warm_up_->by);
    const Answer answer = co_await database_->run(request);
    Answer nobodys;
    if (answer.status == AnswerStatus::ok) execute({CacheVerb::set, key, answer.version, warm_up_->by}, nobodys);
}

bool CacheNode::holds_queue() const {
    return behind_ != nullptr && (replicas_ == nullptr || &replicas_->primary() == this);
}

void CacheNode::change_connections(int by) {
    connections_ += by;
    const int more = std::max(0, connections_ - connections_at_full_speed);
    const double share = static_cast<double>(more) / (connections_at_half_speed - connections_at_full_speed);
    command_cpu_ = engine::duration_from_seconds(engine::in_seconds(shape_.command_cpu) * (1.0 + share));
}

engine::SerialServer::Turn CacheNode::execute(const CacheOrder& order, Answer& answer) {
    if (replicas_ != nullptr) replicas_->catch_up();
    engine::SerialServer::Turn turn = cpu_.take(simulation_.now(), command_cpu_);
    if (duty_ != CacheDuty::serve) [[unlikely]] {
        answer.status = duty_ == CacheDuty::redirect ? AnswerStatus::moved : AnswerStatus::not_answered;
    } else if (order.verb == CacheVerb::get) {
        read(order.key, turn.end, answer);
        if (answer.status != AnswerStatus::miss) send(shape_.value, turn);
    } else if (order.verb == CacheVerb::put) {
        if (!put(order, turn.end, answer)) answer.status = AnswerStatus::not_answered;
    } else {
        change(order, turn.end, order.version);
    }
    return turn;
}

// An answer leaves behind those before it. It ends its turn; the thread goes on meanwhile.
void CacheNode::send(Bytes size, engine::SerialServer::Turn& turn) {
    if (shape_.bandwidth.value <= 0.0) return;
    const Duration length = engine::transmission_time(Bytes{size.count + command_bytes}, shape_.bandwidth);
    turn.end = card_.take(turn.end, length).end;
}

void CacheNode::read(std::uint64_t key, Instant at, Answer& answer) {
    const Found found = store_.get(key, at);
    answer = {Duration::zero(), found.outcome == LookupOutcome::Hit ? AnswerStatus::ok : AnswerStatus::miss,
              found.version};
    if (shape_.ageing == Duration::zero() || answer.status != AnswerStatus::ok) return;
    const Instant expires = engine::start_of_time + std::chrono::milliseconds{found.expires_ms};
    if (at > expires - shape_.ageing) answer.status = AnswerStatus::ageing;
}

bool CacheNode::change(const CacheOrder& order, Instant at, std::uint32_t version) {
    if (replicas_ != nullptr) replicas_->begin_write(at);
    bool done = true;
    if (order.verb == CacheVerb::erase) {
        store_.erase(order.key);
    } else {
        const std::optional<Duration> ttl = time_to_live(order.by);
        done = store_.set({.key = order.key, .value = shape_.value, .version = version, .ttl = ttl}, at).stored;
    }
    if (replicas_ != nullptr) replicas_->end_write(at, order.verb == CacheVerb::erase ? Bytes{} : shape_.value);
    return done;
}

bool CacheNode::put(const CacheOrder& order, Instant at, Answer& answer) {
    const std::uint32_t version = behind_->next_version(order.key);
    if (!change(order, at, version)) return false;
    behind_->accept(order, at, replicas_ != nullptr ? replicas_->changes() : 0);
    answer = {Duration::zero(), AnswerStatus::ok, version};
    return true;
}

// Jitter is the client's in truth; of one node's entries it is drawn in the order of their commands either way.
std::optional<Duration> CacheNode::time_to_live(ClassId by) {
    std::optional<Duration> given = shape_.ttl;
    if (by < shape_.ttl_of_class.size() && shape_.ttl_of_class[by]) given = shape_.ttl_of_class[by];
    if (!given) return std::nullopt;
    Duration ttl = *given;
    if (ttl_draws_)
        ttl -= engine::duration_from_seconds(engine::in_seconds(ttl) * shape_.ttl_jitter * ttl_draws_->uniform());
    return std::max(ttl, Duration{1}) + shape_.ageing;
}

bool CacheNode::entries_expire() const {
    const auto& of_classes = shape_.ttl_of_class;
    return shape_.ttl ||
           std::any_of(of_classes.begin(), of_classes.end(), [](const auto& one) { return one.has_value(); });
}

void CacheNode::crash(engine::Health how) {
    const bool had_queue = holds_queue();
    if (had_queue) behind_->stop();
    component_.kill(how);
    if (database_ != nullptr) database_->forget();
    component_.enter("down");
    cpu_.clear(simulation_.now());
    card_.clear(simulation_.now());
    const bool kept = replicas_ != nullptr && replicas_->lost(*this, how);
    if (!kept) store_.clear();
    if (!kept && had_queue) behind_->lose_all(simulation_.now());
    drop_commands(how);
}

// In the order in which they were sent. After a reset their clients wait for its way back; after silence, for nothing.
void CacheNode::drop_commands(engine::Health how) {
    for (CacheCommand* const dropped : commands_.oldest_first()) {
        unlist(*dropped);
        if (!dropped->left_) {
            static_cast<CacheExchange*>(dropped)->node_died(how);
            continue;
        }
        simulation_.cancel(*dropped);
        delete static_cast<LeftCommand*>(dropped);
    }
}

void CacheNode::start() {
    component_.revive();
    if (replicas_ != nullptr) return replicas_->back(*this);
    begin_serving();
}

Duration CacheNode::fork(Duration per_gib) {
    constexpr double gibibyte = 1024.0 * 1024.0 * 1024.0;
    const double used = static_cast<double>(store_.used_memory().count) / gibibyte;
    const Duration still = engine::duration_from_seconds(engine::in_seconds(per_gib) * used);
    cpu_.take(simulation_.now(), still);
    return still;
}

void CacheNode::give_way(Duration pause) {
    cpu_.take(simulation_.now(), pause);
}

void CacheNode::begin_serving() {
    duty_ = CacheDuty::serve;
    component_.enter("serving");
    if (entries_expire()) simulation_.spawn(component_, expire());
    if (behind_ != nullptr) behind_->serve_from(component_, *database_);
    if (warm_up_ && store_.resident_keys() == 0) simulation_.spawn(component_, fetch_popular_keys());
}

engine::Process<> CacheNode::expire() {
    for (;;) {
        co_await simulation_.delay(shape_.store.expiry.period);
        store_.expire_cycle(simulation_.now());
    }
}

}  // namespace faultline::models
