#include "models/measures/recovery.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace faultline::models {
namespace {

using engine::Duration;
using std::chrono::seconds;

struct Window {
    Duration start{}, end{};
    ShareCount seen{};
    bool bad = false;
    bool closed = true;
};

std::vector<Window> windows_of(std::span<const IncidentSecond> input, const Baseline& normal,
                               const RecoveryRule& rule) {
    std::vector<Window> windows;
    Window open;
    std::int64_t length_s = 0;
    for (std::size_t i = 0; i < input.size(); ++i) {
        open.seen.due += input[i].seen.due;
        open.seen.good += input[i].seen.good;
        open.closed = open.closed && input[i].closed;
        ++length_s;
        const bool full = open.seen.due >= rule.operations_min || length_s == rule.seconds_max;
        if (!full && i + 1 < input.size()) continue;
        open.end = std::min<Duration>(seconds{i + 1}, rule.observed);
        const bool before = !windows.empty() && windows.back().bad;
        open.bad = open.seen.due == 0 ? before : is_bad(open.seen, normal);
        windows.push_back(open);
        open = Window{.start = open.end};
        length_s = 0;
    }
    return windows;
}

// Bad windows that belong together: from the first to the last, none further than `gap` good ones behind the one
// before.
struct Cluster {
    std::size_t from = 0, to = 0;  // windows [from, to)
    ShareCount seen;
    bool closed = true;
};

Cluster cluster_from(const std::vector<Window>& windows, std::size_t first, std::size_t gap) {
    Cluster cluster{first, first + 1, windows[first].seen, windows[first].closed};
    ShareCount between;
    bool closed = true;
    for (std::size_t i = first + 1; i < windows.size() && i <= cluster.to + gap; ++i) {
        between.due += windows[i].seen.due;
        between.good += windows[i].seen.good;
        closed = closed && windows[i].closed;
        if (!windows[i].bad) continue;
        cluster.to = i + 1;
        cluster.seen.due += std::exchange(between.due, 0);
        cluster.seen.good += std::exchange(between.good, 0);
        cluster.closed = cluster.closed && std::exchange(closed, true);
    }
    return cluster;
}

// Bad windows that chance explains are no outage: after full recovery, and for single probes at any time.
void forgive_chance(std::vector<Window>& windows, const Baseline& normal, const RecoveryRule& rule) {
    const Baseline expected = rule.single_probes ? of_single_probes(normal) : normal;
    for (std::size_t i = 0; i < windows.size();) {
        if (!windows[i].bad) {
            ++i;
            continue;
        }
        const Cluster cluster = cluster_from(windows, i, rule.single_probes ? cluster_gap : 0);
        if ((cluster.closed || rule.single_probes) && !beyond_chance(cluster.seen, expected)) {
            for (std::size_t w = cluster.from; w < cluster.to; ++w) windows[w].bad = false;
        }
        i = cluster.to;
    }
}

}  // namespace

Baseline of_single_probes(const Baseline& normal) {
    return {normal.due + 1, std::min(normal.good, normal.due), normal.time};
}

bool is_bad(ShareCount seen, const Baseline& normal) {
    if (normal.due == 0) return seen.good * 100 < seen.due * 99;
    return seen.good * normal.due * 100 < seen.due * normal.good * 99;
}

bool beyond_chance(ShareCount seen, const Baseline& normal) {
    const auto missed = static_cast<double>(seen.due - seen.good);
    const double expected = static_cast<double>(seen.due) * (1.0 - normal.share());
    if (missed <= expected) return false;
    if (expected <= 0.0) return true;
    return missed * std::log(missed / expected) - missed + expected > 7.0 * std::log(10.0);
}

scenarios::Recovery judge_recovery(std::span<const IncidentSecond> input, const Baseline& normal,
                                   const RecoveryRule& rule) {
    scenarios::Recovery result;
    result.normal_share = normal.share();
    std::vector<Window> windows = windows_of(input, normal, rule);
    if (normal.dead()) {
        for (Window& window : windows) window.bad = true;
    } else {
        forgive_chance(windows, normal, rule);
    }
    Duration last_bad{};
    Duration bad_time{};
    int runs = 0;
    bool before = false;
    for (const Window& window : windows) {
        if (window.bad) {
            if (!before && runs++ == 0) result.first_impact_ns = window.start.count();
            bad_time += window.end - window.start;
            last_bad = window.end;
        }
        before = window.bad;
    }
    result.any_bad = runs > 0;
    result.bad_time_ns = bad_time.count();
    result.relapses = std::max(0, runs - 1);
    result.recovered = rule.observed - last_bad > rule.quiet_needed;
    result.bad_until_ns = last_bad.count();
    result.rto_ns = result.recovered ? last_bad.count() : std::numeric_limits<std::int64_t>::max();
    return result;
}

}  // namespace faultline::models
