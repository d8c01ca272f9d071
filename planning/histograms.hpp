// A result file's histograms as those of the engine.
//
// The index of a bucket is octave * 128 + its place in the octave, as engine/statistics/latency_histogram.hpp cuts
// them: below 256 the index is the value in nanoseconds; from there on index = 128 * k + b holds [(128 + b) << (k - 1),
// ...).
#pragma once

#include "engine/statistics/latency_histogram.hpp"
#include "scenarios/result.hpp"

namespace faultline::planning {

// A file that was tampered with is refused by a SIM_CHECK: results that are read come from result_file.hpp, which
// checks.
engine::LatencyHistogram histogram_from(const scenarios::HistogramData& data);

}  // namespace faultline::planning
