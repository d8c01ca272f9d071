#include "models/cache/steady_contents.hpp"

#include <algorithm>
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

class Law {
public:
    explicit Law(const SteadyShape& shape)
        : shape_{shape}, policy_{shape.store.eviction.policy}, ageing_s_{engine::in_seconds(shape.ageing)} {
        if (shape.ttl) {
            longest_s_ = engine::in_seconds(*shape.ttl);
            shortest_s_ = longest_s_ * (1.0 - shape.ttl_jitter);
        }
    }

    double presence(const KeyDemand& of, double characteristic_s) const {
        const double expiring = lifetime(of, ttl_mean_s(), ageing_s_).presence();
        return std::isinf(characteristic_s) ? expiring : std::min(expiring, evicted(of, characteristic_s));
    }

    // Reads, and the writes that set it.
    double accesses_per_s(const KeyDemand& of) const {
        return of.reads_per_s + (shape_.writes_set ? of.writes_per_s : 0.0F);
    }

    // A ttl of an entry that is there: the longer, the more often one meets it.
    std::optional<double> ttl_s(RandomBits draws) const {
        if (!shape_.ttl) return std::nullopt;
        const double low = shortest_s_ * shortest_s_, high = longest_s_ * longest_s_;
        return std::sqrt(low + draws.uniform() * (high - low));
    }

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
    double ttl_mean_s() const { return shape_.ttl ? 0.5 * (shortest_s_ + longest_s_) : for_ever; }
    Lifetime lifetime(const KeyDemand& of, double ttl_s, double ageing_s) const {
        return {of, ttl_s, ageing_s, shape_.writes_set};
    }

    // The probability that eviction alone leaves it there.
    double evicted(const KeyDemand& of, double time_s) const {
        const double fills = accesses_per_s(of);
        if (fills <= 0.0) return 0.0;
        const double deleted = shape_.writes_set ? 0.0 : of.writes_per_s;
        if (is_lru(policy_)) return fills / (fills + deleted) * -std::expm1(-(fills + deleted) * time_s);
        if (is_lfu(policy_)) return fills * time_s >= 1.0 ? fills / (fills + deleted) : 0.0;
        if (policy_ == EvictionPolicy::VolatileTtl) return lifetime(of, time_s, 0.0).presence();
        return fills / (fills + deleted + 1.0 / time_s);
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
    double longest_s_ = for_ever, shortest_s_ = for_ever;
};

}  // namespace

double presence(const SteadyShape& shape, const KeyDemand& of, double characteristic_s) {
    return Law{shape}.presence(of, characteristic_s);
}

double characteristic_time_s(const SteadyShape& shape, std::span<const KeyDemand> keys, engine::Bytes charge) {
    const double room = static_cast<double>(shape.store.maxmemory.count) / static_cast<double>(charge.count);
    if (shape.store.maxmemory.count == 0 || keys.empty()) return for_ever;
    const Law law{shape};
    // Keys are in no order of popularity, so every so many is as good as any.
    const std::size_t step = 1 + (keys.size() - 1) / looked_at_most;
    const auto expected = [&](double time_s) {
        double sum = 0.0;
        std::size_t seen = 0;
        for (std::size_t i = 0; i < keys.size(); i += step, ++seen) sum += law.presence(keys[i], time_s);
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

void fill_as_if_long_in_use(Store& store, const SteadyShape& shape, std::span<const KeyDemand> keys, RandomBits draws,
                            engine::Instant now) {
    SIM_CHECK(store.resident_keys() == 0);
    const double characteristic_s =
        characteristic_time_s(shape, keys, store.charge_of(shape.value, shape.ttl.has_value()));
    const Law law{shape};
    for (const KeyDemand& of : keys) {
        if (draws.uniform() >= law.presence(of, characteristic_s)) continue;
        const std::optional<double> ttl_s = law.ttl_s(draws);
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
