// What comes by chance: again and again at each of several targets, or after another fault.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// How long it takes is said by its own keys: of people, or of the work.
bool ends_by_itself(FaultKind kind) {
    return kind == FaultKind::operator_error || kind == FaultKind::certificate_expiry || kind == FaultKind::patch ||
           kind == FaultKind::upgrade || kind == FaultKind::schema_change || kind == FaultKind::cache_snapshot;
}

// What stands in one zone, so that the zone can go with it.
bool stands_in_a_zone(FaultKind kind) {
    return kind == FaultKind::instance_crash || kind == FaultKind::storage_node_loss ||
           kind == FaultKind::cache_node_loss;
}

RandomFaults read_at_random(const Child& child, const Fault& fault, const Report& report) {
    ObjectReader object(child, "random-faults", report);
    RandomFaults random;
    random.targets = object.texts("targets");
    random.every = object.random("every");
    const bool never_whole = random.every.kind == DistributionKind::constant && random.every.values.front() <= 0.0;
    if (object.has("every") && never_whole) object.problem("every", "it would never be whole: above 0");
    random.lasts = object.random("lasts");
    if (ends_by_itself(fault.kind) && object.has("lasts")) {
        object.problem("lasts", "this kind ends by itself: \"work\", or noticing and the cure, say when");
    } else if (!ends_by_itself(fault.kind) && object.is_object() && !object.has("lasts")) {
        object.report().add(object.place(), is_planned(fault.kind)
                                                ? "\"lasts\" is missing: there, until it is ordered back"
                                                : "\"lasts\" is missing: lost, until it is whole");
    }
    random.zone_share = object.share("zone_share");
    random.region_share = object.share("region_share");
    random.zone_lasts = object.random("zone_lasts");
    if (random.targets.empty() && object.has("targets")) object.problem("targets", "there is nothing that could break");
    if (random.zone_share + random.region_share > 1.0) {
        object.problem("zone_share", "with region_share this is more than all events");
    }
    const bool together = random.zone_share + random.region_share > 0.0;
    if (together && !stands_in_a_zone(fault.kind)) {
        object.problem(random.zone_share > 0.0 ? "zone_share" : "region_share",
                       "only what stands in one zone takes it along: instances, storage nodes, nodes of a cache");
    }
    object.finish();
    return random;
}

Follows read_follows(const Child& child, const Report& report) {
    ObjectReader object(child, "follows", report);
    Follows follows{object.text("fault"), object.random("after"), object.share("probability")};
    if (follows.probability <= 0.0) object.problem("probability", "what never comes can be left out: above 0%");
    object.finish();
    return follows;
}

std::string_view owner_of(std::string_view target) {
    return target.substr(0, target.find('/'));
}

// A class that it has already: there and back are one place.
bool has_class(const Scenario& scenario, const Fault& fault, const std::string& target) {
    if (const Cache* const cache = find_named(scenario.caches, target)) {
        return cache->class_name == fault.planned.class_name;
    }
    const Database* const database = find_named(scenario.databases, owner_of(target));
    if (database == nullptr) return false;
    const std::string_view part = std::string_view{target}.substr(owner_of(target).size());
    if (part == "/writer" || part == "/instance-1") return database->writer.class_name == fault.planned.class_name;
    for (std::size_t i = 0; i < database->replicas.size(); ++i) {
        if (part == fmt::format("/instance-{}", i + 2)) {
            return database->replicas[i].class_name == fault.planned.class_name;
        }
    }
    return false;
}

void check_there_and_back(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    const std::vector<std::string>& targets = fault.at_random->targets;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Pointer place = at / "at_random" / "targets" / i;
        const auto same = [&](const std::string& other) { return owner_of(other) == owner_of(targets[i]); };
        const auto before = targets.begin() + static_cast<std::ptrdiff_t>(i);
        if (fault.kind == FaultKind::switchover && std::any_of(targets.begin(), before, same)) {
            report.add(place, fmt::format("{} has one primary, and another target moves it already: give one region",
                                          in_quotes(owner_of(targets[i]))));
        }
        const bool of_class = fault.kind == FaultKind::class_change || fault.kind == FaultKind::cache_scaling;
        if (of_class && has_class(scenario, fault, targets[i])) {
            report.add(at / "class", fmt::format("{} has this class: there and back again would change nothing",
                                                 in_quotes(targets[i])));
        }
    }
    if (fault.kind == FaultKind::evacuation && targets.size() > 1) {
        report.add(at / "at_random" / "targets",
                   "people leave one region at a time: two that are left at once have nowhere to go; give one");
    }
}

// Back to itself over what it follows?
bool follows_itself(const Scenario& scenario, const Fault& fault) {
    const Fault* before = &fault;
    for (std::size_t steps = 0; before != nullptr && before->follows && steps <= scenario.faults.size(); ++steps) {
        before = find_named(scenario.faults, before->follows->fault);
        if (before == &fault) return true;
    }
    return false;
}

}  // namespace

void read_chance(ObjectReader& object, Fault& fault) {
    if (const std::optional<Child> child = object.child("at_random")) {
        fault.at_random = read_at_random(*child, fault, object.report());
    }
    if (const std::optional<Child> child = object.child("follows")) {
        fault.follows = read_follows(*child, object.report());
    }
    const bool both = fault.at_random && fault.follows;
    if (both) object.problem("follows", "it comes at random, or after another fault: give one of them");
    for (const std::string_view key : {"target", "targets", "at", "within", "lasts"}) {
        if (fault.at_random && object.has(key)) object.problem(key, "\"at_random\" says where, when and how long");
    }
    for (const std::string_view key : {"at", "within"}) {
        if (fault.follows && !both && object.has(key)) object.problem(key, "\"follows\" says when");
    }
    if (!object.is_object()) return;
    if (!fault.at_random && !object.has("target") && !object.has("targets")) {
        object.report().add(object.place(), "\"target\" is missing: what breaks, such as \"az-of: orders/writer\"");
    }
    if (!is_by_chance(fault) && !object.has("at")) {
        object.report().add(object.place(), "\"at\" is missing: when, after the end of the warm-up");
    }
}

void check_chance(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    if (fault.at_random) {
        check_there_and_back(scenario, fault, report);
        check_random_targets(scenario, fault, report);
    }
    const bool of_people = fault.at_random && fault.kind == FaultKind::operator_error;
    if (of_people && (fault.mended_by == MendedBy::clone || fault.mended_by == MendedBy::nothing)) {
        report.add(at / "mends_by", fault.mended_by == MendedBy::clone
                                        ? "nobody knows before what a clone should be made; give \"restore\""
                                        : "at random it needs a cure; give \"restore\"");
    }
    if (!fault.follows) return;
    if (find_named(scenario.faults, fault.follows->fault) == nullptr) {
        report.add(at / "follows" / "fault", unknown_name("fault", fault.follows->fault, names_of(scenario.faults)));
    } else if (follows_itself(scenario, fault)) {
        report.add(at / "follows" / "fault", "it would follow itself, without an end");
    }
    if (fault.kind == FaultKind::operator_error || fault.kind == FaultKind::evacuation) {
        report.add(at / "follows", "this kind cannot follow another; give it \"at\"");
    }
}

}  // namespace faultline::scenarios
