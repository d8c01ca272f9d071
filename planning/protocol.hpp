// The protocol that clients of a database speak.
#pragma once

#include <string>

#include "models/network/connection.hpp"
#include "scenarios/database.hpp"

namespace faultline::planning {

inline models::Protocol protocol_of(const scenarios::Database& database) {
    return database.kind.find("postgres") != std::string::npos ? models::Protocol::PostgresqlTls
                                                               : models::Protocol::MysqlTls;
}

}  // namespace faultline::planning
