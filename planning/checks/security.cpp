// Encryption, network, authentication. Names of other linters: checkov's policy index at 03d5fdad and trivy-checks at
// 80e53822 (both 2026-08); Security Hub: RDS.38, RDS.46, Redshift.1 and .2 by their titles, other numbers from memory.
// They look at templates, and these checks at what they describe.
#include <fmt/format.h>

#include <algorithm>

#include "planning/checks/finder.hpp"
#include "planning/checks/security_view.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {
namespace {

using Kind = SecuredPart::Kind;
using Names = std::vector<std::string>;

// By kind: cluster, plain database, cache, warehouse.
const Names& of_kind(Kind kind, const std::vector<Names>& by_kind) {
    return by_kind[static_cast<std::size_t>(kind)];
}

const char* word(Kind kind) {
    constexpr const char* words[] = {"cluster", "database", "cache", "warehouse"};
    return words[static_cast<std::size_t>(kind)];
}

std::string key(const SecuredPart& part, const char* name) {
    return part.where + "/security/" + name;
}

void check_encryption(const SecuredPart& part, Finder& finder) {
    if (part.security.encrypted_at_rest != true) {
        Names also = of_kind(part.kind, {{"AVD-AWS-0079", "CKV_AWS_96", "RDS.27"},
                                         {"AVD-AWS-0080", "CKV_AWS_16", "RDS.3"},
                                         {"AVD-AWS-0045", "CKV_AWS_29", "ElastiCache.4"},
                                         {"CKV_AWS_64", "Redshift.10"}});
        if (part.global && part.kind == Kind::cluster) also.emplace_back("CKV_AWS_140");
        finder.add(
            "not-encrypted-at-rest", check_warning,
            {key(part, "encrypted_at_rest"),
             fmt::format("whoever gets hold of a disk, snapshot or backup of the {} {} can read it; it cannot be "
                         "switched on later without a copy of all data",
                         word(part.kind), part.name),
             "\"encrypted_at_rest\": true", std::move(also)});
    }
    if (part.security.encrypted_in_transit != true) {
        finder.add(
            "not-encrypted-in-transit", check_warning,
            {key(part, "encrypted_in_transit"),
             fmt::format("the {} {} serves clients without TLS: queries and passwords cross zones and regions in "
                         "clear text",
                         word(part.kind), part.name),
             "\"encrypted_in_transit\": true",
             of_kind(part.kind, {{"CKV2_AWS_69", part.postgresql ? "RDS.38" : "RDS.39"},
                                 {"CKV2_AWS_69", part.postgresql ? "RDS.38" : "RDS.39"},
                                 {"AVD-AWS-0051", "CKV_AWS_30", "ElastiCache.5"},
                                 {"CKV_AWS_105", part.serverless ? "RedshiftServerless.2" : "Redshift.2"}})});
    }
}

// Who connects to it, by the routes of the classes: services by name, or offices.
Names clients_of(const scenarios::Scenario& scenario, const SecuredPart& part) {
    Names clients;
    const auto add = [&](const std::string& who) {
        if (std::find(clients.begin(), clients.end(), who) == clients.end()) clients.push_back(who);
    };
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        for (const scenarios::RouteStep& step : query.route) {
            if (step.name == part.name) add(query.via.empty() ? "offices" : query.via);
        }
    }
    return clients;
}

bool is_range(const std::string& who) {
    return who.find('/') != std::string::npos;
}

void check_inbound(const SecuredPart& part, Finder& finder) {
    const Names clients = clients_of(finder.scenario, part);
    if (!part.security.inbound) {
        finder.add("inbound-not-restricted", check_warning,
                   {key(part, "inbound"),
                    fmt::format("nothing says who may connect to {}: any machine of the network can, and a stolen "
                                "password is enough",
                                part.name),
                    fmt::format("\"inbound\": [{}]",
                                clients.empty() ? "" : "\"" + fmt::format("{}", fmt::join(clients, "\", \"")) + "\"")});
        return;
    }
    if (part.open_to_world()) {
        finder.add(
            "inbound-open-to-world", check_error,
            {key(part, "inbound"),
             fmt::format("every address may try to connect to {}: only its passwords stand between it and "
                         "everybody",
                         part.name),
             "name the services that connect in place of the range /0",
             part.kind == Kind::warehouse ? Names{"EC2.18", "EC2.19", "Redshift.15"} : Names{"EC2.18", "EC2.19"}});
        return;
    }
    const Names& inbound = *part.security.inbound;
    // What an address range holds is not known here.
    if (std::any_of(inbound.begin(), inbound.end(), is_range)) return;
    for (const std::string& who : clients) {
        if (std::find(inbound.begin(), inbound.end(), who) != inbound.end()) continue;
        finder.add(
            "inbound-refuses-client", check_error,
            {key(part, "inbound"),
             fmt::format("the route of a class leads {} to {}, and no inbound rule lets it in: all of its queries "
                         "would be refused",
                         who, part.name),
             fmt::format("add \"{}\" to \"inbound\"", who)});
    }
}

void check_access(const SecuredPart& part, Finder& finder) {
    if (part.security.private_subnets != true) {
        finder.add(
            "not-in-private-subnets", check_warning,
            {key(part, "private_subnets"),
             fmt::format("{} may have a way to the internet, so that a wrong inbound rule is all it takes to open "
                         "it",
                         part.name),
             "\"private_subnets\": true",
             of_kind(part.kind, {{"AVD-AWS-0180", "CKV_AWS_17", "RDS.2", "RDS.46"},
                                 {"AVD-AWS-0180", "CKV_AWS_17", "RDS.2", "RDS.46"},
                                 {},
                                 {"CKV_AWS_87", part.serverless ? "RedshiftServerless.3" : "Redshift.1"}})});
    }
    check_inbound(part, finder);
    const bool database = part.kind == Kind::cluster || part.kind == Kind::plain_database;
    if (part.security.iam_authentication != true) {
        finder.add(
            "no-iam-authentication", check_note,
            {database ? part.where + "/authentication" : key(part, "iam_authentication"),
             fmt::format("clients of {} sign in with passwords, which stay valid until somebody changes them",
                         part.name),
             database ? "\"authentication\": \"iam\" (mind \"iam_limit\" after a failover)"
                      : "\"iam_authentication\": true",
             of_kind(part.kind,
                     {{"AVD-AWS-0176", "CKV_AWS_162", "RDS.12"}, {"AVD-AWS-0176", "CKV_AWS_161", "RDS.10"}, {}, {}})});
    }
    if (database && part.security.deletion_protection != true) {
        finder.add(
            "no-deletion-protection", check_warning,
            {key(part, "deletion_protection"),
             fmt::format("one call, or one wrong plan of a deployment tool, deletes {} with its automated backups",
                         part.name),
             "\"deletion_protection\": true",
             of_kind(part.kind,
                     {{"AVD-AWS-0343", "CKV_AWS_139", "RDS.7"}, {"AVD-AWS-0177", "CKV_AWS_293", "RDS.8"}, {}, {}})});
    }
}

}  // namespace

void check_security(Finder& finder) {
    const std::vector<SecuredPart> parts = secured_parts(finder.scenario);
    if (parts.empty()) return;
    if (!describes_security(finder.scenario)) {
        finder.add("security-not-described", check_note,
                   {"/security",
                    "encryption, subnets, inbound rules and authentication are not described, so they are not judged",
                    "add \"security\", at the top for all, or to each database, cache and warehouse"});
        return;
    }
    for (const SecuredPart& part : parts) {
        check_encryption(part, finder);
        check_access(part, finder);
    }
}

}  // namespace faultline::planning
