#include "reports/plan_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::PlannedTopology;
using scenarios::PlanResult;
using scenarios::RequirementResult;

Json plan_number(double value) {
    return std::isfinite(value) ? Json(value) : Json(std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
}

Json requirements_of(const std::vector<RequirementResult>& all) {
    constexpr const char* verdicts[] = {"met", "violated", "undecided"};
    Json json = Json::array();
    for (const RequirementResult& one : all) {
        json.push_back({{"name", one.name},
                        {"text", one.text},
                        {"verdict", verdicts[static_cast<int>(one.verdict)]},
                        {"estimate", plan_number(one.estimate)},
                        {"low", plan_number(one.low)},
                        {"high", plan_number(one.high)},
                        {"limit", plan_number(one.limit)},
                        {"unit", one.unit},
                        {"worst_at", one.worst_at},
                        {"why", one.why}});
    }
    return json;
}

Json options_of(const PlanResult& plan, const PlannedTopology& topology) {
    Json json = Json::object();
    for (std::size_t i = 0; i < plan.choices.size(); ++i) json[plan.choices[i]] = topology.options[i];
    return json;
}

Json topology_of(const PlanResult& plan, const PlannedTopology& topology) {
    Json json{{"options", options_of(plan, topology)},
              {"fate", scenarios::fate_names[static_cast<std::size_t>(topology.fate)]},
              {"cost_at_least", plan_number(topology.cost_floor)},
              {"unknown_prices", topology.unknown_prices},
              {"replications", topology.replications}};
    for (const scenarios::UnpricedPart& one : topology.unpriced) json["unpriced"].push_back(one.part);
    if (topology.cost) json["cost"] = plan_number(*topology.cost);
    if (topology.objective) json["objective"] = plan_number(*topology.objective);
    if (!topology.requirement.empty()) json["requirement"] = topology.requirement;
    if (!topology.why.empty()) json["why"] = topology.why;
    if (!topology.problems.empty()) json["problems"] = topology.problems;
    if (!topology.requirements.empty()) json["requirements"] = requirements_of(topology.requirements);
    return json;
}

Json front_of(const PlanResult& plan) {
    Json axes = Json::array(), points = Json::array();
    for (const scenarios::FrontAxis& axis : plan.axes) axes.push_back({{"name", axis.name}, {"unit", axis.unit}});
    for (const scenarios::FrontPoint& point : plan.front) {
        Json values = Json::array();
        for (const double value : point.values) values.push_back(plan_number(value));
        points.push_back({{"topology", point.topology}, {"values", values}, {"meets_all", point.meets_all}});
    }
    return {{"axes", axes}, {"points", points}};
}

}  // namespace

std::string plan_json(const PlanResult& plan) {
    Json json{{"format", "faultline-plan"},
              {"schema_version", plan.schema_version},
              {"tool_version", plan.tool_version},
              {"scenario_name", plan.scenario_name},
              {"database", plan.database_path},
              {"objective", plan.objective},
              {"objective_unit", plan.objective_unit},
              {"seed", plan.seed},
              {"confirmation_seed", plan.confirmation_seed},
              {"confidence", plan.confidence},
              {"replications_max", plan.replications_max},
              {"combinations", plan.combinations},
              {"choices", plan.choices}};
    json["winner"] = plan.winner ? Json(*plan.winner) : Json(nullptr);
    if (plan.maybe_cheaper) json["maybe_cheaper"] = *plan.maybe_cheaper;
    json["topologies"] = Json::array();
    for (const PlannedTopology& one : plan.topologies) json["topologies"].push_back(topology_of(plan, one));
    json["confirmations"] = Json::array();
    for (const scenarios::Confirmation& one : plan.confirmations) {
        Json confirmation{{"topology", one.topology},
                          {"replications", one.replications},
                          {"requirements", requirements_of(one.requirements)}};
        if (one.cost) confirmation["cost"] = plan_number(*one.cost);
        json["confirmations"].push_back(std::move(confirmation));
    }
    json["front"] = front_of(plan);
    json["head_room"] = Json::array();
    for (const scenarios::HeadRoom& one : plan.head_room) {
        json["head_room"].push_back(
            {{"words", one.words}, {"kind", one.kind}, {"mean", one.mean}, {"worst_minute", one.worst_minute}});
    }
    json["notes"] = plan.notes;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultline::reports
