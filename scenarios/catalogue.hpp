// The classes of instances and nodes that a scenario may name, from scenarios/catalogue/instances.csv (sources and
// dates: README.md there). What it leaves out: prices, which the cost models read from the same folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace faultline::scenarios {

enum class CatalogueService { aurora, rds, elasticache, redshift };

struct InstanceClass {
    std::string name;  // "db.r6g.4xlarge"
    CatalogueService service = CatalogueService::aurora;
    std::string family;
    int vcpu = 0;  // 0: serverless, measured in memory
    engine::Bytes memory{};
    engine::Bytes data_memory{};               // caches: what is left for data at a reserve of 25 %; else 0
    engine::BitsPerSecond network_baseline{};  // sustained; 0: not known
    engine::BitsPerSecond network_burst{};     // 0: not known
    std::optional<int> connections_mysql;      // default max_connections by engine; none: the engine lacks the class
    std::optional<int> connections_postgresql;
    std::optional<int> connections;  // caches and warehouses
    int slices = 0;                  // of a warehouse's node; else 0
    std::string confidence;          // of the row: high, medium, low
};

// All classes in the order of the file. Read once; a faulty embedded file is a programming error (std::logic_error).
const std::vector<InstanceClass>& instance_classes();

// nullptr: no class of that service has this name.
const InstanceClass* find_instance_class(CatalogueService service, std::string_view name);

// The names of a service's classes, for messages.
std::vector<std::string_view> instance_class_names(CatalogueService service);

// Names of the embedded profile that a scenario may use, in the order of their files.
const std::vector<std::string>& profile_cities();   // "Boston, US"
const std::vector<std::string>& profile_regions();  // "us-east-1"

}  // namespace faultline::scenarios
