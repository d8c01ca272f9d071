// What holds for a database, cache or warehouse: what it says itself, else what the scenario says of all, else nothing
// (what providers do unless told otherwise: Terraform's AWS provider leaves storage unencrypted, TLS optional, IAM
// authentication and deletion protection off).
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct SecuredPart {
    enum class Kind { cluster, plain_database, cache, warehouse };
    Kind kind = Kind::cluster;
    std::string name;
    std::string where;  // JSON pointer
    scenarios::Security security{};
    bool global = false;      // several regions hold it
    bool postgresql = false;  // a database of that engine
    bool serverless = false;  // a warehouse
    bool encrypted() const { return security.encrypted_at_rest == true && security.encrypted_in_transit == true; }
    // In private subnets, and nobody connects but who is named.
    bool closed() const { return security.private_subnets == true && security.inbound && !open_to_world(); }
    bool open_to_world() const;
};

// In the order of the file: databases, caches, warehouses.
std::vector<SecuredPart> secured_parts(const scenarios::Scenario& scenario);

// A scenario that says nothing of it at all is not judged by it.
bool describes_security(const scenarios::Scenario& scenario);

}  // namespace faultline::planning
