// A bill under way: lines with their prices, and the parts that add them.
#pragma once

#include <string>
#include <utility>

#include "models/cost/bill.hpp"
#include "scenarios/price_list.hpp"

namespace faultline::models {

struct Bill {
    const scenarios::Scenario& scenario;
    Replications replications;
    double weight = 1.0;  // month_weight
    std::vector<scenarios::CostLine> lines{};

    struct Item {
        const char* group;
        const char* kind;
        std::string of, what, region;
    };
    // Nothing of it is no line.
    void add(Item item, double amount, const scenarios::Price& price);

    // The mean over the replications of what `of` says of each.
    template <typename Of>
    double mean(Of of) const {
        double sum = 0.0;
        for (const scenarios::ReplicationResult& one : replications) sum += of(one);
        return replications.empty() ? 0.0 : sum / static_cast<double>(replications.size());
    }
};

inline constexpr double bytes_a_gb = 1024.0 * 1024.0 * 1024.0;

void bill_databases(Bill& bill);
void bill_others(Bill& bill);  // caches, warehouses, services
void bill_traffic(Bill& bill);
void bill_drills(Bill& bill);

// Of the classes that write to it: bytes of log of a mean commit; 0: none does.
double mean_log_bytes(const scenarios::Scenario& scenario, const std::string& database);
// A service of this region, or an office, reads from the database's readers.
bool serves_reads(const scenarios::Scenario& scenario, const scenarios::Database& database, const std::string& region);

}  // namespace faultline::models
