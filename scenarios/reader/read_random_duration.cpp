// The forms of a random duration: "2ms", {"exponential": "10ms"}, {"quantiles": {"0": "1ms", "1": "9ms"}} and so on.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/object_reader.hpp"

namespace faultline::scenarios {

namespace {

// Divided, where engine::in_seconds multiplies by the inexact 1e-9: "60s" has to become 60.0, which is 60 s again.
double in_seconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e9;
}

// Two keys of a form, in the order of RandomDuration::values.
RandomDuration read_mean_form(DistributionKind kind, const Child& child, std::string_view second,
                              const Report& report) {
    ObjectReader form(child, child.name, report);
    const double mean_s = in_seconds(form.positive_duration("mean"));
    RandomDuration result{kind, {mean_s, form.number(second)}};
    form.finish();
    return result;
}

RandomDuration read_uniform(const Child& child, const Report& report) {
    ObjectReader form(child, "uniform", report);
    const Duration low = form.duration("low"), high = form.duration("high");
    if (high < low) form.problem("high", fmt::format("below \"low\", which is {}", to_text(low)));
    form.finish();
    return {DistributionKind::uniform, {in_seconds(low), in_seconds(high)}};
}

RandomDuration read_pareto(const Child& child, const Report& report) {
    ObjectReader form(child, "pareto", report);
    const Duration minimum = form.positive_duration("minimum");
    const double alpha = form.number("alpha");
    const Duration cap = form.duration("cap");
    if (cap <= minimum && form.has("cap") && form.has("minimum")) {
        form.problem("cap", fmt::format("expected more than \"minimum\", which is {}", to_text(minimum)));
    }
    form.finish();
    return {DistributionKind::pareto, {in_seconds(minimum), alpha, in_seconds(cap)}};
}

struct Point {
    double probability = 0.0;
    Duration value{};
    Pointer at;
};

std::vector<Point> read_points(const Child& child, const Report& report) {
    std::vector<Point> points;
    for (const auto& [name, value] : child.value->items()) {
        Point point{0.0, {}, child.at / name};
        const auto [end, status] =
            std::from_chars(name.data(), name.data() + name.size(), point.probability, std::chars_format::fixed);
        const bool number = status == std::errc{} && end == name.data() + name.size();
        if (!number || !(point.probability >= 0.0 && point.probability <= 1.0)) {
            report.add(point.at, fmt::format("expected a probability from \"0\" to \"1\", found {}", in_quotes(name)));
            continue;
        }
        const Parsed<Duration> parsed =
            parse_duration(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
        if (!parsed.value) report.add(point.at, parsed.error);
        point.value = parsed.value.value_or(Duration{});
        points.push_back(std::move(point));
    }
    const auto by_probability = [](const Point& a, const Point& b) { return a.probability < b.probability; };
    std::stable_sort(points.begin(), points.end(), by_probability);
    return points;
}

RandomDuration read_quantiles(const Child& child, const Report& report) {
    RandomDuration result{DistributionKind::quantiles, {}};
    if (!child.value->is_object() || child.value->size() > entries_max) {
        report.add(child.at, fmt::format("expected an object such as {{\"0\": \"1ms\", \"1\": \"9ms\"}}, found {}",
                                         shown(*child.value)));
        return result;
    }
    const std::vector<Point> points = read_points(child, report);
    if (points.empty() || points.front().probability != 0.0 || points.back().probability != 1.0) {
        report.add(child.at, "expected the quantiles \"0\" and \"1\", the least and the greatest value");
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i > 0 && points[i].probability == points[i - 1].probability) {
            report.add(points[i].at, "the same probability stands here twice");
        } else if (i > 0 && points[i].value < points[i - 1].value) {
            report.add(points[i].at, fmt::format("{} is below the value of a lower probability, {}",
                                                 to_text(points[i].value), to_text(points[i - 1].value)));
        }
        result.values.insert(result.values.end(), {points[i].probability, in_seconds(points[i].value)});
    }
    return result;
}

RandomDuration read_form(const Child& child, const Report& report) {
    if (child.name == "lognormal") return read_mean_form(DistributionKind::lognormal, child, "cv", report);
    if (child.name == "gamma") return read_mean_form(DistributionKind::gamma, child, "shape", report);
    if (child.name == "hyperexponential") {
        return read_mean_form(DistributionKind::hyperexponential, child, "scv", report);
    }
    if (child.name == "uniform") return read_uniform(child, report);
    if (child.name == "pareto") return read_pareto(child, report);
    return read_quantiles(child, report);
}

}  // namespace

RandomDuration read_random_duration(const Child& child, const Report& report) {
    if (!child.value->is_object()) {
        const bool text = child.value->is_string();
        const Parsed<Duration> parsed =
            parse_duration(text ? child.value->get_ref<const std::string&>() : child.value->dump());
        if (!parsed.value && (text || child.value->is_number())) {
            report.add(child.at, parsed.error);
        } else if (!parsed.value) {
            report.add(child.at,
                       fmt::format("expected a duration or a distribution such as {{\"exponential\": \"10ms\"}}, "
                                   "found {}",
                                   shown(*child.value)));
        }
        return {DistributionKind::constant, {in_seconds(parsed.value.value_or(Duration{}))}};
    }
    ObjectReader object(child, "random-duration", report);
    std::vector<Child> forms;
    RandomDuration result;
    if (object.has("exponential")) {
        result = {DistributionKind::exponential, {in_seconds(object.positive_duration("exponential"))}};
        forms.push_back({"exponential", nullptr, child.at});
    } else {
        object.raw("exponential");
    }
    for (const Key& key : shape_named("random-duration").keys) {
        if (key.name == "exponential") continue;
        if (const std::optional<Child> form = object.child(key.name)) {
            forms.push_back(*form);
            result = read_form(*form, report);
        }
    }
    object.finish();
    // Of an unknown form finish() has told already.
    const bool unknown = forms.empty() && !child.value->empty();
    if (forms.size() != 1 && !unknown) {
        report.add(child.at, fmt::format("expected exactly one of exponential, lognormal, gamma, uniform, pareto, "
                                         "hyperexponential, quantiles, found {}",
                                         forms.size()));
    }
    return result;
}

}  // namespace faultline::scenarios
