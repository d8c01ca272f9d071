#include "planning/model_text.hpp"

#include <nlohmann/json.hpp>

#include "scenarios/sha256.hpp"

namespace faultline::planning {
namespace {

using SortedJson = nlohmann::json;  // keys in their order

SortedJson model_of(const std::string& source) {
    SortedJson model = SortedJson::parse(source, nullptr, false);
    if (!model.is_object()) return model;
    for (const char* const no_part : {"variants", "description", "growth", "plan", "$schema"}) model.erase(no_part);
    return model;
}

std::optional<std::string> text_at(const SortedJson& model, const SortedJson::json_pointer& at) {
    if (!model.contains(at)) return std::nullopt;
    return model.at(at).dump();
}

// Where an element is appended a patch says "/replicas/-".
SortedJson::json_pointer place_of(const SortedJson& second, const std::string& path) {
    SortedJson::json_pointer at{path};
    if (at.empty() || at.back() != "-") return at;
    at.pop_back();
    return at / (second.at(at).size() - 1);
}

}  // namespace

std::string model_hash(const std::string& source, const std::vector<std::string>& besides) {
    SortedJson model = model_of(source);
    for (const std::string& pointer : besides) {
        const SortedJson::json_pointer at{pointer};
        if (model.contains(at)) model.at(at.parent_pointer()).erase(at.back());
    }
    scenarios::Sha256 hash;
    hash.add(model.is_discarded() ? source : model.dump());
    return hash.digest();
}

std::vector<scenarios::ModelDifference> model_differences(const std::string& first, const std::string& second) {
    const SortedJson a = model_of(first);
    const SortedJson b = model_of(second);
    std::vector<scenarios::ModelDifference> differences;
    if (a.is_discarded() || b.is_discarded()) return differences;
    for (const SortedJson& step : SortedJson::diff(a, b)) {
        const SortedJson::json_pointer at = place_of(b, step.at("path").get<std::string>());
        scenarios::ModelDifference difference{.pointer = at.to_string(), .of_first = {}, .of_this = {}};
        if (step.at("op") != "add") difference.of_first = text_at(a, at);
        if (step.contains("value")) difference.of_this = step.at("value").dump();
        differences.push_back(std::move(difference));
    }
    return differences;
}

}  // namespace faultline::planning
