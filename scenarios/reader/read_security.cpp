// Security, and the findings of the checks that a scenario accepts.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/check_ids.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

std::optional<bool> read_maybe(ObjectReader& object, std::string_view key) {
    const bool given = object.has(key);
    const bool value = object.flag(key);
    return given ? std::optional{value} : std::nullopt;
}

// "10.0.0.0/16", "2001:db8::/32": an address, a slash and a length. Whether the address exists is not looked at.
bool is_range(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return false;
    const std::string_view address = text.substr(0, slash), length = text.substr(slash + 1);
    const bool digits =
        !length.empty() && length.size() <= 3 && length.find_first_not_of("0123456789") == std::string_view::npos;
    return digits && address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos &&
           address.find_first_of(".:") != std::string_view::npos;
}

void check_inbound(const Scenario& scenario, const std::optional<Security>& security, const Pointer& at,
                   const Report& report) {
    if (!security || !security->inbound) return;
    std::vector<std::string_view> known{"offices"};
    for (const Service& service : scenario.services) known.push_back(service.name);
    for (const Warehouse& warehouse : scenario.warehouses) known.push_back(warehouse.name);
    for (std::size_t i = 0; i < security->inbound->size(); ++i) {
        const std::string& who = (*security->inbound)[i];
        if (is_range(who) || std::find(known.begin(), known.end(), who) != known.end()) continue;
        report.add(at / "security" / "inbound" / i, unknown_name("service, warehouse or address range", who, known));
    }
}

}  // namespace

std::optional<Security> read_security(ObjectReader& holder, SecurityOf of) {
    const std::optional<Child> child = holder.child("security");
    if (!child) return std::nullopt;
    ObjectReader object(*child, "security", holder.report());
    Security security;
    security.encrypted_at_rest = read_maybe(object, "encrypted_at_rest");
    security.encrypted_in_transit = read_maybe(object, "encrypted_in_transit");
    security.private_subnets = read_maybe(object, "private_subnets");
    security.iam_authentication = read_maybe(object, "iam_authentication");
    security.deletion_protection = read_maybe(object, "deletion_protection");
    if (security.iam_authentication && of == SecurityOf::database) {
        object.problem("iam_authentication", "a database says it by \"authentication\": \"iam\"");
    }
    if (security.deletion_protection && of == SecurityOf::cache_or_warehouse) {
        object.problem("deletion_protection", "only databases are protected against deletion");
    }
    const bool inbound = object.has("inbound");
    std::vector<std::string> who = object.texts("inbound");
    if (inbound) security.inbound = std::move(who);
    object.finish();
    return security;
}

void read_checks(ObjectReader& file, Scenario& scenario) {
    scenario.security = read_security(file, SecurityOf::all);
    const std::optional<Child> child = file.child("checks");
    if (!child) return;
    ObjectReader checks(*child, "checks", file.report());
    for (const Child& entry : checks.list("suppress")) {
        ObjectReader object(entry, "suppression", file.report());
        const Suppression& read = scenario.suppressions.emplace_back(
            Suppression{object.text("id"), object.text("where"), object.text("reason")});
        const std::vector<std::string_view> known = check_id_names();
        if (object.has("id") && std::find(known.begin(), known.end(), read.id) == known.end()) {
            object.problem("id", unknown_name("check", read.id, known));
        }
        if (object.has("where") && !read.where.starts_with('/')) {
            object.problem("where", fmt::format("expected a JSON pointer such as \"/databases/orders\", found {}",
                                                in_quotes(read.where)));
        }
        const bool blank = read.reason.find_first_not_of(" \t\r\n") == std::string::npos;
        if (object.has("reason") && blank) {
            object.problem("reason", "expected the reason why this finding is as it should be");
        }
        object.finish();
    }
    checks.finish();
}

void check_security(const Scenario& scenario, const Report& report) {
    check_inbound(scenario, scenario.security, Pointer{}, report);
    for (const Database& one : scenario.databases) {
        check_inbound(scenario, one.security, Pointer{} / "databases" / one.name, report);
    }
    for (const Cache& one : scenario.caches) {
        check_inbound(scenario, one.security, Pointer{} / "caches" / one.name, report);
    }
    for (const Warehouse& one : scenario.warehouses) {
        check_inbound(scenario, one.security, Pointer{} / "warehouses" / one.name, report);
    }
}

}  // namespace faultline::scenarios
