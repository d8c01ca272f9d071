#include "scenarios/catalogue.hpp"

#include <cmath>
#include <stdexcept>

#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"

namespace faultline::scenarios {

namespace {

engine::Bytes gibibytes(double count) {
    return engine::Bytes{std::llround(count * 1024.0 * 1024.0 * 1024.0)};
}

void require_no_error(const CsvReader& csv) {
    if (csv.error()) throw std::logic_error(*csv.error());
}

CatalogueService service_named(std::string_view name) {
    if (name == "elasticache") return CatalogueService::elasticache;
    if (name == "redshift") return CatalogueService::redshift;
    return name == "rds" ? CatalogueService::rds : CatalogueService::aurora;
}

std::vector<InstanceClass> read_instances() {
    CsvReader csv("instances.csv", embedded_file("instances.csv"));
    const std::size_t service = csv.column("service"), name = csv.column("class"), family = csv.column("family"),
                      vcpu = csv.column("vcpu"), memory = csv.column("memory_gib"),
                      usable = csv.column("usable_memory_gib"), baseline = csv.column("net_baseline_gbps"),
                      burst = csv.column("net_burst_gbps"), mysql = csv.column("aurora_mysql_max_connections"),
                      postgresql = csv.column("aurora_postgresql_max_connections"),
                      connections = csv.column("max_connections"), slices = csv.column("slices"),
                      confidence = csv.column("confidence");
    const auto number_or_zero = [&](std::size_t column) { return csv.text(column).empty() ? 0.0 : csv.number(column); };
    const auto count = [&](std::size_t column) -> std::optional<int> {
        if (csv.text(column).empty()) return std::nullopt;
        return static_cast<int>(csv.number(column));
    };
    std::vector<InstanceClass> classes;
    while (csv.next()) {
        InstanceClass entry;
        entry.name = csv.text(name);
        entry.service = service_named(csv.text(service));
        entry.family = csv.text(family);
        entry.vcpu = static_cast<int>(number_or_zero(vcpu));
        entry.memory = gibibytes(csv.number(memory));
        entry.data_memory = gibibytes(number_or_zero(usable));
        entry.network_baseline = {number_or_zero(baseline) * 1e9};
        entry.network_burst = {number_or_zero(burst) * 1e9};
        entry.connections_mysql = count(mysql);
        entry.connections_postgresql = count(postgresql);
        entry.connections = count(connections);
        entry.slices = static_cast<int>(number_or_zero(slices));
        entry.confidence = csv.text(confidence);
        classes.push_back(std::move(entry));
    }
    require_no_error(csv);
    return classes;
}

std::vector<std::string> read_cities() {
    CsvReader csv("cities.csv", embedded_file("cities.csv"));
    const std::size_t city = csv.column("city"), country = csv.column("country_iso2");
    std::vector<std::string> names;
    while (csv.next()) names.push_back(std::string{csv.text(city)} + ", " + std::string{csv.text(country)});
    require_no_error(csv);
    return names;
}

std::vector<std::string> read_regions() {
    CsvReader csv("aws_regions.csv", embedded_file("aws_regions.csv"));
    const std::size_t region = csv.column("region");
    std::vector<std::string> names;
    while (csv.next()) names.emplace_back(csv.text(region));
    require_no_error(csv);
    return names;
}

}  // namespace

const std::vector<InstanceClass>& instance_classes() {
    static const std::vector<InstanceClass> classes = read_instances();
    return classes;
}

const InstanceClass* find_instance_class(CatalogueService service, std::string_view name) {
    for (const InstanceClass& entry : instance_classes()) {
        if (entry.service == service && entry.name == name) return &entry;
    }
    return nullptr;
}

std::vector<std::string_view> instance_class_names(CatalogueService service) {
    std::vector<std::string_view> names;
    for (const InstanceClass& entry : instance_classes()) {
        if (entry.service == service) names.push_back(entry.name);
    }
    return names;
}

const std::vector<std::string>& profile_cities() {
    static const std::vector<std::string> cities = read_cities();
    return cities;
}

const std::vector<std::string>& profile_regions() {
    static const std::vector<std::string> regions = read_regions();
    return regions;
}

}  // namespace faultline::scenarios
