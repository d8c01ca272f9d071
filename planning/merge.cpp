#include "planning/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "planning/requirement.hpp"
#include "planning/run_scenario.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Problems;
using scenarios::RunResult;

std::string in_words(const scenarios::Shard& shard) {
    return fmt::format("shard {} of {}", shard.index, shard.of);
}

// What makes two files parts of one run: a name, and whether both have the same.
void compare(const ShardFile& first, const ShardFile& other, Problems& problems) {
    const RunResult& a = first.result;
    const RunResult& b = other.result;
    const auto differ = [&](bool same, const char* pointer, const std::string& what) {
        if (!same) problems.add(other.name, pointer, fmt::format("{} than in {}", what, first.name));
    };
    differ(a.scenario_source == b.scenario_source, "/scenario_source", "another scenario, or another state of it,");
    differ(a.variant == b.variant, "/variant", fmt::format("another variant (\"{}\")", b.variant));
    differ(a.seed == b.seed, "/seed", fmt::format("another seed ({})", b.seed));
    differ(a.tool_version == b.tool_version, "/tool_version",
           fmt::format("another version of faultline ({})", b.tool_version));
    differ(a.confidence == b.confidence && a.joint == b.joint, "/confidence", "another confidence");
    differ(a.numeric_fingerprint == b.numeric_fingerprint, "/numeric_fingerprint",
           "other results of log, exp, pow or sin: made on a machine that computes otherwise");
    differ(a.shard.of == b.shard.of && a.shard.replications == b.shard.replications, "/shard",
           fmt::format("a part of another whole ({} shards of {} replications)", b.shard.of, b.shard.replications));
    const auto same_file = [](const scenarios::InputFile& x, const scenarios::InputFile& y) {
        return x.sha256 == y.sha256;
    };
    differ(
        std::equal(a.input_files.begin(), a.input_files.end(), b.input_files.begin(), b.input_files.end(), same_file),
        "/input_files", "other input files");
}

// Sorted by index: each once.
void find_gaps(const std::vector<ShardFile>& shards, Problems& problems) {
    std::uint32_t expected = 1;
    const auto missing_until = [&](std::uint32_t index, const scenarios::Shard& like) {
        for (; expected < index; ++expected) {
            problems.add("", "", fmt::format("{} is missing", in_words({expected, like.of, 0})));
        }
    };
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const scenarios::Shard& shard = shards[i].result.shard;
        if (i > 0 && shards[i - 1].result.shard.index == shard.index) {
            problems.add(shards[i].name, "/shard",
                         fmt::format("is {} again, as {}", in_words(shard), shards[i - 1].name));
            continue;
        }
        missing_until(shard.index, shard);
        ++expected;
    }
    missing_until(shards.back().result.shard.of + 1, shards.back().result.shard);
}

// All that a shard should have is in it: as a result, or as a failure.
void count_replications(const ShardFile& file, Problems& problems) {
    const scenarios::Shard& shard = file.result.shard;
    std::vector<std::uint32_t> there;
    for (const auto& one : file.result.replications) there.push_back(one.replication);
    for (const auto& one : file.result.failed) {
        if (one.future == 0) there.push_back(one.replication);
    }
    std::sort(there.begin(), there.end());
    std::vector<std::uint32_t> due;
    for (std::uint32_t number = shard.index; number <= shard.replications; number += shard.of) due.push_back(number);
    if (there == due) return;
    problems.add(file.name, "/replications",
                 fmt::format("{} has {} replications, expected {}", in_words(shard), there.size(), due.size()));
}

void check(const std::vector<ShardFile>& shards, Problems& problems) {
    for (const ShardFile& file : shards) {
        if (file.result.shard.of < 2) problems.add(file.name, "/shard", "is a whole result, and no shard of one");
    }
    if (!problems.empty()) return;
    for (const ShardFile& file : shards) compare(shards.front(), file, problems);
    if (!problems.empty()) return;
    find_gaps(shards, problems);
    for (const ShardFile& file : shards) count_replications(file, problems);
}

template <typename Numbered>
void sort_by_number(std::vector<Numbered>& all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.replication < b.replication; });
}

}  // namespace

std::optional<RunResult> merge_shards(std::vector<ShardFile> shards, Problems& problems) {
    std::sort(shards.begin(), shards.end(),
              [](const auto& a, const auto& b) { return a.result.shard.index < b.result.shard.index; });
    check(shards, problems);
    if (!problems.empty()) return std::nullopt;
    RunResult whole = std::move(shards.front().result);
    for (std::size_t i = 1; i < shards.size(); ++i) {
        RunResult& part = shards[i].result;
        std::move(part.replications.begin(), part.replications.end(), std::back_inserter(whole.replications));
        std::move(part.failed.begin(), part.failed.end(), std::back_inserter(whole.failed));
    }
    sort_by_number(whole.replications);
    sort_by_number(whole.failed);
    whole.shard = {};
    auto scenario = scenarios::read_scenario(whole.scenario_source, shards.front().name, "", problems);
    if (!scenario) return std::nullopt;
    scenario->run.confidence = whole.confidence;
    scenario->run.joint = whole.joint;
    scenario->run.seed = whole.seed;
    whole.requirements = judge_all(*scenario, whole.replications);
    conclude(*scenario, whole);
    return whole;
}

}  // namespace faultline::planning
