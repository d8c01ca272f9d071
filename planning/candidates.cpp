#include "planning/candidates.hpp"

#include <algorithm>
#include <filesystem>

#include "scenarios/nearest_name.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/reader/json_document.hpp"

namespace faultline::planning {
namespace {

using scenarios::Json;
using scenarios::Problems;

struct File {
    std::string path, folder;
    Json document;
};

std::optional<File> read_file(const std::string& path, Problems& problems) {
    const auto text = scenarios::read_scenario_text(path, problems);
    if (!text) return std::nullopt;
    auto document = scenarios::parse_document(*text, path, problems);
    if (!document) return std::nullopt;
    return File{path, std::filesystem::path(path).parent_path().string(), std::move(*document)};
}

// The model of the base, or of a variant, read with no other variant beside it.
std::optional<scenarios::Scenario> read_alone(const File& file, const std::string& variant, Problems& problems) {
    Json document = file.document;
    if (document.is_object()) document.erase("variants");
    if (!variant.empty()) document["variants"][variant] = file.document.at("variants").at(variant);
    auto scenario = scenarios::read_scenario_in(file.folder, document.dump(2), file.path, variant, problems);
    if (scenario) scenario->variants.clear();
    return scenario;
}

std::vector<std::string> texts_of(const Problems& problems) {
    std::vector<std::string> texts;
    for (const scenarios::Problem& problem : problems.sorted()) texts.push_back(scenarios::to_text(problem));
    return texts;
}

bool has_variants(const File& file) {
    const auto variants = file.document.find("variants");
    return variants != file.document.end() && variants->is_object();
}

std::vector<std::string> variants_of(const File& file, const std::vector<std::string>& wanted, Problems& problems) {
    std::vector<std::string> there;
    if (has_variants(file)) {
        for (const auto& entry : file.document.at("variants").items()) there.push_back(entry.key());
    }
    if (wanted.empty()) return there;
    const std::vector<std::string_view> known{there.begin(), there.end()};
    for (const std::string& name : wanted) {
        if (std::find(there.begin(), there.end(), name) != there.end()) continue;
        problems.add(file.path, "/variants", scenarios::unknown_name("variant", name, known));
    }
    return wanted;
}

void add_base(const File& file, const std::string& name, Candidates& into, Problems& problems) {
    if (file.document.is_object() && file.document.contains("variants") && !has_variants(file)) {
        static_cast<void>(scenarios::read_scenario(file.document.dump(), file.path, "", problems));  // says what it is
        return;
    }
    auto base = read_alone(file, "", problems);
    if (base) into.systems.push_back({name, file.path, "", std::move(*base)});
}

// A member's own member, as text; empty: there is none.
std::string member_text(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// One that follows a fault which does not come does not come either.
void remove_fault(Json& faults, const std::string& name) {
    faults.erase(name);
    std::vector<std::string> followers;
    for (const auto& entry : faults.items()) {
        const Json& fault = entry.value();
        const bool follows = fault.is_object() && fault.contains("follows");
        if (follows && member_text(fault.at("follows"), "fault") == name) followers.push_back(entry.key());
    }
    for (const std::string& follower : followers) remove_fault(faults, follower);
}

std::optional<scenarios::Scenario> read_without(File file, const std::string& fault, Problems& problems) {
    Json& faults = file.document["faults"];
    remove_fault(faults, fault);
    if (file.document.contains("requirements")) {
        Json kept = Json::object();
        for (const auto& entry : file.document["requirements"].items()) {
            const std::string after = member_text(entry.value(), "after");
            if (after.empty() || faults.contains(after)) kept[entry.key()] = entry.value();
        }
        file.document["requirements"] = std::move(kept);
    }
    return read_alone(file, "", problems);
}

// Several files are called by their names, or where two are alike by their paths.
std::string name_of(const std::string& path, const std::vector<std::string>& files) {
    const auto stem = [](const std::string& one) { return std::filesystem::path(one).stem().string(); };
    const auto alike =
        std::count_if(files.begin(), files.end(), [&](const auto& one) { return stem(one) == stem(path); });
    return alike > 1 ? path : stem(path);
}

}  // namespace

Candidates read_without_faults(const std::string& path, const std::vector<std::string>& faults, Problems& problems) {
    Candidates candidates;
    const auto file = read_file(path, problems);
    if (!file) return candidates;
    add_base(*file, "base", candidates, problems);
    if (!problems.empty()) return candidates;
    std::vector<std::string> there;
    for (const scenarios::Fault& fault : candidates.systems.front().scenario.faults) there.push_back(fault.name);
    const std::vector<std::string_view> known{there.begin(), there.end()};
    for (const std::string& fault : faults) {
        if (std::find(there.begin(), there.end(), fault) == there.end()) {
            problems.add(file->path, "/faults", scenarios::unknown_name("fault", fault, known));
            continue;
        }
        Problems own;
        const std::string name = "without " + fault;
        auto scenario = read_without(*file, fault, own);
        if (scenario) {
            candidates.systems.push_back({name, path, "", std::move(*scenario), fault});
        } else {
            candidates.left_out.push_back({name, texts_of(own)});
        }
    }
    return candidates;
}

Candidates read_candidates(const std::vector<std::string>& files, const std::vector<std::string>& variants,
                           Problems& problems) {
    Candidates candidates;
    for (const std::string& path : files) {
        const auto file = read_file(path, problems);
        if (!file) continue;
        const bool alone = files.size() == 1;
        if (std::count(files.begin(), files.end(), path) > 1) {
            if (problems.empty()) problems.add(path, "", "is given twice: there is nothing to compare it with");
            continue;
        }
        add_base(*file, alone ? "base" : name_of(path, files), candidates, problems);
        if (!alone || !problems.empty()) continue;
        for (const std::string& variant : variants_of(*file, variants, problems)) {
            if (!problems.empty()) break;
            Problems own;
            auto scenario = read_alone(*file, variant, own);
            if (scenario) {
                candidates.systems.push_back({variant, path, variant, std::move(*scenario)});
            } else {
                candidates.left_out.push_back({variant, texts_of(own)});
            }
        }
    }
    return candidates;
}

}  // namespace faultline::planning
