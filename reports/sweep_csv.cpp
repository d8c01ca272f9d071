#include "reports/sweep_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::SweepResult;
using scenarios::SweptPoint;

std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string{"\"\""} : std::string{letter};
    return quoted + "\"";
}

std::string cell(double value) {
    if (std::isnan(value)) return "";
    if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
    return fmt::format("{:.17g}", value);
}

// A JSON text as a spreadsheet wants it.
std::string plain(const std::string& json) {
    const Json value = Json::parse(json, nullptr, false);
    return value.is_string() ? value.get<std::string>() : json;
}

// In the order in which they come first.
template <typename Names>
void add_names(std::vector<std::string>& into, const Names& names) {
    for (const std::string& name : names) {
        if (std::find(into.begin(), into.end(), name) == into.end()) into.push_back(name);
    }
}

struct Columns {
    std::vector<std::string> settings, measures;
};
Columns columns_of(const SweepResult& sweep) {
    Columns columns;
    for (const SweptPoint& point : sweep.points) {
        std::vector<std::string> settings, measures;
        for (const auto& [pointer, value] : point.settings) settings.push_back(pointer);
        for (const scenarios::SweptMeasure& one : point.measures) measures.push_back(one.name);
        add_names(columns.settings, settings);
        add_names(columns.measures, measures);
    }
    return columns;
}

std::string row(const SweepResult& sweep, const SweptPoint& point, std::size_t replication, const Columns& columns) {
    std::string text;
    for (const std::string& pointer : columns.settings) {
        for (const auto& [known, value] : point.settings) {
            if (known == pointer) text += cell(plain(value));
        }
        text += ",";
    }
    text += fmt::format("{},{},{:016x}", sweep.seed, point.replications[replication], point.fingerprints[replication]);
    for (const std::string& name : columns.measures) {
        text += ",";
        for (const scenarios::SweptMeasure& one : point.measures) {
            if (one.name == name) text += cell(one.values[replication]);
        }
    }
    return text + "\r\n";
}

const char* name_of(scenarios::Verdict verdict) {
    constexpr const char* names[] = {"met", "violated", "undecided"};
    return names[static_cast<int>(verdict)];
}

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
}

Json settings_of(const std::vector<std::pair<std::string, std::string>>& settings) {
    Json json = Json::object();
    for (const auto& [pointer, value] : settings) json[pointer] = Json::parse(value);
    return json;
}

Json json_of(const SweptPoint& point) {
    Json json = Json::object();
    json["settings"] = settings_of(point.settings);
    json["replications"] = point.replications;
    json["requirements"] = Json::array();
    for (const scenarios::RequirementResult& one : point.requirements) {
        json["requirements"].push_back({{"name", one.name},
                                        {"text", one.text},
                                        {"verdict", name_of(one.verdict)},
                                        {"estimate", number(one.estimate)},
                                        {"low", number(one.low)},
                                        {"high", number(one.high)}});
    }
    json["measures"] = Json::array();
    for (const scenarios::SweptMeasure& one : point.measures) {
        Json values = Json::array();
        for (const double value : one.values) values.push_back(number(value));
        json["measures"].push_back({{"name", one.name}, {"text", one.text}, {"unit", one.unit}, {"values", values}});
    }
    json["problems"] = point.problems;
    json["notes"] = point.notes;
    json["failed"] = Json::array();
    for (const scenarios::FailedReplication& one : point.failed) {
        json["failed"].push_back({{"replication", one.replication}, {"why", one.why}});
    }
    return json;
}

Json json_of(const scenarios::Saturation& one) {
    Json json{{"pointer", one.pointer}, {"low", Json::parse(one.low)}, {"high", Json::parse(one.high)}};
    json["settings"] = settings_of(one.settings);
    json["requirement"] = one.requirement;
    if (one.holds) json["holds"] = Json::parse(*one.holds);
    if (one.fails) json["fails"] = Json::parse(*one.fails);
    json["probes"] = Json::array();
    for (const auto& probe : one.probes) {
        json["probes"].push_back({{"value", Json::parse(probe.value)},
                                  {"verdict", name_of(probe.verdict)},
                                  {"replications", probe.replications},
                                  {"decided_by", probe.decided_by}});
    }
    json["problems"] = one.problems;
    return json;
}

}  // namespace

std::string sweep_csv(const SweepResult& sweep) {
    const Columns columns = columns_of(sweep);
    std::string text;
    for (const std::string& pointer : columns.settings) text += cell(pointer) + ",";
    text += "seed,replication,fingerprint";
    for (const std::string& name : columns.measures) text += "," + cell(name);
    text += "\r\n";
    for (const SweptPoint& point : sweep.points) {
        for (std::size_t i = 0; i < point.replications.size(); ++i) text += row(sweep, point, i, columns);
    }
    return text;
}

std::string sweep_json(const SweepResult& sweep) {
    Json json{{"format", "faultline-sweep"},        {"schema_version", sweep.schema_version},
              {"tool_version", sweep.tool_version}, {"scenario_name", sweep.scenario_name},
              {"database", sweep.database_path},    {"seed", sweep.seed},
              {"confidence", sweep.confidence}};
    json["points"] = Json::array();
    for (const SweptPoint& point : sweep.points) json["points"].push_back(json_of(point));
    json["saturations"] = Json::array();
    for (const scenarios::Saturation& one : sweep.saturations) json["saturations"].push_back(json_of(one));
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultline::reports
