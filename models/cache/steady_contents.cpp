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

// The law of one key under expiry alone.
class Lifetime {
public:
    Lifetime(const KeyDemand& of, double ttl_s, double ageing_s, bool writes_set)
        : read_{of.reads_per_s}, written_{of.writes_per_s}, ttl_s_{ttl_s}, ageing_s_{ageing_s}, set_{writes_set} {
        if (std::isinf(ttl_s)) return;
        fresh_ = survived(written_, ttl_s);
        const double left = std::exp(-written_ * ttl_s);
        aged_ = left * survived(read_ + written_, ageing_s);
        ended_ = left * std::exp(-(read_ + written_) * ageing_s);
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
    double ended() const { return ended_; }
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

// The stays of one key, each for one of several times to live; see the header.
class Stays {
public:
    Stays(const KeyDemand& of, std::span<const FillRate> fills, std::span<const double> ttls_s, double ageing_s,
          bool writes_set) {
        const double reads = of.reads_per_s, sets = writes_set ? of.writes_per_s : 0.0;
        const double refilled = reads + sets;
        if (refilled <= 0.0) return;
        std::array<double, steady_ttls_most> by_read{}, by_write{}, there{}, away{};
        double again_after_read = 0.0, again_after_write = 0.0;
        for (std::size_t i = 0; i < ttls_s.size(); ++i) {
            const Lifetime life{of, ttls_s[i], ageing_s, writes_set};
            by_read[i] = reads > 0.0 ? fills[i].reads_per_s / reads : 0.0;
            by_write[i] = sets > 0.0 ? fills[i].writes_per_s / sets : 0.0;
            there[i] = life.there_s();
            away[i] = (writes_set ? life.ended() : life.ended() + of.writes_per_s * life.there_s()) / refilled;
            const double next_by_read = life.renewed() + life.ended() * reads / refilled;
            again_after_read += by_read[i] * next_by_read;
            again_after_write += by_write[i] * next_by_read;
        }
        // The share of the stays that a read begins; without writes that set, all.
        const double begun = sets > 0.0 ? again_after_write / (1.0 - again_after_read + again_after_write) : 1.0;
        double all_there = 0.0, all_away = 0.0;
        for (std::size_t i = 0; i < ttls_s.size(); ++i) {
            const double share = begun * by_read[i] + (1.0 - begun) * by_write[i];
            met_[i] = share * there[i];
            all_there += met_[i];
            all_away += share * away[i];
        }
        presence_ = all_there / (all_there + all_away);
        for (double& of_one : met_) of_one /= all_there;
    }
    double presence() const { return presence_; }
    // Of which time to live a stay is that one meets. u: on (0, 1).
    std::size_t met(double u) const {
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
        SIM_CHECK(shape.ttls.size() <= steady_ttls_most);
        SIM_CHECK(shape.ttls.empty() || policy_ != EvictionPolicy::VolatileTtl);
    }

    double presence(const KeyDemand& of, std::span<const FillRate> fills, double characteristic_s) const {
        const double expiring =
            mixed() ? stays(of, fills).presence() : lifetime(of, mean_of(longest_s_), ageing_s_).presence();
        return std::isinf(characteristic_s) ? expiring : std::min(expiring, evicted(of, characteristic_s));
    }

    // Reads, and the writes that set it.
    double accesses_per_s(const KeyDemand& of) const {
        return of.reads_per_s + (shape_.writes_set ? of.writes_per_s : 0.0F);
    }

    // A ttl of an entry that is there: the longer, the more often one meets it.
    std::optional<double> ttl_s(const KeyDemand& of, std::span<const FillRate> fills, RandomBits draws) const {
        if (!expires()) return std::nullopt;
        const double longest_s =
            mixed() ? engine::in_seconds(shape_.ttls[stays(of, fills).met(draws.uniform())]) : longest_s_;
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
        const bool lru = is_lru(policy_) && !std::isinf(characteristic_s);
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
    bool mixed() const { return !shape_.ttls.empty(); }
    double mean_of(double longest_s) const {
        return std::isinf(longest_s) ? longest_s : 0.5 * (longest_s * (1.0 - shape_.ttl_jitter) + longest_s);
    }
    Stays stays(const KeyDemand& of, std::span<const FillRate> fills) const {
        std::array<double, steady_ttls_most> ttls_s{};
        for (std::size_t i = 0; i < shape_.ttls.size(); ++i) ttls_s[i] = mean_of(engine::in_seconds(shape_.ttls[i]));
        const std::span<const double> known(ttls_s.data(), shape_.ttls.size());
        return {of, fills, known, ageing_s_, shape_.writes_set};
    }
    Lifetime lifetime(const KeyDemand& of, double ttl_s, double ageing_s) const {
        return {of, ttl_s, ageing_s, shape_.writes_set};
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
};

}  // namespace

double presence(const SteadyShape& shape, const KeyDemand& of, double characteristic_s,
                std::span<const FillRate> fills) {
    return Law{shape}.presence(of, fills, characteristic_s);
}

namespace {
std::span<const FillRate> fills_of(const SteadyShape& shape, const SteadyDemand& demand, std::size_t key) {
    const std::size_t terms = shape.ttls.size();
    return std::span<const FillRate>(demand.fills).subspan(key * terms, terms);
}
}  // namespace

double characteristic_time_s(const SteadyShape& shape, const SteadyDemand& demand, engine::Bytes charge) {
    const std::vector<KeyDemand>& keys = demand.keys;
    const double room = static_cast<double>(shape.store.maxmemory.count) / static_cast<double>(charge.count);
    if (shape.store.maxmemory.count == 0 || keys.empty()) return for_ever;
    const Law law{shape};
    // Keys are in no order of popularity, so every so many is as good as any.
    const std::size_t step = 1 + (keys.size() - 1) / looked_at_most;
    const auto expected = [&](double time_s) {
        double sum = 0.0;
        std::size_t seen = 0;
        for (std::size_t i = 0; i < keys.size(); i += step, ++seen)
            sum += law.presence(keys[i], fills_of(shape, demand, i), time_s);
        return sum * static_cast<double>(keys.size()) / static_cast<double>(seen);
    };
    if (expected(for_ever) <= room) return for_ever;
    double low = 0.0, high = 1.0;
    constexpr double longest_s = 1e12;
    while (high < longest_s && expected(high) < room) low = std::exchange(high, 2.0 * high);
    while (high - low > 1e-4 * high) {
        const double middle = 0.5 * (low + high);
        (expected(middle) < room ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

void fill_as_if_long_in_use(Store& store, const SteadyShape& shape, const SteadyDemand& demand, RandomBits draws,
                            engine::Instant now) {
    SIM_CHECK(store.resident_keys() == 0 && demand.fills.size() == demand.keys.size() * shape.ttls.size());
    const Law law{shape};
    const double characteristic_s = characteristic_time_s(shape, demand, store.charge_of(shape.value, law.expires()));
    for (std::size_t i = 0; i < demand.keys.size(); ++i) {
        const KeyDemand& of = demand.keys[i];
        const std::span<const FillRate> fills = fills_of(shape, demand, i);
        if (draws.uniform() >= law.presence(of, fills, characteristic_s)) continue;
        const std::optional<double> ttl_s = law.ttl_s(of, fills, draws);
        const auto since = law.since(of, ttl_s.value_or(for_ever), characteristic_s, draws);
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
