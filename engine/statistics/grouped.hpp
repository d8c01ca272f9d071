// Observations that come in groups, the members of a group alike as far as they have something in common: several
// futures of one history. How many independent observations they are worth.
//
// The correlation within groups is measured by one-way analysis of variance with unequal groups, once on the ranks of
// the observations (so that one without end is no more than the last) and once on whether each is within the limit;
// the larger one counts, and at least 0. The design effect is 1 + (m - 1) * correlation, m the mean size of the group
// of an observation (sum m_i^2 / n), and n / design effect the effective count. That few groups measure a correlation
// badly is paid for by the factor (t(n - 1) / t(groups - 1))^2 of Student's quantiles at the confidence of one end, at
// most 1. Observations that are all equal say nothing of what they have in common: then a group counts as one.
// tests/planning/futures_test.cpp holds binomial bounds of the effective count to their error.
//
// Sources: L. Kish, Survey Sampling, 1965 (design effect); E. Korn, B. Graubard, Confidence intervals for proportions
// with small expected number of positive counts estimated from survey data, Survey Methodology 24, 1998 (exact
// binomial bounds at n / design effect, and the factor); S. Searle, G. Casella, C. McCulloch, Variance Components,
// 1992, section 3.6 (unequal groups).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace faultline::engine {

// Between -1 and 1. `groups`: the group of each value; any numbers. None: fewer than two groups, no group of two, or
// all values are equal.
std::optional<double> intraclass_correlation(std::span<const double> values, std::span<const std::size_t> groups);

// From 0 to the number of values. `confidence` of one end, 0.5 to 1 (exclusive).
double effective_count(std::span<const double> values, std::span<const std::size_t> groups, double limit,
                       double confidence);

}  // namespace faultline::engine
