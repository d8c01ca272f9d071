// Custom endpoints of a database.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// Source: Aurora User Guide, Custom endpoints for Amazon Aurora: up to five for each cluster.
constexpr std::size_t endpoints_most = 5;

void check_list(const ObjectReader& object, std::string_view key, const std::vector<std::string>& named,
                const std::vector<std::string>& instances) {
    const std::vector<std::string_view> known(instances.begin(), instances.end());
    for (std::size_t i = 0; i < named.size(); ++i) {
        if (std::find(known.begin(), known.end(), named[i]) != known.end()) continue;
        object.report().add(object.at(key) / i, unknown_name("instance of this database", named[i], known));
    }
}

CustomEndpoint read_endpoint(const Child& child, const Database& database, const std::vector<std::string>& instances,
                             const Report& report) {
    ObjectReader object(child, "endpoint", report);
    CustomEndpoint endpoint{child.name, object.one_of("type") == "reader", object.names("members"),
                            object.names("excluded")};
    if (child.name == "reader" || child.name == "writer") {
        report.add(child.at, fmt::format("every database has an endpoint {}; a custom one needs another name",
                                         in_quotes(child.name)));
    }
    if (!endpoint.members.empty() && !endpoint.excluded.empty()) {
        object.problem("excluded", "an endpoint has a list of members or one of exclusions; give one of the two");
    }
    check_list(object, "members", endpoint.members, instances);
    check_list(object, "excluded", endpoint.excluded, instances);
    if (endpoint.excluded.size() >= instances.size() && !database.replica_scaling) {
        object.problem("excluded", "all instances are excluded: the name would never have an address");
    }
    object.finish();
    return endpoint;
}

}  // namespace

void read_endpoints(ObjectReader& object, Database& database) {
    std::vector<std::string> instances;
    for (std::size_t i = 0; i <= database.replicas.size(); ++i) instances.push_back(instance_name(i));
    for (const Child& child : object.map("endpoints")) {
        database.endpoints.push_back(read_endpoint(child, database, instances, object.report()));
    }
    if (!database.endpoints.empty() && has_standbys(database.kind)) {
        object.problem("endpoints", fmt::format("only the Aurora kinds have custom endpoints, and the kind is {}",
                                                in_quotes(database.kind)));
    } else if (database.endpoints.size() > endpoints_most) {
        object.problem("endpoints",
                       fmt::format("expected at most {}, found {}", endpoints_most, database.endpoints.size()));
    }
}

}  // namespace faultline::scenarios
