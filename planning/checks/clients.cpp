// Clients that make a failover longer than the database's own part of it, or are refused after it.
#include <fmt/format.h>

#include <algorithm>

#include "planning/checks/finder.hpp"
#include "planning/checks/load.hpp"
#include "planning/checks/survival.hpp"
#include "planning/instance_shape.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/units.hpp"

namespace faultline::planning {
namespace {

using scenarios::Database;
using scenarios::Driver;
using scenarios::Duration;

constexpr const char* offices = "offices";

// A client with these settings, who asks a database.
struct Client {
    std::string who, where;
    const Driver& driver;
};

std::vector<Client> clients_of(const scenarios::Scenario& scenario, const Database& database) {
    std::vector<Client> clients;
    for (const scenarios::Service& service : scenario.services) {
        if (!asks(scenario, service.name, database.name)) continue;
        clients.push_back({"the service " + service.name, "/services/" + service.name + "/driver", service.driver});
    }
    if (asks(scenario, "", database.name)) {
        clients.push_back({offices, "/workload/driver", scenario.workload.driver});
    }
    return clients;
}

// By the server's silence alone; the kernel's retries come last (tcp(7), tcp_retries2: 924 s).
bool waits_for_ever(const Driver& driver) {
    return !driver.socket_timeout && !driver.dead_peer_after && !driver.monitor_after && !driver.through_proxy;
}

void check_driver(const Client& client, const Database& database, Finder& finder) {
    if (waits_for_ever(client.driver)) {
        finder.add(
            "driver-waits-for-dead-server", check_warning,
            {client.where,
             fmt::format("calls of {} that wait for an answer of {} when its host or zone is lost hear nothing: they "
                         "wait until the kernel gives up, 15 min, however short the failover is",
                         client.who, database.name),
             "\"driver\": \"with-timeouts\", \"fast-failover\" or \"aws-wrapper\""});
    }
    if (client.driver.topology_refresh || client.driver.through_proxy) return;  // they do not go by DNS
    // Of the stages before it: a name that lives longer than they take is what clients wait for.
    const auto mean_s = [](const scenarios::RandomDuration& stage) { return distribution_of(stage).mean(); };
    const double until_changed_s = mean_s(database.failover.detection) + mean_s(database.failover.promotion) +
                                   mean_s(database.failover.dns_update);
    const Duration kept = std::max(database.dns_ttl, client.driver.dns_cache);
    if (engine::in_seconds(kept) <= until_changed_s) return;
    finder.add(
        "dns-lengthens-rto", check_warning,
        {database.dns_ttl >= client.driver.dns_cache ? "/databases/" + database.name + "/dns_ttl" : client.where,
         fmt::format("{} {} the address of the lost writer of {} for up to {}, and a failover is done in {:.0f} s "
                     "on average",
                     client.who, client.who == offices ? "keep" : "keeps", database.name, scenarios::to_text(kept),
                     until_changed_s),
         "a time to live of 5s, and \"dns_cache\" no longer than that; or a driver that asks the cluster"});
}

// Pools fill when answers are late, which is what a failover does to them: all clients connect again at once.
void check_connections(const Database& database, Finder& finder) {
    const scenarios::Scenario& scenario = finder.scenario;
    const auto limit_of = [&](const scenarios::DatabaseInstance& one) {
        return static_cast<std::uint64_t>(instance_shape_of(database, one).connections_max);
    };
    std::uint64_t of_writer = limit_of(database.writer), of_readers = 0;
    for (const auto& replica : database.replicas) of_writer = std::min(of_writer, limit_of(replica));
    for (const auto* const one : Survival(scenario, {}).all_of(database)) {
        if (one != &database.writer) of_readers += limit_of(*one);
    }
    const std::uint64_t to_writer = pooled_connections(scenario, database, scenarios::TargetRole::writer);
    const std::uint64_t to_readers = pooled_connections(scenario, database, scenarios::TargetRole::reader);
    const auto add = [&](const std::string& why) {
        finder.add("connections-exceed-limit", check_warning,
                   {"/databases/" + database.name, why,
                    "smaller pools, \"connections_max\", a larger class, or a proxy that shares connections"});
    };
    if (to_writer > of_writer) {
        add(
            fmt::format("the pools of its writer's clients hold up to {} connections, and an instance that may be the "
                        "writer of {} takes {}: after a failover some are refused",
                        to_writer, database.name, of_writer));
    }
    // Replicas by load follow the load; without a reader the writer answers.
    if (of_readers > 0 && !database.replica_scaling && to_readers > of_readers) {
        add(
            fmt::format("the pools of its readers' clients hold up to {} connections, and the readers of {} take {}: "
                        "when answers are late and pools fill, some are refused",
                        to_readers, database.name, of_readers));
    }
}

// All connections come back at once, and new ones are what IAM limits.
void check_iam(const Database& database, Finder& finder) {
    if (!database.iam_per_s) return;
    const double wanted =
        static_cast<double>(pooled_connections(finder.scenario, database, scenarios::TargetRole::writer));
    constexpr double noticed_s = 2.0;  // two windows of a second: below it no RTO shows it
    const double takes_s = wanted / *database.iam_per_s;
    if (takes_s <= noticed_s) return;
    finder.add("iam-quota-delays-reconnection", check_warning,
               {"/databases/" + database.name + "/iam_limit",
                fmt::format("after a failover of {} the pools open up to {:.0f} connections again, and one instance "
                            "authenticates {:.0f} a second: the last client is in after {:.0f} s, and those beyond the "
                            "limit are refused meanwhile",
                            database.name, wanted, *database.iam_per_s, takes_s),
                "smaller pools, or a proxy that keeps its own connections"});
}

}  // namespace

void check_clients(Finder& finder) {
    for (const Database& database : finder.scenario.databases) {
        for (const Client& client : clients_of(finder.scenario, database)) check_driver(client, database, finder);
        check_connections(database, finder);
        check_iam(database, finder);
    }
}

}  // namespace faultline::planning
