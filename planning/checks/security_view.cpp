#include "planning/checks/security_view.hpp"

#include <algorithm>

#include "scenarios/kinds.hpp"

namespace faultline::planning {
namespace {

using scenarios::Security;

template <typename T>
std::optional<T> first_of(const std::optional<T>& own, const std::optional<T>& of_all) {
    return own ? own : of_all;
}

Security joined(const std::optional<Security>& own, const std::optional<Security>& of_all) {
    const Security a = own.value_or(Security{}), b = of_all.value_or(Security{});
    return {first_of(a.encrypted_at_rest, b.encrypted_at_rest),
            first_of(a.encrypted_in_transit, b.encrypted_in_transit),
            first_of(a.private_subnets, b.private_subnets),
            first_of(a.iam_authentication, b.iam_authentication),
            first_of(a.deletion_protection, b.deletion_protection),
            first_of(a.inbound, b.inbound)};
}

}  // namespace

bool SecuredPart::open_to_world() const {
    return security.inbound && std::any_of(security.inbound->begin(), security.inbound->end(),
                                           [](const std::string& who) { return who.ends_with("/0"); });
}

std::vector<SecuredPart> secured_parts(const scenarios::Scenario& scenario) {
    std::vector<SecuredPart> parts;
    for (const scenarios::Database& one : scenario.databases) {
        const bool plain = scenarios::has_standbys(one.kind);
        SecuredPart& part = parts.emplace_back();
        part = {plain ? SecuredPart::Kind::plain_database : SecuredPart::Kind::cluster,
                one.name,
                "/databases/" + one.name,
                joined(one.security, scenario.security),
                !one.secondaries.empty(),
                false,
                false};
        part.postgresql = one.kind.ends_with("postgresql");
        part.security.iam_authentication = one.iam_per_s.has_value();
    }
    for (const scenarios::Cache& one : scenario.caches) {
        parts.push_back({SecuredPart::Kind::cache, one.name, "/caches/" + one.name,
                         joined(one.security, scenario.security), one.global.has_value(), false, false});
    }
    for (const scenarios::Warehouse& one : scenario.warehouses) {
        parts.push_back({SecuredPart::Kind::warehouse, one.name, "/warehouses/" + one.name,
                         joined(one.security, scenario.security), false, false, one.class_name.empty()});
    }
    return parts;
}

bool describes_security(const scenarios::Scenario& scenario) {
    const auto own = [](const auto& one) { return one.security.has_value(); };
    return scenario.security || std::any_of(scenario.databases.begin(), scenario.databases.end(), own) ||
           std::any_of(scenario.caches.begin(), scenario.caches.end(), own) ||
           std::any_of(scenario.warehouses.begin(), scenario.warehouses.end(), own);
}

}  // namespace faultline::planning
