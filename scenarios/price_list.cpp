#include "scenarios/price_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"

namespace faultline::scenarios {
namespace {

constexpr std::string_view home_region = "us-east-1";

struct Row {
    std::string service, item, region, to, unit, date, source, confidence;
    double from = 0.0, until = std::numeric_limits<double>::infinity();  // of a tier
    double dollars = 0.0;
};

void require_no_error(const CsvReader& csv) {
    if (csv.error()) throw std::logic_error(*csv.error());
}

std::vector<Row> read_rows() {
    CsvReader csv("prices.csv", embedded_file("prices.csv"));
    const std::size_t service = csv.column("service"), item = csv.column("item"), region = csv.column("region"),
                      to = csv.column("dst_region"), unit = csv.column("unit"), from = csv.column("tier_from"),
                      until = csv.column("tier_to"), dollars = csv.column("price_usd"), date = csv.column("price_date"),
                      source = csv.column("source"), confidence = csv.column("confidence");
    std::vector<Row> rows;
    const auto text = [&](std::size_t column) { return std::string{csv.text(column)}; };
    while (csv.next()) {
        if (csv.text(dollars).empty()) continue;
        Row& row = rows.emplace_back(Row{text(service), text(item), text(region), text(to), text(unit), text(date),
                                         text(source), text(confidence)});
        row.dollars = csv.number(dollars);
        if (!csv.text(from).empty()) row.from = csv.number(from);
        if (!csv.text(until).empty()) row.until = csv.number(until);
    }
    require_no_error(csv);
    return rows;
}

const std::vector<Row>& rows() {
    static const std::vector<Row> all = read_rows();
    return all;
}

const Row* find_row(std::string_view service, std::string_view item, std::string_view region) {
    const auto found = std::find_if(rows().begin(), rows().end(), [&](const Row& row) {
        return row.service == service && row.item == item && row.region == region;
    });
    return found == rows().end() ? nullptr : &*found;
}

Price price_of(const Row& row) {
    return {row.dollars, row.unit, row.date, row.source, row.confidence};
}

// The price of us-east-1 in another region: by the multiplier of the service, or else of all.
Price elsewhere(Price home, std::string_view multiplier, std::string_view region) {
    if (region == home_region || !home.dollars) return home;
    for (const std::string_view item :
         {multiplier, std::string_view{"generic_coarse"}, std::string_view{"aurora_instance"}}) {
        const Row* const row = find_row("multiplier", item, region);
        if (row == nullptr) continue;
        *home.dollars *= row->dollars;
        home.source += fmt::format("; us-east-1 x {} ({}, {}, {})", row->dollars, item, row->date, row->source);
        const bool doubted = row->confidence == "low" || home.confidence == "low";
        home.confidence = doubted || item != multiplier ? "low" : "medium";
        return home;
    }
    return {.dollars = std::nullopt, .unit = home.unit, .date = "", .source = "no price of this region is known"};
}

std::string_view multiplier_of(std::string_view service) {
    if (service == "aurora") return "aurora_instance";
    if (service == "rds") return "rds_postgresql_instance";
    return service == "elasticache" ? "elasticache_node" : "generic_coarse";
}

// Only what the provider runs by region has multipliers; traffic has not.
bool scales_by_region(std::string_view service) {
    return service == "aurora" || service == "rds" || service == "elasticache" || service == "redshift";
}

struct HourlyRow {
    std::string service, class_name, date, source, confidence;
    std::vector<std::optional<double>> dollars;  // by InstancePrice
};

std::vector<HourlyRow> read_hourly() {
    CsvReader csv("instances.csv", embedded_file("instances.csv"));
    const std::size_t service = csv.column("service"), name = csv.column("class"), date = csv.column("price_date"),
                      source = csv.column("price_source"), confidence = csv.column("confidence");
    std::vector<std::size_t> columns;
    for (const char* const title :
         {"usd_hr_aurora_standard", "usd_hr_aurora_io_optimized", "usd_hr_rds_postgresql_single_az",
          "usd_hr_rds_mysql_single_az", "usd_hr_redis", "usd_hr_node"}) {
        columns.push_back(csv.column(title));
    }
    std::vector<HourlyRow> rows;
    while (csv.next()) {
        HourlyRow& row = rows.emplace_back();
        row.service = csv.text(service), row.class_name = csv.text(name), row.date = csv.text(date);
        row.source = csv.text(source), row.confidence = csv.text(confidence);
        for (const std::size_t column : columns) {
            row.dollars.push_back(csv.text(column).empty() ? std::nullopt : std::optional{csv.number(column)});
        }
    }
    require_no_error(csv);
    return rows;
}

std::string_view multiplier_of(InstancePrice of) {
    switch (of) {
        case InstancePrice::aurora:
        case InstancePrice::aurora_io_optimized:
            return "aurora_instance";
        case InstancePrice::postgresql:
        case InstancePrice::mysql:
            return "rds_postgresql_instance";
        case InstancePrice::redis:
            return "elasticache_node";
        case InstancePrice::warehouse_node:
            break;
    }
    return "generic_coarse";
}

}  // namespace

Price item_price(std::string_view service, std::string_view item, std::string_view region, std::string_view to) {
    const bool east_pair = item == "inter_region_out" && region.starts_with("us-east-") && to.starts_with("us-east-");
    if (east_pair) item = "inter_region_us_east_pair";
    for (const std::string_view of : {region, std::string_view{"all"}}) {
        if (const Row* const row = find_row(service, item, of)) return price_of(*row);
    }
    const Row* const home = find_row(service, item, home_region);
    if (home != nullptr && scales_by_region(service)) return elsewhere(price_of(*home), multiplier_of(service), region);
    return {.dollars = std::nullopt, .unit = "", .date = "", .source = "the catalogue has no price of it"};
}

Price tiered_price(std::string_view service, std::string_view item, std::string_view region, double amount) {
    Price price;
    double dollars = 0.0, priced = 0.0;
    for (const Row& row : rows()) {
        if (row.service != service || row.item != item || row.region != region) continue;
        if (price.source.empty()) price = price_of(row);
        const double in_tier = std::clamp(amount, row.from, row.until) - row.from;
        dollars += in_tier * row.dollars;
        priced += in_tier;
    }
    if (price.source.empty())
        return {.dollars = std::nullopt, .unit = "", .date = "", .source = "the catalogue has no price of it"};
    if (amount > 0.0 && priced > 0.0) price.dollars = dollars / priced;
    return price;
}

Price instance_hour(InstancePrice of, std::string_view class_name, std::string_view region) {
    static const std::vector<HourlyRow> all = read_hourly();
    for (const HourlyRow& row : all) {
        const std::optional<double>& dollars = row.dollars[static_cast<std::size_t>(of)];
        if (row.class_name != class_name || !dollars) continue;
        return elsewhere({dollars, "hour", row.date, row.source, row.confidence}, multiplier_of(of), region);
    }
    return {.dollars = std::nullopt, .unit = "hour", .date = "", .source = "the catalogue has no price of this class"};
}

}  // namespace faultline::scenarios
