#include "engine/statistics/grouped.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <map>
#include <numeric>
#include <vector>

#include "engine/check.hpp"

namespace faultline::engine {
namespace {

struct GroupSum {
    double count = 0.0, sum = 0.0;
};

std::map<std::size_t, GroupSum> sums_of(std::span<const double> values, std::span<const std::size_t> groups) {
    SIM_CHECK(values.size() == groups.size());
    std::map<std::size_t, GroupSum> sums;
    for (std::size_t i = 0; i < values.size(); ++i) {
        GroupSum& of = sums[groups[i]];
        of.count += 1.0;
        of.sum += values[i];
    }
    return sums;
}

// Equal values share the mean of their ranks.
std::vector<double> ranks_of(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t next = first + 1;
        while (next < order.size() && values[order[next]] == values[order[first]]) ++next;
        const double rank = 0.5 * static_cast<double>(first + next - 1);
        for (; first < next; ++first) ranks[order[first]] = rank;
    }
    return ranks;
}

double student_quantile(double degrees, double confidence) {
    const boost::math::students_t_distribution<double> student{degrees};
    return boost::math::quantile(boost::math::complement(student, 1.0 - confidence));
}

}  // namespace

std::optional<double> intraclass_correlation(std::span<const double> values, std::span<const std::size_t> groups) {
    const auto sums = sums_of(values, groups);
    const auto count = static_cast<double>(values.size());
    const auto group_count = static_cast<double>(sums.size());
    if (sums.size() < 2 || sums.size() == values.size()) return std::nullopt;
    double sum = 0.0, squares = 0.0, between = 0.0, sizes = 0.0;
    for (const double value : values) sum += value;
    const double mean = sum / count;
    for (const double value : values) squares += (value - mean) * (value - mean);
    for (const auto& [group, of] : sums) {
        const double apart = of.sum / of.count - mean;
        between += of.count * apart * apart;
        sizes += of.count * of.count;
    }
    if (squares <= 0.0) return std::nullopt;
    const double mean_square_between = between / (group_count - 1.0);
    const double mean_square_within = std::max(0.0, squares - between) / (count - group_count);
    const double size = (count - sizes / count) / (group_count - 1.0);
    return (mean_square_between - mean_square_within) / (mean_square_between + (size - 1.0) * mean_square_within);
}

double effective_count(std::span<const double> values, std::span<const std::size_t> groups, double limit,
                       double confidence) {
    const auto sums = sums_of(values, groups);
    const auto count = static_cast<double>(values.size());
    if (sums.size() == values.size()) return count;
    const auto group_count = static_cast<double>(sums.size());
    if (sums.size() < 2) return group_count;
    double sizes = 0.0;
    for (const auto& [group, of] : sums) sizes += of.count * of.count;

    std::vector<double> within;
    for (const double value : values) within.push_back(value <= limit ? 1.0 : 0.0);
    const std::optional<double> of_ranks = intraclass_correlation(ranks_of(values), groups);
    if (!of_ranks) return group_count;
    const double correlation = std::max({0.0, *of_ranks, intraclass_correlation(within, groups).value_or(0.0)});
    const double design_effect = 1.0 + (sizes / count - 1.0) * correlation;
    const double spread = student_quantile(count - 1.0, confidence) / student_quantile(group_count - 1.0, confidence);
    return std::min(1.0, spread * spread) * count / design_effect;
}

}  // namespace faultline::engine
