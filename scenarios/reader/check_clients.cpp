// What only the whole can show of clients: names of offices, classes and services, and whether policies fit together.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/trace_requests.hpp"

namespace faultline::scenarios {

namespace {

template <typename Named>
void check_names(const std::vector<std::string>& names, const std::vector<Named>& known, std::string_view what,
                 const Pointer& at, const Report& report) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (find_named(known, names[i]) == nullptr) report.add(at / i, unknown_name(what, names[i], names_of(known)));
    }
}

void check_surges(const Scenario& scenario, const Report& report) {
    const Run& run = scenario.run;
    for (const Surge& surge : scenario.workload.arrivals.surges) {
        const Pointer at = Pointer{} / "workload" / "arrivals" / "surges" / surge.name;
        check_names(surge.offices, scenario.offices, "office", at / "offices", report);
        check_names(surge.classes, scenario.workload.classes, "class", at / "classes", report);
        if (run.measured > Duration{} && surge.at >= run.measured) {
            report.add(at / "at",
                       fmt::format("it begins after the end of the run, {} after the warm-up", to_text(run.measured)));
        }
        if (!run.warm_up && surge.at < std::chrono::seconds{60}) {
            report.add(at / "at",
                       "the automatic warm-up looks at the calm before it; let it come after 60s, or give a "
                       "\"warm_up\"");
        }
        const bool asked = std::any_of(
            scenario.workload.classes.begin(), scenario.workload.classes.end(), [&](const QueryClass& query) {
                const auto& some = surge.classes;
                const bool of_it = some.empty() || std::find(some.begin(), some.end(), query.name) != some.end();
                return of_it && query.share != 0.0;
            });
        if (!asked && !surge.classes.empty()) {
            report.add(at / "classes", "these classes have no share of the arrivals, so there is nothing to multiply");
        }
    }
}

void check_tenants(const Scenario& scenario, const Report& report) {
    std::map<std::string, std::string> owner;
    for (const Tenant& tenant : scenario.workload.tenants) {
        const Pointer at = Pointer{} / "workload" / "tenants" / tenant.name;
        check_names(tenant.classes, scenario.workload.classes, "class", at / "classes", report);
        if (find_named(scenario.workload.classes, tenant.name) != nullptr) {
            report.add(at, "a class has this name too; a requirement could be \"of\" either");
        }
        bool served = false;
        for (std::size_t i = 0; i < tenant.classes.size(); ++i) {
            const auto [known, is_new] = owner.try_emplace(tenant.classes[i], tenant.name);
            if (!is_new) {
                report.add(at / "classes" / i, fmt::format("{} is of the tenant {} already",
                                                           in_quotes(tenant.classes[i]), in_quotes(known->second)));
            }
            const QueryClass* const query = find_named(scenario.workload.classes, tenant.classes[i]);
            served = served || query == nullptr || !query->via.empty();
        }
        if (tenant.quota_per_s && !served && !tenant.classes.empty()) {
            report.add(at / "quota", "services hold tenants to their quotas, and no class of this one has a \"via\"");
        }
    }
}

// Each name of a trace is one class's.
void check_traced_names(const Scenario& scenario, const Report& report) {
    std::map<std::string, std::string> owner;
    for (const QueryClass& query : scenario.workload.classes) {
        const Pointer at = Pointer{} / "workload" / "classes" / query.name;
        if (!scenario.workload.arrivals.trace) {
            if (!query.traced_as.empty()) report.add(at / "traced_as", "there is no \"trace\" of the arrivals");
            continue;
        }
        for (const std::string& name : traced_names(query)) {
            const auto [known, is_new] = owner.try_emplace(name, query.name);
            if (is_new) continue;
            report.add(
                query.traced_as.empty() ? at : at / "traced_as",
                fmt::format("{} is the class {} in the trace already", in_quotes(name), in_quotes(known->second)));
        }
    }
}

void check_hedge(const QueryClass& query, const Pointer& at, const Report& report) {
    if (query.via.empty()) {
        report.add(at / "hedge", "a copy goes to another instance of a service; this class has no \"via\"");
    }
    if (query.writes && !query.idempotent) {
        report.add(at / "hedge", "this class writes and is not idempotent: a copy would apply its change twice");
    }
}

}  // namespace

void check_clients(const Scenario& scenario, const Report& report) {
    for (const QueryClass& query : scenario.workload.classes) {
        const Pointer at = Pointer{} / "workload" / "classes" / query.name;
        if (query.hedge) check_hedge(query, at, report);
        const Service* const service = find_named(scenario.services, query.via);
        if (query.priority != Priority::normal && (service == nullptr || !service->shedding)) {
            report.add(at / "priority",
                       "only a service with \"shedding\" looks at it, and this class has none in its "
                       "\"via\"");
        }
    }
    check_surges(scenario, report);
    check_traced_names(scenario, report);
    check_tenants(scenario, report);
}

}  // namespace faultline::scenarios
