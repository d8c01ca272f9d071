// Tables of shapes.cpp: security, and what the checks are told.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array security_keys{
    Key{"encrypted_at_rest", "flag", "left out: as at the top of the file; there: no"},
    Key{"encrypted_in_transit", "flag", "clients without TLS are refused; left out: as at the top; there: no"},
    Key{"private_subnets", "flag",
        "without a route to an internet gateway, and without a public address; left out: as at the top; there: no"},
    Key{"iam_authentication", "flag",
        "of caches and warehouses (a database says it by \"authentication\"); left out: as at the top; there: no"},
    Key{"deletion_protection", "flag", "of databases; left out: as at the top; there: no"},
    Key{"inbound", "texts",
        "who may connect: services, warehouses, \"offices\", address ranges \"10.0.0.0/16\"; left out: as at the top; "
        "there: everybody in the network"},
};

inline constexpr std::array checks_keys{
    Key{"suppress", "list:suppression", "findings that somebody has looked at", "[]", "-"},
};

inline constexpr std::array suppression_keys{
    Key{.name = "id", .type = "text", .about = "of the check, as `faultline check` prints it", .required = true},
    Key{"where", "text", "JSON pointer of the finding, or of what it lies in; left out: anywhere", R"("")", "-"},
    Key{.name = "reason", .type = "text", .about = "why it is as it should be", .required = true},
};

}  // namespace faultline::scenarios
