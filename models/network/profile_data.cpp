// Reading the embedded files into a NetworkProfile. A mistake in them is ours, not a user's: SIM_CHECK.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/check.hpp"
#include "models/network/profile.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"

namespace faultline::models {
namespace {

using scenarios::CsvReader;

CsvReader open(const char* name) {
    return CsvReader(name, scenarios::embedded_file(name));
}

// One row of access_latency.csv or bandwidth_limits.csv.
struct Figure {
    double value = 0.0;
    std::string source;
};

Figure find_figure(const char* file, const char* key_column, const char* value_column, std::string_view key) {
    CsvReader csv = open(file);
    const std::size_t name = csv.column(key_column), value = csv.column(value_column), source = csv.column("source");
    while (csv.next()) {
        if (csv.text(name) == key) return {csv.number(value), std::string{csv.text(source)}};
    }
    const bool found = false;  // the models need a figure that is not in the file
    SIM_CHECK(found);
    return {};
}

constexpr std::string_view city_methods[] = {"probe", "model_domestic", "model", "same_metro"};

// How the kinds of access that a user names map to rows of the two files. The bandwidths are assumptions: a usual line
// for a small branch office, down and up alike.
struct AccessRow {
    const char* kind;
    const char* latency_row;
    LinkClass link_class;
    bool private_network;
    double bandwidth_mbps;
};
constexpr AccessRow access_rows[] = {
    {"fibre", "fibre_ftth_modern", LinkClass::AccessFibre, false, 1000.0},
    {"cable", "last_mile_cable_us", LinkClass::AccessCable, false, 200.0},
    {"dsl", "dsl", LinkClass::AccessDsl, false, 50.0},
    {"lte", "lte_best_us_carrier", LinkClass::AccessCellular, false, 50.0},
    {"leo-satellite", "leo_starlink", LinkClass::AccessLeoSatellite, false, 100.0},
    {"mpls", "metro_ethernet_or_mpls_11_50mi", LinkClass::AccessPrivate, true, 100.0},
    {"direct-connect", "direct_connect_same_metro", LinkClass::AccessPrivate, true, 1000.0},
};

}  // namespace

void NetworkProfile::read_inter_region() {
    between_regions_.resize(regions_.size() * regions_.size());
    CsvReader csv = open("aws_inter_region_rtt.csv");
    const std::size_t from = csv.column("from"), to = csv.column("to"), ms = csv.column("ms");
    while (csv.next()) {
        const int i = region_index(csv.text(from));
        const int j = region_index(csv.text(to));
        SIM_CHECK(i >= 0 && j >= 0);
        const auto cell = static_cast<std::size_t>(i) * regions_.size() + static_cast<std::size_t>(j);
        between_regions_[cell].ms = csv.number(ms);
    }
    SIM_CHECK(!csv.error());
}

void NetworkProfile::read_zones() {
    CsvReader pairs = open("aws_inter_az_rtt.csv");
    const std::size_t region = pairs.column("region"), from = pairs.column("from"), to = pairs.column("to");
    const std::size_t metric = pairs.column("metric"), ms = pairs.column("ms");
    while (pairs.next()) {
        if (pairs.text(metric) != "rtt_avg") continue;
        const int index = region_index(pairs.text(region));
        SIM_CHECK(index >= 0 && !pairs.text(from).empty() && !pairs.text(to).empty());
        const char a = pairs.text(from).back();
        const char b = pairs.text(to).back();
        zone_pairs_.push_back({static_cast<std::size_t>(index), std::min(a, b), std::max(a, b), pairs.number(ms)});
    }
    SIM_CHECK(!pairs.error());

    zone_medians_ms_.assign(regions_.size(), -1.0);
    CsvReader summary = open("aws_inter_az_summary.csv");
    const std::size_t code = summary.column("region"), median = summary.column("rtt_avg_median_ms");
    while (summary.next()) {
        const int index = region_index(summary.text(code));
        SIM_CHECK(index >= 0);
        zone_medians_ms_[static_cast<std::size_t>(index)] = summary.number(median);
    }
    SIM_CHECK(!summary.error());
}

void NetworkProfile::read_city_estimates() {
    from_cities_.resize(cities_.size() * regions_.size());
    CsvReader csv = open("branch_city_to_region_rtt_estimate.csv");
    const std::size_t city = csv.column("city_id"), region = csv.column("region");
    const std::size_t ms = csv.column("rtt_est_ms"), method = csv.column("method");
    int index = -1;
    while (csv.next()) {
        // A city's rows stand in one order of regions, so the next region is nearly always the one wanted.
        if (index < 0 || region_codes_[static_cast<std::size_t>(index)] != csv.text(region)) {
            index = region_index(csv.text(region));
        }
        const double number = csv.number(city);
        SIM_CHECK(index >= 0 && number >= 1.0 && number <= static_cast<double>(cities_.size()));
        const auto row = static_cast<std::size_t>(number) - 1;
        const auto* const basis = std::find(std::begin(city_methods), std::end(city_methods), csv.text(method));
        SIM_CHECK(basis != std::end(city_methods));
        from_cities_[row * regions_.size() + static_cast<std::size_t>(index)] = {
            csv.number(ms), static_cast<std::uint8_t>(basis - std::begin(city_methods))};
        index = index + 1 < static_cast<int>(regions_.size()) ? index + 1 : -1;
    }
    SIM_CHECK(!csv.error());
}

void NetworkProfile::read_jitter(double spike_multiplier) {
    CsvReader csv = open("jitter_model.csv");
    const std::size_t name = csv.column("link_class"), median = csv.column("body_median_ms");
    const std::size_t sigma = csv.column("body_sigma_ln"), probability = csv.column("spike_prob");
    const std::size_t scale = csv.column("spike_xm_ms"), alpha = csv.column("spike_alpha"), cap = csv.column("cap_ms");
    const std::size_t loss = csv.column("loss_prob");
    int found = 1;  // Ideal is in no file
    while (csv.next()) {
        for (int i = 1; i < link_class_count; ++i) {
            if (to_string(static_cast<LinkClass>(i)) != csv.text(name)) continue;
            JitterModel& model = jitter_[static_cast<std::size_t>(i)];
            model.body_median_s = csv.number(median) * 1e-3;
            model.body_sigma = csv.number(sigma);
            model.spike_probability = std::min(1.0, csv.number(probability) * spike_multiplier);
            model.spike_scale_s = csv.number(scale) * 1e-3;
            model.spike_alpha = csv.number(alpha);
            model.cap_s = csv.number(cap) * 1e-3;
            model.loss_probability = csv.number(loss);
            ++found;
        }
    }
    SIM_CHECK(!csv.error() && found == link_class_count);
}

void NetworkProfile::read_limits() {
    for (const AccessRow& row : access_rows) {
        const Figure figure = find_figure("access_latency.csv", "access", "rtt_add_ms", row.latency_row);
        access_.push_back({row.kind, from_milliseconds(figure.value), row.link_class, row.private_network,
                           engine::BitsPerSecond{row.bandwidth_mbps * 1e6},
                           fmt::format("round trip: {} ({}); jitter: {}; bandwidth: assumed", row.latency_row,
                                       figure.source, to_string(row.link_class))});
    }
    constexpr double unlimited = std::numeric_limits<double>::infinity();
    access_.push_back({"none", {}, LinkClass::Ideal, false, engine::BitsPerSecond{unlimited}, "no last mile"});

    const auto limit = [](std::string_view item) {
        return find_figure("bandwidth_limits.csv", "item", "value", item).value;
    };
    vpn_round_trip_ =
        from_milliseconds(find_figure("access_latency.csv", "access", "rtt_add_ms", "ipsec_vpn_processing").value);
    vpn_bandwidth_ = {limit("s2s_vpn_tunnel_standard") * 1e9};
    single_flow_bandwidth_ = {limit("ec2_single_flow_outside_cluster_pg") * 1e9};
    default_window_ = {static_cast<std::int64_t>(limit("linux_default_single_flow_inflight") * 1e6)};
}

void NetworkProfile::make_zero() {
    constexpr double unlimited = std::numeric_limits<double>::infinity();
    name_ = "zero";
    zero_ = true;
    jitter_.fill(JitterModel{});
    for (Access& access : access_) {
        access.round_trip = {};
        access.link_class = LinkClass::Ideal;
        access.bandwidth = {unlimited};
        access.basis = "zero profile";
    }
    vpn_round_trip_ = {};
    vpn_bandwidth_ = {unlimited};
    single_flow_bandwidth_ = {unlimited};
}

}  // namespace faultline::models
