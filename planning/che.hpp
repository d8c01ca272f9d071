// The hit ratio of an LRU cache in steady state by Che's approximation, for entries of one size that are asked for by
// Zipf's law: an entry stays as long as the characteristic time T, which is such that the expected entries fill the
// cache. With a time to live that no hit renews, an entry asked for a times a second is there on the a t / (1 + a t)
// share of its requests, t being the smaller of both times.
//
// Left out: writes that delete entries, stampedes, sampling. Within a hundredth of an exact LRU where neither matters
// (tests/planning/che_test.cpp).
// Sources: H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems, IEEE JSAC 20(7), 2002; time to live:
// N. Fofack et al., Analysis of TTL-based Cache Networks, VALUETOOLS 2012.
#pragma once

#include <optional>
#include <vector>

namespace faultline::planning {

struct CachedClass {
    double reads_per_s = 0.0;       // > 0
    double keys = 1.0;              // >= 1
    double zipf = 0.99;             // >= 0
    std::optional<double> ttl_s{};  // > 0; none: that of all
};

// Of all reads together, 0..1. `entries`: that fit. Classes have keys of their own. `ttl_s`: of classes without theirs.
double che_hit_ratio(const std::vector<CachedClass>& classes, double entries, std::optional<double> ttl_s);

}  // namespace faultline::planning
