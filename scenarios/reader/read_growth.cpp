#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {
namespace {

GrowthForm read_growth_form(ObjectReader& object) {
    return object.one_of("form") == "linear" ? GrowthForm::linear : GrowthForm::compound;
}

// "10%": of what there is, 0 to 100 % a month.
std::vector<GrowthRate> read_growth_rates(ObjectReader& object, std::string_view key,
                                          const std::vector<std::string_view>& known, std::string_view what) {
    std::vector<GrowthRate> rates;
    for (const Child& child : object.map(key)) {
        ObjectReader rate(child, "growth-rate", object.report());
        if (std::find(known.begin(), known.end(), child.name) == known.end()) {
            object.report().add(child.at, unknown_name(what, child.name, known));
        }
        rates.push_back({child.name, rate.share("monthly")});
        rate.finish();
    }
    return rates;
}

template <typename Things>
std::vector<std::string_view> growth_names_of(const Things& things) {
    std::vector<std::string_view> names;
    for (const auto& one : things) names.push_back(one.name);
    return names;
}

KindGrowth read_load_growth(const Child& child, const Report& report, const Scenario& scenario) {
    ObjectReader object(child, "load-growth", report);
    KindGrowth load{.form = read_growth_form(object), .monthly = object.share("monthly"), .parts = {}, .sites = {}};
    load.parts = read_growth_rates(object, "classes", growth_names_of(scenario.workload.classes), "class");
    load.sites = read_growth_rates(object, "offices", growth_names_of(scenario.offices), "office");
    // A trace says who asks what, and closed users are equal and ask by the shares: only all of it can grow.
    const bool closed = scenario.workload.users.has_value();
    if (closed || scenario.workload.arrivals.trace) {
        for (const std::string_view key : {"classes", "offices"}) {
            if (!object.has(key)) continue;
            object.problem(key, fmt::format("load that comes from {} grows as a whole: only \"monthly\"",
                                            closed ? "closed users" : "a trace"));
        }
    }
    object.finish();
    return load;
}

KindGrowth read_data_growth(const Child& child, const Report& report, const Scenario& scenario) {
    ObjectReader object(child, "data-growth", report);
    KindGrowth data{.form = read_growth_form(object), .monthly = object.share("monthly"), .parts = {}, .sites = {}};
    data.parts = read_growth_rates(object, "databases", growth_names_of(scenario.databases), "database");
    object.finish();
    return data;
}

OfficeGrowth read_office_growth(const Child& child, const Report& report, const Scenario& scenario) {
    ObjectReader object(child, "office-growth", report);
    OfficeGrowth offices{
        .form = read_growth_form(object), .monthly = object.share("monthly"), .opened = {}, .like = {}};
    const double opened = object.number("opened");
    if (object.has("opened")) offices.opened = opened;
    if (offices.opened && object.has("monthly")) {
        object.problem("opened", "offices grow by a share (\"monthly\"), or by so many (\"opened\"): not both");
    }
    offices.like = object.names("like");
    const auto known = growth_names_of(scenario.offices);
    for (std::size_t i = 0; i < offices.like.size(); ++i) {
        if (std::find(known.begin(), known.end(), offices.like[i]) != known.end()) continue;
        report.add(object.at("like") / i, unknown_name("office", offices.like[i], known));
    }
    if (scenario.workload.arrivals.trace) {
        report.add(child.at, "arrivals come from a trace, which knows no other offices than its own");
    }
    object.finish();
    return offices;
}

bool grows(const std::optional<KindGrowth>& kind) {
    const auto some = [](const GrowthRate& rate) { return rate.monthly > 0.0; };
    return kind && (kind->monthly > 0.0 || std::any_of(kind->parts.begin(), kind->parts.end(), some) ||
                    std::any_of(kind->sites.begin(), kind->sites.end(), some));
}

}  // namespace

void read_growth(ObjectReader& file, Scenario& scenario) {
    const std::optional<Child> child = file.child("growth");
    if (!child) return;
    ObjectReader object(*child, "growth", file.report());
    Growth growth;
    const std::size_t before = file.report().problems->count();
    growth.months = object.integer("months");
    if (const auto part = object.child("load")) growth.load = read_load_growth(*part, file.report(), scenario);
    if (const auto part = object.child("data")) growth.data = read_data_growth(*part, file.report(), scenario);
    if (const auto part = object.child("offices")) {
        growth.offices = read_office_growth(*part, file.report(), scenario);
    }
    object.finish();
    const bool some = grows(growth.load) || grows(growth.data) ||
                      (growth.offices && (growth.offices->opened || growth.offices->monthly > 0.0));
    if (!some && file.report().problems->count() == before) {
        file.problem("growth", "nothing grows: give \"load\", \"data\" or \"offices\" a rate above 0");
    }
    scenario.growth = std::move(growth);
}

}  // namespace faultline::scenarios
