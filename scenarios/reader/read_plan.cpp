#include "scenarios/reader/read_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {
namespace {

// A value as people name it: a text without its quotes.
std::string option_name(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

void add_option(ObjectReader& object, std::string_view key, PlanChoice& choice, PlanOption option) {
    const bool known = std::any_of(choice.options.begin(), choice.options.end(), [&](const PlanOption& other) {
        return other.name == option.name || (!choice.at.empty() && other.json == option.json);
    });
    if (known) object.problem(key, fmt::format("{} stands there twice", in_quotes(option.name)));
    choice.options.push_back(std::move(option));
}

void read_values(ObjectReader& object, PlanChoice& choice) {
    const Json* const values = object.raw("values");
    if (values == nullptr) return;
    if (!values->is_array() || values->empty()) {
        return object.problem("values",
                              fmt::format("expected a list with one value at least, found {}", shown(*values)));
    }
    for (const Json& value : *values) add_option(object, "values", choice, {option_name(value), value.dump()});
}

void read_options(ObjectReader& object, PlanChoice& choice) {
    const Json* const options = object.raw("options");
    if (options == nullptr) return;
    if (!options->is_object() || options->empty()) {
        return object.problem("options",
                              fmt::format("expected an object with one option at least, found {}", shown(*options)));
    }
    for (const auto& [name, value] : options->items()) {
        if (choice.at.empty() && !value.is_object()) {
            object.problem("options", fmt::format("{}: without \"at\" an option is a merge patch, an object; found {}",
                                                  in_quotes(name), shown(value)));
        }
        add_option(object, "options", choice, {name, value.dump()});
    }
}

PlanChoice read_choice(const Child& child, const Report& report) {
    ObjectReader object(child, "plan-choice", report);
    PlanChoice choice{.name = child.name, .at = object.text("at"), .options = {}, .range = {}};
    if (!choice.at.empty() && !choice.at.starts_with('/')) {
        object.problem("at", fmt::format("expected a JSON pointer such as \"/databases/orders/writer/class\", found {}",
                                         in_quotes(choice.at)));
    }
    read_values(object, choice);
    read_options(object, choice);
    choice.range = object.text("range");
    choice.ordered = object.flag("ordered");
    const int given = (object.has("values") ? 1 : 0) + (object.has("options") ? 1 : 0) + (object.has("range") ? 1 : 0);
    if (object.is_object() && given != 1) {
        report.add(child.at, fmt::format("expected one of \"values\", \"options\" and \"range\", found {}",
                                         given == 0 ? "none" : "several"));
    }
    if (object.is_object() && choice.at.empty() && !object.has("options")) {
        object.problem("at", "expected a JSON pointer: only \"options\" go without one");
    }
    object.finish();
    return choice;
}

PlanSelection read_selection(ObjectReader& object, std::string_view key, const PlanSpace& space) {
    PlanSelection selection;
    const Json* const found = object.raw(key);
    if (found == nullptr) return selection;
    if (!found->is_object() || found->empty()) {
        object.problem(key, fmt::format("expected choices and the names of their options, {{\"replicas\": [\"two\"]}}, "
                                        "found {}",
                                        shown(*found)));
        return selection;
    }
    for (const auto& [name, names] : found->items()) {
        std::vector<std::string_view> known;
        for (const PlanChoice& choice : space.choices) known.push_back(choice.name);
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            object.problem(key, unknown_name("choice", name, known));
        }
        auto& entry = selection.emplace_back(name, std::vector<std::string>{});
        if (!names.is_array() || names.empty()) {
            object.problem(key, fmt::format("{}: expected a list of options, found {}", in_quotes(name), shown(names)));
            continue;
        }
        for (const Json& option : names) entry.second.push_back(option_name(option));
    }
    return selection;
}

}  // namespace

std::optional<PlanSpace> read_plan(ObjectReader& file) {
    const std::optional<Child> child = file.child("plan");
    if (!child) return std::nullopt;
    ObjectReader object(*child, "plan", file.report());
    PlanSpace space;
    for (const Child& choice : object.map("choices")) space.choices.push_back(read_choice(choice, file.report()));
    if (object.has("choices") && space.choices.empty()) {
        object.problem("choices", "the space is empty: there is nothing to choose");
    }
    for (const Child& entry : object.list("constraints")) {
        ObjectReader constraint(entry, "plan-constraint", file.report());
        PlanConstraint& read = space.constraints.emplace_back();
        read.when = read_selection(constraint, "when", space);
        read.then = read_selection(constraint, "then", space);
        constraint.finish();
    }
    space.objective = object.text("objective");
    space.replications_max = static_cast<std::uint32_t>(object.integer("replications_max"));
    space.neighbours = static_cast<std::uint32_t>(object.integer("neighbours"));
    object.finish();
    return space;
}

std::optional<PlanSpace> read_plan_space(std::string_view text, std::string_view file_name, Problems& problems) {
    const std::size_t problems_before = problems.count();
    const std::optional<Json> document = parse_document(text, file_name, problems);
    if (!document) return std::nullopt;
    ObjectReader file({{}, &*document, {}}, "scenario", {file_name, {}, &problems});
    std::optional<PlanSpace> space = read_plan(file);
    if (problems.count() != problems_before) return std::nullopt;
    return space;
}

}  // namespace faultline::scenarios
