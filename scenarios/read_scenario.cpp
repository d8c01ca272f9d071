#include "scenarios/read_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "scenarios/money.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_cost.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/reader/read_plan.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::scenarios {

namespace {

std::vector<Variant> read_variants(ObjectReader& file) {
    std::vector<Variant> variants;
    constexpr std::size_t variants_max = 200;
    for (const Child& child : file.map("variants")) {
        variants.push_back({child.name, child.value->dump()});
        if (!child.value->is_object()) {
            file.report().add(child.at,
                              fmt::format("expected an object, a JSON merge patch, found {}", shown(*child.value)));
        } else if (child.value->contains("variants")) {
            file.report().add(child.at / "variants", "a variant cannot have variants");
        }
    }
    if (variants.size() > variants_max) {
        file.problem("variants", fmt::format("expected at most {}, found {}", variants_max, variants.size()));
        variants.clear();
    }
    return variants;
}

Scenario read_document(const Json& document, const Report& report) {
    Scenario scenario;
    ObjectReader file({{}, &document, {}}, "scenario", report);
    file.text("$schema");
    scenario.name = file.text("name");
    if (file.has("name") && *file.raw("name") == "") file.problem("name", "expected a name");
    scenario.description = file.text("description");
    read_run(file, scenario);
    read_topology(file, scenario);
    read_databases(file, scenario);
    read_caches(file, scenario);
    read_services(file, scenario);
    read_warehouses(file, scenario);
    read_workload(file, scenario);
    read_transfers(file, scenario);
    read_faults(file, scenario);
    read_requirements(file, scenario);
    read_checks(file, scenario);
    read_cost(file, scenario);
    read_growth(file, scenario);
    read_plan(file);
    scenario.variants = read_variants(file);
    file.finish();
    if (!document.is_object()) return scenario;
    check_topology(scenario, report);
    check_warehouses(scenario, report);
    check_workload(scenario, report);
    check_clients(scenario, report);
    check_transfers(scenario, report);
    check_faults(scenario, report);
    check_requirements(scenario, report);
    check_security(scenario, report);
    return scenario;
}

// A patch that removes what is not there is a slip: the name is wrong, or the base has changed.
void check_removals(const Json& base, const Json& patch, const Pointer& at, const Report& report) {
    for (const auto& [key, value] : patch.items()) {
        const auto member = base.is_object() ? base.find(key) : base.end();
        const bool present = base.is_object() && member != base.end();
        if (value.is_null() && !present) {
            report.add(at / key, fmt::format("null removes {}, and there is no such key", in_quotes(key)));
        } else if (value.is_object() && present && member->is_object()) {
            check_removals(*member, value, at / key, report);
        }
    }
}

// The variant's own problems: those of the base come with it and are reported once.
Scenario read_variant(const Json& base, const Variant& variant, const Report& base_report) {
    const Json patch = Json::parse(variant.patch);
    Json document = base;
    document.erase("variants");
    const Json unpatched = document;
    document.merge_patch(patch);

    Problems found;
    Report report = base_report;
    report.problems = &found;
    Scenario scenario = read_document(document, report);
    scenario.source = document.dump(2);

    const Pointer at = Pointer{} / "variants" / variant.name;
    check_removals(unpatched, patch, at, base_report);
    if (document == unpatched) base_report.add(at, "this patch changes nothing");
    const std::vector<Problem> known = base_report.problems->sorted();
    Report own = base_report;
    own.variant = variant.name;
    for (const Problem& problem : found.sorted()) {
        if (std::find(known.begin(), known.end(), problem) != known.end()) continue;
        own.problems->add(problem.file, problem.pointer,
                          fmt::format("in variant {}: {}", in_quotes(variant.name), problem.message));
    }
    return scenario;
}

}  // namespace

std::optional<Scenario> read_scenario(std::string_view text, std::string_view file_name, std::string_view variant,
                                      Problems& problems) {
    const std::size_t problems_before = problems.count();
    const std::optional<Json> document = parse_document(text, file_name, problems);
    if (!document) return std::nullopt;
    const Report report{file_name, {}, &problems};
    Scenario base = read_document(*document, report);
    base.source = text;
    std::optional<Scenario> chosen;
    if (variant.empty()) chosen = base;
    for (const Variant& entry : base.variants) {
        const bool usable = document->at("variants").at(entry.name).is_object();
        if (!usable) continue;
        Scenario patched = read_variant(*document, entry, report);
        if (entry.name != variant) continue;
        patched.variants = base.variants;
        chosen = std::move(patched);
    }
    if (!chosen) {
        std::vector<std::string_view> known;
        for (const Variant& entry : base.variants) known.push_back(entry.name);
        if (std::find(known.begin(), known.end(), variant) == known.end()) {
            report.add(Pointer{} / "variants", unknown_name("variant", variant, known));
        }
    }
    if (problems.count() != problems_before) return std::nullopt;
    return chosen;
}

std::optional<std::string> read_scenario_text(const std::string& path, Problems& problems) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        problems.add(path, "", "is a directory; expected a scenario file");
        return std::nullopt;
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
    if (!file) {
        problems.add(path, "", fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
        return std::nullopt;
    }
    // One byte more than is accepted shows that a file is too large without reading all of it.
    std::string text(document_bytes_max + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) {
        problems.add(path, "", "cannot be read");
        return std::nullopt;
    }
    return text;
}

std::optional<Scenario> read_scenario_in(const std::string& folder, std::string_view text, std::string_view file_name,
                                         std::string_view variant, Problems& problems) {
    std::optional<Scenario> scenario = read_scenario(text, file_name, variant, problems);
    if (!scenario) return std::nullopt;
    scenario->folder = folder;
    const std::size_t problems_before = problems.count();
    check_trace(*scenario, {file_name, variant, &problems});
    if (problems.count() != problems_before) return std::nullopt;
    return scenario;
}

std::optional<Scenario> read_scenario_file(const std::string& path, std::string_view variant, Problems& problems) {
    const std::optional<std::string> text = read_scenario_text(path, problems);
    if (!text) return std::nullopt;
    return read_scenario_in(std::filesystem::path(path).parent_path().string(), *text, path, variant, problems);
}

std::vector<std::string> variant_names(const Scenario& scenario) {
    std::vector<std::string> names;
    for (const Variant& variant : scenario.variants) names.push_back(variant.name);
    return names;
}

std::string requirement_text(const Requirement& requirement) {
    std::string text = requirement.measure;
    if (!requirement.statistic.empty()) text += " " + requirement.statistic;
    if (!requirement.of.empty()) text += " of " + requirement.of;
    if (!requirement.after.empty()) text += " after " + requirement.after;
    constexpr const char* phases[] = {"steady", "degraded", "recovering"};
    if (requirement.phase != Phase::all) text += fmt::format(", {}", phases[static_cast<int>(requirement.phase)]);
    // Loss of data and cache rates belong to a database or a cache, not to an office.
    const bool by_office = requirement.measure == "latency" || requirement.measure == "rto" ||
                           requirement.measure == "availability" || is_of_sessions(requirement.measure) ||
                           requirement.measure == "good-minutes" || is_of_years(requirement.measure);
    if (by_office) text += requirement.pooled ? " over all offices" : " at worst office";
    text += requirement.at_most ? " <= " : " >= ";
    if (is_money(requirement.measure)) return text + money_text(requirement.limit) + "/month";
    if (is_duration(requirement.measure)) return text + to_text(Duration{std::llround(requirement.limit * 1e9)});
    return text + fmt::format("{:.10g}", requirement.limit);
}

}  // namespace faultline::scenarios
