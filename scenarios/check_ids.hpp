// Every check of a topology, one line each: what a suppression may name, what `faultline kinds` prints, and what
// docs/checks.md has a row for. How they are found: planning/checks.
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

struct CheckId {
    std::string_view id;
    std::string_view about;
};

inline constexpr auto check_ids = std::to_array<CheckId>({
    {"security-not-described", "nothing is said of security, so it is not judged"},
    {"not-encrypted-at-rest", "storage that is not encrypted"},
    {"not-encrypted-in-transit", "clients without TLS are served"},
    {"not-in-private-subnets", "reachable from outside of the network, as far as is said"},
    {"inbound-open-to-world", "an inbound rule for every address there is"},
    {"inbound-not-restricted", "nothing says who may connect"},
    {"inbound-refuses-client", "a class needs a connection that no inbound rule allows"},
    {"no-iam-authentication", "passwords instead of short-lived credentials"},
    {"no-deletion-protection", "one call deletes the database"},
    {"no-backups", "a database without backups"},
    {"retention-too-short", "backups are kept for less than two days"},
    {"noticed-after-retention", "an operator error is noticed when no backup is as old as it"},
    {"backups-stay-in-region", "the region takes the only copy of the data and its backups along"},
    {"no-replica", "a lost writer is built anew, which takes minutes"},
    {"cache-without-replica", "a lost node takes its part of the cache along"},
    {"zone-is-single-point", "the loss of one zone stops a class"},
    {"region-is-single-point", "the loss of one region stops a class"},
    {"zone-pair-is-single-point", "the loss of two zones of a region stops a class"},
    {"network-is-single-point", "one place or link of the network separates who must reach each other"},
    {"office-on-one-line", "an office hangs on one line"},
    {"dns-lengthens-rto", "clients keep the old writer's address longer than a failover takes"},
    {"driver-waits-for-dead-server", "a driver waits minutes for a server that is gone"},
    {"connections-exceed-limit", "all pools together hold more connections than the instances take"},
    {"survivors-lack-cpu", "what survives the loss of a zone or region has not the CPUs for the full load"},
    {"survivors-lack-bandwidth", "what survives has not the network cards for the full load"},
    {"survivors-lack-connections", "what survives has not the connections for all pools"},
    {"cold-cache-overloads-database", "a database has not the CPUs for what a lost part of the cache had answered"},
    {"iam-quota-delays-reconnection", "connections that come back at once exceed what IAM authenticates"},
    {"suppression-without-finding", "a suppression that hits nothing"},
});

std::vector<std::string_view> check_id_names();

}  // namespace faultline::scenarios
