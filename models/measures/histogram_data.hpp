// A histogram as a result carries it. Bucket numbers are those of HistogramData: 128 to an octave.
#pragma once

#include "engine/statistics/latency_histogram.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

scenarios::HistogramData histogram_data(const engine::LatencyHistogram& histogram);

}  // namespace faultline::models
