// What a scenario says of security, and which findings of the checks it accepts. Nothing of it changes a run, but for
// the authentication of a database, which is a key of its own; the checks and the measures "encrypted" and "private"
// read it. Plain structs; see scenario.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace faultline::scenarios {

// Of one database, cache or warehouse, or of all that say nothing of their own. None: not said here.
struct Security {
    std::optional<bool> encrypted_at_rest{};
    std::optional<bool> encrypted_in_transit{};  // clients without TLS are refused
    std::optional<bool> private_subnets{};       // no route to an internet gateway, no public address
    std::optional<bool> iam_authentication{};    // of caches and warehouses
    std::optional<bool> deletion_protection{};   // of databases
    // Who may connect: services, "offices", warehouses, or address ranges "10.0.0.0/16". None: everybody in the
    // network.
    std::optional<std::vector<std::string>> inbound{};
};

// Findings that somebody has looked at.
struct Suppression {
    std::string id;      // of a check: "retention-too-short"
    std::string where;   // JSON pointer of the finding, or of what it lies in; empty: anywhere
    std::string reason;  // never empty
};

}  // namespace faultline::scenarios
