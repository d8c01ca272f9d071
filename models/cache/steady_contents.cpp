#include "models/cache/steady_contents.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

constexpr double for_ever = std::numeric_limits<double>::infinity();
constexpr std::size_t looked_at_most = std::size_t{1} << 17;

// The integral of exp(-rate x) over (0, length).
double survived(double rate, double length) {
    return rate > 0.0 ? -std::expm1(-rate * length) / rate : length;
}
// A draw on (0, length) with a density like exp(-rate x).
double truncated_exponential(double rate, double length, double u) {
    return rate * length < 1e-9 ? u * length : -std::log1p(u * std::expm1(-rate * length)) / rate;
}

// How eviction ends a stay: never before `after_s`, then at a rate.
struct EvictedBy {
    double after_s = for_ever;
    double rate = 0.0;  // may be infinite
};

// The law of one stay. By expiry alone it is the law of its key.
class Lifetime {
public:
    Lifetime(const KeyDemand& of, double ttl_s, double ageing_s, bool writes_set, EvictedBy eviction = {})
        : read_{of.reads_per_s}, written_{of.writes_per_s}, ttl_s_{ttl_s}, ageing_s_{ageing_s}, set_{writes_set} {
        if (std::isinf(ttl_s)) return;
        const double sure_s = std::min(ttl_s, eviction.after_s);
        fresh_ = survived(written_, sure_s);
        double left = std::exp(-written_ * sure_s), ends = written_;
        if (sure_s < ttl_s) {
            ends += eviction.rate;
            fresh_ += left * survived(ends, ttl_s - sure_s);
            left *= std::exp(-ends * (ttl_s - sure_s));
        }
        if (left <= 0.0) return;
        aged_ = left * survived(read_ + ends, ageing_s);
        ended_ = left * std::exp(-(read_ + ends) * ageing_s);
    }
    double presence() const {
        const double refilled = read_ + (set_ ? written_ : 0.0);
        if (refilled <= 0.0) return 0.0;
        if (std::isinf(ttl_s_)) return set_ ? 1.0 : read_ / (read_ + written_);
        const double there = fresh_ + aged_;
        const double ends = set_ ? ended_ : ended_ + written_ * there;
        return there / (there + ends / refilled);
    }
    double there_s() const { return fresh_ + aged_; }  // of one stay, on average
    double renewed() const { return read_ * aged_; }   // it ends so: a read sets it anew
    // It ends so that the key is not there.
    double gone() const { return std::max(0.0, 1.0 - renewed() - (set_ ? written_ * there_s() : 0.0)); }
    // The time since a key that is there was set.
    double age_s(RandomBits draws) const {
        const double u = draws.uniform();
        if (draws.uniform() * (fresh_ + aged_) < fresh_) return truncated_exponential(written_, ttl_s_, u);
        return ttl_s_ + truncated_exponential(read_ + written_, ageing_s_, u);
    }

private:
    double read_, written_, ttl_s_, ageing_s_;
    bool set_;
    double fresh_ = 0.0, aged_ = 0.0;  // integrals of the survival function: until the ttl, and beyond
    double ended_ = 0.0;               // its end
};

// What a stay can be: for how long, and how a full memory ends it.
struct StayKind {
    double ttl_s = 0.0;
    EvictedBy eviction{};
};

// The stays of one key, each of one of several kinds; see the header. `admitted`: the share of what is filled in for
// which there is room.
class Stays {
public:
    Stays(const KeyDemand& of, std::span<const FillRate> fills, std::span<const StayKind> kinds, double ageing_s,
          bool writes_set, double admitted) {
        const double reads = of.reads_per_s, sets = writes_set ? of.writes_per_s : 0.0;
        const double refilled = reads + sets;
        if (refilled <= 0.0) return;
        std::array<double, steady_ttls_most> by_read{}, by_write{}, there{}, away{};
        double again_after_read = 0.0, again_after_write = 0.0;
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            const Lifetime life{of, kinds[i].ttl_s, ageing_s, writes_set, kinds[i].eviction};
            by_read[i] = reads > 0.0 ? fills[i].reads_per_s / reads : 0.0;
            by_write[i] = sets > 0.0 ? fills[i].writes_per_s / sets : 0.0;
            there[i] = life.there_s();
            away[i] = life.gone() / (refilled * admitted);
            const double next_by_read = life.renewed() + life.gone() * reads / refilled;
            again_after_read += by_read[i] * next_by_read;
            again_after_write += by_write[i] * next_by_read;
        }
        // The share of the stays that a read begins; without writes that set, all.
        const double begun = sets > 0.0 ? again_after_write / (1.0 - again_after_read + again_after_write) : 1.0;
        double all_there = 0.0, all_away = 0.0;
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            const double share = begun * by_read[i] + (1.0 - begun) * by_write[i];
            met_[i] = share * there[i];
            all_there += met_[i];
            all_away += share * away[i];
        }
        if (all_there <= 0.0) return;
        presence_ = all_there / (all_there + all_away);
        for (double& of_one : met_) of_one /= all_there;
    }
    double presence() const { return presence_; }
    double met(std::size_t kind) const { return met_[kind]; }  // of all that one meets
    // Of which kind a stay is that one meets. u: on (0, 1).
    std::size_t drawn(double u) const {
        std::size_t last = 0;
        for (std::size_t i = 0; i < met_.size(); ++i) {
            if (met_[i] <= 0.0) continue;
            last = i;
            if (u < met_[i]) break;
            u -= met_[i];
        }
        return last;
    }

private:
    double presence_ = 0.0;
    std::array<double, steady_ttls_most> met_{};
};

class Law {
public:
    explicit Law(const SteadyShape& shape)
        : shape_{shape}, policy_{shape.store.eviction.policy}, ageing_s_{engine::in_seconds(shape.ageing)} {
        if (shape.ttl) longest_s_ = engine::in_seconds(*shape.ttl);
        const auto lasting = std::find(shape.ttls.begin(), shape.ttls.end(), lasting_ttl);
        lasting_ = static_cast<std::size_t>(lasting - shape.ttls.begin());
        SIM_CHECK(shape.ttls.size() <= steady_ttls_most);
        SIM_CHECK(policy_ != EvictionPolicy::VolatileTtl || shape.ttls.size() <= (some_last() ? 2 : 0));
    }
    bool mixed() const { return !shape_.ttls.empty(); }
    // A full memory ends no stay that lasts.
    bool spares_lasting() const { return some_last() && members_of(policy_) == Members::WithExpiry; }

    double presence(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity) const {
        if (!std::isinf(scarcity.let_in_s)) return let_in(of, fills, scarcity);
        if (mixed()) return stays(of, fills, scarcity).presence();
        const double expiring = lifetime(of, mean_of(longest_s_), ageing_s_).presence();
        const double time_s = scarcity.characteristic_s;
        return std::isinf(time_s) ? expiring : std::min(expiring, evicted(of, time_s));
    }
    double expected_bytes(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity,
                          const KeyCharges& charges) const {
        const auto expiring = static_cast<double>(charges.expiring.count);
        const auto lasting = static_cast<double>(charges.lasting.count);
        if (!std::isinf(scarcity.let_in_s)) return lasting * let_in(of, fills, scarcity);
        if (!some_last()) return (expires() ? expiring : lasting) * presence(of, fills, scarcity);
        const Stays all = stays(of, fills, scarcity);
        return all.presence() * (expiring + all.met(lasting_) * (lasting - expiring));
    }
    // Filled in for ever, and nothing takes it away.
    double stays_for_ever(const KeyDemand& of, std::span<const FillRate> fills) const { return let_in(of, fills, {}); }
    // The probability that a key is there for a time, were it not filled in for ever.
    double there_for_a_time(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity) const {
        const EvictedBy eviction = eviction_of(of, scarcity.characteristic_s);
        double there = 0.0;
        for (std::size_t i = 0; i < shape_.ttls.size(); ++i) {
            if (i == lasting_) continue;
            const double ttl_s = mean_of(engine::in_seconds(shape_.ttls[i]));
            there += fills[i].reads_per_s * Lifetime{of, ttl_s, 0.0, shape_.writes_set, eviction}.there_s();
        }
        return there / (1.0 + there);
    }

    // Reads, and the writes that set it.
    double accesses_per_s(const KeyDemand& of) const {
        return of.reads_per_s + (shape_.writes_set ? of.writes_per_s : 0.0F);
    }

    // A ttl of an entry that is there: the longer, the more often one meets it. None: it lasts.
    std::optional<double> ttl_s(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity,
                                RandomBits draws) const {
        if (!expires() || !std::isinf(scarcity.let_in_s)) return std::nullopt;
        double longest_s = longest_s_;
        if (mixed()) {
            const std::size_t kind = stays(of, fills, scarcity).drawn(draws.uniform());
            if (kind == lasting_) return std::nullopt;
            longest_s = engine::in_seconds(shape_.ttls[kind]);
        }
        const double shortest_s = longest_s * (1.0 - shape_.ttl_jitter);
        const double low = shortest_s * shortest_s, high = longest_s * longest_s;
        return std::sqrt(low + draws.uniform() * (high - low));
    }
    bool expires() const { return mixed() || shape_.ttl; }

    struct Since {
        double set_s = 0.0, accessed_s = 0.0;
    };
    // Requires: it is there. `ttl_s`: its own.
    Since since(const KeyDemand& of, double ttl_s, double characteristic_s, RandomBits draws) const {
        const double accesses = accesses_per_s(of);
        const bool spared = std::isinf(ttl_s) && spares_lasting();
        const bool lru = is_lru(policy_) && !std::isinf(characteristic_s) && !spared;
        const double u = draws.uniform();
        Since since;
        since.accessed_s = lru ? truncated_exponential(accesses, characteristic_s, u) : -std::log1p(-u) / accesses;
        const double limit = ttl_s + ageing_s_;
        if (std::isinf(limit)) return since;
        since.set_s = limit;
        if (lru) since.set_s = since.accessed_s + before_last_access_s(accesses, characteristic_s, draws);
        if (is_random(policy_) && !std::isinf(characteristic_s))
            since.set_s = -std::log1p(-draws.uniform()) * characteristic_s;
        const bool fifo = policy_ == EvictionPolicy::VolatileTtl && characteristic_s < ttl_s;
        if (since.set_s >= limit)
            since.set_s = lifetime(of, fifo ? characteristic_s : ttl_s, fifo ? 0.0 : ageing_s_).age_s(draws);
        since.accessed_s = std::min(since.accessed_s, since.set_s);
        return since;
    }

private:
    bool some_last() const { return lasting_ < shape_.ttls.size(); }
    double mean_of(double longest_s) const {
        return std::isinf(longest_s) ? longest_s : 0.5 * (longest_s * (1.0 - shape_.ttl_jitter) + longest_s);
    }
    Stays stays(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity) const {
        std::array<StayKind, steady_ttls_most> kinds{};
        const EvictedBy eviction = eviction_of(of, scarcity.characteristic_s);
        for (std::size_t i = 0; i < shape_.ttls.size(); ++i) {
            const double longest_s = engine::in_seconds(shape_.ttls[i]);
            kinds[i].ttl_s = i == lasting_ ? longest_s : mean_of(longest_s);
            if (i != lasting_ || !spares_lasting()) kinds[i].eviction = eviction;
        }
        const std::span<const StayKind> known(kinds.data(), shape_.ttls.size());
        return {of, fills, known, ageing_s_, shape_.writes_set, scarcity.admitted};
    }
    Lifetime lifetime(const KeyDemand& of, double ttl_s, double ageing_s) const {
        return {of, ttl_s, ageing_s, shape_.writes_set};
    }

    // The probability that it has been let in for ever within a time, if nothing takes it away; else 0. Nobody fills in
    // what is there for a time.
    double let_in(const KeyDemand& of, std::span<const FillRate> fills, const Scarcity& scarcity) const {
        const double kept = shape_.writes_set ? fills[lasting_].writes_per_s : 0.0F;
        if (of.writes_per_s > kept) return 0.0;
        const double rate = fills[lasting_].reads_per_s * (1.0 - there_for_a_time(of, fills, scarcity)) + kept;
        return rate > 0.0 ? -std::expm1(-rate * scarcity.let_in_s) : 0.0;
    }

    // How eviction alone ends a stay.
    EvictedBy eviction_of(const KeyDemand& of, double time_s) const {
        if (std::isinf(time_s)) return {};
        if (is_lru(policy_)) {
            // Beyond C the time to a longer gap is an exponential with the mean that is left of it.
            const double gaps = of.reads_per_s * time_s;
            const double beyond = gaps < 1e-4 ? 0.5 * gaps * gaps : std::expm1(gaps) - gaps;
            return {time_s, beyond > 0.0 ? of.reads_per_s / beyond : for_ever};
        }
        if (is_lfu(policy_)) return accesses_per_s(of) * time_s >= 1.0 ? EvictedBy{} : EvictedBy{0.0, for_ever};
        if (policy_ == EvictionPolicy::VolatileTtl) return {time_s, for_ever};
        return {0.0, 1.0 / time_s};
    }

    // The probability that eviction alone leaves it there.
    double evicted(const KeyDemand& of, double time_s) const {
        const double accesses = accesses_per_s(of);
        if (accesses <= 0.0) return 0.0;
        const double deleted = shape_.writes_set ? 0.0 : of.writes_per_s;
        if (is_lru(policy_)) return accesses / (accesses + deleted) * -std::expm1(-(accesses + deleted) * time_s);
        if (is_lfu(policy_)) return accesses * time_s >= 1.0 ? accesses / (accesses + deleted) : 0.0;
        if (policy_ == EvictionPolicy::VolatileTtl) return lifetime(of, time_s, 0.0).presence();
        return accesses / (accesses + deleted + 1.0 / time_s);
    }

    // From the set that began its stay to its last access: a geometric number of gaps below the characteristic time,
    // drawn as an exponential of the same mean.
    static double before_last_access_s(double accesses, double characteristic_s, RandomBits draws) {
        const double again = -std::expm1(-accesses * characteristic_s);
        if (draws.uniform() >= again) return 0.0;
        const double gap_s = 1.0 / accesses - characteristic_s * (1.0 - again) / again;
        return -std::log1p(-draws.uniform()) * gap_s / std::max(1.0 - again, 1e-12);
    }

    const SteadyShape& shape_;
    EvictionPolicy policy_;
    double ageing_s_;
    double longest_s_ = for_ever;  // of one time to live for all
    std::size_t lasting_ = 0;      // of several; beyond them: none lasts
};

std::span<const FillRate> fills_of(const SteadyShape& shape, const SteadyDemand& demand, std::size_t key) {
    const std::size_t terms = shape.ttls.size();
    return std::span<const FillRate>(demand.fills).subspan(key * terms, terms);
}

// Where a function that grows reaches `room`, between 0 and `most`.
template <typename Growing>
double where_it_reaches(double room, double most, const Growing& growing) {
    double low = 0.0, high = std::min(1.0, most);
    while (high < most && growing(high) < room) low = std::exchange(high, std::min(2.0 * high, most));
    while (high - low > 1e-4 * high && high > 1e-12) {
        const double middle = 0.5 * (low + high);
        (growing(middle) < room ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace

double presence(const SteadyShape& shape, const KeyDemand& of, const Scarcity& scarcity,
                std::span<const FillRate> fills) {
    return Law{shape}.presence(of, fills, scarcity);
}

Scarcity scarcity(const SteadyShape& shape, const SteadyDemand& demand, const KeyCharges& charges) {
    const std::vector<KeyDemand>& keys = demand.keys;
    const auto room = static_cast<double>(shape.store.maxmemory.count);
    if (shape.store.maxmemory.count == 0 || keys.empty()) return {};
    const Law law{shape};
    // Keys are in no order of popularity, so every so many is as good as any.
    const std::size_t step = 1 + (keys.size() - 1) / looked_at_most;
    const auto sum_of = [&](const auto& bytes) {
        double sum = 0.0;
        std::size_t seen = 0;
        for (std::size_t i = 0; i < keys.size(); i += step, ++seen) sum += bytes(keys[i], fills_of(shape, demand, i));
        return sum * static_cast<double>(keys.size()) / static_cast<double>(seen);
    };
    const auto expected = [&](const Scarcity& at) {
        return sum_of([&](const KeyDemand& of, std::span<const FillRate> fills) {
            return law.expected_bytes(of, fills, at, charges);
        });
    };
    if (expected({}) <= room) return {};
    constexpr double longest_s = 1e12;
    if (law.spares_lasting()) {
        const double lasts = sum_of([&](const KeyDemand& of, std::span<const FillRate> fills) {
            return static_cast<double>(charges.lasting.count) * law.stays_for_ever(of, fills);
        });
        const bool evicts = shape.store.eviction.policy != EvictionPolicy::NoEviction;
        if (lasts >= room) {
            // While it fills, what is there for a time has half of the memory on average.
            Scarcity at;
            const auto for_a_time = [&](double time_s) {
                return sum_of([&](const KeyDemand& of, std::span<const FillRate> fills) {
                    return static_cast<double>(charges.expiring.count) *
                           law.there_for_a_time(of, fills, {.characteristic_s = time_s});
                });
            };
            if (evicts && for_a_time(for_ever) > 0.5 * room)
                at.characteristic_s = where_it_reaches(0.5 * room, longest_s, for_a_time);
            at.let_in_s = where_it_reaches(room, longest_s, [&](double s) {
                return expected({.characteristic_s = at.characteristic_s, .let_in_s = s});
            });
            return at;
        }
        Scarcity at{.characteristic_s = evicts ? 0.0 : for_ever};
        if (!evicts || expected(at) >= room) {
            at.admitted = where_it_reaches(room, 1.0, [&](double share) {
                return expected({.characteristic_s = at.characteristic_s, .admitted = share});
            });
            return at;
        }
    }
    return {.characteristic_s =
                where_it_reaches(room, longest_s, [&](double s) { return expected({.characteristic_s = s}); })};
}

void fill_as_if_long_in_use(Store& store, const SteadyShape& shape, const SteadyDemand& demand, RandomBits draws,
                            engine::Instant now) {
    SIM_CHECK(store.resident_keys() == 0 && demand.fills.size() == demand.keys.size() * shape.ttls.size());
    const Law law{shape};
    const Scarcity scarce =
        scarcity(shape, demand, {store.charge_of(shape.value, true), store.charge_of(shape.value, false)});
    const bool to_the_brim = !std::isinf(scarce.let_in_s);
    // Systematic sampling there: as many as are expected, for what fills it stays.
    double passed = to_the_brim ? draws.uniform() : 0.0;
    for (std::size_t i = 0; i < demand.keys.size(); ++i) {
        const KeyDemand& of = demand.keys[i];
        const std::span<const FillRate> fills = fills_of(shape, demand, i);
        const double there = law.presence(of, fills, scarce);
        if (to_the_brim ? (passed += there) < 1.0 : draws.uniform() >= there) continue;
        if (to_the_brim) passed -= 1.0;
        const std::optional<double> ttl_s = law.ttl_s(of, fills, scarce, draws);
        const auto since = law.since(of, ttl_s.value_or(for_ever), scarce.characteristic_s, draws);
        CacheItem item{.key = of.key, .value = shape.value};
        if (ttl_s) {
            const double left_s = *ttl_s + engine::in_seconds(shape.ageing) - since.set_s;
            item.ttl = std::max(engine::duration_from_seconds(left_s), engine::Duration{1});
        }
        const engine::Duration idle = engine::duration_from_seconds(since.accessed_s);
        if (!store.put_back(item, idle, law.accesses_per_s(of), now)) return;
    }
}

}  // namespace faultline::models
