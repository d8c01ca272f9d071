#include "models/topology.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/check.hpp"
#include "models/topology_state.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;

Topology::Topology(TopologyOptions options) : state_(std::make_unique<State>(options)) {}
Topology::Topology(Topology&&) noexcept = default;
Topology& Topology::operator=(Topology&&) noexcept = default;
Topology::~Topology() = default;

PlaceId Topology::add_region(std::string name) {
    SIM_CHECK(!state_->sealed);
    const PlaceId id{static_cast<std::uint32_t>(state_->places.size())};
    state_->places.push_back(
        {std::move(name), PlaceKind::Region, id, 0, static_cast<std::uint32_t>(state_->core.size())});
    state_->core.push_back(id);
    return id;
}

PlaceId Topology::add_zone(PlaceId region, std::string name) {
    SIM_CHECK(!state_->sealed && kind(region) == PlaceKind::Region);
    const PlaceId id{static_cast<std::uint32_t>(state_->places.size())};
    state_->places.push_back(
        {std::move(name), PlaceKind::Zone, region, 0, static_cast<std::uint32_t>(state_->core.size())});
    state_->core.push_back(id);
    const LinkId uplink = add_link({.from = id,
                                    .to = region,
                                    .round_trip = state_->options.zone_uplink_round_trip,
                                    .convergence = Convergence::Bfd});
    state_->links[uplink.value].zone_uplink = true;
    return id;
}

PlaceId Topology::add_site(std::string name) {
    SIM_CHECK(!state_->sealed);
    const PlaceId id{static_cast<std::uint32_t>(state_->places.size())};
    state_->places.push_back(
        {std::move(name), PlaceKind::Site, id, 0, static_cast<std::uint32_t>(state_->sites.size())});
    state_->sites.push_back(id);
    return id;
}

PlaceId Topology::add_exchange(std::string name) {
    SIM_CHECK(!state_->sealed);
    const PlaceId id{static_cast<std::uint32_t>(state_->places.size())};
    state_->places.push_back({std::move(name), PlaceKind::Exchange, id, 0, 0});
    return id;
}

LinkId Topology::add_link(const LinkSpec& link) {
    SIM_CHECK(!state_->sealed);
    SIM_CHECK(link.from.value < place_count() && link.to.value < place_count() && link.from != link.to);
    SIM_CHECK(link.round_trip >= Duration::zero() && link.bandwidth.value > 0.0);
    const LinkId id{static_cast<std::uint32_t>(state_->links.size())};
    state_->links.emplace_back().spec = link;
    state_->links.back().set_jitter(link.jitter);
    state_->ways.resize(2 * state_->links.size());
    return id;
}

void Topology::seal() {
    SIM_CHECK(!state_->sealed);
    state_->sealed = true;
    const std::size_t core = state_->core.size(), sites = state_->sites.size();
    state_->core_to_core.resize(core * core);
    state_->site_to_core.resize(sites * core);
    state_->core_to_site.resize(sites * core);
    state_->site_to_itself.resize(sites);
    state_->index_links();
    state_->compute_routes();

    lookup_.rows.assign(state_->places.size(), nullptr);
    lookup_.columns.assign(state_->places.size(), -1);
    for (const PlaceId place : state_->core) {
        const std::uint32_t row = state_->places[place.value].row;
        lookup_.columns[place.value] = static_cast<std::int32_t>(row);
        lookup_.rows[place.value] = &state_->core_to_core[row * core];
    }
    if (core == 0) return;
    for (const PlaceId site : state_->sites) {
        lookup_.rows[site.value] = &state_->site_to_core[state_->places[site.value].row * core];
    }
}

const Path& Topology::rare_path(PlaceId from, PlaceId to) const {
    const State& s = *state_;
    SIM_CHECK(s.sealed && from.value < s.places.size() && to.value < s.places.size());
    const State::Place& a = s.places[from.value];
    const State::Place& b = s.places[to.value];
    const auto leads = [](PlaceKind kind) { return kind != PlaceKind::Exchange; };
    const bool two_sites = a.kind == PlaceKind::Site && b.kind == PlaceKind::Site && from != to;
    if (!leads(a.kind) || !leads(b.kind) || two_sites) return s.none;
    const Path* const made = state_->entry(from, to);
    return made != nullptr ? *made : state_->make_path(from, to);
}

// ---- failures and what the routers learn of them --------------------------------------------------------------------

void Topology::State::touch(Link& link, Instant at) {
    if (alive(link) == link.up) return;
    link.up = !link.up;
    if (link.up == link.known_up) {
        link.notice.reset();  // back before anybody noticed: the timers start anew at the next failure
        return;
    }
    const Duration delay =
        link.spec.convergence == Convergence::Bfd ? options.bfd_convergence : options.bgp_convergence;
    link.notice = engine::saturating_add(at, delay);
}

void Topology::State::change(PlaceId place, int failures, Instant at) {
    const bool whole_region = places[place.value].kind == PlaceKind::Region;
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        const bool hit =
            PlaceId{i} == place || (whole_region && places[i].kind == PlaceKind::Zone && places[i].region == place);
        if (hit) places[i].failures += failures;
        SIM_CHECK(places[i].failures >= 0);
    }
    for (Link& link : links) {
        const auto is_at = [&](PlaceId end) {
            return end == place || (whole_region && is_core(end) && places[end.value].region == place);
        };
        if (is_at(link.spec.from) || is_at(link.spec.to)) touch(link, at);
    }
    refresh_figures();
}

void Topology::fail_link(LinkId link, Instant at) {
    SIM_CHECK(state_->sealed && link.value < link_count());
    State::Link& failed = state_->links[link.value];
    ++failed.failures;
    state_->touch(failed, at);
    state_->refresh_figures();
}

void Topology::restore_link(LinkId link, Instant at) {
    SIM_CHECK(state_->sealed && link.value < link_count());
    State::Link& restored = state_->links[link.value];
    SIM_CHECK(restored.failures > 0);
    --restored.failures;
    state_->touch(restored, at);
    state_->refresh_figures();
}

void Topology::fail_place(PlaceId place, Instant at) {
    SIM_CHECK(state_->sealed && place.value < place_count());
    state_->change(place, 1, at);
}

void Topology::restore_place(PlaceId place, Instant at) {
    SIM_CHECK(state_->sealed && place.value < place_count());
    state_->change(place, -1, at);
}

bool Topology::State::apart(PlaceId a, PlaceId b) const {
    return std::any_of(cuts.begin(), cuts.end(), [a, b](const std::vector<char>& inside) {
        return !inside.empty() && inside[a.value] != inside[b.value];
    });
}

bool Topology::stand_apart(PlaceId a, PlaceId b) const {
    return state_->apart(a, b);
}

std::size_t Topology::cut_off(const std::vector<PlaceId>& inside) {
    SIM_CHECK(state_->sealed);
    std::vector<char>& cut = state_->cuts.emplace_back(place_count(), 0);
    for (const PlaceId place : inside) {
        SIM_CHECK(kind(place) == PlaceKind::Zone || kind(place) == PlaceKind::Site);
        cut[place.value] = 1;
    }
    ++cuts_;
    state_->refresh_figures();
    return state_->cuts.size() - 1;
}

void Topology::join(std::size_t cut) {
    SIM_CHECK(cut < state_->cuts.size() && !state_->cuts[cut].empty());
    state_->cuts[cut].clear();
    --cuts_;
    state_->refresh_figures();
}

void Topology::degrade_link(LinkId link, Degradation degradation) {
    SIM_CHECK(state_->sealed && link.value < link_count());
    SIM_CHECK(degradation.latency_multiplier > 0.0);
    SIM_CHECK(degradation.extra_loss >= 0.0 && degradation.extra_loss <= 1.0);
    State::Link& degraded = state_->links[link.value];
    degraded.degradation = degradation;
    degraded.set_jitter(slower(degraded.spec.jitter, degradation.latency_multiplier));
    state_->refresh_figures();
}

void Topology::degrade_machine(std::uint32_t machine, Degradation degradation) {
    SIM_CHECK(degradation.latency_multiplier > 0.0 && degradation.extra_loss >= 0.0 && degradation.extra_loss <= 1.0);
    std::erase_if(gray_machines_, [machine](const auto& gray) { return gray.first == machine; });
    if (degradation.any()) gray_machines_.emplace_back(machine, degradation);
}

Degradation Topology::degradation_of(std::uint32_t machine) const {
    for (const auto& [gray, degradation] : gray_machines_) {
        if (gray == machine) return degradation;
    }
    return {};
}

void Topology::set_queue(LinkId link, PlaceId from, const LinkQueue& queue) {
    SIM_CHECK(state_->sealed && link.value < link_count());
    State::Link& queued = state_->links[link.value];
    SIM_CHECK(from == queued.spec.from || from == queued.spec.to);
    LinkQueue& way = from == queued.spec.from ? queued.queue_forward : queued.queue_back;
    if (way == queue) return;
    state_->queues += (queue == LinkQueue{} ? 0 : 1) - (way == LinkQueue{} ? 0 : 1);
    way = queue;
    state_->refresh_figures();
}

void Topology::count_carried() {
    state_->count_sent();
}

Topology::State::Way& Topology::State::way(LinkId link, PlaceId from) {
    SIM_CHECK(link.value < links.size());
    const LinkSpec& spec = links[link.value].spec;
    SIM_CHECK(from == spec.from || from == spec.to);
    return ways[way_number(link, from == spec.from)];
}

engine::Bytes Topology::carried(LinkId link, PlaceId from) const {
    return {state_->way(link, from).carried};
}

std::int64_t Topology::carried_bytes(std::size_t way) const {
    return state_->ways[way].carried;
}

std::size_t Topology::add_carried_group() {
    state_->group_carried.push_back(0);
    return state_->group_carried.size() - 1;
}

void Topology::count_into(std::size_t group, LinkId link, PlaceId from) {
    SIM_CHECK(group < state_->group_carried.size());
    std::uint32_t& into = state_->way(link, from).group;
    SIM_CHECK(into == State::no_group);
    into = static_cast<std::uint32_t>(group);
}

engine::Bytes Topology::carried_in(std::size_t group) const {
    SIM_CHECK(group < state_->group_carried.size());
    return {state_->group_carried[group]};
}

Instant Topology::next_convergence() const {
    Instant next = engine::end_of_time;
    for (const State::Link& link : state_->links) {
        if (link.notice) next = std::min(next, *link.notice);
    }
    return next;
}

bool Topology::converge(Instant now) {
    SIM_CHECK(state_->sealed);
    bool changed = false;
    for (State::Link& link : state_->links) {
        if (!link.notice || *link.notice > now) continue;
        link.notice.reset();
        link.known_up = state_->alive(link);
        changed = true;
    }
    if (changed) state_->compute_routes();
    return changed;
}

// ---- what is asked of it --------------------------------------------------------------------------------------------

std::size_t Topology::path_count() const {
    return state_->made.size();
}
std::size_t Topology::place_count() const {
    return state_->places.size();
}
std::size_t Topology::link_count() const {
    return state_->links.size();
}
const TopologyOptions& Topology::options() const {
    return state_->options;
}

const std::string& Topology::name(PlaceId place) const {
    SIM_CHECK(place.value < place_count());
    return state_->places[place.value].name;
}

PlaceKind Topology::kind(PlaceId place) const {
    SIM_CHECK(place.value < place_count());
    return state_->places[place.value].kind;
}

PlaceId Topology::region_of(PlaceId zone) const {
    SIM_CHECK(zone.value < place_count() && state_->is_core(zone));
    return state_->places[zone.value].region;
}

void Topology::impair_control_plane(PlaceId region, bool ill) {
    SIM_CHECK(kind(region) == PlaceKind::Region);
    state_->places[region.value].control_plane_ill += ill ? 1 : -1;
}

bool Topology::control_plane_ill(PlaceId place) const {
    if (place.value >= place_count() || !state_->is_core(place)) return false;
    return state_->places[region_of(place).value].control_plane_ill > 0;
}

void Topology::impair_resolver(PlaceId region, bool ill) {
    SIM_CHECK(kind(region) == PlaceKind::Region);
    state_->places[region.value].resolver_fails += ill ? 1 : -1;
}

bool Topology::resolver_fails(PlaceId place) const {
    if (place.value >= place_count() || !state_->is_core(place)) return false;
    return state_->places[region_of(place).value].resolver_fails > 0;
}

bool Topology::alive(PlaceId place) const {
    SIM_CHECK(place.value < place_count());
    return state_->alive(place);
}

bool Topology::alive(LinkId link) const {
    SIM_CHECK(link.value < link_count());
    return state_->alive(state_->links[link.value]);
}

const LinkSpec& Topology::link(LinkId link) const {
    SIM_CHECK(link.value < link_count());
    return state_->links[link.value].spec;
}

std::string Topology::link_name(LinkId link) const {
    const LinkSpec& spec = this->link(link);
    return name(spec.from) + " - " + name(spec.to);
}

std::vector<LinkId> Topology::links_of(PlaceId place) const {
    SIM_CHECK(state_->sealed);
    return state_->links_by_place[place.value];
}

}  // namespace faultline::models
