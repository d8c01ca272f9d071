#include "scenarios/availability_result.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::scenarios {
namespace {

using Json = nlohmann::ordered_json;

// Numbers that JSON cannot hold are words, as in other results.
Json number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
    return value;
}

Json json_of(const MeanInterval& one) {
    return {{"mean", number(one.mean)}, {"low", number(one.low)}, {"high", number(one.high)}};
}

Json json_of(const OutageCause& one) {
    return {{"kinds", one.kinds},     {"overlapping", one.overlapping},
            {"planned", one.planned}, {"minutes", one.minutes},
            {"share", one.share},     {"times_per_year", one.times_per_year}};
}

Json json_of(const YearsOf& one) {
    Json json{{"of", one.of},
              {"offices", one.offices},
              {"minutes", json_of(one.minutes)},
              {"availability", json_of(one.availability)},
              {"minutes_with_planned", json_of(one.minutes_with_planned)},
              {"availability_with_planned", json_of(one.availability_with_planned)},
              {"p50", one.p50},
              {"p95", one.p95},
              {"p99", one.p99},
              {"planned_minutes", one.planned_minutes},
              {"years_without", one.years_without},
              {"causes", Json::array()}};
    for (const OutageCause& cause : one.causes) json["causes"].push_back(json_of(cause));
    return json;
}

Json json_of(const ClosedForm& one) {
    return {{"database", one.database}, {"simulated", json_of(one.simulated)},
            {"low", one.low},           {"high", one.high},
            {"states", one.states},     {"differs", one.differs}};
}

Json json_of(const RareLoss& one) {
    return {{"what", one.what}, {"per_year", json_of(one.per_year)}, {"counted_per_year", one.counted_per_year}};
}

Json json_of(const FailureRate& one) {
    return {{"what", one.what},       {"targets", one.targets}, {"years_between", one.years_between},
            {"lasts_s", one.lasts_s}, {"source", one.source},   {"confidence", one.confidence},
            {"planned", one.planned}};
}

Json json_of(const RequirementResult& one) {
    const char* const verdict = one.verdict == Verdict::met        ? "met"
                                : one.verdict == Verdict::violated ? "violated"
                                                                   : "undecided";
    return {
        {"name", one.name},       {"text", one.text},         {"verdict", verdict}, {"estimate", number(one.estimate)},
        {"low", number(one.low)}, {"high", number(one.high)}, {"limit", one.limit}, {"worst_at", one.worst_at},
        {"why", one.why}};
}

template <typename Things>
Json array_of(const Things& things) {
    Json array = Json::array();
    for (const auto& one : things) array.push_back(json_of(one));
    return array;
}

}  // namespace

std::string availability_text(const AvailabilityResult& result) {
    Json json{{"availability_schema_version", result.schema_version},
              {"tool_version", result.tool_version},
              {"scenario", result.scenario_name},
              {"variant", result.variant},
              {"seed", result.seed},
              {"years", result.years},
              {"events", result.events},
              {"confidence", result.confidence},
              {"requirements", array_of(result.requirements)},
              {"classes", array_of(result.classes)},
              {"places", array_of(result.places)},
              {"closed_forms", array_of(result.closed_forms)},
              {"rare", array_of(result.rare)},
              {"rare_left_out", result.rare_left_out},
              {"rates", array_of(result.rates)},
              {"measured", result.measured},
              {"not_modelled", result.not_modelled},
              {"not_counted", result.not_counted}};
    if (const auto& cost = result.downtime_cost) {
        json["downtime_cost"] = {{"dollars_per_h", cost->per_h},
                                 {"minutes", json_of(cost->minutes)},
                                 {"planned_minutes", cost->planned_minutes},
                                 {"dollars_a_year", json_of(cost->a_year)},
                                 {"planned_dollars_a_year", cost->planned_a_year}};
    }
    return json.dump(2) + "\n";
}

}  // namespace faultline::scenarios
