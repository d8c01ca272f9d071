#include "engine/statistics/warm_up.hpp"

#include <limits>

#include "engine/statistics/tally.hpp"

namespace faultline::engine {

std::optional<std::size_t> mser5_truncation(std::span<const double> observations) {
    constexpr std::size_t batch = 5;
    constexpr std::size_t batches_min = 10;
    const std::size_t batches = observations.size() / batch;
    if (batches < batches_min) return std::nullopt;

    // From the end backwards, so that each cut costs one step. Of equal minima the earliest cut is taken: it keeps
    // more.
    Tally kept;
    double least = std::numeric_limits<double>::infinity();
    std::size_t cut = 0;
    for (std::size_t first = batches; first-- > 0;) {
        double sum = 0.0;
        for (const double value : observations.subspan(first * batch, batch)) sum += value;
        kept.record(sum / batch);
        const auto count = static_cast<double>(kept.count());
        // With fewer than 5 batches kept the statistic is ruled by chance, and can be 0.
        if (kept.count() < batch) continue;
        const double statistic = kept.variance() * (count - 1.0) / (count * count);
        if (statistic <= least) {
            least = statistic;
            cut = first;
        }
    }
    if (2 * cut > batches) return std::nullopt;
    return cut * batch;
}

}  // namespace faultline::engine
