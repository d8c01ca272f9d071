// Faults that take nothing down: what is slow or loses packets, and zones that are cut off and go on.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// Of "us-east-1/a", or of the database, or its part in another region, in "az-of: orders/us-west-2/instance-1".
std::string region_of_zone_target(const Scenario& scenario, std::string_view target) {
    constexpr std::string_view role = "az-of: ";
    if (!target.starts_with(role)) return std::string{target.substr(0, target.find('/'))};
    target.remove_prefix(role.size());
    for (const Database& database : scenario.databases) {
        if (!target.starts_with(database.name + "/")) continue;
        const std::string_view part = target.substr(database.name.size() + 1);
        for (const Secondary& secondary : database.secondaries) {
            if (part.starts_with(secondary.region + "/")) return secondary.region;
        }
        return database.region;
    }
    return {};
}

}  // namespace

// What answers health checks all the same.
void read_gray(ObjectReader& object, Fault& fault) {
    const bool slow = fault.kind == FaultKind::brown_out || fault.kind == FaultKind::slow_disk;
    const bool gray = fault.kind == FaultKind::zone_gray || fault.kind == FaultKind::link_gray ||
                      fault.kind == FaultKind::machine_gray;
    fault.speed = object.share("speed");
    fault.latency = object.number("latency");
    fault.loss = object.share("loss");
    if ((slow || gray) && object.has("mode")) object.problem("mode", "this kind takes nothing down");
    if (slow && (fault.speed <= 0.0 || fault.speed >= 1.0)) {
        object.problem("speed", "expected a share above 0% and below 100%; what does nothing at all has crashed");
    }
    if (gray && fault.loss >= 1.0) object.problem("loss", "what loses every packet is an outage: below 100%");
    if (gray && fault.latency == 1.0 && fault.loss == 0.0) {
        object.problem("latency", "neither slower nor losing anything: such a fault would do nothing");
    }
    if (!slow && object.has("speed")) object.problem("speed", "only a brown-out or a slow-disk has this");
    for (const std::string_view key : {"latency", "loss"}) {
        if (!gray && object.has(key)) object.problem(key, "only zone-gray, link-gray and machine-gray have this");
    }
}

void read_cut(ObjectReader& object, Fault& fault) {
    fault.zones = object.texts("zones");
    fault.offices = object.names("offices");
    const bool cut = fault.kind == FaultKind::zone_cut;
    if (cut && object.has("mode")) object.problem("mode", "this kind takes nothing down");
    for (const std::string_view key : {"zones", "offices"}) {
        if (!cut && object.has(key)) object.problem(key, "only a zone-cut has this");
    }
}

void check_cut(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    for (std::size_t i = 0; i < fault.offices.size(); ++i) {
        if (find_named(scenario.offices, fault.offices[i]) != nullptr) continue;
        report.add(at / "offices" / i, unknown_name("office", fault.offices[i], names_of(scenario.offices)));
    }
    const Region* const region = find_named(scenario.regions, region_of_zone_target(scenario, fault.target));
    if (region == nullptr) return;  // told already
    std::vector<std::string> zones;
    for (const std::string& zone : region->zones) zones.push_back(region->name + "/" + zone);
    std::set<std::string> inside{fault.target};
    for (std::size_t i = 0; i < fault.zones.size(); ++i) {
        const std::string& zone = fault.zones[i];
        inside.insert(zone);
        if (std::find(zones.begin(), zones.end(), zone) != zones.end() || report.full()) continue;
        report.add(at / "zones" / i, fmt::format("no zone of {} is {}{}", region->name, in_quotes(zone),
                                                 suggestion(zone, {zones.begin(), zones.end()})));
    }
    if (2 * inside.size() > zones.size()) {
        report.add(at, fmt::format("{} of the {} zones of {} are cut off: name the smaller side, at most half; those "
                                   "who decide for the region are on the other",
                                   inside.size(), zones.size(), region->name));
    }
}

}  // namespace faultline::scenarios
