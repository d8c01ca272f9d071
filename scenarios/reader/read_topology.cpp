#include <fmt/format.h>

#include <algorithm>

#include "scenarios/catalogue.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// "HH:MM" to seconds after midnight.
std::int32_t read_clock(ObjectReader& object, std::string_view key) {
    const std::string text = object.text(key);
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4)) {
        const int hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
        if (hour < 24 && minute < 60) return hour * 3600 + minute * 60;
    }
    object.problem(key, fmt::format("expected a time of day from \"00:00\" to \"23:59\", found {}", in_quotes(text)));
    return 0;
}

// 0 is Monday.
int read_day(ObjectReader& object, std::string_view key) {
    const std::vector<std::string_view> days = choices(*shape_named("run").find(key));
    const auto day = std::find(days.begin(), days.end(), object.one_of(key));
    return static_cast<int>(day - days.begin());
}

void read_warm_up(ObjectReader& run, Run& into) {
    const Json* const value = run.raw("warm_up");
    if (value != nullptr && *value == "auto") return;
    into.warm_up = run.duration("warm_up");
}

void read_replications(ObjectReader& run, Run& into) {
    const Json* const value = run.raw("replications");
    const bool named = value != nullptr && value->is_string();
    into.until_decided = named && *value == "auto";
    if (!named) {
        into.replications = run.integer("replications");
    } else if (!into.until_decided) {
        run.problem("replications", fmt::format("expected a whole number from 1 to 100000 or \"auto\", found {}",
                                                in_quotes(value->get_ref<const std::string&>())));
    }
}

std::string read_city(ObjectReader& office, const std::string& profile) {
    const std::string city = office.text("city");
    if (city.empty() && profile != "zero") {
        office.problem("city", "expected a city such as \"Boston, US\"; only the network profile \"zero\" needs none");
    }
    if (city.empty() || office.report().full()) return city;
    const std::vector<std::string>& cities = profile_cities();
    const std::vector<std::string_view> known(cities.begin(), cities.end());
    if (std::find(known.begin(), known.end(), city) == known.end()) {
        office.problem("city", unknown_name("city of the profile", city, known));
    }
    return city;
}

Futures read_futures(const Child& child, const Report& report) {
    ObjectReader object(child, "futures", report);
    const Futures futures{static_cast<std::uint32_t>(object.integer("count")), object.positive_duration("window")};
    object.finish();
    return futures;
}

}  // namespace

void read_run(ObjectReader& file, Scenario& scenario) {
    const std::optional<Child> child = file.child("run");
    if (!child) return;
    ObjectReader run(*child, "run", file.report());
    read_warm_up(run, scenario.run);
    scenario.run.measured = run.positive_duration("measured");
    read_replications(run, scenario.run);
    scenario.run.seed = run.whole("seed");
    scenario.run.confidence = run.share("confidence", 0.5, 0.9999);
    scenario.run.joint = run.flag("joint");
    scenario.run.start_of_day_s = read_clock(run, "start_of_day");
    scenario.run.start_day = read_day(run, "start_day");
    scenario.run.futures = read_futures(*run.child("futures"), file.report());
    scenario.run.office_timelines = run.flag("office_timelines");
    run.finish();
    // The simulated clock ends after 292 years; a run of more than a year is a slip of the unit.
    constexpr Duration longest = std::chrono::hours{24 * 366};
    if (scenario.run.measured > longest) run.problem("measured", "expected at most 366d");
    if (scenario.run.warm_up.value_or(Duration{}) > longest) run.problem("warm_up", "expected at most 366d");
}

namespace {

bool is_private(const std::string& access) {
    return access == "mpls" || access == "direct-connect";
}

void check_lines(const Office& office, ObjectReader& object) {
    const bool second = office.backup_access != "none";
    if (second && office.access == "none") {
        object.problem("backup_access", "there is no first line that could be down: \"access\" is \"none\"");
    }
    const bool internet =
        (!is_private(office.access) && office.access != "none") || (second && !is_private(office.backup_access));
    if (office.vpn && !internet) object.problem("vpn", "no line of this office goes over the internet");
}

}  // namespace

void read_topology(ObjectReader& file, Scenario& scenario) {
    ObjectReader network(*file.child("network"), "network", file.report());
    scenario.network = {network.one_of("profile"), network.number("spike_multiplier"),
                        read_link_bandwidth(network, "backbone_bandwidth"),
                        read_link_bandwidth(network, "inter_zone_bandwidth")};
    network.finish();
    for (const Child& child : file.map("regions")) {
        ObjectReader region(child, "region", file.report());
        scenario.regions.push_back({child.name, region.names("zones")});
        if (region.has("zones") && region.raw("zones")->empty()) region.problem("zones", "expected at least one zone");
        region.finish();
    }
    for (const Child& child : file.map("offices")) {
        ObjectReader office(child, "office", file.report());
        scenario.offices.push_back({child.name, read_city(office, scenario.network.profile), office.one_of("access"),
                                    office.one_of("backup_access"), office.flag("vpn"), office.number("weight")});
        check_lines(scenario.offices.back(), office);
        office.finish();
    }
    if (file.has("offices") && scenario.offices.empty() && file.raw("offices")->is_object()) {
        file.problem("offices", "expected at least one office: nobody asks anything");
    }
    for (const Child& child : file.map("stations")) {
        ObjectReader station(child, "station", file.report());
        Station& into = scenario.stations.emplace_back();
        into.name = child.name;
        into.servers = station.integer("servers");
        const bool shared = station.one_of("discipline") == "processor-sharing";
        into.discipline = shared ? Discipline::processor_sharing : Discipline::fcfs;
        into.waiting_room = station.maybe_integer("waiting_room");
        into.zone = station.text("zone");
        station.finish();
    }
}

}  // namespace faultline::scenarios
