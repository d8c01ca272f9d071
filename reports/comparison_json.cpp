#include "reports/comparison_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::ComparedMeasure;
using scenarios::ComparedSystem;
using scenarios::ComparedValue;
using scenarios::Comparison;
using scenarios::Standing;

constexpr const char* format_name = "faultline-comparison";

Json number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
    return value;
}

const char* name_of(Standing standing) {
    constexpr const char* names[] = {"first", "better", "worse", "no-winner", "equal", "unknown"};
    return names[static_cast<int>(standing)];
}

const char* name_of(scenarios::Verdict verdict) {
    constexpr const char* names[] = {"met", "violated", "undecided"};
    return names[static_cast<int>(verdict)];
}

Json json_of(const ComparedSystem& system) {
    Json json{{"name", system.name},
              {"file", system.file},
              {"variant", system.variant},
              {"model_sha256", system.model_hash},
              {"tool_version", system.tool_version},
              {"seed", system.seed},
              {"replications", system.replications},
              {"same_work", system.same_work},
              {"failed", Json::array()},
              {"differences", Json::array()}};
    for (const scenarios::FailedReplication& one : system.failed) {
        json["failed"].push_back(
            {{"replication", one.replication}, {"why", one.why}, {"repeat_command", one.repeat_command}});
    }
    for (const scenarios::ModelDifference& one : system.differences) {
        Json difference = Json::object();
        difference["pointer"] = one.pointer;
        if (one.of_first) difference["first"] = Json::parse(*one.of_first);
        if (one.of_this) difference["this"] = Json::parse(*one.of_this);
        json["differences"].push_back(std::move(difference));
    }
    return json;
}

Json json_of(const ComparedValue& value) {
    Json json{{"estimate", number(value.estimate)}, {"standing", name_of(value.standing)}};
    if (value.verdict) json["verdict"] = name_of(*value.verdict);
    if (value.standing != Standing::first) {
        json["difference"] = {{"estimate", number(value.difference)},
                              {"low", number(value.low)},
                              {"high", number(value.high)},
                              {"paired", value.paired},
                              {"of", value.of_medians ? "medians" : "means"},
                              {"pairs", value.pairs}};
    }
    json["values"] = Json::array();
    for (const double one : value.values) json["values"].push_back(number(one));
    return json;
}

Json json_of(const ComparedMeasure& measure, const Comparison& comparison) {
    Json json{{"name", measure.name},
              {"text", measure.text},
              {"unit", measure.unit},
              {"less_is_better", measure.less_is_better}};
    if (measure.limit) json["limit"] = number(*measure.limit);
    if (!measure.target.empty()) {
        json["target"] = measure.target;
        json["requirement"] = measure.requirement;
    }
    json["best"] = Json::array();
    for (const std::uint32_t best : measure.best) json["best"].push_back(comparison.systems[best].name);
    json["systems"] = Json::array();
    for (const ComparedValue& value : measure.systems) json["systems"].push_back(json_of(value));
    return json;
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
    Json json{{"format", format_name},
              {"schema_version", comparison.schema_version},
              {"tool_version", comparison.tool_version},
              {"scenario_name", comparison.scenario_name},
              {"confidence", comparison.confidence},
              {"joint", comparison.joint},
              {"baseline", comparison.with_baseline},
              {"numeric_fingerprint", comparison.numeric_fingerprint},
              {"notes", comparison.notes},
              {"systems", Json::array()},
              {"measures", Json::array()},
              {"left_out", Json::array()}};
    for (const ComparedSystem& system : comparison.systems) json["systems"].push_back(json_of(system));
    for (const ComparedMeasure& measure : comparison.measures) json["measures"].push_back(json_of(measure, comparison));
    for (const scenarios::LeftOut& one : comparison.left_out) {
        json["left_out"].push_back({{"name", one.name}, {"problems", one.problems}});
    }
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultline::reports
