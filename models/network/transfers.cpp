#include "models/network/transfers.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::models {

namespace {

// A bound or share that differs by less is not worth to be told.
constexpr double tolerance = 0.001;
constexpr double wanted_least_bps = 1000.0;  // a flow needs a bound above zero

bool about_equal(double a, double b) {
    return a == b || std::abs(a - b) <= tolerance * std::min(a, b);
}

// Leaves the list when its process ends, by itself or with its owner.
template <class Item>
class Listed {
public:
    Listed(std::vector<Item*>& list, Item& item) : list_(list), item_(&item) { list_.push_back(item_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() { list_.erase(std::find(list_.begin(), list_.end(), item_)); }

private:
    std::vector<Item*>& list_;
    Item* item_;
};

}  // namespace

engine::Process<FlowOutcome> Transfers::transfer(TransferSpec spec) {
    if (flows_ == nullptr) {
        flows_ = std::make_unique<Flows>(topology_);
        used_.resize(topology_.link_count());
    }
    Waiting waiting;
    waiting.flow = flows_->start(simulation_.now(), spec.from, spec.to, spec.size, spec.options);
    ++started_;
    const Listed<Waiting> listed(waiting_, waiting);
    review_streams(false);
    begin_driving();
    while (!waiting.over) {
        engine::Condition::Wait ended(waiting.ended);
        co_await ended;
    }
    co_return waiting.outcome;
}

void Transfers::topology_changed() {
    if (flows_ == nullptr) return;
    flows_->follow_topology(simulation_.now());
    review_streams(true);
    begin_driving();
}

void Transfers::begin_driving() {
    if (driving_) return;
    driving_ = true;
    simulation_.spawn(component_, drive());
}

engine::Process<> Transfers::drive() {
    for (;;) {
        const engine::Instant next = flows_->next_step(simulation_.now());
        if (next == engine::end_of_time) break;
        co_await simulation_.delay(next - simulation_.now());
        const std::span<const Finished> ended = flows_->advance(simulation_.now());
        const bool changed = !ended.empty();
        for (const Finished& end : ended) deliver(end);
        if (!streams_.empty()) {
            tell_shares();
            if (changed || simulation_.now() >= review_at_) review_streams(false);
        }
        if (flows_->loads_changed()) tell_queues();
    }
    driving_ = false;
}

void Transfers::deliver(const Finished& end) {
    for (Waiting* const waiting : waiting_) {
        if (waiting->flow != end.flow) continue;
        waiting->over = true;
        waiting->outcome = end.outcome;
        waiting->ended.notify_all();
    }
    for (Shared& shared : streams_) {
        if (shared.flow == end.flow) shared.flow.reset();
    }
}

void Transfers::leave(LinkStream& stream) {
    for (const Shared& shared : streams_) {
        if (shared.stream == &stream && shared.flow && !simulation_.closing()) {
            flows_->cancel(simulation_.now(), *shared.flow);
        }
    }
    std::erase_if(streams_, [&](const Shared& shared) { return shared.stream == &stream; });
}

// Which streams have a transfer beside them, and what each of these wants.
void Transfers::review_streams(bool routes_changed) {
    review_at_ = simulation_.now() + streams_asked_every;
    for (Shared& shared : streams_) review(shared, routes_changed);
}

void Transfers::review(Shared& shared, bool routes_changed) {
    const engine::Instant now = simulation_.now();
    const std::optional<LinkStream::Ends> ends = shared.stream->ends();
    const bool beside = ends && flows_->beside_flows(ends->from, ends->to);
    double wanted_bps = 0.0;
    if (beside) wanted_bps = std::max(wanted_least_bps, shared.stream->wanted(streams_asked_every).value);
    if (shared.flow) {
        const bool same = beside && !routes_changed && shared.ends == *ends;
        if (same && about_equal(shared.wanted_bps, wanted_bps)) return;
        flows_->cancel(now, *shared.flow);
        shared.flow.reset();
    }
    if (beside) shared.flow = flows_->start_stream(now, ends->from, ends->to, engine::BitsPerSecond{wanted_bps});
    if (!shared.flow) {
        tell(shared, unlimited_bandwidth.value);
        return;
    }
    shared.ends = *ends;
    shared.wanted_bps = wanted_bps;
}

void Transfers::tell_shares() {
    for (Shared& shared : streams_) {
        if (!shared.flow) continue;
        const auto share = flows_->present_share(*shared.flow);
        if (share) tell(shared, share->value);
    }
}

void Transfers::tell(Shared& shared, double share_bps) {
    if (about_equal(shared.told_bps, share_bps)) return;
    shared.told_bps = share_bps;
    shared.stream->set_share(engine::BitsPerSecond{share_bps});
}

void Transfers::tell_queues() {
    for (std::uint32_t i = 0; i < topology_.link_count(); ++i) {
        const LinkSpec& spec = topology_.link(LinkId{i});
        if (std::isinf(spec.bandwidth.value)) continue;
        for (const PlaceId from : {spec.from, spec.to}) {
            const LinkLoad load = flows_->load(LinkId{i}, from);
            (from == spec.from ? used_[i].forward : used_[i].back).set(simulation_.now(), load.used);
            topology_.set_queue(LinkId{i}, from, queue_beside(load, spec.bandwidth, spec.round_trip));
        }
    }
}

double Transfers::used_seconds(LinkId link, PlaceId from) const {
    return used_seconds_of(way_number(link, from == topology_.link(link).from));
}

double Transfers::used_seconds_of(std::size_t way) const {
    if (used_.empty()) return 0.0;
    const Used& of = used_[way / 2];
    return (way % 2 == 0 ? of.forward : of.back).area_until(simulation_.now());
}

}  // namespace faultline::models
