// What clients do about answers that are late or missing, and what services do about calls that they cannot serve.
#include <fmt/format.h>

#include <string>

#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

RetryPolicy read_retry(const Child& child, const Report& report) {
    ObjectReader object(child, "retry", report);
    object.use_preset(object.one_of("preset"));
    RetryPolicy retry;
    retry.attempts = object.integer("attempts");
    retry.base = object.duration("base");
    retry.cap = object.duration("cap");
    retry.jitter = object.one_of("jitter") == "none" ? BackoffJitter::none : BackoffJitter::full;
    if (const std::optional<Child> budget = object.child("budget")) {
        ObjectReader bucket(*budget, "retry-budget", report);
        retry.budget = {bucket.integer("tokens"), bucket.integer("cost"), bucket.integer("timeout_cost"),
                        bucket.integer("refund")};
        bucket.finish();
    }
    retry.adaptive = object.flag("adaptive");
    if (retry.cap < retry.base) {
        object.problem(object.has("cap") ? "cap" : "base",
                       fmt::format("the cap, {}, is below the base, {}", to_text(retry.cap), to_text(retry.base)));
    }
    object.finish();
    return retry;
}

std::optional<Breaker> read_breaker(ObjectReader& owner) {
    const std::optional<Child> child = owner.child("breaker");
    if (!child) return std::nullopt;
    ObjectReader object(*child, "breaker", owner.report());
    object.use_preset(object.one_of("preset"));
    Breaker breaker;
    const std::size_t before = owner.report().problems->count();
    breaker.failures = object.share("failures");
    const bool understood = owner.report().problems->count() == before;
    if (understood && object.has("failures") && breaker.failures == 0.0) {
        object.problem("failures", "expected a share above 0%: at 0% it would open without any failure");
    }
    breaker.window = object.integer("window");
    breaker.sampling =
        object.has("sampling") ? object.positive_duration("sampling") : object.maybe_duration("sampling");
    // A window by calls that is asked for replaces the preset's by time.
    if (object.has("window") && object.has("sampling")) {
        object.problem("window", "it looks back on calls (\"window\") or on time (\"sampling\"), not on both");
    }
    if (object.has("window")) breaker.sampling.reset();
    breaker.calls_least = object.integer("calls_least");
    // Only those that it looks back on can be seen: of a short window, all of it.
    if (!breaker.sampling && breaker.calls_least > breaker.window) {
        if (object.has("calls_least")) {
            object.problem("calls_least", fmt::format("it looks back on {} calls, so it never sees {}", breaker.window,
                                                      breaker.calls_least));
        }
        breaker.calls_least = breaker.window;
    }
    breaker.slow_call =
        object.has("slow_call") ? object.positive_duration("slow_call") : object.maybe_duration("slow_call");
    breaker.open = object.positive_duration("open");
    breaker.probes = object.integer("probes");
    object.finish();
    return breaker;
}

std::optional<Hedge> read_hedge(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "hedge", report);
    Hedge hedge;
    hedge.delay = object.maybe_duration("delay");
    hedge.quantile = object.share("quantile", 0.5, 0.999);
    if (hedge.delay && object.has("quantile")) {
        object.problem("quantile", "a copy is sent after a \"delay\" or after a quantile, not after both");
    }
    hedge.budget = object.share("budget");
    hedge.burst = object.integer("burst");
    hedge.cancel = object.flag("cancel");
    if (object.has("budget") && hedge.budget == 0.0) object.problem("budget", "without any copy there is no hedging");
    object.finish();
    return hedge;
}

std::optional<OutlierEjection> read_outliers(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "outliers", report);
    OutlierEjection outliers;
    outliers.failures = object.integer("failures");
    outliers.interval = object.positive_duration("interval");
    outliers.ejection = object.positive_duration("ejection");
    outliers.ejection_most = object.positive_duration("ejection_most");
    outliers.share_most = object.share("share_most");
    if (outliers.ejection_most < outliers.ejection) {
        object.problem(object.has("ejection_most") ? "ejection_most" : "ejection",
                       fmt::format("the first time takes {}, and none more than {}", to_text(outliers.ejection),
                                   to_text(outliers.ejection_most)));
    }
    object.finish();
    return outliers;
}

Priority read_priority(ObjectReader& object) {
    const std::string name = object.one_of("priority");
    if (name == "critical") return Priority::critical;
    return name == "sheddable" ? Priority::sheddable : Priority::normal;
}

namespace {

LimitKind limit_named(const std::string& name) {
    if (name == "fixed") return LimitKind::fixed;
    if (name == "aimd") return LimitKind::aimd;
    return name == "gradient" ? LimitKind::gradient : LimitKind::none;
}

// What belongs to another limit than the one that was chosen would be ignored, so it is a slip.
void check_limit(const ObjectReader& object, const Shedding& shedding) {
    const bool adapts = shedding.limit == LimitKind::aimd || shedding.limit == LimitKind::gradient;
    for (const std::string_view key : {"concurrency_least", "concurrency_most"}) {
        if (object.has(key) && !adapts) object.problem(key, "only the limits aimd and gradient have this");
    }
    for (const std::string_view key : {"slow_call", "backoff"}) {
        if (object.has(key) && shedding.limit != LimitKind::aimd) {
            object.problem(key, "only the limit aimd has this");
        }
    }
    for (const std::string_view key : {"concurrency", "normal_share", "sheddable_share"}) {
        if (object.has(key) && shedding.limit == LimitKind::none) {
            object.problem(key, "there is no \"limit\" that it would be of");
        }
    }
    if (adapts && shedding.concurrency_least > shedding.concurrency_most) {
        object.problem(object.has("concurrency_least") ? "concurrency_least" : "concurrency_most",
                       fmt::format("expected at most \"concurrency_most\", {}, found {}", shedding.concurrency_most,
                                   shedding.concurrency_least));
    }
    for (const std::string_view key : {"delay_target", "delay_interval"}) {
        if (object.has(key) && !shedding.controlled_delay) {
            object.problem(key, "expected \"controlled_delay\": true beside it");
        }
    }
    if (shedding.controlled_delay && object.has("wait")) {
        object.problem("wait", "\"controlled_delay\" says how long a call waits");
    }
}

}  // namespace

std::optional<Shedding> read_shedding(const std::optional<Child>& child, const Report& report) {
    if (!child) return std::nullopt;
    ObjectReader object(*child, "shedding", report);
    Shedding shedding;
    shedding.limit = limit_named(object.one_of("limit"));
    shedding.concurrency = object.integer("concurrency");
    shedding.concurrency_least = object.integer("concurrency_least");
    shedding.concurrency_most = object.integer("concurrency_most");
    shedding.slow_call = object.positive_duration("slow_call");
    shedding.backoff = object.share("backoff", 0.5, 0.99);
    shedding.normal_share = object.share("normal_share");
    shedding.sheddable_share = object.share("sheddable_share");
    shedding.newest_first = object.one_of("order") == "lifo";
    shedding.wait = object.has("wait") ? object.positive_duration("wait") : object.maybe_duration("wait");
    shedding.controlled_delay = object.flag("controlled_delay");
    shedding.delay_target = object.positive_duration("delay_target");
    shedding.delay_interval = object.positive_duration("delay_interval");
    check_limit(object, shedding);
    const bool does_something =
        shedding.limit != LimitKind::none || shedding.newest_first || shedding.wait || shedding.controlled_delay;
    if (!does_something && child->value->is_object()) {
        report.add(child->at,
                   "it sheds nothing; give a \"limit\", \"wait\", \"controlled_delay\" or \"order\": \"lifo\"");
    }
    object.finish();
    return shedding;
}

}  // namespace faultline::scenarios
