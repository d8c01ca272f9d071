#include "reports/growth_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::reports {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::GrowthAnswer;
using scenarios::GrowthProbe;
using scenarios::GrowthResult;

Json growth_number(double value) {
    return std::isfinite(value) ? Json(value) : Json(std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf");
}

template <typename T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

const char* verdict_name(scenarios::Verdict verdict) {
    constexpr const char* names[] = {"met", "violated", "undecided"};
    return names[static_cast<int>(verdict)];
}

Json json_of(const GrowthProbe& probe, const char* step) {
    Json json{{step, probe.step},
              {"load", probe.load},
              {"data", probe.data},
              {"offices", probe.offices},
              {"replications", probe.replications},
              {"requirements", Json::array()}};
    for (const GrowthProbe::Judged& one : probe.judged) {
        json["requirements"].push_back({{"name", one.requirement},
                                        {"verdict", verdict_name(one.verdict)},
                                        {"waited_for", one.wanted},
                                        {"estimate", growth_number(one.estimate)},
                                        {"low", growth_number(one.low)},
                                        {"high", growth_number(one.high)},
                                        {"unit", one.unit},
                                        {"observations", one.observations}});
    }
    return json;
}

Json json_of_rates(const std::vector<scenarios::GrowthRate>& rates) {
    Json json = Json::object();
    for (const scenarios::GrowthRate& one : rates) json[one.name] = one.monthly;
    return json;
}

const char* form_name(scenarios::GrowthForm form) {
    return form == scenarios::GrowthForm::linear ? "linear" : "compound";
}

Json json_of(const scenarios::Growth& growth) {
    Json json{{"months", growth.months}};
    if (growth.load) {
        json["load"] = {{"form", form_name(growth.load->form)},
                        {"monthly", growth.load->monthly},
                        {"classes", json_of_rates(growth.load->parts)},
                        {"offices", json_of_rates(growth.load->sites)}};
    }
    if (growth.data) {
        json["data"] = {{"form", form_name(growth.data->form)},
                        {"monthly", growth.data->monthly},
                        {"databases", json_of_rates(growth.data->parts)}};
    }
    if (growth.offices) {
        json["offices"] = {{"form", form_name(growth.offices->form)},
                           {"monthly", growth.offices->monthly},
                           {"opened", or_null(growth.offices->opened)}};
    }
    return json;
}

Json of_multiple(const GrowthResult& result, const std::optional<int>& step) {
    return step ? Json(result.load_at[static_cast<std::size_t>(*step)]) : Json(nullptr);
}

Json json_of(const GrowthResult& result, const scenarios::GrowthLine& line) {
    Json json{{"name", line.requirement},
              {"text", line.text},
              {"proposed",
               {{"month", or_null(line.proposed_month)},
                {"load", or_null(line.proposed_load)},
                {"least_room", line.proposed_by}}}};
    if (!result.simulated) return json;
    json["holds_through_month"] = or_null(line.months.holds);
    json["breaks_in_month"] = or_null(line.months.breaks);
    json["holds_at_load"] = of_multiple(result, line.load.holds);
    json["breaks_at_load"] = of_multiple(result, line.load.breaks);
    json["contradicted"] = line.months.contradicted || line.load.contradicted;
    json["fullest"] = line.months.fullest;
    json["fullest_share"] = line.months.fullest_share;
    return json;
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char letter : text) quoted += letter == '"' ? std::string{"\"\""} : std::string{letter};
    return quoted + "\"";
}

std::string csv_cell(double value) {
    if (std::isnan(value)) return "";
    if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
    return fmt::format("{:.17g}", value);
}

void add_rows(std::string& csv, const std::vector<GrowthProbe>& probes, bool months) {
    for (const GrowthProbe& probe : probes) {
        for (const GrowthProbe::Judged& one : probe.judged) {
            csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\r\n", months ? "months" : "load",
                               months ? std::to_string(probe.step) : "", csv_cell(probe.load), csv_cell(probe.data),
                               probe.offices, probe.replications, csv_cell(one.requirement), verdict_name(one.verdict),
                               csv_cell(one.estimate), csv_cell(one.low), csv_cell(one.high), csv_cell(one.unit));
        }
    }
}

}  // namespace

std::string growth_json(const GrowthResult& result) {
    Json json{{"format", "faultline-growth"},
              {"schema_version", result.schema_version},
              {"tool_version", result.tool_version},
              {"scenario_name", result.scenario_name},
              {"variant", result.variant},
              {"database", result.database_path},
              {"seed", result.seed},
              {"confidence", result.confidence},
              {"joint", result.joint},
              {"simulated", result.simulated},
              {"growth", json_of(result.growth)}};
    for (const char* const list : {"requirements", "not_judged", "months", "resources"}) json[list] = Json::array();
    for (const auto& line : result.lines) json["requirements"].push_back(json_of(result, line));
    for (const auto& name : result.not_judged) {
        json["not_judged"].push_back({{"name", name}, {"answered_by", "faultline availability"}});
    }
    for (const auto& one : result.months) {
        json["months"].push_back(
            {{"month", one.month}, {"load", one.load}, {"data", one.data}, {"offices", one.offices}});
    }
    for (const auto& one : result.resources) {
        json["resources"].push_back({{"of", one.words},
                                     {"unit", one.unit},
                                     {"wanted_today", one.wanted_today},
                                     {"there", one.there},
                                     {"share_today", one.share_today},
                                     {"share_at_end", one.share_at_end},
                                     {"full_month", or_null(one.full_month)},
                                     {"saturates", one.saturates}});
    }
    json["simulated_months"] = Json::array();
    for (const auto& probe : result.month_probes) json["simulated_months"].push_back(json_of(probe, "month"));
    json["simulated_loads"] = Json::array();
    for (const auto& probe : result.load_probes) json["simulated_loads"].push_back(json_of(probe, "number"));
    json["no_model_month"] = or_null(result.no_model_month);
    json["no_model_problems"] = result.no_model_problems;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string growth_csv(const GrowthResult& result) {
    std::string csv = "steps,month,load,data,offices,replications,requirement,verdict,estimate,low,high,unit\r\n";
    add_rows(csv, result.month_probes, true);
    add_rows(csv, result.load_probes, false);
    return csv;
}

}  // namespace faultline::reports
