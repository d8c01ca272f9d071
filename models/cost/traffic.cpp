// Bytes between zones, between regions and out, as links carried them; and bulk data that are moved again and again.
#include <algorithm>
#include <map>

#include "models/cost/bill_lines.hpp"
#include "scenarios/traffic_kinds.hpp"

namespace faultline::models {
namespace {

using scenarios::item_price;
using scenarios::ResourceResult;
using scenarios::ResourceUse;

std::string region_of(const std::string& place) {
    return place.substr(0, place.find('/'));
}

// Which bytes are of one price: kind, billed region, the other one where it matters.
struct Way {
    std::string kind, region, to;
    auto operator<=>(const Way&) const = default;
};

// Nothing comes in for money: traffic from offices is no line.
bool is_billed(const ResourceResult& traffic) {
    return traffic.of != scenarios::traffic_offices;
}

Way way_of(const ResourceResult& traffic) {
    const bool regions = traffic.kind == scenarios::traffic_between_regions;
    return {traffic.kind, region_of(traffic.of), regions ? traffic.words : ""};
}

scenarios::Price price_of(const Way& way, double gb) {
    if (way.kind == scenarios::traffic_between_zones) return item_price("data_transfer", "inter_az", way.region);
    if (way.kind == scenarios::traffic_between_regions) {
        return item_price("data_transfer", "inter_region_out", way.region, way.to);
    }
    if (way.kind == scenarios::traffic_private_lines) return item_price("direct_connect", "data_out", way.region);
    return scenarios::tiered_price("data_transfer", "internet_egress", way.region, gb);
}

std::string words_of(const Way& way) {
    if (way.kind == scenarios::traffic_between_zones) return "between zones, both sides";
    if (way.kind == scenarios::traffic_between_regions) return "to " + way.to;
    return way.kind == scenarios::traffic_private_lines ? "to offices, private lines" : "to offices, internet";
}

// Sender and receiver pay for what crosses a zone's border.
double sides(const Way& way) {
    return way.kind == scenarios::traffic_between_zones ? 2.0 : 1.0;
}

double measured_s(const Bill& bill) {
    return engine::in_seconds(bill.scenario.run.measured);
}

// What incidents sent beyond what the steady part would have, in bytes; of the incidents of one run together.
double added_bytes(const ResourceResult& traffic) {
    double bytes = 0.0;
    for (const ResourceUse& incident : traffic.incidents) {
        bytes += (incident.mean - traffic.steady.mean) * static_cast<double>(incident.seconds);
    }
    return bytes;
}

void bill_messages(Bill& bill) {
    std::map<Way, double> steady_bytes, added;  // of the measured time if it were all steady; by incidents
    const double each = bill.replications.empty() ? 0.0 : 1.0 / static_cast<double>(bill.replications.size());
    for (const scenarios::ReplicationResult& one : bill.replications) {
        for (const ResourceResult& traffic : one.traffic) {
            if (!is_billed(traffic)) continue;
            steady_bytes[way_of(traffic)] += each * traffic.steady.mean * measured_s(bill);
            added[way_of(traffic)] += each * added_bytes(traffic);
        }
    }
    for (const auto& [way, bytes] : steady_bytes) {
        const double gb = sides(way) * bytes * bill.weight / bytes_a_gb;
        bill.add({"running", "transfer", "network", words_of(way), way.region}, gb, price_of(way, gb));
    }
    for (const auto& [way, bytes] : added) {
        const double gb = sides(way) * bytes / bytes_a_gb;
        bill.add({"incidents", "transfer", "network", words_of(way), way.region}, gb, price_of(way, gb));
    }
}

void bill_bulk(Bill& bill) {
    for (const scenarios::BulkTransfer& transfer : bill.scenario.transfers) {
        const std::string from = region_of(transfer.from), to = region_of(transfer.to);
        const bool zones = from == to && transfer.from.find('/') != std::string::npos && transfer.to != to;
        if (!transfer.every || (from == to && !zones)) continue;  // once is no matter of a month
        const double times = scenarios::hours_a_month * 3600.0 / engine::in_seconds(*transfer.every);
        const double gb = times * static_cast<double>(transfer.size.count) / bytes_a_gb * (zones ? 2.0 : 1.0);
        bill.add({"running", "transfer", transfer.name, zones ? "between zones, both sides" : "to " + to, from}, gb,
                 zones ? item_price("data_transfer", "inter_az", from)
                       : item_price("data_transfer", "inter_region_out", from, to));
    }
}

}  // namespace

void bill_traffic(Bill& bill) {
    bill_messages(bill);
    bill_bulk(bill);
}

}  // namespace faultline::models
