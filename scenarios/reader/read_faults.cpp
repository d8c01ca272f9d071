#include <fmt/format.h>

#include "scenarios/cost_result.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_cost.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::scenarios {

namespace {

struct NamedKind {
    std::string_view name;
    FaultKind kind;
};
constexpr NamedKind fault_kinds[] = {
    {"instance-crash", FaultKind::instance_crash},
    {"storage-node-loss", FaultKind::storage_node_loss},
    {"zone-outage", FaultKind::zone_outage},
    {"region-outage", FaultKind::region_outage},
    {"link-cut", FaultKind::link_cut},
    {"brown-out", FaultKind::brown_out},
    {"zone-gray", FaultKind::zone_gray},
    {"link-gray", FaultKind::link_gray},
    {"switchover", FaultKind::switchover},
    {"operator-error", FaultKind::operator_error},
    {"evacuation", FaultKind::evacuation},
    {"cache-node-loss", FaultKind::cache_node_loss},
    {"control-plane-impaired", FaultKind::control_plane_impaired},
    {"dns-failure", FaultKind::dns_failure},
    {"slow-disk", FaultKind::slow_disk},
    {"certificate-expiry", FaultKind::certificate_expiry},
    {"zone-cut", FaultKind::zone_cut},
    {"machine-gray", FaultKind::machine_gray},
    {"patch", FaultKind::patch},
    {"upgrade", FaultKind::upgrade},
    {"class-change", FaultKind::class_change},
    {"schema-change", FaultKind::schema_change},
    {"cache-scaling", FaultKind::cache_scaling},
    {"cache-snapshot", FaultKind::cache_snapshot},
    {"warehouse-resize", FaultKind::warehouse_resize},
    {"zone-evacuation", FaultKind::zone_evacuation},
};

FaultKind fault_kind(std::string_view name) {
    for (const NamedKind& one : fault_kinds) {
        if (one.name == name) return one.kind;
    }
    return FaultKind::instance_crash;
}

struct Measure {
    std::string_view name;
    std::string_view statistics;  // "percentile" (one is needed), "percentile or p95", ""
    bool at_most = true;          // is what is limited; else at least
    bool duration() const { return is_duration(std::string{name}); }
};
constexpr Measure measures[] = {
    {"latency", "percentile or mean"},
    {"rto", "percentile, p95 if left out"},
    {"rpo", "percentile, p95 if left out"},
    {"restore", "percentile, p95 if left out"},
    {"full-recovery", "percentile, p95 if left out"},
    {"freshness", "percentile or mean"},
    {"replica-lag", "percentile or mean"},
    {"availability", "", false},
    {"good-minutes", "", false},
    {"availability-per-year", "percentile or mean, the mean if left out", false},
    {"hit-rate", "", false},
    {"offload", "", false},
    {"stale-reads", ""},
    {"read-your-writes-violations", ""},
    {"monotonic-read-violations", ""},
    {"cost", ""},
    {"encrypted", "", false},
    {"private", "", false},
};

// "p99", "p99.9": above 0 and below 100.
bool is_percentile(std::string_view text) {
    if (!text.starts_with('p') || text.size() > 8) return false;
    const Parsed<double> share = parse_share(std::string{text.substr(1)} + "%");
    return share.value && *share.value > 0.0 && *share.value < 1.0;
}

// Splits and checks "latency p99". nullptr: not known, and said so.
const Measure* read_measure(ObjectReader& object, Requirement& into) {
    const std::string text = object.text("measure");
    if (text.empty() && !object.has("measure")) return nullptr;  // missing: said already
    const std::size_t blank = text.find(' ');
    into.measure = text.substr(0, blank);
    into.statistic = blank == std::string::npos ? "" : text.substr(blank + 1);
    std::vector<std::string_view> known;
    for (const Measure& measure : measures) {
        known.push_back(measure.name);
        if (measure.name != into.measure) continue;
        const bool optional_percentile = is_of_incidents(std::string{measure.name});
        if (optional_percentile && blank == std::string::npos) into.statistic = "p95";
        if (is_of_years(measure.name) && blank == std::string::npos) into.statistic = "mean";
        const bool fits = measure.statistics.empty() ? blank == std::string::npos
                                                     : is_percentile(into.statistic) ||
                                                           (!is_of_incidents(into.measure) && into.statistic == "mean");
        if (!fits) {
            object.problem("measure",
                           measure.statistics.empty()
                               ? fmt::format("{} takes no statistic, found {}", measure.name, in_quotes(text))
                               : fmt::format("expected \"{} p99\" ({}), found {}", measure.name, measure.statistics,
                                             in_quotes(text)));
        }
        return &measure;
    }
    const std::string later = later_value(shape_named("requirement"), "measure", into.measure, known);
    object.problem("measure", later.empty() ? fmt::format("measure {} is not known{}", in_quotes(into.measure),
                                                          suggestion(into.measure, known))
                                            : later);
    return nullptr;
}

// The bound in the unit of the measure, in seconds or as a pure number.
double read_limit(ObjectReader& object, std::string_view key, const Measure& measure) {
    const Json& value = *object.raw(key);
    if (is_money(std::string{measure.name})) return read_money(object, key).value_or(0.0) * hours_a_month;
    if (!measure.duration()) return object.share(key);
    if (!value.is_string()) {
        object.problem(key, value.is_number()
                                ? parse_duration(value.dump()).error
                                : fmt::format("expected a duration such as \"60s\", found {}", shown(value)));
        return 0.0;
    }
    const Parsed<Duration> parsed = parse_duration(value.get_ref<const std::string&>());
    if (!parsed.value) object.problem(key, parsed.error);
    // Divided: times 1e-9 would make 60.000000000000007 of "60s".
    return static_cast<double>(parsed.value.value_or(Duration{}).count()) / 1e9;
}

void read_bound(ObjectReader& object, Requirement& into, const Measure* measure) {
    const bool most = object.raw("at_most") != nullptr, least = object.raw("at_least") != nullptr;
    into.at_most = most;
    if (measure == nullptr) return;
    const std::string_view expected = measure->at_most ? "at_most" : "at_least";
    if (most && least) {
        object.problem("at_least", "expected one bound, found \"at_most\" and \"at_least\"");
    } else if (!most && !least) {
        object.report().add(object.at(expected), fmt::format("the limit is missing: \"{}\": \"{}\"", expected,
                                                             is_money(std::string{measure->name}) ? "$50k/month"
                                                             : measure->duration()                ? "60s"
                                                             : measure->at_most                   ? "0.1%"
                                                                                                  : "99.99%"));
    } else if (most != measure->at_most) {
        object.problem(most ? "at_most" : "at_least", fmt::format("{} is limited by \"{}\"", measure->name, expected));
    }
    if (most || least) into.limit = read_limit(object, most ? "at_most" : "at_least", *measure);
}

Phase phase_named(std::string_view name) {
    if (name == "steady") return Phase::steady;
    if (name == "degraded") return Phase::degraded;
    return name == "recovering" ? Phase::recovering : Phase::all;
}

void read_outage(ObjectReader& object, Fault& fault) {
    fault.comes_back = object.random("comes_back");
    const bool outage = fault.kind == FaultKind::zone_outage || fault.kind == FaultKind::region_outage;
    if (!object.has("comes_back")) return;
    if (!outage) object.problem("comes_back", "only a zone-outage or a region-outage has this");
    if (outage && !object.has("lasts") && !object.has("at_random")) {
        object.problem("comes_back", "it never ends, so that nothing comes back; give it \"lasts\"");
    }
}

// Planned work alone has no default of `within`: somebody orders it by the clock.
void read_start(ObjectReader& object, Fault& fault) {
    fault.at = object.duration("at");
    fault.within = object.duration("within");
    fault.own_within = object.has("within");
    const bool moves = object.has("at") && !is_planned(fault.kind);
    if (!fault.own_within && !moves) fault.within = Duration{};
}

// The first stands for all until a replication takes its own.
void read_equal_targets(ObjectReader& object, Fault& fault) {
    fault.targets = object.texts("targets");
    if (!object.has("targets")) return;
    if (object.has("target")) object.problem("targets", "there is a \"target\": give one of them");
    if (fault.targets.size() < 2) object.problem("targets", "expected two or more; one alone is a \"target\"");
    if (fault.targets.empty()) return;
    fault.target = fault.targets.front();
    const bool of_data = fault.kind == FaultKind::operator_error || fault.kind == FaultKind::evacuation;
    if (of_data || is_planned(fault.kind)) {
        object.problem("targets", "an operator error, an evacuation and planned work have one target");
    }
}

// All of a domain take turns, and each is judged by itself.
void read_each(const ObjectReader& object, const Scenario& scenario, Fault& fault) {
    if (!is_each(fault.target)) return;
    fault.targets = read_each_target(scenario, fault, object.at("target"), object.report());
    fault.each = !fault.targets.empty();
    fault.target = fault.each ? fault.targets.front() : "";
}

}  // namespace

std::string_view fault_kind_name(FaultKind kind) {
    for (const NamedKind& one : fault_kinds) {
        if (one.kind == kind) return one.name;
    }
    return "";
}

void read_faults(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("faults")) {
        ObjectReader object(child, "fault", file.report());
        Fault& fault = scenario.faults.emplace_back();
        fault.name = child.name;
        const std::optional<std::string> kind = object.maybe_one_of("kind");
        fault.kind = fault_kind(kind.value_or(""));
        object.use_preset(fault_preset(object, fault.kind, kind.value_or("")));
        fault.target = object.text("target");
        read_equal_targets(object, fault);
        // Without a kind nobody knows what may be a target: an empty one is not checked.
        if (!kind) fault.target.clear();
        read_each(object, scenario, fault);
        fault.mode = object.one_of("mode") == "crash" ? FailureMode::crash : FailureMode::silent;
        read_start(object, fault);
        fault.lasts = object.has("lasts") ? object.positive_duration("lasts") : object.maybe_duration("lasts");
        read_gray(object, fault);
        read_operator_error(object, fault);
        read_runbook(object, fault);
        read_planned_work(object, fault);
        read_outage(object, fault);
        read_cut(object, fault);
        read_chance(object, fault);
        object.finish();
    }
}

void read_requirements(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("requirements")) {
        ObjectReader object(child, "requirement", file.report());
        Requirement& requirement = scenario.requirements.emplace_back();
        requirement.name = child.name;
        const Measure* const measure = read_measure(object, requirement);
        requirement.of = object.text("of");
        requirement.after = object.text("after");
        requirement.pooled = object.one_of("sites") == "pooled";
        requirement.phase = phase_named(object.one_of("phase"));
        requirement.planned_included = object.one_of("planned_work") == "included";
        const bool planned = requirement.measure == "rto" || requirement.measure == "rpo" ||
                             requirement.measure == "full-recovery" || is_of_years(requirement.measure);
        if (object.has("planned_work") && !planned) {
            object.problem("planned_work",
                           "only rto, rpo, full-recovery and availability-per-year can leave planned work out");
        }
        read_bound(object, requirement, measure);
        if (measure == nullptr) requirement.measure.clear();  // not checked any further
        object.finish();
    }
}

}  // namespace faultline::scenarios
