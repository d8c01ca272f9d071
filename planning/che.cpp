#include "planning/che.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::planning {
namespace {

// Keys of neighbouring ranks are asked for nearly alike: the first ones stand each for itself, the rest in groups that
// grow by a hundredth.
struct RankGroup {
    double ranks = 0.0, rate_per_s = 0.0;  // of one of them
    std::optional<double> ttl_s{};
};

std::vector<RankGroup> groups_of(const CachedClass& of) {
    constexpr double each_alone = 200.0;
    std::vector<RankGroup> groups;
    double mass = 0.0;
    for (double first = 1.0; first <= of.keys;) {
        const double width = first < each_alone ? 1.0 : std::floor(first * 0.01);
        const double last = std::min(of.keys, first + width - 1.0);
        const double middle = 0.5 * (first + last);
        groups.push_back({last - first + 1.0, std::pow(middle, -of.zipf)});
        mass += groups.back().ranks * groups.back().rate_per_s;
        first = last + 1.0;
    }
    for (RankGroup& group : groups) group.rate_per_s *= of.reads_per_s / mass;
    return groups;
}

double expected_entries(const std::vector<RankGroup>& groups, double time_s) {
    double entries = 0.0;
    for (const RankGroup& group : groups) entries += group.ranks * -std::expm1(-group.rate_per_s * time_s);
    return entries;
}

// None: all of them fit.
std::optional<double> characteristic_time_s(const std::vector<RankGroup>& groups, double entries) {
    double all = 0.0;
    for (const RankGroup& group : groups) all += group.ranks;
    if (entries >= all) return std::nullopt;
    double low = 0.0, high = 1.0;
    constexpr double longest_s = 1e15;
    while (high < longest_s && expected_entries(groups, high) < entries) high *= 2.0;
    for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        (expected_entries(groups, middle) < entries ? low : high) = middle;
    }
    return high;
}

}  // namespace

double che_hit_ratio(const std::vector<CachedClass>& classes, double entries, std::optional<double> ttl_s) {
    std::vector<RankGroup> groups;
    double reads = 0.0;
    for (const CachedClass& one : classes) {
        std::vector<RankGroup> more = groups_of(one);
        for (RankGroup& group : more) group.ttl_s = one.ttl_s ? one.ttl_s : ttl_s;
        groups.insert(groups.end(), more.begin(), more.end());
        reads += one.reads_per_s;
    }
    if (reads <= 0.0 || entries <= 0.0) return 0.0;
    const std::optional<double> time_s = characteristic_time_s(groups, entries);
    const bool some_expire =
        std::any_of(groups.begin(), groups.end(), [](const RankGroup& group) { return group.ttl_s.has_value(); });
    if (!time_s && !some_expire) return 1.0;
    double hits = 0.0;
    for (const RankGroup& group : groups) {
        const bool expires_first = group.ttl_s && (!time_s || *group.ttl_s < *time_s);
        double share = 1.0;
        if (expires_first) {
            const double seen = group.rate_per_s * *group.ttl_s;
            share = seen / (1.0 + seen);
        } else if (time_s) {
            share = -std::expm1(-group.rate_per_s * *time_s);
        }
        hits += group.ranks * group.rate_per_s * share;
    }
    return std::min(1.0, hits / reads);
}

}  // namespace faultline::planning
