// Prices of the catalogue: scenarios/catalogue/prices.csv and the hourly columns of instances.csv (sources and dates:
// README.md there). US dollars, on demand, without discounts, credits and taxes.
//
// A region without a row of its own has the price of us-east-1 times the catalogue's multiplier for that region; then
// source and confidence say so. What is not known has no price: never zero.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/catalogue.hpp"

namespace faultline::scenarios {

struct Price {
    std::optional<double> dollars{};  // of one unit; none: not known
    std::string unit;                 // "GB-month", "million", "hour"
    std::string date, source;
    std::string confidence = "none";  // "high", "medium", "low"; "none" where it is not known
};

// "aurora", "io_requests". `to`: of traffic between regions, the other one.
Price item_price(std::string_view service, std::string_view item, std::string_view region, std::string_view to = "");

// What so many units of an item whose price falls with the amount cost on average, from 0 on.
Price tiered_price(std::string_view service, std::string_view item, std::string_view region, double amount);

// An hour of an instance or node. `engine`: of a database that is not Aurora, "postgresql" or "mysql".
enum class InstancePrice { aurora, aurora_io_optimized, postgresql, mysql, redis, warehouse_node };
Price instance_hour(InstancePrice of, std::string_view class_name, std::string_view region);

}  // namespace faultline::scenarios
