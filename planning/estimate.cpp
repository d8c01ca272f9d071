#include "planning/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faultline::planning {
namespace {

using engine::Interval;
using engine::LatencyHistogram;

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::size_t first_look = 5;     // replications, when there are too few to say anything (design, section 5)
constexpr double replications_max = 1e6;  // beyond that the limit is where the estimate is
constexpr double failing_share_of_mean = 0.01;  // with more failures a mean over the answers says nothing

double in_s(engine::Duration latency) {
    return latency == LatencyHistogram::failed ? infinite : engine::in_seconds(latency);
}

// Half-widths shrink with the root of the number.
std::optional<int> more_replications(std::size_t count, double half_width, double margin) {
    if (count < 2) return static_cast<int>(first_look - count);
    const double needed = static_cast<double>(count) * (half_width / margin) * (half_width / margin);
    if (!(needed < replications_max)) return std::nullopt;
    return std::max(1, static_cast<int>(std::ceil(needed)) - static_cast<int>(count));
}

// The share answered within `limit`, over replications.
Interval share_within(const std::vector<LatencyHistogram>& replications, engine::Duration limit, double confidence) {
    std::vector<double> shares;
    for (const LatencyHistogram& one : replications) shares.push_back(one.fraction_at_most(limit));
    return engine::confidence_interval(shares, confidence);
}

// Where an end of the interval of the share reaches p: an end of the interval of the quantile. Infinite: nowhere.
template <typename End>
double where_share_reaches(const std::vector<LatencyHistogram>& replications, const Question& question, End end) {
    const auto reaches = [&](std::int64_t ns) {
        return end(share_within(replications, engine::Duration{ns}, question.confidence)) >= question.p;
    };
    engine::Duration longest{};
    for (const LatencyHistogram& one : replications) longest = std::max(longest, one.max());
    if (!reaches(longest.count())) return infinite;
    std::int64_t below = -1;
    std::int64_t there = longest.count();
    while (there - below > 1) {
        const std::int64_t middle = below + (there - below) / 2;
        (reaches(middle) ? there : below) = middle;
    }
    return engine::in_seconds(engine::Duration{there});
}

// For a quantile that is infinite in some replication.
Estimate estimate_failing(const LatencySeries& series, const LatencyHistogram& pooled, const Question& question) {
    Estimate estimate{.place = series.place, .interval = {}, .observations = pooled.count()};
    estimate.interval.estimate = in_s(pooled.quantile(question.p));
    const std::size_t count = series.replications.size();
    if (count >= 2) {
        estimate.interval.low = where_share_reaches(series.replications, question, [](Interval i) { return i.high; });
        estimate.interval.high = where_share_reaches(series.replications, question, [](Interval i) { return i.low; });
    }
    const Interval within =
        share_within(series.replications, engine::duration_from_seconds(question.limit), question.confidence);
    estimate.replications = more_replications(count, within.half_width(), std::abs(within.estimate - question.p));
    return estimate;
}

double mean_s(const LatencyHistogram& histogram) {
    const auto failures = static_cast<double>(histogram.failures());
    const bool failing = failures > failing_share_of_mean * static_cast<double>(histogram.count());
    return histogram.answered() == 0 || failing ? infinite : histogram.mean_s();
}

// Of a mean that is infinite in some replication: whether it is so is a question of the share that fails.
Estimate estimate_failing_mean(const LatencySeries& series, const LatencyHistogram& pooled, const Question& question) {
    Estimate estimate{.place = series.place, .interval = {}, .observations = pooled.count()};
    std::vector<double> shares;
    for (const LatencyHistogram& one : series.replications) {
        const auto count = static_cast<double>(std::max<std::uint64_t>(1, one.count()));
        shares.push_back(static_cast<double>(one.failures()) / count);
    }
    const Interval failing = engine::confidence_interval(shares, question.confidence);
    const bool surely = shares.size() >= 2 && failing.low > failing_share_of_mean;
    estimate.interval = {.low = surely ? infinite : 0.0, .estimate = infinite, .high = infinite};
    estimate.replications =
        more_replications(shares.size(), failing.half_width(), std::abs(failing.estimate - failing_share_of_mean));
    return estimate;
}

// No narrower than independent operations would be: the order statistics of all of them.
void widen_by_ranks(Interval& interval, const LatencyHistogram& pooled, const Question& question) {
    const engine::RankInterval ranks = engine::quantile_ranks(pooled.count(), question.p, question.confidence);
    interval.low = std::min(interval.low, ranks.low == 0 ? 0.0 : in_s(pooled.at_rank(ranks.low)));
    interval.high = std::max(interval.high, ranks.high > pooled.count() ? infinite : in_s(pooled.at_rank(ranks.high)));
}

// How many incidents more until ranks could settle it: the same share of misses, or none more if that share is allowed.
std::optional<int> more_incidents(std::uint64_t within, std::uint64_t count, const Question& question) {
    const std::uint64_t misses = count - within;
    const double rate = count == 0 ? 0.0 : static_cast<double>(misses) / static_cast<double>(count);
    for (double next = static_cast<double>(count) + 1.0; next < replications_max; next = std::ceil(next * 1.01)) {
        const auto trials = static_cast<std::uint64_t>(next);
        if (rate <= 1.0 - question.p) {
            const engine::Trials seen{.successes = trials - misses, .trials = trials};
            if (engine::proportion_lower_bound(seen, question.confidence) >= question.p)
                return static_cast<int>(trials - count);
        } else {
            const auto missed = static_cast<std::uint64_t>(std::floor(rate * next));
            const engine::Trials seen{.successes = trials - missed, .trials = trials};
            if (engine::proportion_upper_bound(seen, question.confidence) < question.p)
                return static_cast<int>(trials - count);
        }
    }
    return std::nullopt;
}

}  // namespace

Estimate estimate_values(const std::vector<double>& values, const Question& question) {
    Estimate estimate{.place = {}, .interval = {}, .observations = values.size()};
    estimate.interval = engine::confidence_interval(values, question.confidence);
    estimate.replications = more_replications(values.size(), estimate.interval.half_width(),
                                              std::abs(estimate.interval.estimate - question.limit));
    estimate.interval.low = std::max(estimate.interval.low, 0.0);
    return estimate;
}

Estimate estimate_latency(const LatencySeries& series, const Question& question) {
    LatencyHistogram pooled;
    for (const LatencyHistogram& one : series.replications) pooled.merge(one);
    std::vector<double> values;
    for (const LatencyHistogram& one : series.replications) {
        values.push_back(question.mean ? mean_s(one) : in_s(one.quantile(question.p)));
    }
    const bool failing = std::any_of(values.begin(), values.end(), [](double s) { return std::isinf(s); });
    if (failing && pooled.count() > 0) {
        return question.mean ? estimate_failing_mean(series, pooled, question)
                             : estimate_failing(series, pooled, question);
    }

    Estimate estimate = estimate_values(values, question);
    estimate.place = series.place;
    estimate.observations = pooled.count();
    if (!question.mean && values.size() >= 2) widen_by_ranks(estimate.interval, pooled, question);
    return estimate;
}

Estimate estimate_freshness(const LatencySeries& series, const Question& question) {
    std::vector<double> values;
    for (const LatencyHistogram& one : series.replications) {
        values.push_back(question.mean ? one.mean_s() : in_s(one.quantile(question.p)));
    }
    return estimate_values(values, question);
}

Estimate estimate_share(const ShareSeries& series, const Question& question) {
    engine::Trials pooled;
    std::vector<double> shares;
    for (const engine::Trials& one : series.replications) {
        pooled.successes += one.successes;
        pooled.trials += one.trials;
        shares.push_back(static_cast<double>(one.successes) / static_cast<double>(one.trials));
    }
    Estimate estimate = estimate_values(shares, question);
    estimate.place = series.place;
    estimate.observations = pooled.trials;
    if (shares.size() < 2) return estimate;
    const Interval independent = engine::proportion_interval(pooled, question.confidence);
    const double half_width = std::max(estimate.interval.half_width(), independent.half_width());
    estimate.interval.low = std::clamp(std::min(estimate.interval.low, independent.low), 0.0, 1.0);
    estimate.interval.high = std::clamp(std::max(estimate.interval.high, independent.high), 0.0, 1.0);
    estimate.replications =
        more_replications(shares.size(), half_width, std::abs(estimate.interval.estimate - question.limit));
    return estimate;
}

namespace {
// Of `count` incidents that are worth fewer independent ones: the ranks of these, as shares of all.
Interval quantile_of_grouped(const std::vector<double>& seen, std::uint64_t worth, double p, double confidence) {
    Interval interval = engine::quantile_interval(seen, p, confidence);
    const engine::RankInterval ranks = engine::quantile_ranks(worth, p, confidence);
    std::vector<double> sorted = seen;
    std::sort(sorted.begin(), sorted.end());
    const std::uint64_t low = ranks.low * sorted.size() / worth;
    const std::uint64_t high = (ranks.high * sorted.size() + worth - 1) / worth;
    interval.low = low == 0 ? -infinite : sorted[low - 1];
    interval.high = ranks.high > worth ? infinite : sorted[high - 1];
    return interval;
}
}  // namespace

Estimate estimate_incidents(const IncidentSeries& series, const Question& question, std::size_t replications) {
    const std::vector<double>& seen = series.incidents_s;
    // Each end errs with 1 - confidence: that is an interval of 2 * confidence - 1.
    const double both_ends = std::max(2.0 * question.confidence - 1.0, 1e-6);
    Estimate estimate{.place = series.place, .interval = {}, .observations = seen.size()};
    const std::uint64_t worth = effective_incidents(series, question.limit, question.confidence);
    estimate.interval = worth == seen.size() ? engine::quantile_interval(seen, question.p, both_ends)
                                             : quantile_of_grouped(seen, worth, question.p, both_ends);
    estimate.interval.low = std::max(estimate.interval.low, 0.0);

    const auto within = static_cast<std::uint64_t>(
        std::count_if(seen.begin(), seen.end(), [&](double s) { return s <= question.limit; }));
    estimate.within = within;
    const std::uint64_t worth_within = seen.empty() ? 0 : within * worth / seen.size();
    const auto more = more_incidents(worth_within, worth, question);
    if (more && !seen.empty()) {
        const double each = static_cast<double>(worth) / static_cast<double>(std::max<std::size_t>(1, replications));
        estimate.replications = std::max(1, static_cast<int>(std::ceil(*more / each)));
    }
    return estimate;
}

}  // namespace faultline::planning
