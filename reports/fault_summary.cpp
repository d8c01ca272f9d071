#include "reports/fault_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

using scenarios::FaultResult;
using scenarios::quantity_text;

constexpr std::size_t parts_named_most = 4;

// Of one fault at one target.
struct Injected {
    FaultResult first;  // as it was in the first run that had it
    std::int64_t warm_up_ns = 0;
    std::size_t times = 0;
    std::vector<std::string> hit;  // all parts that it ever hit
    std::uint64_t operations_cut = 0;
};

void add(Injected& one, const FaultResult& fault) {
    ++one.times;
    one.operations_cut += fault.operations_cut;
    for (const std::string& part : fault.hit) {
        if (std::find(one.hit.begin(), one.hit.end(), part) == one.hit.end()) one.hit.push_back(part);
    }
}

std::string parts_text(const std::vector<std::string>& parts) {
    if (parts.empty()) return "nothing";
    std::string text;
    for (std::size_t i = 0; i < std::min(parts.size(), parts_named_most); ++i) {
        text += (i == 0 ? "" : ", ") + parts[i];
    }
    if (parts.size() > parts_named_most) text += fmt::format(" and {} more", parts.size() - parts_named_most);
    return text;
}

std::string seconds(std::int64_t ns) {
    return quantity_text(static_cast<double>(ns) / 1e9, "s");
}

// What comes by chance has other times in every run.
std::string span_text(const Injected& one, std::size_t replications) {
    if (one.first.by_chance) {
        const double each = static_cast<double>(one.times) / static_cast<double>(replications);
        return fmt::format("{:.3g} time{} a run", each, one.times == replications ? "" : "s");
    }
    const std::string from = seconds(one.first.start_ns - one.warm_up_ns);
    if (!one.first.ended) return fmt::format("from {} to the end", from);
    return fmt::format("from {} for {}", from, seconds(one.first.end_ns - one.first.start_ns));
}

std::string line_of(const Injected& one, std::size_t replications) {
    std::string text =
        fmt::format("{} ({} of {}{}): {}, hit {}", one.first.name, one.first.kind, one.first.target,
                    one.first.planned ? ", planned" : "", span_text(one, replications), parts_text(one.hit));
    if (!one.first.caused_by.empty()) text += fmt::format("; after {}", one.first.caused_by);
    if (one.operations_cut > 0) {
        text += fmt::format("; {:.3g} processes cut off each time",
                            static_cast<double>(one.operations_cut) / static_cast<double>(one.times));
    }
    return text + ".";
}

}  // namespace

std::vector<std::string> fault_lines(const scenarios::RunResult& result) {
    std::vector<Injected> all;
    for (const auto& replication : result.replications) {
        for (const FaultResult& fault : replication.faults) {
            if (!fault.started) continue;
            const auto known = std::find_if(all.begin(), all.end(), [&](const Injected& one) {
                return one.first.name == fault.name && one.first.kind == fault.kind && one.first.target == fault.target;
            });
            Injected& one = known != all.end() ? *known : all.emplace_back();
            if (one.times == 0) {
                one.first = fault;
                one.warm_up_ns = replication.warm_up_ns;
            }
            add(one, fault);
        }
    }
    std::vector<std::string> lines;
    for (const Injected& one : all) lines.push_back(line_of(one, result.replications.size()));
    return lines;
}

}  // namespace faultline::reports
