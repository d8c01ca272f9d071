// Recurring bulk transfers, and between which places they go.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

engine::BitsPerSecond positive(ObjectReader& object, std::string_view key, engine::BitsPerSecond found) {
    if (found.value <= 0.0) object.problem(key, "expected a bandwidth above 0");
    return found;
}

// "us-east-1" or "us-east-1/a".
void check_place(const Scenario& scenario, const std::string& name, const Pointer& at, const Report& report) {
    if (name.empty()) return;  // missing, and told
    const std::string region_name = name.substr(0, name.find('/'));
    const Region* const region = find_named(scenario.regions, region_name);
    if (region == nullptr) {
        report.add(at, unknown_name("region", region_name, names_of(scenario.regions)));
    } else if (region_name.size() < name.size()) {
        const std::string zone = name.substr(region_name.size() + 1);
        const std::vector<std::string_view> known(region->zones.begin(), region->zones.end());
        if (std::find(known.begin(), known.end(), zone) != known.end()) return;
        report.add(at, unknown_name("zone of " + region_name, zone, known));
    }
}

}  // namespace

void read_transfers(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("transfers")) {
        ObjectReader object(child, "transfer", file.report());
        BulkTransfer& into = scenario.transfers.emplace_back();
        into.name = child.name;
        into.from = object.text("from");
        into.to = object.text("to");
        into.size = object.bytes("size");
        if (object.has("size") && into.size.count == 0) object.problem("size", "expected more than 0 bytes");
        into.first = object.duration("first");
        into.every = object.maybe_duration("every");
        if (into.every && *into.every <= Duration::zero()) object.problem("every", "expected more than 0s");
        into.streams = object.integer("streams");
        into.rate = object.maybe_bandwidth("rate");
        if (into.rate) positive(object, "rate", *into.rate);
        object.finish();
    }
}

std::optional<engine::BitsPerSecond> read_link_bandwidth(ObjectReader& network, std::string_view key) {
    const std::optional<engine::BitsPerSecond> found = network.maybe_bandwidth(key);
    if (found) positive(network, key, *found);
    return found;
}

void check_transfers(const Scenario& scenario, const Report& report) {
    for (const BulkTransfer& transfer : scenario.transfers) {
        const Pointer at = Pointer{} / "transfers" / transfer.name;
        check_place(scenario, transfer.from, at / "from", report);
        check_place(scenario, transfer.to, at / "to", report);
        if (!transfer.from.empty() && transfer.from == transfer.to) {
            report.add(at / "to",
                       fmt::format("expected another place than \"from\", found {}", in_quotes(transfer.to)));
        }
        if (transfer.first >= scenario.run.measured && scenario.run.measured > Duration::zero()) {
            report.add(at / "first", fmt::format("expected it to begin within the run, which measures {}",
                                                 to_text(scenario.run.measured)));
        }
    }
}

}  // namespace faultline::scenarios
