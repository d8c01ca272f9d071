#include "reports/storm_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {

namespace {

using scenarios::quantity_text;
using scenarios::share_text;

// What keeps it going.
std::string loop_text(const scenarios::StormResult& storm) {
    if (storm.loop.empty()) return "";
    std::string text = "sustained by " + storm.loop;
    if (!storm.cache.empty()) {
        text = fmt::format("sustained by the cold cache {} (fresh hits {} instead of {})", storm.cache,
                           share_text(storm.hit_rate), share_text(storm.hit_rate_before));
    }
    if (!storm.overloaded.empty()) text += ", with no room left in " + storm.overloaded;
    return text + ", ";
}

}  // namespace

std::vector<StormSummary> storm_summaries(const scenarios::RunResult& result) {
    std::vector<StormSummary> all;
    for (std::size_t r = 0; r < result.replications.size(); ++r) {
        for (const scenarios::StormResult& storm : result.replications[r].storms) {
            auto known = std::find_if(all.begin(), all.end(), [&](const StormSummary& one) {
                return one.of == storm.of && one.trigger == storm.trigger;
            });
            if (known == all.end()) known = all.insert(all.end(), StormSummary{storm.of, storm.trigger});
            // A fault at random may set off several in one replication, of which the last one may never end.
            if (known->last_seen != r + 1) ++known->seen;
            known->last_seen = r + 1;
            known->never_ended += storm.ended ? 0 : 1;
            if (storm.until_ns - storm.since_ns <= known->until_ns - known->since_ns) continue;
            known->attempts_per_due = storm.attempts_per_due;
            known->good_share = storm.good_share;
            known->since_ns = storm.since_ns;
            known->until_ns = storm.until_ns;
            known->longest = storm;
        }
    }
    return all;
}

std::vector<std::string> storm_lines(const scenarios::RunResult& result) {
    std::vector<std::string> lines;
    for (const StormSummary& one : storm_summaries(result)) {
        const double lasted_s = static_cast<double>(one.until_ns - one.since_ns) * 1e-9;
        std::string end = fmt::format("over {} later", quantity_text(lasted_s, "s"));
        if (one.never_ended > 0) {
            end = fmt::format("never ended in {} of {}", one.never_ended, counted(one.seen, "replication"));
        }
        lines.push_back(
            fmt::format("metastable: {} after {}: attempts {:.1f} x due, {} good, since {} after the start, {}{}; seen "
                        "in {} of {}.",
                        one.of, one.trigger, one.attempts_per_due, share_text(one.good_share),
                        quantity_text(static_cast<double>(one.since_ns) * 1e-9, "s"), loop_text(one.longest), end,
                        one.seen, counted(result.replications.size(), "replication")));
    }
    return lines;
}

}  // namespace faultline::reports
