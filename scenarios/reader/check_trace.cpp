// The recorded arrivals of a workload: whether their file can be replayed, line by line, and what is known of it then.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "scenarios/reader/read_parts.hpp"
#include "scenarios/trace_requests.hpp"

namespace faultline::scenarios {

namespace {

// Counts requests of one instant that follow one another.
struct AtOnce {
    std::optional<double> instant_s{};
    std::uint64_t now = 0, most = 0;
    void add(double time_s) {
        now = time_s == instant_s ? now + 1 : 1;
        instant_s = time_s;
        most = std::max(most, now);
    }
};

// All of it: what is wrong at its end is wrong, too, and it has one digest. What was passed over counts for nothing.
TraceFacts facts_of(TraceRequests& requests, const Scenario& scenario) {
    TraceFacts facts;
    facts.of_classes.resize(scenario.workload.classes.size());
    const double from_s = engine::in_seconds(scenario.workload.arrivals.trace->from);
    std::optional<double> first_s, begun_s;
    AtOnce at_once;
    while (const std::optional<TraceRequest> request = requests.next()) {
        if (!first_s) first_s = request->time_s;
        if (request->time_s - *first_s < from_s) continue;
        if (!begun_s) begun_s = request->time_s;
        ++facts.requests;
        ++facts.of_classes[request->query_class];
        facts.span_s = request->time_s - *begun_s;
        at_once.add(request->time_s);
    }
    facts.at_once = at_once.most;
    facts.bytes = requests.bytes();
    facts.sha256 = requests.sha256();
    return facts;
}

}  // namespace

void check_trace(Scenario& scenario, const Report& report) {
    std::optional<TraceReplay>& trace = scenario.workload.arrivals.trace;
    if (!trace) return;
    const Pointer at = Pointer{} / "workload" / "arrivals" / "trace";
    struct stat status {};
    const bool there = ::stat(trace_path(scenario).c_str(), &status) == 0;
    if (there && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        report.add(at / "file", trace->file + " is no file: each replication opens it anew");
        return;
    }
    const std::optional<std::int64_t> changed_ns = trace_changed_ns(scenario);
    TraceRequests requests(scenario, true);
    trace->facts = facts_of(requests, scenario);
    trace->facts.changed_ns = changed_ns.value_or(0);
    if (requests.error()) {
        report.add(at / "file", *requests.error());
    } else if (trace->facts.requests == 0) {
        report.add(trace->from > Duration{} ? at / "from" : at / "file",
                   trace->from > Duration{} ? fmt::format("{} ends earlier than {} after its first request",
                                                          trace->file, to_text(trace->from))
                                            : trace->file + ": there is no request in it");
    } else if (trace->repeat && trace->facts.span_s == 0.0) {
        report.add(at / "repeat", "all requests are of one instant: nobody knows how long until it begins anew");
    }
}

}  // namespace faultline::scenarios
