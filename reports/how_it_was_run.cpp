#include "reports/how_it_was_run.hpp"

#include <fmt/format.h>

#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

// "5, 10 and 20"
std::string looks_of(const scenarios::RunResult& result) {
    std::string looks;
    for (std::size_t i = 0; i < result.looks.size(); ++i) {
        const bool last = i + 1 == result.looks.size();
        looks += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", result.looks[i].replications);
    }
    return looks;
}

std::string whose_confidence(const scenarios::RunResult& result) {
    if (result.looks.empty()) return result.joint ? ", of all requirements together" : "";
    return result.joint ? ", of all requirements together and over all looks" : ", of each requirement over all looks";
}

}  // namespace

std::vector<std::string> how_it_was_run(const scenarios::RunResult& result) {
    const std::size_t count = result.replications.size();
    const std::string looks = result.looks.empty() ? "" : fmt::format(" (looked at {})", looks_of(result));
    std::vector<std::string> lines{fmt::format("{} replication{}{}, seed {}, intervals at {} confidence{}", count,
                                               count == 1 ? "" : "s", looks, result.seed,
                                               scenarios::share_text(result.confidence), whose_confidence(result))};
    if (result.shard.of > 1) {
        lines.push_back(fmt::format("shard {} of {}, of {} replications; faultline merge judges them together",
                                    result.shard.index, result.shard.of, result.shard.replications));
    }
    for (const scenarios::InputFile& file : result.input_files) {
        lines.push_back(fmt::format("{}: {}, {} bytes, SHA-256 {}", file.name, counted(file.requests, "request"),
                                    file.bytes, file.sha256));
    }
    return lines;
}

}  // namespace faultline::reports
