// Who asks how often: arrivals with their curves and surges, closed users, tenants; and what is called a storm.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "scenarios/defaults.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// A curve that has a name besides "flat".
struct NamedCurve {
    std::string_view key, name, each;  // each: what a factor is for
    std::span<const double> factors;
};
constexpr NamedCurve of_the_day{"curve", "office-day", "local hour", office_day_curve};
constexpr NamedCurve of_the_week{"week", "office-week", "local day", office_week_curve};

std::vector<double> read_curve(ObjectReader& arrivals, const NamedCurve& known) {
    const Json* const value = arrivals.raw(known.key);
    if (value->is_string()) {
        const auto& name = value->get_ref<const std::string&>();
        if (name == "flat") return {};
        if (name == known.name) return {known.factors.begin(), known.factors.end()};
        arrivals.problem(known.key, fmt::format("{} {} is not known{}", known.key, in_quotes(name),
                                                suggestion(name, {"flat", known.name})));
        return {};
    }
    if (!value->is_array() || value->size() != known.factors.size()) {
        arrivals.problem(known.key,
                         fmt::format("expected \"flat\", \"{}\" or {} factors, one for each {}, found {}", known.name,
                                     known.factors.size(), known.each,
                                     value->is_array() ? fmt::format("{} of them", value->size()) : shown(*value)));
        return {};
    }
    std::vector<double> curve;
    constexpr double factor_max = 1000.0;
    for (const Json& factor : *value) {
        const double number = factor.is_number() ? factor.get<double>() : -1.0;
        if (!(number >= 0.0 && number <= factor_max)) {
            arrivals.report().add(arrivals.at(known.key) / curve.size(),
                                  fmt::format("expected a factor from 0 to 1000, found {}", shown(factor)));
        }
        curve.push_back(number);
    }
    if (std::all_of(curve.begin(), curve.end(), [](double factor) { return factor == 0.0; })) {
        arrivals.problem(known.key, "expected at least one factor above 0");
    }
    return curve;
}

// 0 is a problem of its own; what could not be read, or is left out, is 0.
double read_positive_rate(ObjectReader& object, std::string_view key) {
    const double rate_per_s = object.rate(key);
    const Json* const value = object.raw(key);
    const bool parsed = value != nullptr && value->is_string() && parse_rate(value->get<std::string>()).value;
    if (parsed && !(rate_per_s > 0.0 && rate_per_s <= 1e9)) {
        object.problem(key, "expected more than 0/s and at most 1000000000/s");
    }
    return rate_per_s;
}

Surge read_surge(const Child& child, const Report& report) {
    ObjectReader object(child, "surge", report);
    Surge surge;
    surge.name = child.name;
    surge.at = object.duration("at");
    surge.times = object.number("times");
    if (object.has("times") && surge.times == 1.0) object.problem("times", "1 times as many is no surge; above 1");
    surge.ramp = object.duration("ramp");
    surge.lasts = object.duration("lasts");
    surge.fall = object.duration("fall");
    if (object.has("lasts") && surge.length() == Duration{}) {
        object.problem("lasts", "expected a duration above 0, or a \"ramp\" or \"fall\"");
    }
    surge.offices = object.names("offices");
    surge.classes = object.names("classes");
    object.finish();
    return surge;
}

TraceReplay read_trace(const Child& child, const Report& report) {
    ObjectReader object(child, "trace", report);
    TraceReplay trace;
    trace.file = object.text("file");
    if (object.has("file") && *object.raw("file") == "") object.problem("file", "expected the name of a CSV file");
    trace.speed = object.number("speed");
    if (object.has("speed") && trace.speed == 0.0) object.problem("speed", "expected a speed above 0");
    trace.from = object.duration("from");
    trace.repeat = object.flag("repeat");
    object.finish();
    return trace;
}

// The rate that a trace has stands in the trace.
void check_trace_alone(const ObjectReader& arrivals) {
    for (const std::string_view key : {"rate", "curve", "week", "surges"}) {
        if (!arrivals.has(key)) continue;
        arrivals.problem(key, "arrivals have a \"rate\", or come from a \"trace\" that has its own: not both");
    }
}

void read_arrivals(const Child& child, const Report& report, Arrivals& into) {
    ObjectReader arrivals(child, "arrivals", report);
    into.rate_per_s = read_positive_rate(arrivals, "rate");
    into.curve = read_curve(arrivals, of_the_day);
    into.week = read_curve(arrivals, of_the_week);
    for (const Child& surge : arrivals.map("surges")) into.surges.push_back(read_surge(surge, report));
    if (const std::optional<Child> trace = arrivals.child("trace")) {
        into.trace = read_trace(*trace, report);
        check_trace_alone(arrivals);
    } else if (!into.surges.empty() && !arrivals.has("rate")) {
        arrivals.problem("surges", "a surge is a multiple of the \"rate\", and there is none");
    }
    arrivals.finish();
}

Tenant read_tenant(const Child& child, const Report& report) {
    ObjectReader object(child, "tenant", report);
    Tenant tenant;
    tenant.name = child.name;
    tenant.classes = object.names("classes");
    if (object.has("classes") && tenant.classes.empty()) object.problem("classes", "expected at least one class");
    const double quota_per_s = read_positive_rate(object, "quota");
    if (object.has("quota")) tenant.quota_per_s = quota_per_s;
    tenant.burst = object.number("burst");
    if (object.has("burst") && !tenant.quota_per_s) object.problem("burst", "there is no \"quota\" that would fill it");
    if (tenant.quota_per_s && tenant.burst == 0.0) tenant.burst = std::max(1.0, *tenant.quota_per_s);
    if (object.has("burst") && tenant.burst < 1.0)
        object.problem("burst", "expected at least 1, or no call ever passes");
    object.finish();
    return tenant;
}

}  // namespace

void read_demand(ObjectReader& workload, Workload& into) {
    const std::optional<Child> users = workload.child("users");
    if (users) {
        ObjectReader object(*users, "users", workload.report());
        into.users = ClosedUsers{object.integer("per_office"), object.random("think")};
        object.finish();
    }
    const std::optional<Child> arrivals = workload.child("arrivals");
    if (arrivals) read_arrivals(*arrivals, workload.report(), into.arrivals);
    const bool has_some = arrivals && (!arrivals->value->is_object() || arrivals->value->contains("rate") ||
                                       arrivals->value->contains("trace"));
    if (!users && !has_some) {
        workload.report().add(arrivals ? arrivals->at : workload.at("arrivals"),
                              "\"rate\" is missing: nobody asks anything; give it, a \"trace\", or closed \"users\"");
    }
}

void read_tenants(ObjectReader& workload, Workload& into) {
    for (const Child& child : workload.map("tenants")) into.tenants.push_back(read_tenant(child, workload.report()));
}

Storm read_storm(const Child& child, const Report& report) {
    ObjectReader object(child, "storm", report);
    const Storm storm{object.duration("outlives"), object.number("attempts")};
    object.finish();
    return storm;
}

}  // namespace faultline::scenarios
