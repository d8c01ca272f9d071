// What a new connection costs before its first request: round trips, by step, and the processor time of its TLS.
//
// Each step is a count of round trips of the path at that moment, sampled one by one (round_trip.hpp); the first is
// sample_connect. It leaves out: resumed TLS sessions, client certificates, and DNS (the endpoints' affair).
// Source: the protocols' own documents, walked message by message (docs/models/network.md); TLS is 1.3 (RFC 8446).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/time.hpp"

namespace faultline::models {

enum class Protocol : std::uint8_t { MysqlTls, PostgresqlTls, RedisTls, Https };

struct ConnectionCost {
    std::string_view name;        // "mysql-tls"
    int tcp;                      // SYN, SYN-ACK
    int preamble;                 // asking for TLS: MySQL's greeting, PostgreSQL's SSLRequest
    int tls;                      // 1.3, full handshake; 1.2 takes one more
    int authentication;           // start-up and password
    engine::Duration server_cpu;  // asymmetric cryptography, mostly
    std::string_view source;

    constexpr int round_trips() const { return tcp + preamble + tls + authentication; }
};

inline constexpr std::array connection_costs{
    // The client sends its SSLRequest and ClientHello together once the server has greeted; one exchange with
    // mysql_native_password, a second one with a full caching_sha2_password exchange.
    ConnectionCost{"mysql-tls", 1, 1, 1, 1, std::chrono::milliseconds{1}, "MySQL client/server protocol; 4 to 5"},
    ConnectionCost{"postgresql-tls", 1, 1, 1, 3, std::chrono::milliseconds{1},
                   "PostgreSQL protocol, SSLRequest and SCRAM-SHA-256; 5 with direct TLS of version 17"},
    ConnectionCost{"redis-tls", 1, 0, 1, 1, std::chrono::milliseconds{1}, "Redis AUTH after TLS"},
    ConnectionCost{"https", 1, 0, 1, 0, std::chrono::milliseconds{1}, "RFC 9293, RFC 8446"},
};

constexpr const ConnectionCost& connection_cost(Protocol protocol) {
    return connection_costs[static_cast<std::size_t>(protocol)];
}

// "mysql-tls", "postgresql-tls", "redis-tls", "https".
constexpr std::optional<Protocol> protocol_named(std::string_view name) {
    for (std::size_t i = 0; i < connection_costs.size(); ++i) {
        if (connection_costs[i].name == name) return static_cast<Protocol>(i);
    }
    return std::nullopt;
}

}  // namespace faultline::models
