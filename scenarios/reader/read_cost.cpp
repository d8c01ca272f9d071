#include "scenarios/reader/read_cost.hpp"

#include "scenarios/money.hpp"

namespace faultline::scenarios {

std::optional<double> read_money(ObjectReader& object, std::string_view key) {
    const Json* const value = object.raw(key);
    if (value == nullptr) return std::nullopt;
    const Parsed<double> parsed =
        parse_money(value->is_string() ? value->get_ref<const std::string&>() : value->dump());
    if (!parsed.value) object.problem(key, parsed.error);
    return parsed.value;
}

void read_cost(ObjectReader& file, Scenario& scenario) {
    const std::optional<Child> child = file.child("cost");
    if (!child) return;
    ObjectReader object(*child, "cost", file.report());
    constexpr double minutes_an_hour = 60.0;
    scenario.cost.downtime_per_h = read_money(object, "downtime");
    if (const auto per_h = read_money(object, "loss")) scenario.cost.loss_per_min = *per_h / minutes_an_hour;
    if (const std::optional<Child> drills = object.child("drills")) {
        ObjectReader part(*drills, "drills", file.report());
        scenario.cost.drills = Drills{part.number("per_year"), part.positive_duration("lasts")};
        part.finish();
    }
    object.finish();
}

}  // namespace faultline::scenarios
