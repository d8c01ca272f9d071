// "each: zone of us-east-1": every target of one domain in turn, one a replication.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::string_view each_mark = "each:";
constexpr std::string_view owner_mark = " of ";

std::string_view without_blanks(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// Of whatever has no parts in a target: a pair of regions is what is left.
std::string_view domain_of_whole(const Scenario& scenario, const std::string& name) {
    if (find_named(scenario.regions, name) != nullptr) return "region";
    if (find_named(scenario.databases, name) != nullptr) return "database";
    if (find_named(scenario.services, name) != nullptr) return "service";
    if (find_named(scenario.caches, name) != nullptr) return "cache";
    if (find_named(scenario.warehouses, name) != nullptr) return "warehouse";
    return find_named(scenario.stations, name) != nullptr ? "station" : "link";
}

// Empty: a role, which is another one of the domain at some instant, and none besides.
std::string_view domain_of(const Scenario& scenario, const std::string& target) {
    const bool of_place = target.starts_with("az-of: ") || target.starts_with("region-of: ");
    const bool of_member = target.ends_with("/writer") || target.ends_with("/primary") || target.ends_with("/replica");
    const std::string owner = target.substr(0, target.find('/'));
    if (owner == target) return domain_of_whole(scenario, target);
    const bool of_line = target.ends_with(line_of_office) || target.ends_with(backup_of_office);
    if (of_line && find_named(scenario.offices, owner) != nullptr) return "office-line";
    if (find_named(scenario.regions, owner) != nullptr) return "zone";
    if (of_place || of_member) return "";
    if (find_named(scenario.services, owner) != nullptr) {
        if (target.ends_with(credentials_of_service)) return "credentials";
        return find_named(scenario.regions, target.substr(owner.size() + 1)) != nullptr ? "service-region"
                                                                                        : "service-instance";
    }
    if (find_named(scenario.caches, owner) != nullptr) return "cache-node";
    if (find_named(scenario.warehouses, owner) != nullptr) return "warehouse-node";
    return target.starts_with(owner + "/storage/") ? "storage-node" : "instance";
}

struct Candidate {
    std::string_view domain;
    std::string owner;  // the region of a zone, the database of an instance; empty: it belongs to nothing
    std::string target;
};

std::vector<Candidate> candidates_of(const Scenario& scenario, FaultKind kind) {
    std::vector<Candidate> all;
    for (const std::string& target : targets_of(scenario, kind)) {
        const std::string_view domain = domain_of(scenario, target);
        if (domain.empty()) continue;
        const std::size_t pair = target.find(" - ");
        if (domain == "link") {  // once, not once from each end
            const std::string back = target.substr(pair + 3) + " - " + target.substr(0, pair);
            if (std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.target == back; })) continue;
        }
        const std::size_t slash = target.find('/');
        all.push_back({domain, slash == std::string::npos ? "" : target.substr(0, slash), target});
    }
    return all;
}

// Each once, in the order in which they come.
template <typename Name>
std::vector<std::string_view> names_among(const std::vector<Candidate>& all, Name name) {
    std::vector<std::string_view> names;
    for (const Candidate& one : all) {
        const std::string_view found = name(one);
        if (!found.empty() && std::find(names.begin(), names.end(), found) == names.end()) names.push_back(found);
    }
    return names;
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string list;
    for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + in_quotes(name);
    return list;
}

}  // namespace

bool is_each(const std::string& target) {
    return target.starts_with(each_mark);
}

std::vector<std::string> read_each_target(const Scenario& scenario, const Fault& fault, const Pointer& at,
                                          const Report& report) {
    if (fault.kind == FaultKind::operator_error || is_planned(fault.kind)) {
        report.add(at, "an operator error, an evacuation and planned work have one target, and no \"each:\"");
        return {};
    }
    const std::string_view text = without_blanks(std::string_view{fault.target}.substr(each_mark.size()));
    const std::size_t of = text.find(owner_mark);
    const std::string_view domain = without_blanks(text.substr(0, of));
    const std::string_view owner = of == text.npos ? "" : without_blanks(text.substr(of + owner_mark.size()));

    std::vector<Candidate> all = candidates_of(scenario, fault.kind);
    const std::vector<std::string_view> domains = names_among(all, [](const auto& one) { return one.domain; });
    if (std::find(domains.begin(), domains.end(), domain) == domains.end()) {
        const bool near = nearest_name(domain, domains).data() != nullptr;
        report.add(at, fmt::format("this kind of fault cannot hit each {}{}{}", in_quotes(domain),
                                   suggestion(domain, domains), near ? " There are: " + listed(domains) : ""));
        return {};
    }
    std::erase_if(all, [&](const Candidate& one) { return one.domain != domain; });
    const std::vector<std::string_view> owners =
        names_among(all, [](const auto& one) { return std::string_view{one.owner}; });
    if (of != text.npos && std::find(owners.begin(), owners.end(), owner) == owners.end()) {
        report.add(at, owners.empty() ? fmt::format("a {} belongs to nothing: write \"each: {}\"", domain, domain)
                                      : fmt::format("there is no {} of {}{}", domain, in_quotes(owner),
                                                    suggestion(owner, owners)));
        return {};
    }
    std::vector<std::string> targets;
    for (const Candidate& one : all) {
        if (owner.empty() || one.owner == owner) targets.push_back(one.target);
    }
    return targets;
}

}  // namespace faultline::scenarios
