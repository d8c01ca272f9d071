// A small scenario with one of nearly everything, for tests that change a word of it.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/problem.hpp"

namespace faultline::scenarios {

inline std::string example_text() {
    return R"json({
  "name": "Example",
  "run": { "warm_up": "1min", "measured": "10min", "seed": 7 },
  "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
  "offices": { "boston": { "city": "Boston, US" } },
  "databases": { "orders": {
    "kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB", "backups": { "retention": "2d" },
    "writer": { "class": "db.r6g.large", "zone": "a" }, "replicas": [{ "zone": "b" }] } },
  "caches": { "hot": { "region": "us-east-1", "class": "cache.r6g.large" } },
  "services": { "shop": { "regions": { "us-east-1": 3 } } },
  "workload": {
    "arrivals": { "rate": "100/s" },
    "classes": {
      "lookup": { "share": 0.5, "via": "shop", "route": ["hot", "orders/reader"], "deadline": "1s",
                  "keys": { "count": 1000 } },
      "update": { "share": 0.5, "route": ["orders/writer"], "deadline": "2s" } } },
  "faults": { "zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "lasts": "1min" } },
  "requirements": { "back": { "measure": "rto", "of": "update", "after": "zone lost", "at_most": "60s" } },
  "variants": { "fast": { "workload": { "arrivals": { "rate": "200/s" } } } }
})json";
}

// `text` with its first `from` made into `to`; without one, a text that no test expects.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t place = text.find(from);
    if (place == std::string::npos) return "not found: " + std::string{from};
    return text.replace(place, from.size(), to);
}

inline std::string all_of(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems.sorted()) text += to_text(problem) + "\n";
    return text;
}

}  // namespace faultline::scenarios
